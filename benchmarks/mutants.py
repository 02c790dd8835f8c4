"""Which changes of the code no test notices: a random sample of mutants of each package.

    make mutants SAMPLE=20                    20 mutants of each package, always the same ones
    make mutants SAMPLE=20 SEED=1             others
    python -m benchmarks.mutants 20 --only reports

mutmut makes every mutant, learns which tests enter which function (minutes, the first time and
after changes), and tries those drawn. Printed are the shares noticed, and each survivor as a diff.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

MADE = Path("mutants/src/latentscape")
STATISTICS = Path("mutants/mutmut-stats.json")
FAILS = "a test fails on the unchanged code in mutants/; `mutmut run` shows which"
SURVIVED = (0, 5, 33)  # passed its tests, or no test enters it

Exits = Mapping[str, int | None]


def package_of(mutant: str) -> str:
    """The package of a mutant such as latentscape.latent.usage.x_active_units__mutmut_1."""
    return mutant.split(".")[1]


def drawn(mutants: Sequence[str], count: int, seed: int) -> list[str]:
    """Draw mutants of each package at random.

    Args:
        mutants: names of all.
        count: how many of each package; all where there are fewer.
        seed: of the draw; a package's are the same whatever others there are.
    """
    chosen = []
    for package in sorted({package_of(mutant) for mutant in mutants}):
        own = sorted(mutant for mutant in mutants if package_of(mutant) == package)
        chosen += random.Random(seed).sample(own, min(count, len(own)))
    return chosen


def exits() -> dict[str, int | None]:
    """How the tests of each mutant ended, as far as they have been run."""
    files = sorted(MADE.rglob("*.meta"))
    return {
        name: code
        for file in files
        for name, code in json.loads(file.read_text())["exit_code_by_key"].items()
    }


def shares(mutants: Sequence[str], ends: Exits) -> list[tuple[str, int, int]]:
    """Of each package: its name, how many mutants were noticed, and of how many.

    Args:
        mutants: those tried.
        ends: how the tests of each ended.
    """
    found = []
    for package in sorted({package_of(mutant) for mutant in mutants}):
        own = [mutant for mutant in mutants if package_of(mutant) == package]
        found.append((package, sum(ends[m] not in SURVIVED for m in own), len(own)))
    return found


def mutmut(*arguments: str) -> str:
    """Run a command of mutmut and give what it prints."""
    return subprocess.run(
        ["mutmut", *arguments], stdout=subprocess.PIPE, text=True, check=False
    ).stdout


def main() -> None:
    """Draw, try, and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, help="mutants of each package")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--only", default="", help="a package")
    asked = parser.parse_args()
    if not STATISTICS.exists():
        print("making the mutants, and learning which tests enter which function …", flush=True)
        mutmut("run", "none of them")
        if not STATISTICS.exists():
            raise SystemExit(FAILS)
    chosen = drawn(
        [m for m in exits() if asked.only in ("", package_of(m))], asked.count, asked.seed
    )
    print(f"trying {len(chosen)} mutants …", flush=True)
    mutmut("run", *chosen)
    ends = exits()
    if any(ends[mutant] is None for mutant in chosen):
        raise SystemExit(FAILS)
    for package, noticed, count in shares(chosen, ends):
        print(f"{package}: {noticed} of {count} noticed ({noticed / count:.0%})")
    for mutant in chosen:
        if ends[mutant] in SURVIVED:
            print(mutmut("show", mutant))


if __name__ == "__main__":
    main()
