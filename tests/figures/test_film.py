import io

import numpy as np
import pytest
from PIL import Image

from latentscape.figures import Film, film, save
from latentscape.figures.style import COLOURS, STYLES
from latentscape.system.errors import LatentscapeError

EPOCHS = 3


@pytest.fixture
def codes():
    rng = np.random.default_rng(0)
    return [(1 + e) * rng.normal(size=(30, 2)).astype(np.float32) for e in range(EPOCHS)]


def test_the_film_goes_through_every_epoch(make_run, images, codes):
    drawn = film(make_run(film=codes), filmed=images)
    assert isinstance(drawn, Film)
    for epoch in range(1, EPOCHS + 1):
        drawn.put(epoch)
        places = np.concatenate([c.get_offsets() for c in drawn.axes[0].collections])
        expected = codes[epoch - 1]
        assert np.allclose(np.sort(places, axis=0), np.sort(expected, axis=0), atol=1e-5)
    assert drawn.axes[0].get_title(loc="left") == "epoch 3 of 3"
    legend = [text.get_text() for text in drawn.axes[0].get_legend().get_texts()]
    assert legend == list(images.classes)


def test_the_gif_moves_ends_where_training_did_and_is_the_same_each_time(
    make_run, images, codes, tmp_path
):
    run = make_run(film=codes)
    one, two = (save(film(run, filmed=images), tmp_path / n, dpi=120) for n in ("a.gif", "b.gif"))
    assert one.read_bytes() == two.read_bytes()
    gif = Image.open(io.BytesIO(one.read_bytes()))
    assert gif.n_frames == (EPOCHS - 1) * 8 + 1
    assert gif.info["loop"] == 0
    first = np.asarray(gif.convert("RGB"), int)
    gif.seek(gif.n_frames - 1)
    last = np.asarray(gif.convert("RGB"), int)
    assert (first != last).any(axis=2).mean() > 0.001
    assert last[-1, -1].tolist() == [255, 255, 255]
    for colour in COLOURS:
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert (np.abs(last - wanted).max(axis=2) <= 4).any()


def test_points_without_images_are_neutral(make_run, codes):
    drawn = film(make_run(film=codes))
    grey = STYLES["light"].neutral
    wanted = [int(grey[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    assert np.allclose(drawn.axes[0].collections[0].get_facecolors()[0][:3], wanted)


@pytest.mark.parametrize("d", [1, 5])
def test_codes_of_any_length_can_be_filmed(make_run, d):
    codes = [np.random.default_rng(e).normal(size=(20, d)).astype(np.float32) for e in range(3)]
    assert film(make_run(latent=d, film=codes)).positions.shape == (3, 20, 2)


def test_what_is_no_film_is_refused(make_run, images, codes, tmp_path):
    with pytest.raises(LatentscapeError, match="two make a film"):
        film(make_run(film=codes[:1]))
    with pytest.raises(LatentscapeError, match="30 images were filmed and 5"):
        film(make_run(film=codes), filmed=images.take(np.arange(5)))
