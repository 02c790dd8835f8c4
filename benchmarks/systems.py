"""Run every command of the page of the five systems, and keep its pictures and figures, small.

    python benchmarks/systems.py                    train all, then draw and measure
    python benchmarks/systems.py --runs FOLDER      use what was trained there before

Commands run in the folder (a new one by default), which afterwards holds runs/ and pictures/.
Pictures are brought to 720 pixels and kept, with the figures, in
docs/images/systems, from which the documentation is built. MNIST comes from $LATENTSCAPE_DATA or is
downloaded.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from handbook.systems import KEPT, Figure, systems

WIDTH, QUALITY = 720, 82


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=Path, help="a folder that holds runs/")
    folder = parser.parse_args().runs or Path(tempfile.mkdtemp())
    KEPT.mkdir(parents=True, exist_ok=True)
    (folder / "pictures").mkdir(exist_ok=True)
    figures, printed = {}, {}
    for system in systems():
        for command in system.train:
            if not (folder / out_of(command)).exists():
                call(command, folder)
        for picture in system.pictures:
            printed[picture.command] = call(picture.command, folder)
            shrink(folder / out_of(picture.command), KEPT / f"{picture.name}.webp")
        for figure in system.figures:
            if figure.command not in printed:
                printed[figure.command] = call(figure.command, folder)
            figures[figure.key] = found(figure, printed[figure.command])
    text = json.dumps(figures, indent=1, ensure_ascii=False)
    (KEPT / "figures.json").write_text(text + "\n", encoding="utf-8")


def out_of(command: str) -> str:
    """What a command's --out names."""
    words = shlex.split(command)
    return words[words.index("--out") + 1]


def call(command: str, folder: Path) -> str:
    """Run a command in the folder, and give what it printed."""
    print(f"$ {command}", flush=True)
    words = [sys.executable, "-m", *shlex.split(command)]
    done = subprocess.run(words, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def found(figure: Figure, printed: str) -> str:
    """A figure in what its command printed: by its place in JSON, or by a pattern."""
    if "(" in figure.find:
        match = re.search(figure.find, printed)
        if match is None:
            raise SystemExit(f"no {figure.find} in what `{figure.command}` printed")
        return match[1].replace("%", " %").replace("  ", " ")
    group, key = figure.find.split(".")
    measure = json.loads(printed)[group][key]
    error = f" ± {measure['error']:.2g}" if "error" in measure else ""
    return f"{measure['value']:.4g}{error}"


def shrink(picture: Path, target: Path) -> None:
    """Keep a picture small."""
    with Image.open(picture) as image:
        flat = image.convert("RGB")
        flat.thumbnail((WIDTH, WIDTH))
        flat.save(target, quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
