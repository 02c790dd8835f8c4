"""Putting a run on the Hugging Face hub, with a card of what was measured."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from latentscape.data import Splits
from latentscape.figures import reconstructions, samples, save
from latentscape.reports.card import card_of
from latentscape.runs.archive import FORMAT, LIST, listed
from latentscape.runs.given import splits_or_own
from latentscape.runs.hub import MISSING, Address
from latentscape.runs.load import load_run
from latentscape.runs.run import Place
from latentscape.system.errors import LatentscapeError

DPI = 100


def push(
    run: Place,
    address: str,
    images: Splits | None = None,
    *,
    private: bool = False,
    trust: bool = False,
) -> str:
    """Put a run on the Hugging Face hub, from where `load_run` opens it.

    Args:
        run: its directory.
        address: "hf://USER/NAME", which is made where it is not there.
        images: to measure it on for the card; by default what it was trained on.
        private: whether only you may see it, where it is made.
        trust: whether a recipe from outside latentscape may be imported; its code then runs.

    Returns:
        Its address with the revision that it has now.

    Raises:
        LatentscapeError: when it is no run, the address is none, or the hub refuses.
    """
    where = Address.read(address)
    if where is None or where.revision:
        raise LatentscapeError(f"'{address}' is no place to push to; write hf://USER/NAME")
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError
    except ImportError as error:
        raise LatentscapeError(MISSING) from error
    opened = load_run(run, trust=trust)
    splits = splits_or_own(opened, images)
    with TemporaryDirectory() as place:
        folder = Path(place)
        gather(Path(opened.folder or run), folder)
        (folder / "README.md").write_text(card_of(opened, splits, where.repository), "utf-8")
        save(reconstructions([opened], splits.test), folder / "reconstructions.png", dpi=DPI)
        save(samples([opened]), folder / "samples.png", dpi=DPI)
        api = HfApi()
        try:
            api.create_repo(where.repository, private=private, exist_ok=True)
            made = api.upload_folder(
                repo_id=where.repository,
                folder_path=folder,
                commit_message=f"Run {opened.name}",
                delete_patterns=["checkpoint-*/*", "film/*", "decoders/*"],
            )
        except (HfHubHTTPError, OSError) as error:
            reason = " ".join(str(error).split())
            raise LatentscapeError(
                f"the hub does not take hf://{where.repository} ({reason}); see to its name and "
                "your access (hf auth login)"
            ) from error
    return f"hf://{where.repository}@{made.oid}"


def gather(source: Path, target: Path) -> None:
    """Copy the files of a run, and list them with their SHA-256 in `pack.json`.

    Args:
        source: the run directory.
        target: an empty folder.
    """
    files = listed(source)
    for name in files:
        (target / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(source / name, target / name)
    listing = json.dumps({"format": FORMAT, "files": files}, indent=1)
    (target / LIST).write_text(listing, "utf-8")
