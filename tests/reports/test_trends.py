"""What a comparison says of several models: each verdict both ways, on figures that are known."""

from types import SimpleNamespace

import pytest

from latentscape.evaluation.results import Measures
from latentscape.latent.measure import Measure
from latentscape.reports import trends
from latentscape.reports.configurations import Configuration

RISES_ARE = {  # of a space that one would like to draw from
    ("offset", ""): "worse",
    ("size_ratio", ""): "worse",
    ("gap_fraction", "gaussian"): "worse",
    ("legibility", "gaussian"): "better",
    ("nearest_distance", ""): "worse",
    ("class_change", ""): "worse",
}
OPPOSITE = {"better": "worse", "worse": "better"}


def side(recipe, latent, figures, spread=0.01, **settings):
    """A configuration of three seeds, with figures around those given."""
    run = SimpleNamespace(
        codes_size=latent,
        has_rate=recipe != "ae",
        model=SimpleNamespace(bottleneck=SimpleNamespace(has_rate=recipe != "ae")),
    )
    measures = {}
    for seed in range(3):
        shift = (seed - 1) * spread
        made = []
        for (key, part), value in figures.items():
            parts = (Measure(part, value + shift),) if part else ()
            made.append(Measure(key, value + shift, parts=parts))
        others = {key for key, _ in RISES_ARE} - {m.key for m in made}
        made += [Measure(key, reason="it is not what is tested") for key in others]
        measures[seed] = Measures("", "", {}, 0, {"shape": tuple(made)})
    known = {"recipe": recipe, "latent": latent, **settings}
    return Configuration(
        f"{recipe}, latent {latent}", known, dict.fromkeys(range(3), run), measures
    )


def test_every_sign_is_here():
    assert {(key, part) for key, part, _ in trends.SIGNS} == set(RISES_ARE)


@pytest.mark.parametrize("sign", RISES_ARE)
def test_a_sign_that_rises_or_falls_is_told_as_what_it_is(sign):
    low = side("ae", 2, dict.fromkeys(RISES_ARE, 1.0) | {sign: 0.2})
    high = side("vae", 2, dict.fromkeys(RISES_ARE, 1.0) | {sign: 0.8})
    words = next(words for *known, words in trends.SIGNS if tuple(known) == sign)
    for first, other, expected in (
        (low, high, RISES_ARE[sign]),
        (high, low, OPPOSITE[RISES_ARE[sign]]),
    ):
        found = {f.sign: f for f in trends.findings(first, other, "")}
        assert (found[words].mark, found[words].moved) == (expected, expected)
        rest = [f for f in found.values() if f.sign != words]
        assert {(f.mark, f.moved) for f in rest} == {("", "")}


def test_what_is_within_the_spread_of_seeds_is_told_by_the_means_alone():
    a = side("ae", 2, {("offset", ""): 0.5}, spread=0.3)
    b = side("ae", 2, {("offset", ""): 0.6}, spread=-0.3)
    (found,) = trends.findings(a, b, "")
    assert (found.mark, found.moved) == ("", "worse")


def test_a_summary_counts_both_ways():
    low, high = (dict.fromkeys(RISES_ARE, value) for value in (0.2, 0.8))
    found = trends.findings(side("ae", 2, low), side("ae", 9, high), "")
    assert trends.summary(found) == (
        "Of 6 comparisons 5 are worse and 1 better beyond what another seed and other images would "
        "change; by means alone 5 are worse and 1 better."
    )


def test_the_dimension_is_judged_from_the_shortest_code_to_the_longest():
    grown = {n: {("offset", ""): 0.1 * n} for n in (2, 8, 4)}
    sides = [side("ae", n, figures, lr=0.1) for n, figures in grown.items()]
    other = side("ae", 2, {("offset", ""): 9.0}, lr=0.2)
    (family,) = trends.families([*sides, other])
    assert [member.first.codes_size for member in family.members] == [2, 4, 8]
    (found,) = trends.dimension_findings([family])
    assert (found.where, found.mark) == ("ae: 2 → 8 numbers", "worse")


def test_a_vae_is_said_to_mend_only_the_autoencoder_of_as_long_a_code():
    plain = [side("ae", n, {("offset", ""): 0.9}) for n in (2, 3)]
    mended = side("vae", 2, {("offset", ""): 0.1})
    worse = side("vae", 3, {("offset", ""): 1.9})
    found = trends.mending_findings([*plain, mended, worse])
    assert [(f.where, f.mark) for f in found] == [
        ("ae, latent 2 → vae, latent 2", "better"),
        ("ae, latent 3 → vae, latent 3", "worse"),
    ]
