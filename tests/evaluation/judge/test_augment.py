import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from latentscape.evaluation.judge.augment import (
    blur,
    composites,
    outliers,
    scramble,
    smooth_noise,
    soften,
    turn,
)

SHAPES = st.tuples(st.sampled_from([1, 3]), st.integers(6, 31), st.integers(6, 31))


@settings(max_examples=20, deadline=None)
@given(shape=SHAPES, seed=st.integers(0, 100), light=st.booleans())
def test_pictures_stay_in_range_whatever_the_shape(shape, seed, light):
    torch.manual_seed(seed)
    x, labels = torch.rand(24, *shape), torch.arange(24) % 3
    for made in (soften(x), outliers(x, labels, light=light)):
        assert made.shape[1:] == shape
        assert made.min() >= 0 and made.max() <= 1


def test_half_of_the_pictures_lose_up_to_a_third_of_their_contrast():
    torch.manual_seed(0)
    brightness = soften(torch.ones(3000, 1, 6, 6)).mean(dim=(1, 2, 3))
    assert brightness.min() > 0.6
    darker = (brightness < 0.9).float().mean().item()
    assert abs(darker - 0.5 * (0.9 - 0.65) / (1 - 0.65)) < 0.03


def test_blur_is_scipys():
    x = np.random.default_rng(0).random((2, 3, 20, 24)).astype(np.float32)
    expected = gaussian_filter(x, (0, 0, 1.2, 1.2), mode="nearest", truncate=2.5)
    np.testing.assert_allclose(blur(torch.from_numpy(x), 1.2).numpy(), expected, atol=1e-5)


def test_scrambling_moves_tiles_and_changes_none():
    x = torch.arange(2 * 12 * 12, dtype=torch.float32).view(2, 1, 12, 12)
    moved = scramble(x, 3)
    assert torch.equal(moved.flatten(1).sort(1).values, x.flatten(1))
    before, after = (
        set(map(tuple, y.unfold(2, 4, 4).unfold(3, 4, 4).reshape(-1, 16).tolist()))
        for y in (x, moved)
    )
    assert before == after


def test_outliers_of_one_class_are_no_mixtures():
    torch.manual_seed(0)
    x, one = torch.rand(60, 1, 12, 12), torch.zeros(60, dtype=torch.long)
    assert len(composites(x, one, light=True)) == 0
    made = outliers(x, one, light=True)
    assert len(made) == 4 + 4 + 2  # scrambled, turned, noise
    assert torch.equal(made[4:8], turn(x[4:8]))


def test_turning_is_by_each_quarter_or_upside_down():
    x = torch.rand(6, 2, 5, 5)
    for k, (before, after) in enumerate(zip(x.chunk(3), turn(x).chunk(3), strict=True), 1):
        np.testing.assert_array_equal(after, np.rot90(before, k, axes=(2, 3)))
    wide = torch.rand(2, 1, 4, 6)
    np.testing.assert_array_equal(turn(wide), wide.numpy()[:, :, ::-1, ::-1])


def test_smooth_noise_spans_the_range_and_is_smooth():
    torch.manual_seed(0)
    x = smooth_noise(torch.empty(50, 1, 28, 28))
    assert (x.amin((1, 2, 3)) == 0).all() and (x.amax((1, 2, 3)) == 1).all()
    assert (x.diff(dim=3).abs().mean() / x.std() < 0.8).all()  # 1.13 for white noise


def test_composites_are_far_from_both_parents():
    torch.manual_seed(0)
    x = torch.zeros(200, 1, 8, 8)
    x[::2, :, :4], x[1::2, :, 4:] = 1, 1  # two classes of one picture each
    made = composites(x, torch.arange(200) % 2, light=True)
    distance = torch.stack([(made - x[i]).square().flatten(1).sum(1) for i in (0, 1)])
    assert len(made) > 20
    assert (distance / (x[0] - x[1]).square().sum() > 0.199).all()
