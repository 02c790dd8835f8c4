"""Disturbances of commands that train, which must not lose an epoch."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from children import Ended, command
from trials import DONE, Trials
from victims import Resumed, fingerprint, leftovers, problems, rows

from latentscape.runs.folder import RunFolder
from latentscape.runs.listing import find_runs
from latentscape.runs.state import table
from latentscape.training.batches import RowBatches

POWER = "power lost"


class TrainingTrials(Trials):
    """Disturbs a command that trains."""

    def found(self, place: Path) -> dict[str, object]:
        """Hashes of what the runs hold."""
        return dict(fingerprint(place / "run"))

    def undisturbed(self, error: int) -> int:
        """The same; a run that went on is one that was never cut off."""
        count = super().undisturbed(error)
        whole = self.folder / "whole" / "run"
        assert not isinstance(self.victim, Resumed) or self.expected == fingerprint(whole), (
            "a run that went on has other bits than one that was never cut off"
        )
        return count

    def missing(self, place: Path) -> list[str]:
        """What the runs lack; an older checkpoint may not have gone."""
        found = fingerprint(place / "run", names=False)
        return [k for k, v in self.expected.items() if "/" in k and found.get(k) != v]

    def vanish(self, at: int) -> None:
        """Remove the whole folder at the n-th batch."""
        place = self.place()

        def prepare() -> None:
            take, seen = RowBatches._take, Counter[str]()

            def vanishing(batches: RowBatches, indices: object) -> object:
                seen["batch"] += 1
                if seen["batch"] == at:
                    shutil.rmtree(place / "run")
                return take(batches, indices)  # type: ignore[arg-type]

            RowBatches._take = vanishing  # type: ignore[assignment,method-assign]

        ended = command(self.victim.beginning(place / "run"), place, prepare)
        self.recover("the folder vanishes", place, ended, {0, 2})

    def judge(self, kind: str, place: Path, ended: Ended, promised: Sequence[str]) -> None:
        """Epochs that were complete stand, and the command goes on from them to the same bits."""
        out, wrong = place / "run", partial(self.wrong, kind)
        for text in problems(out):
            wrong(text)
        before = rows(out)
        for note in (note for note in promised if note != DONE):
            name, total = note.rsplit(" ", 1)
            if len(before.get(name, ())) < int(total):
                wrong(f"epoch {total} of {name} was complete, and is lost")
        if kind != POWER:
            self.judge_histories(kind, out)
        if ended.status == 0 and out.exists():  # an older checkpoint may not have gone
            found = fingerprint(out, names=False)
            if found != {key: self.expected[key] for key in found}:
                wrong("the command said nothing, and the bits are others")
        done = command(self.victim.again(out), place)
        if done.status:
            wrong(f"no way back: {done}")
            return
        names = kind != POWER  # a checkpoint that had half gone stays
        found = fingerprint(out, names=names)
        expected = {key: self.expected[key] for key in self.expected if names or key in found}
        if found != expected:
            differing = {
                key: (found.get(key, ""), expected.get(key, ""))
                for key in found | expected
                if found.get(key) != expected.get(key)
            }
            wrong(f"other bits or names after the recovery: {differing}")
        if found.keys() != {key for key in self.expected if names or "/" in key}:
            wrong("files are missing after the recovery")
        after = rows(out)
        for name, history in before.items():
            self.tally.kept += len(history)
            if after[name][: len(history)] != history:
                wrong(f"{name} trained complete epochs again")
        for left in leftovers(place) if kind != POWER else []:
            wrong(f"{left} was left behind")

    def judge_histories(self, kind: str, out: Path) -> None:
        """The table of epochs is whole, of this epoch or the one before."""
        for path in find_runs(out) if out.exists() else ():
            csv, history = path / "history.csv", RunFolder(path).state().history
            tables = [table(history[:n]) for n in range(1, len(history) + 1)]
            if csv.exists() and csv.read_bytes() not in tables:
                self.wrong(kind, f"{csv} is not whole")
