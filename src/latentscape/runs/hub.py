"""Runs on the Hugging Face hub: fetched once, at a revision, each file checked by its SHA-256.

A run there is the files of its directory beside `pack.json`, which lists them, and a model card.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from latentscape.data.download import data_folder
from latentscape.runs.archive import FORMAT, LIST, MEMBER
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_folder, make_folder
from latentscape.system.reading import DAMAGE, read_json, read_small, sha256

PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
NAMED = re.compile(rf"hf:/{{1,2}}({PART})/({PART})(?:@([A-Za-z0-9._-]{{1,64}}))?", re.ASCII)
MISSING = "runs on the hub need a package that is missing; pip install 'latentscape[hub]'"


@dataclass(frozen=True)
class Address:
    """Where a run is on the hub.

    Attributes:
        repository: "USER/NAME".
        revision: a commit, tag or branch; None the newest.
    """

    repository: str
    revision: str | None

    @classmethod
    def read(cls, text: str) -> Address | None:
        """Read "hf://USER/NAME@REVISION"; None where a text begins otherwise.

        Raises:
            LatentscapeError: when it begins so and is none.

        Example:
            >>> Address.read("hf://me/digits@v1"), Address.read("runs/vae")
            (Address(repository='me/digits', revision='v1'), None)
        """
        if not text.startswith("hf:/"):
            return None
        found = NAMED.fullmatch(text)
        if found is None:
            raise LatentscapeError(f"'{text}' is no address; write hf://USER/NAME@REVISION")
        return cls(f"{found[1]}/{found[2]}", found[3])


def fetched(address: Address) -> Path:
    """Give the directory that a run on the hub was fetched to, once for a commit.

    Args:
        address: where it is; `HF_ENDPOINT` names another hub, `HF_HUB_OFFLINE=1` asks none.

    Raises:
        LatentscapeError: when it is not there, the hub cannot be asked, or a file is not what the
            list says.
    """
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    except ImportError as error:
        raise LatentscapeError(MISSING) from error
    wanted = [LIST, "run.json", "history.csv", "film/*.npy", "decoders/*", "checkpoint-*/*"]
    try:
        snapshot = Path(
            snapshot_download(address.repository, revision=address.revision, allow_patterns=wanted)
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = " ".join(str(error).split())
        raise LatentscapeError(
            f"hf://{address.repository} cannot be fetched ({reason}); see to its name, revision "
            "and your access (hf auth login)"
        ) from error
    place = data_folder() / "runs" / snapshot.name[:40] / address.repository.partition("/")[2]
    if (place / "run.json").exists():
        return place
    make_folder(place.parent)
    with atomic_folder(place) as beside:
        copy_checked(snapshot, beside)
    return place


def copy_checked(source: Path, target: Path) -> None:
    """Copy the files that `pack.json` lists, and no other, each checked by its SHA-256.

    Args:
        source: what was fetched.
        target: an empty folder.

    Raises:
        LatentscapeError: naming what is not as the list says.
    """
    try:
        listing = read_json(read_small(source / LIST))
        if listing["format"] != FORMAT:
            raise ValueError(f"its {LIST} is of another kind")
        for name, known in listing["files"].items():
            if not MEMBER.fullmatch(name):
                raise ValueError(f"a run has no file {name!r}")
            (target / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(source / name, target / name)
            if sha256(target / name) != known:
                raise ValueError(f"{name} is not what {LIST} says")
    except DAMAGE as error:
        raise LatentscapeError(
            f"what was fetched is no run, or damaged ({error}); ask who pushed it"
        ) from error
