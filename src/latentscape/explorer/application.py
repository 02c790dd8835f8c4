"""The explorer's server: the page's files and those of what it shows, and nothing else."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from latentscape.explorer.contents import Shown, files_of
from latentscape.explorer.elsewhere import Elsewhere
from latentscape.explorer.security import OwnPageOnly

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".png": "image/png",
    ".webp": "image/webp",
    ".arrow": "application/vnd.apache.arrow.file",
    ".onnx": "application/octet-stream",
}
# Compressing the rest takes longer than sending it to the same machine.
COMPRESSED = {".html", ".js", ".css", ".json"}


class FileInParts(FileResponse):
    """A file sent in parts large enough that it is the network that takes the time."""

    chunk_size = 256 * 1024


def application(shown: Shown, port: int, elsewhere: Elsewhere | None = None) -> Starlette:
    """Make the server's application.

    Args:
        shown: one bundle, or two side by side.
        port: where it will listen.
        elsewhere: under which name and path it answers beside the names of this machine.

    Raises:
        LatentscapeError: when the page is not built.
    """
    elsewhere = elsewhere or Elsewhere()
    base = elsewhere.path[1:]
    files = files_of(shown)
    files[""] = files.pop("index.html")

    def answer(request: Request) -> Response:
        path = request.path_params["path"]
        if base and path == base[:-1]:  # else what the page names would be looked for beside it
            return RedirectResponse(f"./{base[:-1].rpartition('/')[2]}/")
        path = path.removeprefix(base)
        file = files.get(path)
        of_page = path == "" or path.startswith("assets/")
        if file is None or not _is_served(file, links=of_page):
            return PlainTextResponse(_missing(path), 404)
        # The names of the page's scripts change with their content, those of the bundle do not.
        return _response(file, request, lasting=path.startswith("assets/"))

    return Starlette(
        routes=[Route("/{path:path}", answer, methods=["GET"])],
        middleware=[Middleware(OwnPageOnly, elsewhere=elsewhere, port=port)],
    )


def _is_served(file: Path, *, links: bool) -> bool:
    """Whether a file is there.

    Args:
        file: a path that had no links when the server began.
        links: whether one may have taken its place, or that of its folder. It may lead to anything.
    """
    return file.is_file() and (links or file.resolve() == file)


def _missing(path: str) -> str:
    """Say that a file is not there, and what to do where a proxy's path is in front of it."""
    sentence = "There is no such file."
    if path.endswith("/") and path.isascii() and path.isprintable():
        sentence += f" If a proxy leads here, start the explorer with --base /{path.rstrip('/')}."
    return sentence


def _response(file: Path, request: Request, *, lasting: bool) -> Response:
    """Send a file, compressed where that helps and the browser can undo it."""
    kind = file.suffix
    headers = {"Cache-Control": "max-age=31536000, immutable" if lasting else "no-cache"}
    squeezes = "gzip" in request.headers.get("accept-encoding", "")
    if kind in COMPRESSED and squeezes and "range" not in request.headers:
        content = _compressed(file, file.stat().st_mtime_ns)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(content, headers=headers, media_type=MEDIA_TYPES[kind])
    return FileInParts(file, headers=headers, media_type=MEDIA_TYPES.get(kind))


@lru_cache(maxsize=64)
def _compressed(file: Path, changed: int) -> bytes:
    """Compress a file, once for each time it changed."""
    return gzip.compress(file.read_bytes(), 6, mtime=0)
