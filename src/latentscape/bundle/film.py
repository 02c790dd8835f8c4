"""The film of a training: where some of the images lay after each epoch, for the page to play."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.bundle.contents import OnnxNetwork
from latentscape.bundle.networks import check_network
from latentscape.bundle.tables import vectors, write_arrow
from latentscape.latent.alignment import RigidMap, align
from latentscape.system.errors import LatentscapeError

MOST_BYTES = 8_000_000
"""Of the codes of a film; of a longer one epochs are left out, evenly."""
MOST_DECODER_BYTES = 64_000_000
"""Of its decoders; the first that fit are taken."""
WIDEST = 512
"""Codes of more numbers have no film."""
SAME = 1e-3  # of the variance: half precision errs by 1e-7


@dataclass(frozen=True)
class Film:
    """Codes of the same images after some of the epochs of a training, and its losses.

    Attributes:
        epochs: (E,) which epochs, from 1, in order.
        codes: (E, N, d), all laid over those of the epoch that is shown.
        rows: (N,) which of the bundle's codes these are.
        shown: the epoch whose weights the bundle has, one of `epochs`.
        losses: (T, 2) of training and of validation after every epoch from 1, in nats an image; not
            a number where one is not known.
        decoders: by epoch, of some of them: what takes codes that lie as `codes` do to images.
    """

    epochs: NDArray[np.integer]
    codes: NDArray[np.floating]
    rows: NDArray[np.integer]
    shown: int
    losses: NDArray[np.floating]
    decoders: Mapping[int, OnnxNetwork] = field(default_factory=dict)


def make_film(
    frames: Sequence[NDArray[np.floating]],
    codes: NDArray[np.floating],
    rows: NDArray[np.integer],
    *,
    shown: int,
    losses: NDArray[np.floating],
    kept: Collection[int] = (),
    decoder: Callable[[int, RigidMap], OnnxNetwork] | None = None,
) -> Film | None:
    """Lay the codes of each epoch over those of the epoch that is shown.

    Each epoch is turned and moved as a whole, not stretched (`latentscape.latent.alignment`), so
    that what moves is what was learned, and distances are those of the epoch.

    Args:
        frames: (N, d) codes of the film's images after each epoch, from 1.
        codes: (M, d) what the bundle shows.
        rows: (N,) which of these are the film's images; −1 for those that are not among them.
        shown: the epoch whose weights gave `codes`.
        losses: (T, 2) of training and validation after each epoch.
        kept: epochs whose decoders are known.
        decoder: gives the one of an epoch, for codes that were moved so.

    Returns:
        None where there is nothing to play: fewer than two epochs, codes of more than 512 numbers,
        fewer than two of the images, or images that are not those that the film is of.
    """
    there = rows >= 0
    fits = len(frames) > 1 and 0 < shown <= len(frames) and there.sum() > 1
    size = codes.shape[1]
    if not fits or size > WIDEST or any(f.shape != (len(rows), size) for f in frames):
        return None
    rows = rows[there]
    seen = codes[rows].astype(np.float64)
    error = np.square(frames[shown - 1][there] - seen).mean()
    if not error <= SAME * seen.var(axis=0).mean() + 1e-12:
        return None
    others = sorted(epoch for epoch in kept if 0 < epoch <= len(frames) and epoch != shown)
    epochs = spaced(len(frames), [shown, *others], max(2, MOST_BYTES // (4 * seen.size)))
    maps = {int(epoch): align(frames[epoch - 1][there], seen) for epoch in epochs}
    moved = [maps[epoch](frames[epoch - 1][there]) for epoch in maps]
    decoders: dict[int, OnnxNetwork] = {}
    room = MOST_DECODER_BYTES
    for epoch in others:
        if decoder is None:
            break
        network = decoder(epoch, maps[epoch])
        room -= len(network.onnx)
        if room < 0:
            break
        decoders[epoch] = network
    return Film(epochs, np.stack(moved), rows, shown, losses, decoders)


def spaced(total: int, wanted: Sequence[int], most: int) -> NDArray[np.int64]:
    """Epochs 1 to `total`, or so many of them evenly, with the first, the last and some wanted.

    Args:
        total: how many there are.
        wanted: some that are kept in any case.
        most: how many others to keep.

    Example:
        >>> spaced(9, [4], 3).tolist()
        [1, 4, 5, 9]
    """
    some = np.linspace(1, total, min(most, total)).round().astype(np.int64)
    return np.union1d(some, wanted)


def write_film(
    parts: Path,
    film: Film,
    order: NDArray[np.integer],
    size: int,
    image: tuple[int, int, int] | None,
) -> dict[str, Any]:
    """Write `film.arrow`, `history.arrow` and decoders, and describe them for `space.json`.

    Args:
        parts: the bundle.
        film: what to write.
        order: (M,) which code each of the bundle's points is.
        size: d, how many numbers a code has.
        image: (C, H, W), where there are images.

    Raises:
        LatentscapeError: when its parts do not fit each other or the bundle.
    """
    count = (len(film.epochs), len(film.rows))
    fits = (
        film.codes.shape == (*count, size)
        and film.losses.ndim == 2
        and film.losses.shape[1] == 2
        and np.isfinite(film.codes).all()
        and film.shown in film.epochs
        and len(film.losses) >= film.epochs.max()
        and film.rows.max() < len(order)
        and (image is not None or not film.decoders)
        and set(film.decoders) <= set(film.epochs.tolist())
    )
    if not fits:
        raise LatentscapeError(
            f"a film of {count[0]} epochs of {count[1]} images has codes of shape "
            f"{film.codes.shape} and losses of shape {film.losses.shape}; give finite codes "
            f"(epochs, images, {size}), rows of the bundle, and two losses for every epoch"
        )
    codes = film.codes.reshape(-1, size).astype(np.float32)
    write_arrow(parts / "film.arrow", {"code": vectors(codes)})
    losses = film.losses.astype(np.float64)
    known = {
        name: pa.array(losses[:, i], from_pandas=True)  # not a number: null
        for i, name in enumerate(("train", "validation"))
    }
    write_arrow(parts / "history.arrow", known)
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return {
        "file": "film.arrow",
        "history": "history.arrow",
        "epochs": film.epochs.tolist(),
        "shown": film.shown,
        "points": places[film.rows].tolist(),
        "decoders": [
            _decoder(parts, epoch, network, size, image)
            for epoch, network in film.decoders.items()
            if image is not None
        ],
    }


def _decoder(
    parts: Path, epoch: int, network: OnnxNetwork, size: int, image: tuple[int, int, int]
) -> dict[str, Any]:
    """Check and write the decoder of an epoch."""
    check_network(network, "decoder", size, image)
    file = f"decoder-{epoch:04d}.onnx"
    (parts / file).write_bytes(network.onnx)
    return {"epoch": epoch, "file": file}
