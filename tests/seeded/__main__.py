"""Break the source on purpose, fault by fault, and say which harness noticed which.

    python -m tests.seeded                     # every fault, before its harness's short form
    python -m tests.seeded --short             # a few faults, before what matters to each
    python -m tests.seeded --harness fuzz --only shapes

Each fault is seeded in a copy of `src`; the working tree stays as it is. Every harness must first
pass on an untouched copy, and then fail on each of its faults: otherwise the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.seeded import conclusions, fuzz, survival
from tests.seeded.fault import Fault, copied
from tests.seeded.harnesses import HARNESSES, NARROW, verdict

FAULTS: tuple[Fault, ...] = (*fuzz.FAULTS, *survival.FAULTS, *conclusions.FAULTS)
SHORT: tuple[str, ...] = (*fuzz.SHORT, *survival.SHORT, *conclusions.SHORT)
"""Names of the faults of the short form."""


def chosen(faults: Sequence[Fault], harness: str | None, only: str, short: bool) -> list[Fault]:
    """The faults that were asked for."""
    return [
        each
        for each in faults
        if harness in (None, each.harness)
        and only in each.name
        and (not short or each.name in SHORT)
    ]


def main() -> int:
    """Seed faults and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--harness", choices=list(HARNESSES))
    parser.add_argument("--only", default="", help="faults with this text in their name")
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    faults = chosen(FAULTS, asked.harness, asked.only, asked.short)
    missed = 0
    sound: set[tuple[str, tuple[str, ...]]] = set()
    for each in faults:
        narrow = each.narrow if asked.short or each.harness in NARROW else ()
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as name:
            source = copied(Path(name))
            if (each.harness, narrow) not in sound:
                before = verdict(each.harness, source, narrow)
                if before.noticed:
                    print(f"{each.harness} fails on the sound source: {before.said}")
                    return 1
                sound.add((each.harness, narrow))
            for edit in each.edits:
                edit.apply(source)
            after = verdict(each.harness, source, narrow)
        missed += not after.noticed
        word = "noticed" if after.noticed else "MISSED"
        seconds = time.monotonic() - started
        print(
            f"{each.harness:9} {each.name:38} {word:8} {seconds:4.0f} s  {after.said}", flush=True
        )
    print(f"{len(faults)} faults, {missed} missed")
    return int(missed > 0 or not faults)


if __name__ == "__main__":
    sys.exit(main())
