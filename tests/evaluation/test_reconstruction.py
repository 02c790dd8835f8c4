import numpy as np
import pytest
import torch
from scipy.signal import convolve2d

from latentscape import recipes
from latentscape.evaluation.reconstruction import compared, measure_reconstruction
from latentscape.parts.similarity import POWERS, ms_ssim, ssim
from latentscape.runs.run import Run


def window(side):
    w = np.exp(-0.5 * ((np.arange(side) - (side - 1) / 2) / 1.5) ** 2)
    return w / w.sum()


def by_convolution(x, y, *, structure=False):
    """Wang et al. 2004 for two pictures (H, W), with a convolution in place of matrices."""
    H, W = x.shape
    kernel = np.outer(window(min(11, H)), window(min(11, W)))

    def mean(z):
        return convolve2d(z, kernel, mode="valid")

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    if structure:
        return ((2 * cov + c2) / (vx + vy + c2)).mean()
    top = (2 * mx * my + c1) * (2 * cov + c2)
    return (top / ((mx**2 + my**2 + c1) * (vx + vy + c2))).mean()


@pytest.mark.parametrize("shape", [(28, 28), (17, 19), (8, 12), (1, 5)])
def test_structural_similarity_agrees_with_a_convolution(shape):
    rng = np.random.default_rng(0)
    x = rng.random((4, 3, *shape))
    y = np.clip(x + 0.2 * rng.standard_normal(x.shape), 0, 1)
    each = [
        by_convolution(a, b)
        for a, b in zip(x.reshape(-1, *shape), y.reshape(-1, *shape), strict=True)
    ]
    expected = np.reshape(each, (4, 3)).mean(axis=1)
    found = ssim(torch.from_numpy(x).float(), torch.from_numpy(y).float())
    np.testing.assert_allclose(found.numpy(), expected, atol=2e-4)


def halved(x):
    H, W = (side // 2 * 2 for side in x.shape)
    return x[:H, :W].reshape(H // 2, 2, W // 2, 2).mean(axis=(1, 3))


@pytest.mark.parametrize(("shape", "count"), [((64, 90), 3), ((28, 28), 2), ((17, 19), 1)])
def test_similarity_at_several_scales_agrees_with_a_convolution(shape, count):
    rng = np.random.default_rng(0)
    x = rng.random(shape)
    y = np.clip(x + 0.2 * rng.standard_normal(shape), 0, 1)
    a, b, expected = x, y, 1.0
    for scale in range(count):
        kept = by_convolution(a, b, structure=scale < count - 1)
        expected *= kept ** (POWERS[scale] / sum(POWERS[:count]))
        a, b = halved(a), halved(b)
    pair = [torch.from_numpy(z).float()[None, None] for z in (x, y)]
    assert ms_ssim(*pair).item() == pytest.approx(expected, abs=2e-4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert ms_ssim(*pair).item() == pytest.approx(expected, abs=2e-4)
    rounded = pair[0], pair[0].bfloat16()
    assert ms_ssim(*rounded).item() == pytest.approx(1, abs=1e-3)


def test_similarity_has_a_slope_where_nothing_is_alike():
    x = torch.rand(1, 1, 32, 32)
    y = (1 - x).requires_grad_()
    ms_ssim(x, y).sum().backward()
    assert torch.isfinite(y.grad).all()


def test_errors_of_known_pictures():
    x = torch.tensor([0.0, 1.0]).view(2, 1, 1, 1).expand(2, 1, 4, 4)
    found = compared(x, torch.full((2, 1, 4, 4), 0.75))
    np.testing.assert_allclose(found["mse"], [0.75**2, 0.25**2])
    np.testing.assert_allclose(found["bce"], [-np.log(0.25), -np.log(0.75)], rtol=1e-5)
    np.testing.assert_allclose(found["psnr"], [-20 * np.log10(0.75), -20 * np.log10(0.25)], 1e-5)
    copy = compared(x, x)
    assert copy["mse"].max() == 0
    np.testing.assert_allclose(copy["psnr"], 100, rtol=1e-5)
    np.testing.assert_allclose(copy["ssim"], 1, atol=1e-6)


@pytest.mark.parametrize("recipe", [recipes.ae, recipes.conditional_vae])
def test_figures_are_of_what_the_run_reconstructs_with_a_part_for_each_class(recipe, toy_splits):
    test = toy_splits.test
    options = {"classes": 3} if recipe is recipes.conditional_vae else {}
    run = Run("untrained", recipe(test.shape, **options), test.shape, test.classes)
    found = {m.key: m for m in measure_reconstruction(run, test, run.encode(test))}
    errors = ((run.reconstruct(test) - test.pixels / 255) ** 2).mean(axis=(1, 2, 3))
    assert found["mse"].value == pytest.approx(errors.mean(), rel=1e-4)
    for c, part in enumerate(found["mse"].parts):
        assert part.key == test.classes[c]
        assert part.value == pytest.approx(errors[test.labels == c].mean(), rel=1e-4)
