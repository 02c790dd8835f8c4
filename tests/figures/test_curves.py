import numpy as np
import pytest

from latentscape.figures import loss, pixel_losses
from latentscape.figures.pixel_losses import density_losses, entropy_losses
from latentscape.system.errors import LatentscapeError

HISTORY = [
    {
        "stage": 1.0,
        "epoch": float(e),
        "train/distortion": 100.0 / e,
        "train/rate": 1.0 * e,
        "weight/distortion": 1.0,
        "weight/rate": 0.5 * e,
        "validation/distortion": 110.0 / e,
        "validation/rate": 2.0 * e,
        "train/loss": 100.0 / e + 1.5 * e,
        "validation/loss": 110.0 / e + 1.5 * 2.0 * e,
    }
    for e in (1, 2, 3)
]


def lines(ax):
    return {line.get_label(): np.asarray(line.get_ydata()) for line in ax.lines}


def test_terms_have_panels_and_the_first_is_the_loss_that_was_recorded(make_run):
    earlier = {"stage": 0.0, "epoch": 9.0, "train/other": 5.0, "validation/other": 5.0}
    figure = loss([make_run("vae", history=[earlier, *HISTORY])])
    titles = [ax.get_title(loc="left").split(" ")[0] for ax in figure.axes]
    assert titles == ["loss", "distortion", "rate"]
    assert np.allclose(lines(figure.axes[1])["validation"], [110, 55, 110 / 3])
    assert np.allclose(lines(figure.axes[2])["training"], [1, 2, 3])
    assert np.allclose(lines(figure.axes[0])["validation"][-1], 110 / 3 + 1.5 * 6)
    assert np.allclose(lines(figure.axes[0])["training"], [101.5, 53, 100 / 3 + 4.5])


def test_each_validation_line_ends_in_its_last_value(make_run):
    figure = loss([make_run("vae", history=HISTORY)])
    ends = [[text.get_text() for text in ax.texts] for ax in figure.axes]
    assert ends == [["45.7"], ["36.7"], ["6.00"]]  # 110/3 + 9, 110/3 and 6


def test_a_loss_that_an_earlier_version_did_not_record_is_not_guessed(make_run):
    old = [{k: v for k, v in row.items() if "loss" not in k} for row in HISTORY]
    figure = loss([make_run(history=old)])
    assert [ax.get_title(loc="left").split(" ")[0] for ax in figure.axes] == ["distortion", "rate"]
    went_on = loss([make_run(history=[*old[:2], HISTORY[2]])]).axes[0]
    assert np.allclose(lines(went_on)["validation"], [np.nan, np.nan, 110 / 3 + 9], equal_nan=True)


def test_one_term_is_one_panel(make_run):
    history = [{"epoch": 1.0, "train/distortion": 3.0, "validation/distortion": 4.0}] * 2
    assert len(loss([make_run(history=history)]).axes) == 1


def test_several_models_differ_by_colour_and_are_named(make_run):
    runs = [make_run(name=n, history=HISTORY) for n in ("one", "two")]
    figure = loss(runs)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["one", "two", "training", "validation"]
    colours = {line.get_color() for line in figure.axes[0].lines}
    assert len(colours) == 2
    ends = [text.xy[1] for text in figure.axes[0].texts]
    assert ends[0] != ends[1]  # equal values, but their labels do not cover each other


def test_a_run_without_history_is_refused(make_run):
    with pytest.raises(LatentscapeError, match="no training history"):
        loss([make_run()])


X = np.array([0.0, 0.2, 0.5, 0.9, 1.0])


def test_cross_entropy_is_least_at_the_pixel_itself_where_its_entropy_stays():
    logits = np.linspace(-12, 12, 24_001)
    least = entropy_losses(X, logits).min(axis=1)
    inner = X[1:-1]
    entropy = -inner * np.log(inner) - (1 - inner) * np.log(1 - inner)
    assert np.allclose(least[1:-1], entropy, atol=1e-6)
    assert np.allclose(least[[0, -1]], 0, atol=1e-4)


def test_the_continuous_bernoulli_is_a_density_and_cross_entropy_is_not():
    x = np.linspace(0, 1, 20_001)
    logits = np.array([-6.0, -1.0, 0.5, 3.0])
    assert np.allclose(np.trapezoid(np.exp(-density_losses(x, logits)), x, axis=0), 1, atol=1e-4)
    mass = np.trapezoid(np.exp(-entropy_losses(x, logits)), x, axis=0)
    assert (mass < 0.95).all()


def test_the_figure_shows_both_and_needs_no_run():
    best, _, continuous = pixel_losses().axes
    entropy, density = (np.asarray(line.get_ydata()) for line in best.lines[:2])
    assert entropy.max() == pytest.approx(np.log(2), abs=1e-6)
    assert density.max() == pytest.approx(0, abs=1e-6)
    shades = [text.get_text() for text in continuous.get_legend().get_texts()]
    assert shades == ["0", "0.1", "0.25", "0.5", "0.75", "0.9", "1"]
