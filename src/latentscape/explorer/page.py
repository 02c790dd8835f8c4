"""Where the built page lies."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from latentscape.system.errors import LatentscapeError

STATIC = Path(__file__).parent / "static"


def page_files(start: Literal["index.html", "pair.html"] = "index.html") -> dict[str, Path]:
    """List the files of the page by their paths below it, `index.html` and `assets/…`.

    Args:
        start: what is opened first: the page of one space, or that of two side by side.

    Raises:
        LatentscapeError: when the page was never built.
    """
    first, assets = STATIC / start, sorted((STATIC / "assets").glob("*"))
    if not first.is_file():
        raise LatentscapeError(
            "the explorer's page is not built; install latentscape from a wheel, or run "
            "'pip install -e .' again in the source tree"
        )
    return {"index.html": first} | {f"assets/{file.name}": file for file in assets}


def single_page() -> str:
    """Return the page as one HTML file, still without wasm and bundle.

    Raises:
        LatentscapeError: when the page was never built.
    """
    page_files()
    return (STATIC / "single.html").read_text(encoding="utf-8")


def wasm() -> bytes:
    """Return onnxruntime's wasm that the page brings.

    Raises:
        LatentscapeError: when the page was never built.
    """
    return next(file for name, file in page_files().items() if name.endswith(".wasm")).read_bytes()
