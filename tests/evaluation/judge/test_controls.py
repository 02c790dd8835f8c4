import numpy as np
import pytest

from latentscape.evaluation.judge.controls import try_controls

pytestmark = pytest.mark.usefixtures("seed_unmoved")


@pytest.fixture
def tried(toys):
    def with_(accepts, channels=1, size=12, light=True):
        images = toys.draw(80, 5, channels, size)
        seen = []

        def record(x):
            seen.append(x)
            return accepts(x)

        return try_controls(record, images.pixels, images.labels, light=light), seen, images

    return with_


def always(x):
    return np.ones(len(x), bool)


def never(x):
    return np.zeros(len(x), bool)


def test_who_accepts_everything_is_not_believed(tried):
    controls, *_ = tried(always)
    assert not controls.hold
    for kind in ("noise", "blends", "overlays"):
        assert f"{kind} 1.000 (at most 0.05)" in controls.reason


def test_who_accepts_nothing_is_not_believed(tried):
    controls, *_ = tried(never)
    assert "real 0.000 (at least 0.93), softened 0.000 (at least 0.85)" in controls.reason


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


def test_shuffling_keeps_every_pixel(tried):
    controls, seen, _ = tried(always)
    kinds = {c.kind: x for c, x in zip(controls.each, seen, strict=True)}
    upright = kinds["upside down"][:, :, ::-1]
    np.testing.assert_array_equal(
        np.sort(kinds["shuffled pixels"].reshape(len(upright), -1)),
        np.sort(upright.reshape(len(upright), -1)),
    )
    assert not np.array_equal(kinds["shuffled pixels"], upright)
