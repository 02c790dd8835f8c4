"""Bundles a trained run: encodes images, projects the codes, draws new ones, exports networks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.bundle.contents import (
    BundledJudge,
    DescribedColumn,
    OnnxNetwork,
    Overlay,
)
from latentscape.bundle.derived_columns import numbers
from latentscape.bundle.film import Film, make_film
from latentscape.bundle.options import AS_MADE, BundleOptions
from latentscape.bundle.overlays import classes_read, disagreement, magnification
from latentscape.bundle.run_networks import export_decoder, export_networks
from latentscape.bundle.views import check_views, make_views
from latentscape.bundle.writer import write_bundle
from latentscape.data import Images
from latentscape.data.columns import Column
from latentscape.latent.alignment import RigidMap
from latentscape.latent.samplers import SAMPLERS
from latentscape.parts.bottlenecks import Gaussian
from latentscape.parts.bottlenecks.continuous import Noiseless
from latentscape.parts.corruptions import GaussianNoise
from latentscape.parts.networks.ensemble import DecoderEnsemble
from latentscape.parts.priors import StandardNormal
from latentscape.runs.decoders import decoding_as
from latentscape.runs.pixel_errors import pixel_errors
from latentscape.runs.quick_samplers import quick_sampler
from latentscape.runs.run import Run
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import make_folder

DRAWS = 1000
MOST_FITTED = 20_000
BLOCK = 2048


def bundle_run(
    run: Run,
    images: Mapping[str, Images],
    folder: str | Path,
    *,
    options: BundleOptions = AS_MADE,
    judge: BundledJudge | None = None,
    seed: int = 0,
) -> Path:
    """Write the bundle of a trained run.

    Args:
        run: a trained model.
        images: what to show by the name of its split, such as train, validation and test.
        folder: the bundle to write; a bundle that is there already is replaced.
        options: how many images it shows, and along which views.
        judge: says which of the images' classes a picture reads as.
        seed: of the choice and of the drawn codes.

    Returns:
        the folder.

    Raises:
        LatentscapeError: when the images do not fit the run, the limit is below 1, a view is not
            known, or a network cannot be exported.
    """
    check_views(options.views)
    total = sum(len(part) for part in images.values())
    limit = options.shown(total, run.codes_size, math.prod(run.shape))
    filmed = len(run.film[-1]) if run.film else 0
    shown, splits, rows = _gathered(images, limit, seed, filmed)
    if shown.shape != run.shape:
        raise LatentscapeError(
            f"the images are {shown.shape} and this run was trained on {run.shape}; "
            "load them with the size that it was trained on"
        )
    codes, scale = run.posterior(shown)
    make_folder(Path(folder).parent)
    corruption = run.model.corruption
    networks = export_networks(run)
    return write_bundle(
        folder,
        codes,
        name=f"{run.name} on {Path(shown.name).name}",
        labels=shown.labels,
        classes=shown.classes,
        ids=shown.ids,
        pixels=shown.pixels,
        encoder=networks.encoder,
        decoder=networks.decoder,
        ensemble=networks.ensemble,
        judge=judge,
        views=make_views(options.views, codes, shown.labels),
        draws=_draws(run, codes[:MOST_FITTED], _first(shown.labels), seed),
        overlays=_overlays(run, codes, judge),
        columns=shown.columns,
        measured={"split": splits, **_measured(run, shown, codes, scale)},
        noise=corruption.scale if isinstance(corruption, GaussianNoise) else None,
        preparation=run.preparation,
        film=_film(run, codes, rows),
        chosen_from=total,
        seed=seed,
    )


def _film(run: Run, codes: NDArray[np.float32], rows: NDArray[np.int64]) -> Film | None:
    """How some of the images came to where they lie; only the training of the model itself."""
    own = [row for row in run.history if row.get("stage") == run.history[-1].get("stage")]
    losses = [[row.get(f"{part}/loss", np.nan) for part in ("train", "validation")] for row in own]
    frames = run.film[len(run.film) - len(own) :] if 0 < len(own) <= len(run.film) else ()
    before = len(run.history) - len(own)  # epochs of the stages before it

    kept = run.decoders()

    def decoder(epoch: int, moved: RigidMap) -> OnnxNetwork:
        with decoding_as(run.model, kept[before + epoch], run.folder or Path(run.name)):
            return export_decoder(run, moved)

    return make_film(
        frames,
        codes,
        rows,
        shown=run.epoch,
        losses=np.array(losses, float),
        kept=[total - before for total in kept],
        decoder=decoder,
    )


def _gathered(
    images: Mapping[str, Images], limit: int, seed: int, filmed: int
) -> tuple[Images, DescribedColumn, NDArray[np.int64]]:
    """Put sets of images together, in a random order, and keep some, with the split of each.

    Returns:
        The images, their splits, and where the first `filmed` of the validation images are among
        them, which are kept up to half the limit; −1 for those that are not.
    """
    parts = list(images.values())
    sizes = [len(part) for part in parts]
    total = sum(sizes)
    if total == 0:
        raise LatentscapeError("there is no image to show; give at least one")
    starts = np.cumsum([0, *sizes])
    names = list(images)
    at = names.index("validation") if "validation" in names else 0
    film = starts[at] + np.arange(min(filmed, sizes[at] if "validation" in names else 0))
    drawn = np.random.default_rng(seed).permutation(total)
    kept = film[: limit // 2] if limit < total else film[:0]
    chosen = np.concatenate([kept, drawn[~np.isin(drawn, kept)]])[:limit]
    # Within each set rows stay in order, which memory maps like; their order is lost later anyway.
    taken = [
        part.take(np.sort(chosen[(chosen >= start) & (chosen < start + size)]) - start)
        for part, start, size in zip(parts, starts, sizes, strict=False)
    ]
    labelled = all(part.labels is not None for part in taken)
    together = Images(
        pixels=np.concatenate([part.pixels for part in taken]),
        labels=np.concatenate([part.labels for part in taken if part.labels is not None])
        if labelled
        else None,
        classes=parts[0].classes if labelled else (),
        ids=[name for part in taken for name in part.ids],
        name=parts[0].name,
        columns=_shared(taken),
    )
    splits = np.repeat(np.array(list(images)), [len(part) for part in taken])
    order = np.random.default_rng(seed).permutation(len(together))
    split = DescribedColumn(
        Column("category", pa.array(splits[order], pa.string())), "what the image was used for"
    )
    places = np.full(total, -1)
    places[np.sort(chosen)[order]] = np.arange(len(order))
    return together.take(order), split, places[film]


def _shared(parts: Sequence[Images]) -> dict[str, Column]:
    """The columns that all parts have, below each other."""
    shared = {}
    for name, first in parts[0].columns.items():
        columns = [part.columns.get(name) for part in parts]
        found = [each.values for each in columns if each is not None and each.kind == first.kind]
        if len(found) == len(parts):
            shared[name] = Column(first.kind, pa.concat_arrays(found))
    return shared


def _measured(
    run: Run, images: Images, codes: NDArray[np.float32], scale: NDArray[np.float32] | None
) -> dict[str, DescribedColumn]:
    """What the model makes of each image: how well it comes back, how far from the prior it is."""
    labels = run.condition_of(images)
    errors = np.empty(len(codes))
    for start in range(0, len(codes), BLOCK):
        some = slice(start, start + BLOCK)
        decoded = run.decode(codes[some], None if labels is None else labels[some])
        errors[some] = pixel_errors(decoded, images.pixels[some])
    note = "mean squared error of a pixel of the reconstruction, from 0 to 1"
    measured = {"reconstruction error": numbers(errors, note)}
    squares = np.square(codes.astype(np.float64))
    bottleneck = run.model.bottleneck
    if isinstance(bottleneck, Noiseless):
        lengths = np.sqrt(squares.sum(axis=1))
        measured["distance to the origin"] = numbers(lengths, "length of the code, ‖z‖")
    normal = isinstance(bottleneck, Gaussian) and isinstance(run.model.prior, StandardNormal)
    if normal and scale is not None:
        variances = np.square(scale.astype(np.float64))
        divergence = 0.5 * (squares + variances - 1 - np.log(variances)).sum(axis=1)
        note = "KL(q(z|x)‖p(z)) of the image’s posterior to the prior, in nats"
        measured["distance to the prior"] = numbers(divergence, note)
    return measured


def _first(labels: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
    """The labels of the codes that samplers are fitted to."""
    return None if labels is None else labels[:MOST_FITTED]


def _draws(
    run: Run, codes: NDArray[np.float32], labels: NDArray[np.int64] | None, seed: int
) -> dict[str, NDArray[np.floating]]:
    """Draw codes from the prior and from every sampler that these codes can have."""
    draws: dict[str, NDArray[np.floating]] = {"prior": run.draw(DRAWS, seed=seed)}
    for name in SAMPLERS:
        try:
            draws[name] = quick_sampler(run, name, codes, labels).sample(DRAWS, seed)
        except LatentscapeError:
            continue  # unlabelled or too few codes: the page then does not offer this sampler
    return draws


def _overlays(run: Run, codes: NDArray[np.float32], judge: BundledJudge | None) -> list[Overlay]:
    """Measure the plane of a two-dimensional code; a conditional decoder has no one plane."""
    if run.codes_size != 2 or run.model.labels:
        return []
    several = isinstance(run.model.decoder, DecoderEnsemble)
    return [
        magnification(run.decode, codes),
        *([disagreement(run.decode_each, codes)] if several else []),
        *([classes_read(run.decode, codes, judge)] if judge else []),
    ]
