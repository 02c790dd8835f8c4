"""Every measure under what should not matter: its entry says what it changes with.

A world is a space whose truth is known: three classes in a plane, two factors, decoder and encoder
in closed form, and one idle number whose posterior is the prior. Changing the world as the
catalogue's `CHANGES` say must leave every figure alone, but where the figure's entry names it.
"""

from functools import cache

import numpy as np
import pytest
import torch
from torch import nn

from latentscape.data import Images
from latentscape.evaluation.baselines import measure_baselines
from latentscape.evaluation.elbo import measure_likelihood
from latentscape.evaluation.reconstruction import KEYS, compared
from latentscape.latent import sampling
from latentscape.latent.catalogue import CATALOGUE, CHANGES
from latentscape.latent.column_measures import KnownColumn, column_measures
from latentscape.latent.decoding import round_trip, smoothness
from latentscape.latent.disentanglement import dci, mig, sap
from latentscape.latent.factor_votes import factor_vae
from latentscape.latent.fidelity import diversity, fidelity_measures
from latentscape.latent.groups import measure_shape, measure_structure, measure_usage
from latentscape.latent.measure import Measure
from latentscape.latent.moves import move_sensitivities
from latentscape.latent.yardstick import yardstick_of
from latentscape.models.autoencoder import Autoencoder
from latentscape.parts.bottlenecks import Gaussian
from latentscape.parts.likelihoods import Normal
from latentscape.parts.objectives import Elbo
from latentscape.parts.priors import StandardNormal
from latentscape.runs.run import Run

PIXELS = np.random.default_rng(9).normal(size=(2, 64))
FEATURES = np.random.default_rng(8).normal(size=(64, 6)) / 8
WIDTH = np.array([0.15, 0.22])  # of posteriors
WORLDS = {
    "base": {},
    "count": {"n": 4400},
    "idle": {"idle": 4},
    "scale": {"scale": 0.05},
    "rotation": {"turn": True},
    "order": {"order": True},
    "copies": {"copies": 2},
    "names": {"names": (2, 0, 1)},
}


def decoded(u):
    return 1 / (1 + np.exp(-0.7 * u @ PIXELS))


def again(x):
    return decoded(encoded(x))


def encoded(x):
    logits = np.log(np.clip(x, 1e-6, 1 - 1e-6) / (1 - np.clip(x, 1e-6, 1 - 1e-6))) / 0.7
    return np.clip(logits @ np.linalg.pinv(PIXELS), -1.25, 1.25)


class World:
    """Codes, draws, images and factors of a space.

    The used numbers of the code are the same whatever is done to the rest, but for more images.
    """

    def __init__(
        self, n=2200, idle=1, scale=1.0, turn=False, order=False, copies=1, names=(0, 1, 2)
    ):
        rng, self.other = np.random.default_rng(n), np.random.default_rng(n + 1)
        self.d, self.scale, self.idle = 2 + idle, scale, idle
        turned = orthogonal(self.d) if turn else np.eye(self.d)
        columns = self.other.permutation(self.d) if order else np.arange(self.d)
        self.to = scale * turned[:, columns]
        self.train, self.test = (self.half(n, copies, names, order, rng) for _ in "ab")
        u = self.test["u"]
        self.drawn = u.mean(0) + 0.3 + rng.normal(size=(n * 2 // 3, 2)) * u.std(0)
        self.draws = self.place(self.drawn, 0.01)
        self.prior = self.place(rng.normal(size=(4000, 2)) + np.array([0.8, 0.0]), 1.0)
        noise = 0.05 * rng.normal(size=(n * 2 // 3, 64))
        self.images = np.tile(np.clip(decoded(self.drawn) + noise, 0, 1), (copies, 1))

    def half(self, n, copies, names, order, rng):
        labels = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2])[np.arange(n) % 10]
        amount = rng.uniform(-1, 1, n)
        angle = 2 * np.pi * labels / 3 + 0.5 + 1.0 * amount + 0.1 * rng.normal(size=n)
        radius = 1.0 + (0.12 + 0.04 * labels) * rng.standard_exponential(n)
        u = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        u += [0.25, 0.15]
        posterior = u + WIDTH * rng.normal(size=(n, 2))
        noise = 0.05 * rng.normal(size=(n, 64))
        own = np.where(rng.random(n) < 0.9, labels, (labels + 1) % 3)
        deviations = np.concatenate([WIDTH, np.ones(self.idle)])
        found = {
            "u": u,
            "labels": np.array(names)[labels],
            "factors": np.column_stack([np.array(names)[labels], amount]),
            "x": np.clip(decoded(u) + noise, 0, 1),
            "clusters": own,
            "mean": self.place(u, 0.01),
            "posterior": self.place(posterior, 1.0),
            "scale": np.repeat(np.sqrt(deviations**2 @ self.to**2)[None], n, axis=0),
        }
        rows = np.tile(self.other.permutation(n) if order else np.arange(n), copies)
        return {key: value[rows] for key, value in found.items()}

    def place(self, used, width):
        idle = width * self.other.normal(size=(len(used), self.idle))
        return np.concatenate([used, idle], axis=1) @ self.to

    def used(self, z):
        return (z @ np.linalg.inv(self.to))[:, :2]

    def decode(self, z):
        return decoded(self.used(z))

    def encode(self, x):
        return self.place(encoded(x), 0.0)


def orthogonal(d):
    return np.linalg.qr(np.random.default_rng(4).normal(size=(d, d)))[0]


def classes_of(x):
    u = encoded(x) - [0.25, 0.15]
    return np.round((np.arctan2(u[:, 1], u[:, 0]) - 0.5) / (2 * np.pi / 3)).astype(int) % 3


def model_of(world):
    """A linear model of the same images, whose posteriors are round; the prior is N(0, I)."""
    d, idle = world.d, np.zeros((64, world.idle))
    to = world.to
    if np.count_nonzero(to) > d:  # turned: a round posterior of the used numbers stays one
        to = world.scale * np.eye(d)
        to[:2, :2] = world.scale * orthogonal(2)
    x = world.train["x"] - world.train["x"].mean(axis=0)
    basis = np.concatenate([np.linalg.svd(x, full_matrices=False)[2][:2].T, idle], axis=1)
    deviations = np.sqrt(np.array([0.3] * 2 + [1.0] * world.idle) ** 2 @ to**2)
    centre = world.train["x"].mean(axis=0)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(64, 2 * d))
    decoder = nn.Sequential(nn.Linear(d, 64), nn.Unflatten(1, (1, 8, 8)))
    with torch.no_grad():
        for target, value in (
            (encoder[1].weight, np.concatenate([(basis @ to).T, np.zeros((d, 64))])),
            (encoder[1].bias, np.concatenate([-centre @ basis @ to, np.log(deviations)])),
            (decoder[0].weight, basis @ np.linalg.inv(to).T),
            (decoder[0].bias, centre),
        ):
            target.copy_(torch.tensor(value))
    likelihood = Normal(0.1, activation=nn.Identity())
    parts = encoder, Gaussian(d, scale="exp"), decoder, likelihood
    return Autoencoder(*parts, prior=StandardNormal(d), objective=Elbo())


@cache
def figures(name):
    """Every measure's figure in a world."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "RESAMPLES", 2)  # nobody asks for errors here
        return measured(name)


def measured(name):
    world = World(**WORLDS[name])
    a, b = world.train, world.test
    x = b["x"]
    copies = WORLDS[name].get("copies", 1)
    real = np.tile(x[: len(world.images) // copies], (copies, 1))
    features = [i @ FEATURES for i in (real, world.images)]
    names = np.array(WORLDS[name].get("names", (0, 1, 2)))
    both = (torch.tensor(i, dtype=torch.float32).reshape(-1, 1, 8, 8) for i in (x, again(x)))
    compare = compared(*both)
    pixels = np.round(255 * x).astype(np.uint8).reshape(-1, 1, 8, 8)
    rows = np.arange(0, len(x), 10)
    ids = tuple(map(str, rows))
    some = Images(pixels[rows], b["labels"][rows], ("a", "b", "c"), ids, "toy")
    learned = np.round(255 * a["x"]).astype(np.uint8).reshape(-1, 1, 8, 8)
    whole = [
        Images(each, None, (), tuple(map(str, range(len(each)))), "toy")
        for each in (learned, pixels)
    ]
    run = Run("toy", model_of(world), (1, 8, 8))
    yardstick = yardstick_of(b["mean"], b["posterior"])
    factors = b["factors"], (True, False)
    found = (
        *(Measure.mean(key, compare[key]) for key in KEYS),
        *measure_baselines(*whole, world.d),
        *measure_likelihood(run, some, 100, seed=0),
        *measure_structure(a["mean"], a["labels"], b["mean"], b["labels"], pixels, b["clusters"]),
        *column_measures(
            a["mean"],
            b["mean"],
            {
                "amount": KnownColumn(a["factors"][:, 1], b["factors"][:, 1]),
                "class": KnownColumn(a["labels"], b["labels"]),
            },
        ),
        *measure_usage(b["mean"], b["scale"]),
        *measure_shape(
            b["mean"], b["labels"], {"gaussian": world.draws}, world.prior, b["posterior"]
        ),
        *move_sensitivities(
            pixels,
            world.encode(x),
            lambda moved, rows: world.encode(moved.reshape(len(moved), -1).astype(np.float64)),
            yardstick,
        ),
        Measure.mean("legibility", np.abs(encoded(world.images)).max(axis=1) < 1.2),
        diversity(names[classes_of(world.images)], b["labels"], 3),
        *fidelity_measures(*features),
        round_trip(world.prior, world.decode, world.encode, yardstick),
        *smoothness(b["mean"], world.decode, classes_of, rows=3000),
        mig(b["mean"], *factors),
        sap(b["mean"], *factors),
        factor_vae(b["mean"], *factors),
        *dci(b["mean"], *factors, rows=1000),
    )
    return {measure.key: measure.value for measure in found}


def test_every_measure_is_tried():
    assert set(figures("base")) == set(CATALOGUE)
    assert set(WORLDS) - {"base"} == set(CHANGES)
    assert None not in figures("base").values()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("key", CATALOGUE)
def test_a_measure_changes_only_where_its_entry_says_so(key, change):
    before, after = figures("base")[key], figures(change)[key]
    low, high = CATALOGUE[key].range
    bounded = high - low if np.isfinite(high - low) else 0
    near = 0.06 * abs(before) + min(0.01 * bounded, 0.3 * abs(before))
    if change in {"count", "order", "copies"} or key.startswith("dci"):
        # Chance comes in: other images, another sample of them, other trees of a forest.
        near = 0.25 * abs(before) + 0.03 * bounded
    if change in CATALOGUE[key].changes:
        assert abs(after - before) > 1e-3 * abs(before), "the entry says that it changes"
    else:
        assert abs(after - before) <= near, (before, after)
