"""`latentscape explore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from latentscape.bundle.options import AS_MADE, BundleOptions
from latentscape.bundle.roles import BY_NAME, Roles
from latentscape.cli.inputs import images_like
from latentscape.cli.reading import AS_TRAINED, OtherPictures
from latentscape.system.printing import print_log


def explore(
    source: Path,
    beside: Path | None = None,
    *,
    data: str | None = None,
    reading: OtherPictures = AS_TRAINED,
    table: Annotated[Roles, Parameter(name="*")] = BY_NAME,
    thumbs: Path | None = None,
    options: Annotated[BundleOptions, Parameter(name="*")] = AS_MADE,
    port: int = 0,
    no_browser: bool = False,
    host_name: str | None = None,
    base: str = "",
    trust: bool = False,
) -> None:
    """Walk through a latent space in the browser, until Ctrl-C.

    Args:
        source: a run's directory, somebody's codes (.npy, .parquet or .csv), or an exported bundle.
        beside: another one, to be shown side by side with the first: what is pointed at, pinned,
            selected, coloured or filtered in one is so in the other, image by image.
        data: images to show, instead of those the run was trained on.
        reading: what is read with them.
        table: which columns of somebody's codes are what.
        thumbs: a folder of pictures for somebody's codes.
        options: what the page shows.
        port: where to listen on this machine; 0 takes a free one.
        no_browser: do not open the page by itself.
        host_name: what else a browser calls this machine, where your own proxy leads here; the
            address that is said has a token. Forwarded ports need nothing.
        base: the path that such a proxy leaves in front, such as /proxy/absolute/8000.
        trust: import a recipe from outside latentscape, which runs its code.
    """
    import latentscape as ls

    print_log("preparing the page …")
    ls.explore(
        source,
        images_like([source], data, reading),
        beside=beside,
        roles=table,
        thumbs=thumbs,
        limit=options.limit,
        views=options.views,
        judge=options.judge,
        port=port,
        browser=not no_browser,
        host_name=host_name,
        base=base,
        trust=trust,
        ready=print_address,
    )


def print_address(address: str) -> None:
    """Say where the page is."""
    print_log(f"{address} · Ctrl-C ends")
