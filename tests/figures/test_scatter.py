import numpy as np
import pytest
from matplotlib.colors import to_hex
from sklearn.decomposition import PCA

from latentscape.figures import lda3d, pixels_vs_codes, scatter
from latentscape.figures.pixels_vs_codes import agreement
from latentscape.figures.style import COLOURS, STYLES, class_look
from latentscape.system.errors import LatentscapeError


def dots(ax):
    """Position and colour of every point drawn."""
    return [
        (tuple(place), to_hex(colour))
        for drawn in ax.collections
        for place, colour in zip(
            np.asarray(drawn.get_offsets()),
            np.resize(drawn.get_facecolors(), (len(drawn.get_offsets()), 4)),
            strict=True,
        )
    ]


def test_every_code_is_a_point_in_its_class_colour(make_run, images):
    run = make_run()
    figure = scatter(run, images)
    expected = {
        (tuple(np.round(z, 5)), COLOURS[c])
        for z, c in zip(run.encode(images).tolist(), images.labels, strict=True)
    }
    found = {(tuple(np.round(z, 5)), colour) for z, colour in dots(figure.axes[0])}
    assert found == expected
    legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert legend == list(images.classes)


def test_without_labels_all_is_neutral_and_no_legend(make_run, unlabelled):
    ax = scatter(make_run(), unlabelled).axes[0]
    assert {colour for _, colour in dots(ax)} == {STYLES["light"].neutral}
    assert ax.get_legend() is None


def test_classes_past_the_tenth_differ_by_marker(make_run, many_classes):
    assert class_look(11) == (COLOURS[1], "^")
    ax = scatter(make_run(), many_classes).axes[0]
    assert [len(drawn.get_offsets()) for drawn in ax.collections] == [100, 20]
    handles = ax.get_legend().legend_handles
    assert handles[1].get_color() == handles[11].get_color()
    assert handles[1].get_marker() != handles[11].get_marker()


def test_wide_codes_are_shown_by_principal_components(make_run, images):
    ax = scatter(make_run(latent=5), images).axes[0]
    assert ax.get_xlabel().startswith("principal component 1 (")
    codes = make_run(latent=5).encode(images).astype(np.float64)
    shares = np.linalg.eigvalsh(np.cov(codes.T))[::-1] / np.trace(np.cov(codes.T))
    named = [f"principal component {i + 1} ({shares[i]:.0%})" for i in range(2)]
    assert [ax.get_xlabel(), ax.get_ylabel()] == named
    assert scatter(make_run(), images).axes[0].get_xlabel().startswith("latent dimension")


def test_the_title_counts_what_is_drawn(make_run, images):
    assert scatter(make_run(), images).axes[0].get_title(loc="left") == "120 images of little"
    few = scatter(make_run(), images, limit=50).axes[0]
    assert few.get_title(loc="left") == "50 images of little"
    assert sum(len(drawn.get_offsets()) for drawn in few.collections) == 50


def test_a_projection_by_name(make_run, images):
    assert scatter(make_run(latent=5), images, projection="lda").axes[0].get_xlabel() == (
        "discriminant 1"
    )
    tsne = scatter(make_run(latent=5), images, projection="tsne").axes[0]
    assert tsne.get_xlabel() == "t-SNE 1"
    assert len(tsne.get_xticks()) == 0


def test_what_cannot_be_spread_is_refused(make_run, images, unlabelled):
    with pytest.raises(LatentscapeError, match="histograms"):
        scatter(make_run(latent=1), images)
    with pytest.raises(LatentscapeError, match="label"):
        scatter(make_run(latent=5), unlabelled, projection="lda")
    with pytest.raises(LatentscapeError, match="no projection"):
        scatter(make_run(), images, projection="pcaa")


def test_agreement_is_whole_where_classes_lie_apart(images):
    positions = np.stack([images.labels * 10.0, np.random.default_rng(0).random(120)], axis=1)
    assert agreement(positions, images) == 1
    shuffled = np.random.default_rng(0).permutation(positions)
    assert agreement(shuffled, images) < 0.5


def test_pixels_beside_codes_say_their_agreement(make_run, images):
    figure = pixels_vs_codes(make_run(latent=4), images)
    left, right = figure.axes
    assert left.get_title(loc="left").startswith("the 48 pixels: 5-nearest-neighbour agreement")
    assert right.get_title(loc="left").startswith("the 4 dimensions of ae: ")
    sides = (images.pixels.reshape(120, -1), make_run(latent=4).encode(images))
    shares = [agreement(PCA(2).fit_transform(side), images) for side in sides]
    assert shares[0] != shares[1]
    for ax, share in zip((left, right), shares, strict=True):
        assert ax.get_title(loc="left").endswith(f" agreement {share:.1%}")


def test_discriminants_are_drawn_on_images_they_were_not_found_on(make_run, images):
    figure = lda3d(make_run(latent=5), images)
    assert "60 images; 60 others drawn" in figure.texts[-1].get_text()
    assert len(figure.axes[0].collections[0].get_offsets()) == 60
    with pytest.raises(LatentscapeError, match="at most 2"):
        lda3d(make_run(latent=2), images)
