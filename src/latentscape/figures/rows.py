"""Images above what a model makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor, nn

from latentscape.data import Images
from latentscape.data.values import to_unit
from latentscape.figures.kinds import kind
from latentscape.figures.tiles import examples, labelled_rows, signed_tiles, tiles
from latentscape.parts.corruptions import GaussianNoise
from latentscape.runs.pixel_errors import pixel_errors, reconstruction_errors
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.names import counted
from latentscape.system.randomness import own_randomness


@kind("images")
def reconstructions(
    runs: Sequence[Run], images: Images, *, columns: int = 10, seed: int = 0
) -> Figure:
    """Images above what comes back of them, a row a model.

    Args:
        runs: the models.
        images: to rebuild; the error at each row is of all of them.
        columns: how many to show.
        seed: chooses them.
    """
    chosen = examples(images, columns, seed)
    rows = [("original", tiles(chosen.pixels)), *(rebuilt(run, images, chosen) for run in runs)]
    return labelled_rows(rows, "Reconstructions", about(images))


def rebuilt(run: Run, images: Images, chosen: Images) -> tuple[str, NDArray[np.floating]]:
    """Give a row of reconstructions: its label and its tiles.

    Args:
        run: the model.
        images: whose mean error the label says.
        chosen: those that are shown.
    """
    label = f"{run.name}\nMSE {reconstruction_errors(run, images).mean():.4f}"
    return label, tiles(run.reconstruct(chosen))


@kind("images")
def residuals(runs: Sequence[Run], images: Images, *, columns: int = 10, seed: int = 0) -> Figure:
    """What each model gets wrong: output minus original, in colour.

    Args:
        runs: the models.
        images: to rebuild.
        columns: how many to show.
        seed: chooses them.
    """
    chosen = examples(images, columns, seed)
    original = to_unit(chosen.pixels)
    rows = [("original", tiles(original))]
    for run in runs:
        output = run.reconstruct(chosen)
        rows += [(run.name, tiles(output)), ("residual", signed_tiles(output - original))]
    return labelled_rows(rows, "Residuals", "red: too bright · blue: too dark")


@kind("images")
def denoising(
    run: Run, images: Images, *, noise: float | None = None, columns: int = 10, seed: int = 0
) -> Figure:
    """Clean images, noisy ones, what the model makes of those, and what is left.

    Args:
        run: the model.
        images: clean ones; the errors at the rows are of those shown.
        noise: standard deviation of the noise added, in units of the pixels' range; by default the
            corruption that the model was trained against.
        columns: how many to show.
        seed: chooses them and the noise.

    Raises:
        LatentscapeError: when the model knows no corruption and none is given.
    """
    chosen = examples(images, columns, seed)
    clean = to_unit(chosen.pixels)
    noisy = corrupted(run, clean, noise, seed)
    output = run.reconstruct(noisy, chosen.labels)

    def error(x: NDArray[np.float32]) -> str:
        return f"MSE {pixel_errors(x, clean).mean():.4f}"

    rows = [
        ("clean", tiles(clean)),
        (f"noisy\n{error(noisy)}", tiles(noisy)),
        (f"{run.name}\n{error(output)}", tiles(output)),
        ("residual", signed_tiles(output - clean)),
    ]
    note = "residual: output minus clean, red too bright, blue too dark"
    return labelled_rows(rows, "Denoising", note)


def corrupted(
    run: Run, clean: NDArray[np.float32], noise: float | None, seed: int
) -> NDArray[np.float32]:
    """Do to images (N, C, H, W) what was done to them in training, or add noise.

    Args:
        run: the model.
        clean: the images.
        noise: standard deviation of what is added; None for the model's own corruption.
        seed: of the noise.

    Raises:
        LatentscapeError: when the model knows no corruption and no noise is given.
    """
    corruption: nn.Module = run.model.corruption if noise is None else GaussianNoise(noise)
    if isinstance(corruption, nn.Identity):
        raise LatentscapeError(
            f"'{run.name}' was trained on clean images; say how much noise to add with noise=0.5, "
            "or train the recipe 'denoising'"
        )
    with own_randomness(seed), torch.no_grad():
        noisy: Tensor = corruption(torch.from_numpy(clean))
        return np.asarray(noisy.numpy(), np.float32)


def about(images: Images) -> str:
    """Say which images a figure is about."""
    return f"{counted(len(images), 'image')} of {images.title}"
