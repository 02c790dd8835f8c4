"""`latentscape export`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

from .bundled import make_bundle


def export(
    source: Path,
    out: Path,
    *,
    format: Literal["site", "html", "onnx", "bundle"] = "site",
    data: str | None = None,
    thumbs: Path | None = None,
    limit: int = 70_000,
    trust: bool = False,
) -> None:
    """Write the explorer for others: a folder for any web host, one file, or the networks alone.

    Args:
        source: a run's directory, somebody's codes (.npy or .parquet), or an exported bundle.
        out: the folder to write, or the file for html.
        format: "site", a folder that any static host serves under any path; "html", one file
            that opens from disk; "onnx", encoder and decoder; "bundle", the data the page reads.
        data: images to show, instead of those the run was trained on.
        thumbs: a folder of pictures for somebody's codes.
        limit: show this many points at most.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    if format == "onnx":
        from ..bundle.export import write_onnx
        from ..run import load_run

        print(write_onnx(load_run(source, trust=trust), out))
        return
    from ..explorer import write_html, write_site

    with tempfile.TemporaryDirectory(prefix="latentscape-") as place:
        folder = out if format == "bundle" else Path(place) / "bundle"
        bundle = make_bundle(source, folder, data=data, thumbs=thumbs, limit=limit, trust=trust)
        if format == "site":
            write_site(bundle, out)
        elif format == "html":
            write_html(bundle, out)
    print(out)
