"""`latentscape export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from latentscape.bundle.options import AS_MADE, BundleOptions
from latentscape.bundle.roles import BY_NAME, Roles
from latentscape.cli.inputs import images_like
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.errors import LatentscapeError
from latentscape.system.printing import print_answer


def export(
    source: Path,
    out: Path,
    *,
    format: Literal["site", "html", "onnx", "bundle"] = "site",
    beside: Path | None = None,
    data: str | None = None,
    reading: OtherPictures = AS_TRAINED,
    table: Annotated[Roles, Parameter(name="*")] = BY_NAME,
    thumbs: Path | None = None,
    options: Annotated[BundleOptions, Parameter(name="*")] = AS_MADE,
    trust: bool = False,
) -> None:
    """Write the explorer for others: a folder for any web host, one file, or the networks alone.

    Args:
        source: a run's directory, somebody's codes (.npy, .parquet or .csv), or an exported bundle.
        out: the folder to write, or the file for html.
        format: "site", a folder that any static host serves under any path; "html", one file
            that opens from disk; "onnx", encoder and decoder; "bundle", the data the page reads.
        beside: another run or bundle, to be shown side by side with the first, as a site or html.
        data: images to show, instead of those the run was trained on.
        reading: what is read with them.
        table: which columns of somebody's codes are what.
        thumbs: a folder of pictures for somebody's codes.
        options: what the page shows.
        trust: import a recipe from outside latentscape, which runs its code.

    Raises:
        LatentscapeError: when two, or what the page says, are asked for in a format without them.
    """
    from latentscape.explorer import write_html, write_site
    from latentscape.explorer.open import make_bundle, opened_bundle, opened_pair

    if beside is not None and (format in ("onnx", "bundle") or thumbs or table != BY_NAME):
        raise LatentscapeError(
            f"two spaces side by side are a site or html, of runs or bundles; write '{source}' and "
            f"'{beside}' as bundles by themselves first, or leave out --beside"
        )
    if format == "onnx":
        given = [name for name, value in vars(options).items() if value != getattr(AS_MADE, name)]
        if given:
            raise LatentscapeError(f"--{given[0]} is for the page: --format site, html or bundle")
        from latentscape.bundle.onnx_folder import write_onnx
        from latentscape.runs.load import load_run

        print_answer(write_onnx(load_run(source, trust=trust), out))
        return
    images = images_like([source], data, reading)
    if format == "bundle":
        print_answer(
            make_bundle(
                source, out, images, roles=table, thumbs=thumbs, options=options, trust=trust
            )
        )
        return
    opened = (
        opened_bundle(source, images, roles=table, thumbs=thumbs, options=options, trust=trust)
        if beside is None
        else opened_pair(source, beside, images, options=options, trust=trust)
    )
    with opened as shown:
        print_answer(write_site(shown, out) if format == "site" else write_html(shown, out))
