"""The claims on classes' rooms, gaps and steps, each verdict on places whose answer is known."""

from types import SimpleNamespace

import numpy as np
import pytest

from latentscape.latent.measure import Measure
from latentscape.reports.claims import gaps, rooms, steps
from latentscape.reports.embed import tile
from latentscape.reports.examination import Examined
from latentscape.reports.probes import Probes, probes_of, step_pairs


def decode(codes):
    """A pixel as bright as the first number."""
    return np.asarray(codes, np.float32)[:, :1, None, None].repeat(4, 3)


def judge(accepts=lambda x: np.ones(len(x), bool)):
    """It names an image by whether it is bright."""

    def classify(x):
        labels = (x.mean(axis=(1, 2, 3)) > 0.5).astype(np.int64)
        return SimpleNamespace(labels=labels, accepted=accepts(x))

    controls = SimpleNamespace(reason="", hold=True)
    return SimpleNamespace(classes=("dark", "bright"), classify=classify, controls=controls)


def space(codes, labels=None, believed=None, no_judge="", **measures):
    images = SimpleNamespace(labels=labels, classes=("a", "b"))
    found = {key: Measure(key, value) for key, value in measures.items()}
    return SimpleNamespace(
        codes=np.asarray(codes, np.float32),
        posterior=np.asarray(codes, np.float32),
        images=images,
        measures=found,
        seed=0,
        judge=believed,
        believed=believed,
        no_judge=no_judge,
        decode=decode,
    )


def places(classes=None, gap=None, real=((0.0, 0.0),)):
    count = len(classes) if classes is not None else len(gap)
    return Probes(
        np.linspace([0.6, 0], [1, 0], count, dtype=np.float32),
        np.zeros(count, bool) if gap is None else gap,
        classes,
        np.array([0, 1]),
        np.asarray(real, np.float32),
    )


@pytest.mark.parametrize(
    ("ratio", "drawn", "images", "verdict"),
    [
        (1.9, (70, 30), (50, 50), "no"),
        (2.0, (70, 30), (50, 50), "in part"),
        (1.9, (80, 20), (50, 50), "in part"),  # the second has less than half of its share
        (1.9, (50, 50), (25, 75), "in part"),  # the first has twice its share
        (2.0, (80, 20), (50, 50), "yes"),
        (2.0, (20, 80), (50, 50), "yes"),
    ],
)
def test_rooms_are_uneven_by_width_and_by_draws(ratio, drawn, images, verdict):
    examined = space(np.zeros((100, 2)), np.repeat([0, 1], images), size_ratio=ratio)
    claim = rooms(examined, places(np.repeat([0, 1], drawn)))
    assert claim.verdict == verdict
    favoured = "a" if drawn[0] * images[1] >= drawn[1] * images[0] else "b"
    share = max(drawn) if favoured == "ab"[int(np.argmax(drawn))] else min(drawn)
    assert claim.figures[1] == (f"uniform draws that fall to '{favoured}'", f"{share} %")
    assert claim.reading.startswith(f"Drawing evenly over the cloud's box gives '{favoured}'")


def test_rooms_of_images_without_classes_cannot_be_told():
    examined = space(np.zeros((9, 2)), size_ratio=3.0)
    claim = rooms(examined, places(gap=np.zeros(4, bool)))
    assert claim.verdict == "cannot be told" and claim.figures[0][1] == "– (there are no labels)"


@pytest.mark.parametrize(
    ("legible", "real", "verdict"),
    [(0.3, 0.8, "yes"), (0.5, 0.8, "in part"), (0.75, 0.8, "no"), (0.9, 0.8, "no")],
)
def test_gaps_are_held_beside_real_codes(legible, real, verdict):
    def accepts(x):  # gaps are bright, real codes are dark; so many of each are taken
        bright = x.mean() > 0.5
        return np.arange(len(x)) < round((legible if bright else real) * len(x))

    real_codes = np.zeros((200, 2))
    examined = space(real_codes, believed=judge(accepts))
    claim = gaps(examined, places(gap=np.arange(400) < 200, real=real_codes))
    assert claim.verdict == verdict
    assert claim.figures == (
        ("uniform draws that fall in gaps", "50 %"),
        ("legible in gaps", f"{legible:.0%}".replace("%", " %")),
        ("legible at real codes", f"{real:.0%}".replace("%", " %")),
    )


def test_gaps_that_nobody_reads_or_that_are_few_are_said_to_be():
    some = places(gap=np.arange(100) < 20)
    unread = gaps(space(np.zeros((9, 2)), no_judge="nobody asked"), some)
    assert unread.verdict == "cannot be told" and "nobody asked" in unread.reading
    few = gaps(space(np.zeros((9, 2)), believed=judge()), places(gap=np.arange(100) < 19))
    assert few.verdict == "no" and few.reading == "There are hardly any gaps."
    assert gaps(space(np.zeros((9, 2)), believed=judge()), some).reading != few.reading


@pytest.mark.parametrize(
    ("turns", "verdict", "reading"),
    [
        (0.06, "yes", "One small step in 17 turns"),
        (0.05, "in part", "One small step in 20 turns"),
        (0.001, "in part", "One small step in 1,000 turns"),
        (0.0, "no", "No small step"),
    ],
)
def test_steps_turn_classes_by_their_share(turns, verdict, reading):
    claim = steps(space(np.eye(2), class_change=turns, smoothness=0.5))
    assert (claim.verdict, claim.figures[1][1]) == (verdict, "0.5")
    assert claim.reading.startswith(reading)
    assert claim.rule.startswith("It holds when more than 5 % of steps")


def test_steps_that_nobody_names_cannot_be_told():
    examined = space(np.eye(2), smoothness=0.5)
    examined.measures["class_change"] = Measure("class_change", reason="there is no judge")
    claim = steps(examined)
    assert (claim.verdict, claim.reading) == ("cannot be told", "There is no judge.")


def test_pairs_of_steps_turn_the_class_where_they_say_so():
    rng = np.random.default_rng(0)
    codes = np.stack([rng.uniform(0.4, 0.6, 300), rng.uniform(0, 1, 300)], axis=1)
    examined = space(codes, believed=judge())
    (turned, changed), (kept, same) = step_pairs(examined, 3)
    assert (turned, kept) == ("steps that turn the class", "steps that do not")
    assert (len(changed), len(same)) == (6, 6)
    assert all(a.label != b.label for a, b in zip(changed[::2], changed[1::2], strict=True))
    assert all(a.label == b.label for a, b in zip(same[::2], same[1::2], strict=True))
    before = {tile(x) for x in decode(codes)}
    assert {t.uri for t in (*changed[::2], *same[::2])} <= before


def test_places_lie_over_the_box_of_codes_and_belong_to_the_nearest():
    rng = np.random.default_rng(0)
    codes = np.concatenate([rng.uniform([0, 0], [1, 1], (300, 2)), [[9.0, 9.0]]])
    labels = (codes[:, 0] > 0.5).astype(np.int64)
    found = probes_of(space(codes, labels))
    assert found.codes.shape == (2000, 2) and found.codes.max() < 1.1 and found.codes.min() > -0.1
    nearest = np.linalg.norm(found.codes[:, None] - codes, axis=2).argmin(axis=1)
    np.testing.assert_array_equal(found.classes, labels[nearest])
    np.testing.assert_array_equal(found.present, [0, 1])
    assert found.gap.mean() < 0.3


@pytest.mark.parametrize(("classes", "labels"), [(3, [0, 1, 2, 0, 1]), (0, None)])
def test_a_conditional_model_under_examination_decodes_its_classes_in_turn(classes, labels):
    run = SimpleNamespace(
        model=SimpleNamespace(labels=classes),
        decode=lambda codes, labels: labels if labels is None else labels.tolist(),
    )
    examined = Examined(run, None, None, "", None, None)
    assert examined.decode(np.zeros((5, 2))) == labels
