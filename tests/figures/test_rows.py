import numpy as np
import pytest

from latentscape.figures import denoising, reconstructions, residuals
from latentscape.figures.tiles import examples, tiles
from latentscape.system.errors import LatentscapeError

H, W, GAP = 8, 6, 1


def cell(figure, row, column):
    """The tile that a figure of labelled rows shows at a place."""
    joined = figure.axes[0].images[0].get_array()
    top, left = row * (H + GAP), column * (W + GAP)
    return joined[top : top + H, left : left + W, :3]


def labels(figure):
    return [text.get_text() for text in figure.axes[0].get_yticklabels()]


def test_originals_over_the_outputs_of_each_model(make_run, images):
    runs = [make_run(name="one"), make_run(latent=3, name="two")]
    figure = reconstructions(runs, images, columns=4)
    chosen = examples(images, 4)
    for c in range(4):
        assert np.allclose(cell(figure, 0, c), tiles(chosen.pixels)[c])
        assert np.allclose(cell(figure, 1, c), tiles(runs[0].reconstruct(chosen))[c])
        assert np.allclose(cell(figure, 2, c), tiles(runs[1].reconstruct(chosen))[c])
    assert [label.split("\n")[0] for label in labels(figure)] == ["original", "one", "two"]


def test_the_error_is_of_all_images(make_run, images):
    run = make_run()
    expected = np.square(run.reconstruct(images) - images.pixels / 255).mean()
    assert f"MSE {expected:.4f}" in labels(reconstructions([run], images))[1]


def test_residuals_follow_every_model(make_run, images):
    figure = residuals([make_run(name="one"), make_run(name="two")], images)
    assert labels(figure) == ["original", "one", "residual", "two", "residual"]


def test_a_residual_is_red_where_the_output_is_too_bright(make_run, images, monkeypatch):
    run = make_run()
    monkeypatch.setattr(run, "reconstruct", lambda x: np.ones((len(x), *run.shape), np.float32))
    figure = residuals([run], images, columns=3)
    shown = np.stack([cell(figure, 2, c) for c in range(3)])
    assert shown[..., 0].mean() > shown[..., 2].mean() + 0.1


def test_denoising_shows_what_the_model_was_trained_against(make_run, images):
    run = make_run("denoising", 4)
    figure = denoising(run, images, columns=3, seed=5)
    chosen = examples(images, 3, 5)
    clean = tiles(chosen.pixels)
    noisy = np.stack([cell(figure, 1, c) for c in range(3)])
    assert np.allclose(cell(figure, 0, 1), clean[1])
    assert 0.2 < (noisy - clean).std() < 0.5  # noise of 0.5, clipped
    output = run.reconstruct(np.ascontiguousarray(noisy[..., :1].transpose(0, 3, 1, 2)))
    assert np.allclose(cell(figure, 2, 2), tiles(output)[2], atol=1e-5)
    assert [label.split("\n")[0] for label in labels(figure)] == [
        "clean",
        "noisy",
        "denoising",
        "residual",
    ]


def test_a_model_of_clean_images_asks_how_much_noise(make_run, images):
    with pytest.raises(LatentscapeError, match=r"trained on clean images.*noise=0\.5"):
        denoising(make_run(), images)
    assert len(labels(denoising(make_run(), images, noise=0.2))) == 4
