"""Give readers spoilt files: they may only read them, or refuse them in a sentence.

    python tests/fuzz --inputs 20000              # every reader
    python tests/fuzz --readers npz run.json --keep

Each input is read in a child process under a limit of time and memory. An error that is not our
own, a crash, more memory than a sound file takes, or anything executed, looked up or connected to
is a finding; its input is written to `found/`. An input that fails in a new way is spoilt further,
and with --keep it joins `corpus/`, which is read first each time.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from hashlib import sha256
from pathlib import Path

from watch import OUTSIDE, Outcome, reading

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
BLOCK = 500  # inputs a child reads
MOST_KEPT = 2000  # bytes of an input in the corpus


class Fuzzed:
    """One reader under fuzz.

    Args:
        name: of the reader.
        seed: decides all inputs.
        folder: where to work.
    """

    def __init__(self, name: str, seed: int, folder: Path) -> None:
        from readers import READERS

        self.name, self.folder, self.reader = name, folder, READERS[name]
        self.rng = random.Random(f"{seed} {name}")
        os.environ["LATENTSCAPE_DATA"] = str(folder / "data")  # what is prepared is cached there
        self.sound = self.reader.prepare(folder)
        self.hostile = self.reader.hostile(folder)
        self.corpus = [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]
        self.parents = [*self.sound, *self.corpus]
        self.ends: Counter[str] = Counter()
        self.new: list[bytes] = []
        self.findings: dict[str, bytes] = {}

    def run(self, inputs: int) -> None:
        """Read what is sound, what is hostile and the corpus, and so many more inputs."""
        self.read([*self.sound, *self.hostile, *self.corpus])
        while inputs > 0:
            count = min(BLOCK, inputs)
            parents = [self.rng.choice(self.parents) for _ in range(count)]
            self.read([self.reader.mutate(p, self.parents, self.rng) for p in parents])
            inputs -= count

    def read(self, inputs: list[bytes]) -> None:
        """Read a block of inputs, each in what the last child left or in a fresh one."""
        left = inputs
        while left:
            outcomes = reading(self.reader.read, self.folder, left)
            for content, outcome in zip(left, outcomes, strict=False):
                self.note(content, outcome)
            left = left[len(outcomes) :]

    def note(self, content: bytes, outcome: Outcome) -> None:
        """Remember how an input ended."""
        if outcome.finding:
            self.findings.setdefault(outcome.kind, content)
        elif not self.ends[outcome.kind]:
            self.new.append(content)
            self.parents.append(content)
        self.ends[outcome.kind] += 1

    def write(self, folder: Path, contents: list[bytes]) -> None:
        """Keep inputs as files named by what they hold."""
        (folder / self.name).mkdir(parents=True, exist_ok=True)
        for content in contents:
            name = sha256(content).hexdigest()[:12]
            (folder / self.name / name).write_bytes(content)


def main() -> int:
    """Fuzz and say what came of it."""
    from readers import READERS

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", nargs="+", default=list(READERS), choices=list(READERS))
    parser.add_argument("--inputs", type=int, default=1000, help="for each reader")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", action="store_true", help="add new ways to fail to the corpus")
    asked = parser.parse_args()
    findings = 0
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / OUTSIDE).mkdir()
        (Path(name) / OUTSIDE / "secret").write_bytes(b"of somebody else")
        for reader in asked.readers:
            folder = Path(name).resolve() / reader
            folder.mkdir()
            fuzzed = Fuzzed(reader, asked.seed, folder)
            fuzzed.run(asked.inputs)
            total, read = sum(fuzzed.ends.values()), fuzzed.ends["read"]
            ways = len(fuzzed.ends) - bool(read)
            print(
                f"{reader:18} {total:7,} inputs, {read:6,} read, refused in {ways:3} ways", end=""
            )
            print(f", {len(fuzzed.findings)} FINDINGS" if fuzzed.findings else "", flush=True)
            for kind in fuzzed.findings:
                print("   ", kind)
            fuzzed.write(HERE / "found", list(fuzzed.findings.values()))
            if asked.keep:
                kept = {content for content in fuzzed.new if content not in fuzzed.sound}
                small = [content for content in kept if len(content) <= MOST_KEPT]
                fuzzed.write(CORPUS, small)
            findings += len(fuzzed.findings)
    return int(findings > 0)


if __name__ == "__main__":
    sys.exit(main())
