"""Writes a bundle from plain arrays and ONNX bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from latentscape.bundle.atlas import write_atlases
from latentscape.bundle.checks import check_judge, checked_codes, checked_labels, checked_pixels
from latentscape.bundle.column_files import write_columns
from latentscape.bundle.contents import (
    FORMAT,
    VERSION,
    BundledEnsemble,
    BundledJudge,
    DescribedColumn,
    OnnxNetwork,
    Overlay,
    Role,
    TableView,
    View,
)
from latentscape.bundle.derived_columns import arranged, from_neighbours, together
from latentscape.bundle.film import Film, write_film
from latentscape.bundle.gaussians import class_gaussians
from latentscape.bundle.manifest import is_bundle
from latentscape.bundle.neighbours import neighbour_graph, spacing
from latentscape.bundle.networks import check_network
from latentscape.bundle.tables import vectors, write_arrow
from latentscape.data.columns import Column
from latentscape.data.preparation import Preparation
from latentscape.latent.all_neighbours import AllNearest
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_folder
from latentscape.system.names import readable
from latentscape.system.reading import sha256

Json = dict[str, Any]


def write_bundle(
    folder: str | Path,
    codes: NDArray[np.floating],
    *,
    name: str = "codes",
    labels: NDArray[np.integer] | None = None,
    classes: Sequence[str] = (),
    ids: Sequence[str] | None = None,
    pixels: NDArray[np.uint8] | None = None,
    image: tuple[int, int, int] | None = None,
    encoder: OnnxNetwork | None = None,
    decoder: OnnxNetwork | None = None,
    ensemble: BundledEnsemble | None = None,
    judge: BundledJudge | None = None,
    views: Sequence[View | TableView] = (),
    draws: Mapping[str, NDArray[np.floating]] | None = None,
    overlays: Sequence[Overlay] = (),
    columns: Mapping[str, Column] | None = None,
    measured: Mapping[str, DescribedColumn] | None = None,
    noise: float | None = None,
    preparation: Preparation | None = None,
    film: Film | None = None,
    chosen_from: int | None = None,
    seed: int = 0,
) -> Path:
    """Write a bundle, whole or not at all; a bundle that is there already is replaced.

    Points are written in a random order, so that every beginning of them is a fair sample.

    Args:
        folder: the bundle to write; its parent must exist.
        codes: (N, d) finite numbers, N ≥ 1, d ≥ 1.
        name: what the page is called, such as "vae-2 on mnist".
        labels: (N,) indices into `classes`; −1 where unlabelled.
        classes: class names.
        ids: N identifiers to find points by; their row numbers when left out.
        pixels: (N, C, H, W) uint8, C in {1, 3}, for thumbnails.
        image: (C, H, W) of what the networks take and give; that of `pixels` when left out.
        encoder: maps images to codes.
        decoder: maps codes to images.
        ensemble: the decoders, each by itself, where there are several.
        judge: says which class an image reads as; its classes must be these.
        views: ways of looking at the codes beside their own dimensions.
        draws: for each sampler (M, d) codes it drew.
        overlays: measured quantities over the plane of a view.
        columns: what the data says of each code.
        measured: columns that were measured, before those that the codes' neighbours give.
        noise: standard deviation of the noise the model learned to remove, in [0, 1] pixels.
        preparation: what was done to each picture, to be done to those that people drop.
        film: where some of the points lay while the model was trained.
        chosen_from: how many codes there were, where these N are some of them.
        seed: of the order of the points.

    Returns:
        the folder.

    Raises:
        LatentscapeError: when shapes disagree, a code is not a finite number, there is no code, a
            network does not run, a judge has other classes, or the folder holds something that is
            not a bundle.

    Example:
        >>> import tempfile
        >>> codes = np.random.default_rng(0).normal(size=(50, 2))
        >>> with tempfile.TemporaryDirectory() as scratch:
        ...     bundle = write_bundle(Path(scratch) / "space", codes, name="noise")
        ...     sorted(path.name for path in bundle.iterdir())
        ['column-0.arrow', 'details.arrow', 'points.arrow', 'space.json']
    """
    folder = Path(folder)
    codes = checked_codes(codes)
    n, d = codes.shape
    labels = checked_labels(labels, n, classes)
    pixels = checked_pixels(pixels, n)
    ids = [str(i) for i in range(n)] if ids is None else ids
    if len(ids) != n:
        raise LatentscapeError(f"{len(ids)} ids for {n} codes; give one each")
    order = np.random.default_rng(seed).permutation(n)
    with atomic_folder(folder, replaces=is_bundle) as parts:
        space: Json = {"format": FORMAT, "version": VERSION, "name": name, "code": {"size": d}}
        graph = neighbour_graph(codes[order])
        ids = [readable(ids[i]) for i in order]
        space |= _points(parts, codes[order], labels[order], classes)
        if chosen_from is not None and chosen_from > n:
            space["points"]["of"] = chosen_from
        space |= _details(parts, ids, graph)
        given = together(measured or {}, columns or {})
        near = from_neighbours(labels[order], classes, graph)
        space["columns"] = write_columns(parts, {**arranged(given, order), **near})
        space["views"] = [_view(parts, view, order, d) for view in views]
        if pixels is not None:
            space["atlas"] = write_atlases(parts, pixels[order])
        networks: dict[Role, OnnxNetwork | None] = {"encoder": encoder, "decoder": decoder}
        shape = image or _shape(pixels)
        space |= _networks(parts, d, shape, networks | {"judge": judge.network if judge else None})
        if judge is not None:
            check_judge(judge, classes)
            space["judge"] |= {"limit": judge.limit, "accuracy": judge.accuracy}
        if ensemble is not None:
            several = shape and (ensemble.decoders * shape[0], *shape[1:])
            found = _networks(parts, d, several, {"ensemble": ensemble.network})["ensemble"]
            space["ensemble"] = found | {"decoders": ensemble.decoders}
        if draws:
            space["draws"] = _draws(parts, draws, d)
        space["overlays"] = [_overlay(parts, overlay) for overlay in overlays]
        if noise is not None:
            space["noise"] = noise
        if preparation is not None:
            space["preparation"] = preparation.to_json()
        if film is not None:
            space["film"] = write_film(parts, film, order, d, shape)
        space["files"] = {
            path.name: {"bytes": path.stat().st_size, "sha256": sha256(path)}
            for path in sorted(parts.iterdir())
        }
        (parts / "space.json").write_text(json.dumps(space, indent=1), encoding="utf-8")
    return folder


def _points(
    parts: Path,
    codes: NDArray[np.float32],
    labels: NDArray[np.int32],
    classes: Sequence[str],
) -> Json:
    """Write what the first draw needs, and the classes' normal distributions."""
    write_arrow(parts / "points.arrow", {"label": pa.array(labels), "code": vectors(codes)})
    points = {"count": len(codes), "file": "points.arrow", "details": "details.arrow"}
    space: Json = {"points": points, "classes": list(classes)}
    if np.any(labels >= 0):
        gaussians = class_gaussians(codes, labels, len(classes))
        write_arrow(parts / "gaussians.arrow", gaussians)
        space["gaussians"] = "gaussians.arrow"
    return space


def _details(parts: Path, ids: list[str], graph: AllNearest) -> Json:
    """Write what points are called, and their neighbours."""
    details: dict[str, pa.Array] = {"id": pa.array(ids, type=pa.string())}
    if graph.index.shape[1]:
        details["neighbours"] = vectors(graph.index)
    write_arrow(parts / "details.arrow", details)
    space: Json = {"spacing": spacing(graph.distance)}
    if graph.recall is not None:
        space["neighbours"] = {"recall": graph.recall, "note": graph.note}
    return space


def _view(parts: Path, view: View | TableView, order: NDArray[np.integer], d: int) -> Json:
    """Describe a view; the positions of one without a formula go to a file."""
    space: Json = {"name": view.name, "title": view.title, "note": view.note}
    if isinstance(view, View):
        k = view.forward.shape[1]
        shapes = (view.mean.shape, view.forward.shape, view.inverse.shape)
        if shapes != ((d,), (d, k), (k, d)):
            raise LatentscapeError(
                f"view '{view.name}' has shapes {shapes} for codes of {d} numbers; "
                "give mean (d,), forward (d, k) and inverse (k, d)"
            )
        matrices = {"mean": view.mean, "forward": view.forward, "inverse": view.inverse}
        return space | {
            key: np.asarray(value, dtype=np.float64).tolist() for key, value in matrices.items()
        }
    if view.positions.shape[0] != len(order) or view.positions.shape[1] not in (2, 3):
        raise LatentscapeError(
            f"view '{view.name}' has positions of shape {view.positions.shape} for "
            f"{len(order)} codes; give two or three numbers each"
        )
    file = f"view-{view.name}.arrow"
    positions = np.asarray(view.positions, dtype=np.float32)[order]
    write_arrow(parts / file, {"position": vectors(positions)})
    return space | {"file": file, "dimensions": positions.shape[1]}


def _networks(
    parts: Path,
    d: int,
    image: tuple[int, int, int] | None,
    networks: Mapping[Role, OnnxNetwork | None],
) -> Json:
    """Check and write the networks that there are."""
    space: Json = {}
    if image is not None:
        space["image"] = dict(zip(("channels", "height", "width"), image, strict=True))
    for role, network in networks.items():
        if network is None:
            continue
        if image is None:
            raise LatentscapeError(f"how large are the {role}'s images? give image=(C, H, W)")
        check_network(network, role, d, image)
        (parts / f"{role}.onnx").write_bytes(network.onnx)
        space[role] = {"file": f"{role}.onnx", "conditional": network.conditional}
    return space


def _draws(parts: Path, draws: Mapping[str, NDArray[np.floating]], d: int) -> Json:
    """Write the samplers' codes below each other."""
    for sampler, codes in draws.items():
        if codes.ndim != 2 or codes.shape[1] != d or not np.isfinite(codes).all():
            raise LatentscapeError(
                f"sampler '{sampler}' drew codes of shape {codes.shape} or not finite ones; "
                f"give (draws, {d}) finite numbers"
            )
    stacked = np.concatenate([np.asarray(codes, dtype=np.float32) for codes in draws.values()])
    write_arrow(parts / "draws.arrow", {"code": vectors(stacked)})
    samplers = [{"name": name, "count": len(codes)} for name, codes in draws.items()]
    return {"file": "draws.arrow", "samplers": samplers}


def _overlay(parts: Path, overlay: Overlay) -> Json:
    """Write one grid row by row, from the bottom."""
    file = f"overlay-{overlay.name}.arrow"
    values = np.asarray(overlay.values, dtype=np.float32)
    write_arrow(parts / file, {"value": pa.array(values.reshape(-1))})
    return {
        "name": overlay.name,
        "title": overlay.title,
        "classes": overlay.classes,
        "view": overlay.view,
        "bounds": list(overlay.bounds),
        "rows": values.shape[0],
        "columns": values.shape[1],
        "file": file,
    }


def _shape(pixels: NDArray[np.uint8] | None) -> tuple[int, int, int] | None:
    """The shape (C, H, W) of each picture."""
    return None if pixels is None else (pixels.shape[1], pixels.shape[2], pixels.shape[3])
