"""Give readers spoilt files: they may only read them, or refuse them in a sentence.

    python -m tests.fuzz --inputs 20000              # every reader
    python -m tests.fuzz --minutes 80                # of the processor, shared among readers
    python -m tests.fuzz --readers npz run.json --keep

Each input is read in a child process under a limit of time and memory. An error that is not our
own, a crash, more memory than a sound file takes, anything executed, looked up or connected to,
anything read or changed outside of one folder, is a finding; its input is written to `found/`. An
input that reaches new lines of ours is spoilt further, and with --keep it joins `corpus/`, which
is read first each time. Before all that, each such deed is done, and must be noticed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path

from tests.fuzz.deeds import PROOFS, make_place, stay_at
from tests.fuzz.hostile import SPECIAL, SPECIALS
from tests.fuzz.reads import unread
from tests.fuzz.table import READERS
from tests.fuzz.watch import Outcome, reading

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
BLOCK = 500  # inputs a child reads
MOST_KEPT = 2000  # bytes of an input in the corpus


class Fuzzed:
    """One reader under fuzz.

    Args:
        name: of the reader.
        seed: decides all inputs.
        place: where to work.
    """

    def __init__(self, name: str, seed: int, place: Path) -> None:
        self.name, self.reader, self.work = name, READERS[name], make_place(place)
        stay_at(self.work)
        self.rng = random.Random(f"{seed} {name}")
        self.sound = self.reader.prepare(self.work)
        self.corpus = [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]
        self.hostile = [*self.reader.hostile(self.sound, self.work), *SPECIALS]
        self.parents = [*self.sound, *self.corpus]
        self.ends: Counter[str] = Counter()
        self.lines: set[str] = set()
        self.new: list[bytes] = []
        self.findings: dict[str, bytes] = {}

    def run(self, inputs: int) -> None:
        """Read the corpus and what was made to do harm, and so many more inputs."""
        self.read([*self.sound, *self.corpus, *self.hostile])
        while inputs > 0:
            self.more(count := min(BLOCK, inputs))
            inputs -= count

    def run_for(self, seconds: float) -> None:
        """Read the corpus and what was made to do harm, and more, for seconds of the processor."""
        until = sum(os.times()[:4]) + seconds
        self.read([*self.sound, *self.corpus, *self.hostile])
        while sum(os.times()[:4]) < until:
            self.more(BLOCK // 10)

    def more(self, count: int) -> None:
        """Read so many more inputs, each spoilt from one of those kept."""
        parents = [self.rng.choice(self.parents) for _ in range(count)]
        self.read([self.reader.mutate(p, self.parents, self.rng) for p in parents])

    def read(self, inputs: list[bytes]) -> None:
        """Read a block of inputs, each in what the last child left or in a fresh one."""
        left = inputs
        while left:
            outcomes = reading(
                lambda content: self.reader.read(self.work, content), left, self.work, self.lines
            )
            for content, outcome in zip(left, outcomes, strict=False):
                self.note(content, outcome)
            left = left[len(outcomes) :]

    def note(self, content: bytes, outcome: Outcome) -> None:
        """Remember how an input ended."""
        if outcome.finding:
            self.findings.setdefault(outcome.kind, content)
        elif content.startswith(SPECIAL):
            pass  # nothing to spoil
        elif not self.lines.issuperset(outcome.lines) or not self.ends[outcome.kind]:
            self.new.append(content)
            if len(content) <= 100 * MOST_KEPT:
                self.parents.append(content)
        self.lines.update(outcome.lines)
        self.ends[outcome.kind] += 1

    def keep(self) -> None:
        """Put small inputs that were new into the corpus."""
        known = {*self.sound, *self.corpus, *self.hostile}
        small = [each for each in self.new if each not in known and len(each) <= MOST_KEPT]
        write(CORPUS / self.name, small)


def write(folder: Path, contents: list[bytes]) -> None:
    """Keep inputs as files named by what they hold."""
    for content in contents:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / sha256(content).hexdigest()[:12]).write_bytes(content)


def unheard(place: Path) -> list[str]:
    """Do every deed that is a finding, and say which were none."""
    quiet = []
    for i, (name, deed) in enumerate(PROOFS.items()):
        work = make_place(place / str(i))
        (work / "a").write_text("x")
        [outcome] = reading(lambda _, d=deed, w=work: d(w), [b""], work, set(), seconds=0.5)
        if not outcome.finding:
            quiet.append(name)
    print(f"watch: {len(PROOFS) - len(quiet)} of {len(PROOFS)} deeds noticed")
    return quiet


def fuzz(name: str, asked: argparse.Namespace, place: Path) -> Fuzzed:
    """Fuzz one reader and say what came of it."""
    started = time.monotonic()
    fuzzed = Fuzzed(name, asked.seed, place)
    if asked.minutes:
        fuzzed.run_for(60 * asked.minutes / len(asked.readers))
    else:
        fuzzed.run(asked.inputs)
    total, read = sum(fuzzed.ends.values()), fuzzed.ends["read"]
    ways = len(fuzzed.ends) - bool(read)
    rate = total / (time.monotonic() - started)
    print(
        f"{name:22} {total:7,} inputs, {read:7,} read, refused in {ways:3} ways, "
        f"{len(fuzzed.lines):4} lines reached, {rate:5.0f} a second",
        flush=True,
    )
    for kind in fuzzed.findings:
        print(f"   {name} FINDING: {kind}", flush=True)
    write(HERE / "found" / name, list(fuzzed.findings.values()))
    if asked.keep:
        fuzzed.keep()
    return fuzzed


def main() -> int:
    """Fuzz and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", nargs="+", default=list(READERS), choices=list(READERS))
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--inputs", type=int, default=1000, help="for each reader")
    amount.add_argument("--minutes", type=float, help="of the processor, for all readers together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", action="store_true", help="add new inputs to the corpus")
    asked = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as name:
        quiet = unheard(Path(name) / "deeds")
        for deed in quiet:
            print(f"   watch FINDING: {deed} was not noticed")
        done = [fuzz(each, asked, Path(name) / str(i)) for i, each in enumerate(asked.readers)]
        os.chdir(HERE)
    print(f"{sum(sum(fuzzed.ends.values()) for fuzzed in done):,} inputs")
    missing = unread({fuzzed.name: fuzzed.lines for fuzzed in done})
    for what in missing:
        print(f"   table FINDING: {what}")
    return int(bool(quiet or missing or any(fuzzed.findings for fuzzed in done)))


if __name__ == "__main__":
    sys.exit(main())
