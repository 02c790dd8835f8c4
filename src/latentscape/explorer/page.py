"""Where the built page lies."""

from __future__ import annotations

from pathlib import Path

from latentscape.system.errors import LatentscapeError

STATIC = Path(__file__).parent / "static"


def page_files() -> dict[str, Path]:
    """List the files of the page by their paths below it, `index.html` and `assets/…`.

    Raises:
        LatentscapeError: when the page was never built.
    """
    files = [STATIC / "index.html", *sorted((STATIC / "assets").glob("*"))]
    if not files[0].is_file():
        raise LatentscapeError(
            "the explorer's page is not built; install latentscape from a wheel, or run "
            "'pip install -e .' again in the source tree"
        )
    return {file.relative_to(STATIC).as_posix(): file for file in files}


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
