"""sample, measure and plot of a model with a codebook: what they say of its uniform prior."""

import numpy as np
import pytest
from matplotlib.text import Text

from latentscape import figures
from latentscape.cli.main import main
from latentscape.evaluation import autoregressive
from latentscape.evaluation.early_stopping import fit_until_flat
from latentscape.runs.load import load_run

CAVEAT = "draws every word alike at every position"


def call(*arguments: object) -> int:
    return main([str(a) for a in arguments])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "words"
    flags = ["--data", "digits", "--limit", "120", "--epochs", "1", "--precision", "32-true"]
    assert (
        call("train", "fsq", "--levels", "3", "3", "--hidden", "8", "8", "--out", out, *flags) == 0
    )
    return out


def test_what_is_drawn_by_default_says_that_it_is_any_word_anywhere(run, tmp_path, capsys):
    assert call("sample", run, "-n", "3", "--no-judge", "--out", tmp_path / "x.npy") == 0
    told = capsys.readouterr().out
    assert CAVEAT in told and "'autoregressive' learns which word follows which" in told
    assert call("measure", run, "--groups", "decoding", "--no-judge") == 0
    assert CAVEAT in capsys.readouterr().out
    assert call("measure", run, "--groups", "usage") == 0
    assert CAVEAT not in capsys.readouterr().out


def test_a_picture_of_draws_of_any_words_says_so_in_a_line_that_fits(run):
    figure = figures.samples([load_run(run)])
    figure.draw_without_rendering()
    (note,) = [t for t in figure.findobj(Text) if "'autoregressive'" in t.get_text()]
    assert note.get_text().startswith("64 draws of any words")
    assert note.get_window_extent().x1 <= figure.bbox.x1


def test_a_learned_prior_says_what_words_held_out_cost(run, tmp_path, capsys, monkeypatch):
    def briefly(network, rows, plan, first, most, **how):
        return fit_until_flat(network, rows, plan, 3, 3, **how)

    monkeypatch.setattr(autoregressive, "fit_until_flat", briefly)
    out = tmp_path / "x.npy"
    asked = ["--sampler", "autoregressive", "--no-judge", "--out", out]
    assert call("sample", run, "-n", "5", *asked) == 0
    told = capsys.readouterr().out
    assert f"nats (the uniform prior: {49 * np.log(9):.2f})" in told
    assert CAVEAT not in told
    assert np.load(out).shape == (5, 1, 28, 28)


def test_models_without_words_hear_nothing_of_them_and_are_refused_a_prior_of_them(
    tmp_path, capsys
):
    plain, out = tmp_path / "plain", ["--no-judge", "--out", tmp_path / "x.npy"]
    flags = ["--data", "digits", "--limit", "120", "--epochs", "1", "--network", "dense"]
    assert call("train", "vae", "--out", plain, *flags) == 0
    assert call("sample", plain, "-n", "3", *out) == 0
    assert CAVEAT not in capsys.readouterr().out
    assert call("sample", plain, "--sampler", "autoregressive", *out) == 2
    message = capsys.readouterr().err
    assert "this model has none; use 'flow' or 'diffusion'" in message and message.count("\n") == 1
