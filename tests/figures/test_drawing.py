import numpy as np
import pytest
from matplotlib.figure import Figure

from latentscape.figures import KINDS, plot, save
from latentscape.figures.style import STYLES, current, style
from latentscape.system.errors import LatentscapeError

FILM = [np.random.default_rng(e).normal(size=(20, 7)).astype(np.float32) for e in range(3)]
HISTORY = [{"epoch": 1.0, "train/distortion": 3.0, "validation/distortion": 4.0}] * 2


def suited(make_run, kind):
    """A run that a kind can be drawn for."""
    latent = 2 if "plane" in kind.needs else 7
    recipe = "denoising" if kind.name == "denoising" else "vae"
    film = [codes[:, :latent] for codes in FILM]
    return make_run(recipe, latent, history=HISTORY, film=film)


@pytest.mark.parametrize("name", list(KINDS))
def test_every_kind_draws_and_saves(name, make_run, images, tmp_path):
    kind = KINDS[name]
    figure = plot(suited(make_run, kind), name, images)
    assert isinstance(figure, Figure)
    path = save(figure, tmp_path / "deep" / "figure.png", dpi=25)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [p.name for p in path.parent.iterdir()] == ["figure.png"]


@pytest.mark.parametrize("name", [n for n, kind in KINDS.items() if kind.images])
def test_every_kind_of_images_draws_without_labels_or_says_why_not(name, make_run, unlabelled):
    kind = KINDS[name]
    if "labels" in kind.needs:
        with pytest.raises(LatentscapeError, match="have no labels; give labelled ones"):
            plot(suited(make_run, kind), name, unlabelled)
    else:
        assert plot(suited(make_run, kind), name, unlabelled).axes


def test_every_kind_is_described_in_a_line():
    for kind in KINDS.values():
        assert 20 < len(kind.description) < 100
        assert not kind.description.endswith(".")
        assert kind.wants
    assert KINDS["class-draws"].wants == "one run, labelled images"
    assert KINDS["pixel-losses"].wants == "nothing"
    assert list(KINDS["scatter"].options) == ["projection", "colour", "limit", "seed"]


def test_flags_are_the_options_that_can_be_typed():
    assert "judge" in KINDS["class-draws"].options
    assert "judge" not in KINDS["class-draws"].flags
    assert list(KINDS["film"].flags) == []
    for kind in KINDS.values():
        for flag in kind.flags.values():
            assert not any(word in str(flag.annotation) for word in ("Callable", "Judge", "Images"))


def test_options_reach_the_kind(make_run, images):
    figure = plot(make_run("vae"), "manifold", images, steps=4)
    assert figure.axes[0].images[0].get_array().shape[:2] == (4 * 8, 4 * 6)


def test_what_cannot_be_drawn_is_refused(make_run, images):
    runs = [make_run(), make_run()]
    with pytest.raises(LatentscapeError, match="did you mean manifold"):
        plot(runs, "manifolds", images)
    with pytest.raises(LatentscapeError, match=r"'manifold' takes one run, .* 2 were given"):
        plot(runs, "manifold", images)
    with pytest.raises(LatentscapeError, match="no option 'size'; its options: steps, window"):
        plot(make_run(), "manifold", images, size=3)
    with pytest.raises(LatentscapeError, match="give images="):
        plot(make_run(), "scatter")
    with pytest.raises(LatentscapeError, match="choose light or dark"):
        plot(make_run(), "scatter", images, style="bright")


def test_dark_is_dark_all_over_and_ends_with_the_figure(make_run, images):
    dark = plot(make_run("vae"), "manifold", images, style="dark")
    light = plot(make_run("vae"), "manifold", images)
    for figure, look in ((dark, STYLES["dark"]), (light, STYLES["light"])):
        paper = [int(look.paper[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        assert np.allclose(figure.get_facecolor()[:3], paper)
        assert figure.axes[0].get_xticklabels()[0].get_color() == look.soft
    with style("dark"):
        assert current() is STYLES["dark"]
        around = plot(make_run("vae"), "manifold", images)
    assert around.get_facecolor() == dark.get_facecolor()
    assert current() is STYLES["light"]


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_figure_is_the_same_bytes(suffix, make_run, images, tmp_path):
    contents = []
    for name in ("a", "b"):
        figure = plot(make_run("vae"), "scatter", images)
        contents.append(save(figure, tmp_path / (name + suffix), dpi=50).read_bytes())
    assert contents[0] == contents[1]
    assert b"Date" not in contents[0]


def test_fonts_are_in_the_file(make_run, images, tmp_path):
    figure = plot(make_run("vae"), "scatter", images)
    svg = save(figure, tmp_path / "a.svg").read_text()
    assert "<text" not in svg  # letters are shapes, so that no font need be installed
    assert b"FontFile2" in save(figure, tmp_path / "a.pdf").read_bytes()


def test_other_suffixes_and_taken_places_are_refused(make_run, images, tmp_path):
    figure = plot(make_run("vae"), "scatter", images)
    with pytest.raises(LatentscapeError, match=r"does not end in \.png, \.svg or \.pdf"):
        save(figure, tmp_path / "a.jpeg")
    with pytest.raises(LatentscapeError, match="does not move"):
        save(figure, tmp_path / "a.gif")
    (tmp_path / "file").write_text("")
    with pytest.raises(LatentscapeError, match="cannot make"):
        save(figure, tmp_path / "file" / "a.png")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]
