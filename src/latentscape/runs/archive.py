"""A run as one zip file: what is in it, and unpacking one that may come from anybody.

Members are stored, not compressed (weights do not shrink), so that no file unpacks to more than it
holds. `pack.json`, the first of them, has the SHA-256 of every other. Any program unpacks it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path

from latentscape.data.download import data_folder
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_folder, make_folder
from latentscape.system.reading import DAMAGE, read_json, regular_size, sha256

LIST = "pack.json"
FORMAT = "latentscape-run"
MEMBER = re.compile(
    r"run\.json|history\.csv|film/\d{1,9}\.npy|decoders/\d{1,9}\.safetensors"
    r"|checkpoint-\d{1,9}/(state\.json|(last|best|optimizer)\.safetensors)",
    re.ASCII,
)
MOST = 100_000  # members: a film has one an epoch
BLOCK = 1 << 20


def listed(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every file of a run directory that belongs to the run, by its name."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: sha256(path) for name, path in names.items() if MEMBER.fullmatch(name)}


def write_archive(folder: Path, target: Path) -> None:
    """Write a run directory as a zip file.

    Args:
        folder: the directory.
        target: the file, which is written as it is; `atomic_path` lends one.
    """
    files = listed(folder)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        listing = json.dumps({"format": FORMAT, "files": files}, indent=1)
        archive.writestr(zipfile.ZipInfo(LIST), listing)
        for name in files:  # without dates, so that one run is always the same bytes
            member = zipfile.ZipInfo(name)
            member.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as source, archive.open(member, "w") as sink:
                shutil.copyfileobj(source, sink, BLOCK)


def unpacked(path: Path) -> Path:
    """Give the directory that a packed run was unpacked to, once for a file of these bytes.

    Args:
        path: the zip file, which may be a stranger's.

    Raises:
        LatentscapeError: when it is no packed run, is damaged, or holds anything else.
    """
    size = regular_size(path)
    place = data_folder() / "runs" / sha256(path)[:32] / path.stem
    if (place / "run.json").exists():
        return place
    make_folder(place.parent)
    try:
        with zipfile.ZipFile(path) as archive, atomic_folder(place) as beside:
            extract(archive, beside, size)
    except LatentscapeError:
        if (place / "run.json").exists():  # another process was quicker
            return place
        raise
    except (*DAMAGE, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise LatentscapeError(
            f"'{path}' is no packed run, or damaged ({error}); pack it with `latentscape pack`"
        ) from error
    return place


def extract(archive: zipfile.ZipFile, folder: Path, size: int) -> None:
    """Write the members of a packed run into a folder, each checked by its SHA-256.

    Args:
        archive: opened.
        folder: an empty one.
        size: of the archive's file; its members together cannot be larger.

    Raises:
        ValueError: naming what no packed run has.
    """
    members = archive.infolist()
    names = [member.filename for member in members]
    if not names or names[0] != LIST or len(names) > MOST or len(set(names)) != len(names):
        raise ValueError(f"it does not begin with {LIST}, or has a name twice")
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise ValueError("its members are compressed")
    if sum(member.file_size for member in members) > size:
        raise ValueError("its members are larger than it is itself")
    listing = read_json(archive.read(LIST))
    if listing["format"] != FORMAT or list(listing["files"]) != names[1:]:
        raise ValueError(f"{LIST} lists other files than there are")
    for member in members[1:]:
        if not MEMBER.fullmatch(member.filename):
            raise ValueError(f"a run has no file {member.filename!r}")
        target = folder / member.filename
        target.parent.mkdir(exist_ok=True)
        known = hashlib.sha256()
        with archive.open(member) as source, target.open("xb") as sink:
            while block := source.read(BLOCK):
                known.update(block)
                sink.write(block)
        if known.hexdigest() != listing["files"][member.filename]:
            raise ValueError(f"{member.filename} is not what {LIST} says")
