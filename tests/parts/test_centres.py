"""Centres of pixels: what they are, how steep, and their way back from black."""

import pytest
import torch

import latentscape as ls
from latentscape.parts.distributions.centres import centres_towards
from latentscape.parts.networks import Network

x = torch.linspace(-40, 40, 401, dtype=torch.float64)


@pytest.mark.parametrize("value", [0.0, 1e-9, 0.3, 1.0])
def test_slopes_are_their_own_but_at_the_end_that_the_value_is_beyond(value):
    logits = x.clone().requires_grad_()
    centres = centres_towards(logits, torch.tensor(value, dtype=torch.float64))
    torch.testing.assert_close(centres.detach(), 1 / (1 + torch.exp(-x)))
    (3 * centres).sum().backward()
    true = torch.exp(-x.abs()) / (1 + torch.exp(-x.abs())) ** 2
    centre = torch.sigmoid(x)
    wrong = ((x < 0) & (centre < value) | (x > 0) & (centre > value)) & (true < 0.01)
    assert wrong.sum() > 100
    torch.testing.assert_close(logits.grad[~wrong] / 3, true[~wrong])
    torch.testing.assert_close(logits.grad[wrong] / 3, torch.full_like(x[wrong], 0.01))


@pytest.mark.parametrize("likelihood", ["normal", "laplace"])
def test_convolutions_of_dark_images_learn_more_than_black(likelihood):
    images = ls.load_images("digits", limit=300)
    pixels = torch.from_numpy(images.train.pixels[:]).float() / 255
    pixels = pixels * (pixels > 0.5)
    model = ls.recipes.ae(
        images.shape, latent=16, net=Network("conv", hidden=(32, 64)), likelihood=likelihood
    )
    adam = torch.optim.Adam(model.parameters(), 0.004)
    for step in range(80):
        adam.zero_grad()
        terms = model(pixels[torch.arange(step, step + 64) % len(pixels)])
        terms["distortion"].value.mean().backward()
        adam.step()
    power = 2 if likelihood == "normal" else 1
    with torch.no_grad():
        errors = model.eval().decode(model.encode(pixels).code).mean - pixels
    assert errors.abs().pow(power).mean() < 0.9 * pixels.pow(power).mean()
