import numpy as np
import pytest

from latentscape.evaluation.judge.controls import try_controls

pytestmark = pytest.mark.usefixtures("seed_unmoved")


def always(x):
    return np.ones(len(x), bool)


def never(x):
    return np.zeros(len(x), bool)


@pytest.fixture
def tried(toys):
    def with_(accepts, channels=1, size=12, light=True, unlike=always):
        images = toys.draw(80, 5, channels, size)
        seen = []

        def record(x):
            seen.append(x)
            return accepts(x)

        controls = try_controls(record, images.pixels, images.labels, unlike, light=light)
        return controls, seen, images

    return with_


def test_who_accepts_everything_is_not_believed(tried):
    controls, *_ = tried(always)
    assert not controls.hold
    for kind in ("noise", "smooth noise", "blends", "overlays", "scrambled tiles"):
        assert f", {kind} 1.000 (at most 0.05)" in f", {controls.reason.split(': ')[1]}"
    assert "quarter turn 1.000 (at most 0.1)" in controls.reason
    assert "upside down" not in controls.reason  # a digit may be another one


def test_who_accepts_nothing_is_not_believed(tried):
    controls, *_ = tried(never)
    # 0.93, less a standard error of 80 images
    assert "real 0.000 (at least 0.901), softened 0.000 (at least 0.85)" in controls.reason


def test_who_takes_softness_for_illegibility_is_not_believed(tried):
    controls, *_ = tried(lambda x: np.full(len(x), x.dtype == np.uint8))
    assert controls.reason == "the judge's controls do not hold: softened 0.000 (at least 0.85)"


@pytest.mark.parametrize(("channels", "size"), [(1, 12), (3, 17)])
def test_every_kind_is_made_of_images_in_range(tried, channels, size):
    controls, seen, _ = tried(always, channels, size)
    assert len(seen) == len(controls.each)
    for x in seen:
        assert x.shape[1:] == (channels, size, size)
        assert x.dtype == np.uint8 or (x.dtype == np.float32 and x.min() >= 0 and x.max() <= 1)


@pytest.mark.parametrize("light", [True, False])
def test_blends_and_overlays_are_of_two_images_of_different_classes(tried, light):
    controls, seen, images = tried(always, light=light)
    kinds = {c.kind: x for c, x in zip(controls.each, seen, strict=True)}
    real = images.pixels.reshape(80, -1) / 255
    middles = (real[:, None] + real[None]) / 2
    extremes = np.maximum(real[:, None], real) if light else np.minimum(real[:, None], real)
    for kind, pairs in (("blends", middles), ("overlays", extremes)):
        for made in kinds[kind][:20].reshape(20, -1):
            a, b = np.unravel_index(abs(pairs - made).sum(-1).argmin(), (80, 80))
            np.testing.assert_allclose(pairs[a, b], made, atol=1e-6)
            assert images.labels[a] != images.labels[b]


def test_shuffling_keeps_every_pixel_and_turning_its_image(tried):
    controls, seen, images = tried(always)
    kinds = {c.kind: x for c, x in zip(controls.each, seen, strict=True)}
    real = images.pixels.astype(np.float32) / 255

    def all_among(made, known):
        return {x.tobytes() for x in made} <= {x.tobytes() for x in known}

    assert all_among(kinds["upside down"], real[:, :, ::-1, ::-1])
    assert all_among(kinds["quarter turn"], np.rot90(real, axes=(2, 3)))
    assert not all_among(kinds["upside down"], real)
    shuffled = kinds["shuffled pixels"].reshape(-1, 144)
    assert all_among(np.sort(shuffled), np.sort(real.reshape(80, 144)))
    assert not all_among(shuffled, real)


def test_only_images_unlike_every_class_count(tried):
    def some(x):
        return np.floor(1000 * x.sum((1, 2, 3), dtype=float)) % 10 < 7

    controls, seen, _ = tried(always, unlike=some)
    for control, x in zip(controls.each, seen, strict=True):
        if control.kind in ("real", "softened"):
            assert control.counted == 1
        else:
            assert some(x).all(), control.kind
            assert 0.3 < control.counted < 0.9


def test_a_judge_that_cannot_be_tried_is_not_believed_but_classes_may_survive_turning(tried):
    controls, *_ = tried(always, unlike=never)
    assert "blends: hardly any is unlike every class" in controls.reason
    assert "upside down" not in controls.reason and "quarter turn" not in controls.reason


def test_turned_images_count_where_most_of_their_class_changes():
    labels = np.arange(300) % 3
    grey = np.array([40, 120, 200])[labels] + np.arange(300) % 11  # each class its own brightness
    pixels = np.broadcast_to(grey[:, None, None, None], (300, 1, 8, 8)).astype(np.uint8)
    seen = []

    def accepts(x):
        seen.append(x)
        return always(x)

    def unlike(x):  # of the middle class a few, of the bright one most
        level = x.mean((1, 2, 3)) * 255
        return ((level > 112) & (level < 123.5)) | (level > 202)

    controls = try_controls(accepts, pixels, labels, unlike)
    made = [c.kind for c in controls.each if c.accepted is not None]
    assert len(made) == len(seen)
    for kind in ("upside down", "quarter turn"):
        assert seen[made.index(kind)].min() * 255 > 199
