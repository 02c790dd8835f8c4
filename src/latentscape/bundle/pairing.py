"""Finds what two bundles share, and writes it beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.bundle.contents import OnnxNetwork
from latentscape.bundle.networks import run_network
from latentscape.bundle.pair import FILES, FORMAT, VERSION, Pair
from latentscape.bundle.reader import Bundle, read_table
from latentscape.bundle.tables import vectors, write_arrow
from latentscape.bundle.twins import Rows, twins_of
from latentscape.latent.all_neighbours import all_nearest
from latentscape.latent.shared_neighbours import shared_neighbours
from latentscape.latent.stitching import Stitch, stitch
from latentscape.system.errors import LatentscapeError

COLUMN = "shared neighbours"
NEIGHBOURS = 10
MOST_DECODED = 256

Codes = NDArray[np.float32]


def write_pair(first: Bundle, second: Bundle, folder: Path, *, decode: bool = True) -> Pair:
    """Find what two bundles share, and write it.

    Args:
        first: one bundle.
        second: another, that shows some of the same images.
        folder: an empty one.
        decode: whether to run their decoders, to say what the maps lead to; those of a stranger's
            bundle are run by nothing but a browser.

    Raises:
        LatentscapeError: when they share fewer than eleven images, or a file cannot be read.
    """
    rows = twins_of(first, second)
    codes = [_codes(bundle)[own] for bundle, own in zip((first, second), rows, strict=True)]
    near = [all_nearest(each, min(NEIGHBOURS, len(each) - 1)).index for each in codes]
    shared = shared_neighbours(*near)
    write_arrow(
        folder / "links.arrow",
        {
            "first": pa.array(rows[0].astype(np.uint32)),
            "second": pa.array(rows[1].astype(np.uint32)),
        },
    )
    k, linked = near[0].shape[1], len(shared)
    columns = [
        _column(folder / file, bundle, own, shared, k)
        for file, bundle, own in zip(FILES[2:4], (first, second), rows, strict=True)
    ]
    about = {
        "format": FORMAT,
        "version": VERSION,
        "linked": linked,
        "neighbours": k,
        "shared": float(shared.mean()),
        "chance": k / (linked - 1),
        "columns": columns,
        "maps": [
            _map(folder / FILES[4], codes[0], codes[1], second if decode else None, rows[1]),
            _map(folder / FILES[5], codes[1], codes[0], first if decode else None, rows[0]),
        ],
    }
    (folder / "pair.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    return Pair(first, second, folder)


def _column(
    file: Path, bundle: Bundle, rows: Rows, shared: NDArray[np.float64], k: int
) -> dict[str, Any]:
    """Write what is shared as a column of a bundle, and describe it as `space.json` would."""
    values = np.full(bundle.space["points"]["count"], np.nan)
    values[rows] = shared
    write_arrow(file, {"value": pa.array(values, pa.float32(), from_pandas=True)})
    taken = {column["name"] for column in bundle.space.get("columns", [])}
    return {
        "name": f"{COLUMN} of two spaces" if COLUMN in taken else COLUMN,
        "kind": "number",
        "missing": int(len(values) - len(rows)),
        "note": f"how many of an image’s {k} nearest others are so in both spaces, from 0 to 1",
        "file": file.name,
    }


def _codes(bundle: Bundle) -> Codes:
    """All codes (N, d), in the order of the bundle."""
    column = read_table(bundle, bundle.space["points"]["file"])["code"].combine_chunks()
    flat = column.flatten().to_numpy(zero_copy_only=False)
    codes: Codes = flat.reshape(len(column), -1).astype(np.float32, copy=False)
    if not np.isfinite(codes).all():
        raise LatentscapeError(f"'{bundle.folder}' holds infinite codes; export it again")
    return codes


def _map(
    file: Path, codes: Codes, target: Codes, there: Bundle | None, rows: Rows
) -> dict[str, Any]:
    """Find the map to another space, write its matrix, and say how well its decoder reads it."""
    found = stitch(codes, target)
    write_arrow(file, {"matrix": vectors(found.matrix.astype(np.float32))})
    offset = found.to - found.centre @ found.matrix
    about = {"file": file.name, "kind": found.kind, "offset": offset.tolist(), "r2": found.r2}
    if there is None or "decoder" not in there.space:
        return about
    return about | _decoded(found, codes, target, there, rows)


def _decoded(
    found: Stitch, codes: Codes, target: Codes, there: Bundle, rows: Rows
) -> dict[str, float]:
    """How far from what an image's own code decodes to the map leads, among held-out images.

    Both are mean squared differences of a pixel. `apart`, those of two different images, are what
    a map that says nothing would give.
    """
    held = found.held_out[:MOST_DECODED]
    about = there.space["decoder"]
    network = OnnxNetwork((there.folder / about["file"]).read_bytes(), about["conditional"])
    labels = _labels(there)[rows[held]].clip(0) if network.conditional else None
    own = run_network(network, "decoder", target[held], labels)
    led = run_network(network, "decoder", found(codes[held]).astype(np.float32), labels)
    others = np.roll(own, 1, axis=0)
    return {
        "error": float(np.square(own - led).mean()),
        "apart": float(np.square(own - others).mean()),
        "decoded": len(held),
    }


def _labels(bundle: Bundle) -> NDArray[np.int64]:
    """The labels (N,), −1 where there is none."""
    column = read_table(bundle, bundle.space["points"]["file"])["label"]
    labels: NDArray[np.int64] = column.to_numpy().astype(np.int64)
    return labels
