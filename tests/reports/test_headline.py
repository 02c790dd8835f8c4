"""What a report begins with, and what it says of each way of drawing."""

from types import SimpleNamespace

import pytest

from latentscape.latent.measure import Measure
from latentscape.latent.samplers import SAMPLERS
from latentscape.parts.priors import StandardNormal, UniformCode
from latentscape.reports.draws import PRIOR, UNUSED, about, shares
from latentscape.reports.run_report import headline


def examined(*samplers, **measures):
    keys = ("mse", "negative_elbo", "knn5_accuracy", "legibility", "gap_fraction", "precision")
    known = {key: Measure(key, reason="nobody asked") for key in (*keys, "diversity")}
    return SimpleNamespace(
        samplers=dict.fromkeys(samplers), measures=known | measures, run=run_with(StandardNormal)
    )


def run_with(prior):
    return SimpleNamespace(model=SimpleNamespace(prior=prior))


def by_sampler(key, floor=None, **values):
    parts = tuple(Measure(name.replace("_", "-"), value) for name, value in values.items())
    return Measure(key, parts[0].value, parts=parts, floor=floor)


def test_the_headline_is_of_the_sampler_that_is_meant_for_the_model():
    found = headline(
        examined(
            "prior",
            "gaussian",
            mse=Measure("mse", 0.04123),
            knn5_accuracy=Measure("knn5_accuracy", 0.912),
            legibility=by_sampler("legibility", gaussian=0.3, prior=0.51),
            gap_fraction=by_sampler("gap_fraction", gaussian=0.2, prior=0.08),
        )
    )
    assert found == [
        ("0.0412", "squared error a pixel"),
        ("91 %", "classes guessed right by 5 neighbours"),
        ("51 %", "draws that are legible (prior)"),
        ("8 %", "draws that fall in gaps (prior)"),
    ]


def test_what_is_not_known_is_no_headline_and_a_dash_among_the_draws():
    assert headline(examined("prior")) == []
    assert [value for _, value in shares(examined("prior"), "prior")] == ["–"] * 4


def test_the_figures_of_a_sampler_are_its_own():
    measures = examined(
        "gaussian",
        "prior",
        legibility=by_sampler("legibility", gaussian=0.3, prior=0.5),
        gap_fraction=by_sampler("gap_fraction", gaussian=0.2, prior=0.1),
        precision=by_sampler("precision", floor=0.85, gaussian=0.6, prior=0.7),
        diversity=by_sampler("diversity", gaussian=0.876, prior=0.9),
    )
    assert shares(measures, "gaussian") == [
        ("legible", "30 %"),
        ("in gaps", "20 %"),
        ("like a real one (real ones: 85 %)", "60 %"),
        ("variety of classes", "0.88"),
    ]


@pytest.mark.parametrize(("first", "said"), [("prior", PRIOR), ("gaussian", UNUSED)])
def test_a_prior_that_training_never_saw_is_called_nominal(first, said):
    found = examined(first, "prior")
    assert about(found, "prior") == said
    assert about(found, "gaussian") == SAMPLERS["gaussian"].description


def test_a_prior_of_words_anywhere_says_what_learns_their_order():
    found = examined("prior")
    found.run = run_with(UniformCode)
    assert "The prior draws every word alike" in about(found, "prior")
    assert about(found, "prior").endswith("'autoregressive' learns which word follows which.")
