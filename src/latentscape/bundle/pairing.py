"""Finds what two bundles share, and writes it beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.bundle.pair import FILES, FORMAT, VERSION, Pair
from latentscape.bundle.reader import AGAIN, Bundle, read_column
from latentscape.bundle.tables import vectors, write_arrow
from latentscape.bundle.twins import Rows, twins_of
from latentscape.latent.all_neighbours import all_nearest
from latentscape.latent.shared_neighbours import NEIGHBOURS, in_common
from latentscape.latent.stitching import Stitch, stitch
from latentscape.system.errors import LatentscapeError

COLUMN = "shared neighbours"
MOST_DECODED = 256

Codes = NDArray[np.float32]
Decode = Callable[[NDArray[np.floating], NDArray[np.int64] | None], NDArray[np.floating]]
"""Codes (N, d), and labels (N,) where the model is conditioned on them, to images in [0, 1]."""


def write_pair(
    first: Bundle,
    second: Bundle,
    folder: Path,
    decoders: tuple[Decode | None, Decode | None] = (None, None),
) -> Pair:
    """Find what two bundles share, and write it.

    No network of a bundle, which may be a stranger's, is run here.

    Args:
        first: one bundle.
        second: another, that shows some of the same images.
        folder: an empty one.
        decoders: of the models that the two are of, which say how far from an image the maps lead;
            without one only what a map explains is said.

    Raises:
        LatentscapeError: when they share fewer than eleven images, or a file cannot be read.
    """
    rows = twins_of(first, second)
    codes = [_codes(bundle)[own] for bundle, own in zip((first, second), rows, strict=True)]
    near = [all_nearest(own, NEIGHBOURS) for own in codes]
    shared = in_common(near[0].index, near[1].index)
    how = "; ".join(dict.fromkeys(found.note for found in near if found.recall is not None))
    write_arrow(
        folder / "links.arrow",
        {
            "first": pa.array(rows[0].astype(np.uint32)),
            "second": pa.array(rows[1].astype(np.uint32)),
        },
    )
    columns = [
        _column(folder / file, bundle, own, shared, how)
        for file, bundle, own in zip(FILES[2:4], (first, second), rows, strict=True)
    ]
    about = {
        "format": FORMAT,
        "version": VERSION,
        "linked": len(shared),
        "neighbours": NEIGHBOURS,
        "shared": float(shared.mean()),
        "chance": NEIGHBOURS / (len(shared) - 1),
        "how": how,
        "columns": columns,
        "maps": [
            _map(folder / FILES[4], codes[0], codes[1], decoders[1], _asked(second, rows[1])),
            _map(folder / FILES[5], codes[1], codes[0], decoders[0], _asked(first, rows[0])),
        ],
    }
    (folder / "pair.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    return Pair(first, second, folder)


def _column(
    file: Path, bundle: Bundle, rows: Rows, shared: NDArray[np.float64], how: str
) -> dict[str, Any]:
    """Write what is shared as a column of a bundle, and describe it as `space.json` would."""
    note = f"the share of an image’s {NEIGHBOURS} nearest others that are so in both spaces"
    values = np.full(bundle.space["points"]["count"], np.nan)
    values[rows] = shared
    write_arrow(file, {"value": pa.array(values, pa.float32(), from_pandas=True)})
    taken = {column["name"] for column in bundle.space.get("columns", [])}
    return {
        "name": f"{COLUMN} of two spaces" if COLUMN in taken else COLUMN,
        "kind": "number",
        "missing": int(len(values) - len(rows)),
        "note": f"{note}; {how}" if how else note,
        "file": file.name,
    }


def _codes(bundle: Bundle) -> Codes:
    """All codes (N, d), in the order of the bundle."""
    column = read_column(bundle, bundle.space["points"]["file"], "code")
    if column.type != pa.list_(pa.float32(), bundle.space["code"]["size"]) or column.null_count:
        raise LatentscapeError(f"'{bundle.folder}' holds no codes of float32; {AGAIN}")
    flat = column.flatten().to_numpy(zero_copy_only=False)
    codes: Codes = flat.reshape(len(column), -1).astype(np.float32, copy=False)
    if not np.isfinite(codes).all():
        raise LatentscapeError(f"'{bundle.folder}' holds infinite codes; {AGAIN}")
    return codes


def _asked(bundle: Bundle, rows: Rows) -> NDArray[np.int64] | None:
    """The labels that a conditional decoder is given; None for others."""
    if not bundle.space.get("decoder", {}).get("conditional"):
        return None
    labels = read_column(bundle, bundle.space["points"]["file"], "label").to_numpy()[rows]
    return np.asarray(labels.clip(0), np.int64)


def _map(
    file: Path,
    codes: Codes,
    target: Codes,
    decode: Decode | None,
    labels: NDArray[np.int64] | None,
) -> dict[str, Any]:
    """Find the map to another space, write its matrix, and say where it leads."""
    found = stitch(codes, target)
    write_arrow(file, {"matrix": vectors(found.matrix.astype(np.float32))})
    offset = found.to - found.centre @ found.matrix
    about = {"file": file.name, "kind": found.kind, "offset": offset.tolist(), "r2": found.r2}
    return about if decode is None else about | _decoded(found, codes, target, decode, labels)


def _decoded(
    found: Stitch,
    codes: Codes,
    target: Codes,
    decode: Decode,
    labels: NDArray[np.int64] | None,
) -> dict[str, float]:
    """How far from what an image's own code decodes to the map leads, among held-out images.

    Both are mean squared differences of a pixel. `apart`, those of two different images, are what
    a map that says nothing would give.
    """
    held = found.held_out[:MOST_DECODED]
    asked = None if labels is None else labels[held]
    own = decode(target[held], asked)
    led = decode(found(codes[held]), asked)
    others = np.roll(own, 1, axis=0)
    return {
        "error": float(np.square(own - led).mean()),
        "apart": float(np.square(own - others).mean()),
        "decoded": len(held),
    }
