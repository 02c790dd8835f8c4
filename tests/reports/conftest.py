"""Small trained runs, and a judge that has learned next to nothing."""

from dataclasses import replace

import pytest

from latentscape.data import load_images
from latentscape.evaluation.judge.training import train_judge
from latentscape.models.plan import Plan
from latentscape.parts.networks import Network
from latentscape.reports import embed
from latentscape.training import train

PLAN = Plan(epochs=1, batch=32, precision="32-true")


@pytest.fixture(scope="session", autouse=True)
def coarse():
    """Draw with few dots, which is quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embed, "DPI", 24)
        yield


@pytest.fixture(scope="session")
def splits():
    return load_images("digits", limit=120)


@pytest.fixture(scope="session")
def folder(splits, tmp_path_factory):
    """Two recipes with two seeds each."""
    out = tmp_path_factory.mktemp("report")
    for recipe in ("ae", "vae"):
        for latent in (2, 3):
            for seed in (0, 1):
                path = out / f"{recipe}-{latent}-{seed}"
                train(
                    recipe,
                    splits,
                    latent=latent,
                    net=Network(hidden=(8,)),
                    out=path,
                    plan=replace(PLAN, seed=seed),
                )
    return out


@pytest.fixture(scope="session")
def poor_judge(splits):
    return train_judge(splits, keep=False, steps=4)
