"""Exports the explorer as one HTML file that opens from disk, asking no host for anything."""

from __future__ import annotations

import base64
import gzip
import html
from pathlib import Path

from latentscape.explorer.contents import Shown, data_of
from latentscape.explorer.page import single_page, wasm
from latentscape.system.files import make_folder, write_atomic

PLACE = "<!-- bundle -->"
FRAMED = '<meta name="latentscape-host" content="notebook" />'


def write_html(shown: Shown, out: str | Path) -> Path:
    """Write the page, what it shows and onnxruntime's wasm into one file.

    Args:
        shown: one bundle, or two side by side.
        out: the file to write; its folder is made where it is missing.

    Returns:
        the file.

    Raises:
        LatentscapeError: when the page is not built or the file cannot be written.
    """
    out = Path(out)
    make_folder(out.parent)
    write_atomic(out, _html(shown).encode())
    return out


def framed_html(shown: Shown) -> str:
    """Give the same page for a frame in a notebook, with whom it then shares what is chosen.

    Args:
        shown: one bundle, or two side by side.

    Raises:
        LatentscapeError: when the page is not built.
    """
    return _html(shown, FRAMED)


def _html(shown: Shown, *tags: str) -> str:
    """Put what is shown, and tags before it, into the page."""
    contents = {name: file.read_bytes() for name, file in data_of(shown).items()}
    if any(name.endswith(".onnx") for name in contents):
        contents["ort.wasm"] = wasm()
    embedded = [_embedded(name, content) for name, content in contents.items()]
    return single_page().replace(PLACE, "\n".join([*tags, *embedded]), 1)


def _embedded(name: str, content: bytes) -> str:
    """Return a file as base64 of gzip, within a tag that browsers neither run nor show."""
    squeezed = 1 if name.endswith((".png", ".webp")) else 6
    text = base64.b64encode(gzip.compress(content, squeezed, mtime=0)).decode()
    return f'<script type="application/gzip" data-file="{html.escape(name)}">{text}</script>'
