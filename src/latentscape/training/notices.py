"""What a run should be told at its end: a collapsed code, a weight that never got where it should.

A latent dimension is idle, whatever the posterior and the prior, when it says less than 0.01 nats
of the image (`parts.information`; the ε of arXiv:1911.02469): its posterior is the same for all. A
sphere or a flow has no numbers by themselves; there the whole code says more than one bit or not,
and directions that are idle are found by two draws of each posterior (`latent.usage`).
"""

from __future__ import annotations

import math

import numpy as np
import torch

from latentscape.data import Examples
from latentscape.data.values import to_unit
from latentscape.latent.arrays import subset
from latentscape.latent.usage import idle_directions
from latentscape.models.pixels import checked, unit
from latentscape.parts.distributions import Latent
from latentscape.parts.information import dimension_information, information
from latentscape.recipes import find_recipe
from latentscape.runs.run import Run
from latentscape.runs.state import Row
from latentscape.system.arithmetic import exact_arithmetic
from latentscape.system.randomness import own_randomness

FEW = 128
FEWEST, MANY = 1000, 2000  # draws that tell an idle direction from one that says a little
FEWEST_MEAN, MEMORY = 16, 2**27  # images that tell a mean, and bytes that they may take as floats
IDLE = 0.01  # nats
BIT = math.log(2)
ENOUGH = 32  # images that can be told apart by some bits
CLOSE = 0.01
LISTED = 8


def notices(run: Run, images: Examples, train: Examples, kept: Row) -> tuple[str, ...]:
    """Give a sentence for each thing that went wrong in a training that ended well.

    Args:
        run: the trained model, with the weights that are kept.
        images: from validation.
        train: those that it was trained on.
        kept: the history's row of the epoch whose weights are kept.
    """
    why = collapsed(run, images) or no_better(run, images, train)
    return (*why, *early(run, images, kept))


def collapsed(run: Run, images: Examples) -> tuple[str, ...]:
    """Notice a probabilistic code that says nothing of the image, in all or in part."""
    if not run.model.bottleneck.has_density or len(images) < 2:
        return ()
    many = images.take(np.arange(min(MANY, len(images))))
    images = many.take(np.arange(min(FEW, len(many))))
    with own_randomness(0), torch.no_grad(), exact_arithmetic():
        posterior = encoded(run, images)
        each = dimension_information(posterior)
        idle = [] if each is None else (each < IDLE).nonzero().flatten().tolist()
        nats = information(posterior).item()
    d = run.codes_size
    if len(idle) == d:
        return (
            f"the code has collapsed: none of its {d} numbers differs from image to image "
            f"(0 active units); {remedy(run)}",
        )
    if len(images) >= ENOUGH and nats < BIT:
        return (
            f"the code has all but collapsed: it says {max(nats, 0):.2g} nats of which image it "
            f"is of, less than one bit; {remedy(run)}",
        )
    if each is None:
        return partly(run, many)
    if not idle:
        return ()
    which = ", ".join(map(str, idle[:LISTED])) + (" …" if len(idle) > LISTED else "")
    are = "are" if len(idle) > 1 else "is"
    return (
        f"part of the code has collapsed: {len(idle)} of its {d} numbers {are} idle ({which}), "
        f"saying less than {IDLE} nats of the image; a code of {d - len(idle)} would hold as much, "
        f"or {remedy(run)}",
    )


def no_better(run: Run, images: Examples, train: Examples) -> tuple[str, ...]:
    """Notice reconstructions that err as much as the mean training image does.

    Args:
        run: the trained model.
        images: from validation.
        train: those that it was trained on.
    """
    most = min(MANY, max(FEWEST_MEAN, MEMORY // (4 * math.prod(run.shape))))
    images, train = (some.take(subset(len(some), most, 0)) for some in (images, train))
    if not len(images):
        return ()
    x, known = to_unit(images.pixels), to_unit(train.pixels)
    mean = np.square(x - known.mean(axis=0)).mean()
    error = np.square(x - run.reconstruct(images)).mean()
    if error < mean:
        return ()
    return (
        f"validation images come back no better than as the mean training image (squared error "
        f"{error:.4f}; the mean image's {mean:.4f}): the model tells them apart by nothing yet; "
        f"{remedy(run)}",
    )


def encoded(run: Run, images: Examples) -> Latent:
    """The posteriors of images."""
    x = unit(torch.from_numpy(checked(images, run.shape, run.bounds)).to(run.device))
    labels = None if images.labels is None else torch.from_numpy(images.labels).to(run.device)
    posterior: Latent = run.model.encode(x, run.model.condition(labels))
    return posterior


def partly(run: Run, images: Examples) -> tuple[str, ...]:
    """Notice idle directions of a code that has no numbers by themselves."""
    if len(images) < FEWEST:
        return ()
    with own_randomness(0), torch.no_grad(), exact_arithmetic():
        posterior = encoded(run, images)
        first, second = (posterior.sample().cpu().numpy() for _ in range(2))
    idle, d = int(idle_directions((first, second)).sum()), first.shape[1]
    if not idle:
        return ()
    verb = "say" if idle > 1 else "says"
    return (
        f"part of the code has collapsed: {idle} of its {d} directions {verb} no more of the image "
        f"than {IDLE} nats, as far as {len(images):,} images tell; a smaller --latent would hold "
        f"as much, or {remedy(run)}",
    )


def remedy(run: Run) -> str:
    """What to try against a collapsed code, with the flags that the recipe takes."""
    blueprint = run.model.blueprint
    takes = {} if blueprint is None else find_recipe(blueprint.recipe).options
    ways = [
        words
        for flag, words in (
            ("beta", "with a smaller --beta"),
            ("rf", "with a larger --rf"),
            ("warmup", "with --warmup 0.3, so that the rate's weight rises slowly"),
        )
        if flag in takes
    ]
    return "train " + ", ".join(["longer", *ways[:-1]]) + (f", or {ways[-1]}" if ways else "")


def early(run: Run, images: Examples, kept: Row) -> tuple[str, ...]:
    """Notice weights that had not reached, in the epoch that is kept, what they were to reach.

    Args:
        run: the trained model.
        images: from validation.
        kept: the history's row of the epoch whose weights are kept.
    """
    few = images.take(np.arange(min(2, len(images))))
    x = unit(torch.from_numpy(checked(few, run.shape, run.bounds)).to(run.device))
    labels = None if few.labels is None else torch.from_numpy(few.labels).to(run.device)
    with own_randomness(0), torch.no_grad(), exact_arithmetic():
        final = {name: term.weight for name, term in run.model(x, labels, 1, 1.0).items()}
    return tuple(
        f"the weights kept are those of epoch {int(kept['epoch'])}, when '{name}' weighed "
        f"{kept[f'weight/{name}']:.3g} and had not yet reached {weight:.3g}; train with more "
        "--epochs, more --patience, or a shorter --warmup"
        for name, weight in final.items()
        if abs(kept.get(f"weight/{name}", weight) - weight) > CLOSE * abs(weight)
    )
