"""Build what a release is made of, and use it as somebody would who has only that.

    python -m tests.release

A source distribution and from it a wheel; both are complete, and what they say of themselves is
well formed. The wheel is built again from the source distribution with no network and no Node. It
is installed into an empty environment without Node, where the demo trains and draws. Needs build,
twine, hatchling and a package index; says what it does, and stops at the first thing that is wrong.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ("explorer/static/index.html", "explorer/static/single.html", "explorer/widget.js")
FOREIGN = ("node_modules", ".venv", "__pycache__", "FOUNDER", "shared/")
NOWHERE = "http://127.0.0.1:9"  # nothing listens there, so nothing is fetched


class WrongError(Exception):
    """What is wrong with the release."""


def main() -> int:
    """Check everything, and say whether it holds."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            check(folder)
        except WrongError as error:
            print(f"WRONG: {error}")
            return 1
    print("the release holds")
    return 0


def check(folder: Path) -> None:
    """Check everything.

    Raises:
        WrongError: at the first thing that is wrong.
    """
    run("building", [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)])
    [sdist], [wheel] = folder.glob("*.tar.gz"), folder.glob("*.whl")
    run("reading metadata", [sys.executable, "-m", "twine", "check", "--strict", sdist, wheel])
    check_contents(sdist, wheel)
    alone = folder / "again"
    how = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(alone), str(sdist)]
    alone_at = without_node(folder) | {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE}
    run("building without network or Node", [sys.executable, "-m", "pip", "wheel", *how], alone_at)
    if names(wheel) != names(next(alone.glob("*.whl"))):
        raise WrongError("the wheel that is built without network holds other files")
    use(wheel, folder)


def check_contents(sdist: Path, wheel: Path) -> None:
    """Check what lies in both, and what must not.

    Raises:
        WrongError: naming it.
    """
    with tarfile.open(sdist) as archive:
        everything = {sdist.name: set(archive.getnames()), wheel.name: names(wheel)}
    for archive_name, files in everything.items():
        for wanted in (*PAGE, "py.typed", "LICENSE", "web/LICENSES.md"):
            if not any(file.endswith(wanted) for file in files):
                raise WrongError(f"{archive_name} lacks {wanted}")
        for file in sorted(files):
            if any(part in file for part in FOREIGN):
                raise WrongError(f"{archive_name} carries {file}")


def use(wheel: Path, folder: Path) -> None:
    """Install a wheel into an empty environment without Node, and run the demo there.

    Raises:
        WrongError: when that fails, or leaves no pictures.
    """
    place = folder / "environment"
    venv.create(place, with_pip=True)
    tools = place / ("Scripts" if os.name == "nt" else "bin")
    around = without_node(folder)
    install = [tools / "python", "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt"]
    run("installing into an empty environment", [*install, wheel], around)
    home = folder / "home"
    home.mkdir()
    run("running the demo", [tools / "latentscape", "demo", "--limit", "300"], around, home)
    if not list(home.rglob("*.png")):
        raise WrongError("the demo left no pictures")
    exported = [tools / "latentscape", "export", "demo/vae", "page.html", "--format", "html"]
    run("exporting the explorer", exported, around, home)


def names(wheel: Path) -> set[str]:
    """The files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def without_node(folder: Path) -> dict[str, str]:
    """Give an environment whose programs are this one's, but for Node and npm."""
    tools = folder / "tools"
    if not tools.exists():
        tools.mkdir()
        for place in os.get_exec_path():
            for program in Path(place).glob("*") if Path(place).is_dir() else ():
                link = tools / program.name
                if program.stem not in ("node", "npm", "npx", "nodejs") and not link.exists():
                    link.symlink_to(program)
    if shutil.which("node", path=str(tools)) or shutil.which("npm", path=str(tools)):
        raise WrongError("Node could not be left out")
    return {**os.environ, "PATH": str(tools)}


def run(
    what: str,
    command: list[str | Path],
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> None:
    """Say what is done, and do it.

    Raises:
        WrongError: with what it said, when it fails.
    """
    print(f"{what} …", flush=True)
    done = subprocess.run(
        list(map(str, command)),
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WrongError(f"{what} failed:\n{done.stdout[-3000:]}")


if __name__ == "__main__":
    sys.exit(main())
