"""Published files fetched once, checked before use, and never half there.

A file arrives beside its place as `NAME.part`. A cut download is taken up where it ended if the
server allows, and starts anew if not; what does not hash to the published value is thrown away and
the next mirror is tried. Only a checked file is renamed into place. One lock per file keeps two
processes from fetching it at once: the second waits, then finds it there.

A file that is there already counts by what it holds: packed again or not packed at all, it is the
published one.
"""

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import requests
from filelock import FileLock
from platformdirs import user_cache_path

from latentscape.data.catalogue import RemoteFile, SourceInfo
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import open_own, sync
from latentscape.system.progress import progress
from latentscape.system.reading import sha256
from latentscape.system.removal import remove_file

_ATTEMPTS = 20  # connections to one mirror, as long as each brings something new
_TIMEOUT = 20.0  # seconds without a byte
_CHUNK = 1 << 14  # a cut connection loses less than that
_BLOCK = 1 << 20  # unpacked at once


def data_folder() -> Path:
    """Say where downloaded sets are kept.

    Returns:
        The folder that the environment variable `LATENTSCAPE_DATA` names, else the user's cache.
    """
    named = os.environ.get("LATENTSCAPE_DATA")
    return Path(named) if named else user_cache_path("latentscape")


def fetch(
    source: SourceInfo, folder: Path | None = None, timeout: float = _TIMEOUT
) -> tuple[Path, ...]:
    """Make sure that all files of a source are there and are what was published.

    Args:
        source: A source with files and mirrors.
        folder: Where to keep them; `data_folder()/NAME` by default.
        timeout: Seconds without a byte after which a connection counts as dead.

    Returns:
        A path for each of the source's files, in their order, each hashed just now.

    Raises:
        LatentscapeError: If a file is neither there nor to be had; the message says which files
            to put where by hand.
    """
    folder = folder or data_folder() / source.name
    found = {file: _there(folder, file) for file in source.files}
    try:
        for file in source.files:
            if found[file] is None:
                folder.mkdir(parents=True, exist_ok=True)
                with FileLock(folder / f"{file.name}.lock"):
                    found[file] = _fetch_file(source, file, folder / file.name, timeout)
    except (OSError, _UnavailableError) as error:
        names = ", ".join(file.name for file, path in found.items() if path is None)
        raise LatentscapeError(
            f"cannot fetch {source.name} ({error}); put {names} from "
            f"{source.mirrors[0]} into '{folder}' by hand, or set LATENTSCAPE_DATA to the folder "
            f"that holds '{source.name}'"
        ) from error
    return tuple(path for path in found.values() if path is not None)


def is_here(source: SourceInfo) -> bool:
    """Whether all files of a source are in its folder, as published; no address is asked."""
    folder = data_folder() / source.name
    return all(_there(folder, file) is not None for file in source.files)


class _UnavailableError(Exception):
    """No mirror gave the file; the message has the last reason."""


def _fetch_file(source: SourceInfo, file: RemoteFile, path: Path, timeout: float) -> Path:
    """Fetch one file to `path` from the first mirror that has it as published."""
    if _good(path, file):
        return path  # another process was quicker
    part = path.with_name(f"{path.name}.part")
    reasons = []
    with progress(f"{source.name}: {file.name}", file.size) as count:
        for mirror in source.mirrors:
            reason = _from_mirror(f"{mirror}{file.name}", part, file, timeout, count)
            if reason is None:
                sync(part)
                part.replace(path)
                sync(path.parent)
                return path
            reasons.append(f"{mirror}: {reason}")
    raise _UnavailableError(", ".join(reasons))


def _from_mirror(
    url: str, part: Path, file: RemoteFile, timeout: float, count: Callable[[int], None]
) -> str | None:
    """Complete `part` from one mirror; the reason if that fails.

    A cut connection is taken up again as long as each brings something new. A whole file that is
    not the published one is fetched anew only if part of it was there before.
    """
    reason = "the connection broke off"
    for _ in range(_ATTEMPTS):
        before = _size(part)
        if before < file.size:
            try:
                _receive(url, part, file, timeout, count)
            except requests.RequestException as error:
                reason = _plain(error)
        if _size(part) < file.size:
            if _size(part) <= before:
                return reason
        elif _good(part, file):
            return None
        else:
            remove_file(part)
            reason = "not the published file"
            if before == 0:
                return reason
    return reason


def _receive(
    url: str, part: Path, file: RemoteFile, timeout: float, count: Callable[[int], None]
) -> None:
    """Append what is missing of `part`, or start it anew where the server will not go on."""
    have = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(url, stream=True, timeout=timeout, headers=headers) as response:
        response.raise_for_status()
        goes_on = response.status_code == requests.codes.partial_content and response.headers.get(
            "Content-Range", ""
        ).startswith(f"bytes {have}-")
        done = have if goes_on else 0
        with open_own(part, "ab" if goes_on else "wb") as out:
            for chunk in response.iter_content(_CHUNK):
                out.write(chunk)
                done += len(chunk)
                count(min(done, file.size))
                if done > file.size:
                    return  # longer than published: the hash will say so


def _good(path: Path, file: RemoteFile) -> bool:
    """Whether the file is there and is, to the byte, what was published."""
    return _size(path) == file.size and sha256(path) == file.sha256


def _there(folder: Path, file: RemoteFile) -> Path | None:
    """Where the folder has what the file holds: unpacked, as published, or packed otherwise."""
    packed = folder / file.name
    plain = packed.with_suffix("")
    if _size(plain) == file.unpacked_size and sha256(plain) == file.unpacked_sha256:
        return plain
    return packed if _good(packed, file) or _holds(packed, file) else None


def _holds(path: Path, file: RemoteFile) -> bool:
    """Whether a packed file holds what was published; no more than that is ever unpacked."""
    digest, left = hashlib.sha256(), file.unpacked_size
    try:
        with gzip.open(path) as content:
            while chunk := content.read(min(_BLOCK, left + 1)):
                digest.update(chunk)
                left -= len(chunk)
    except (OSError, EOFError, zlib.error):
        return False
    return digest.hexdigest() == file.unpacked_sha256


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _plain(error: requests.RequestException) -> str:
    """A library's chain of reasons in a few words."""
    if error.response is not None:
        return f"the server answered {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "the server does not answer"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    return "no connection"
