"""Faults that `tests/survival` must notice: what is lost, half there, or written by two at once."""

from __future__ import annotations

from tests.seeded.fault import Fault, fault

FAULTS: tuple[Fault, ...] = (
    fault(
        "training goes on from the best epoch",
        "survival",
        "training/keepers.py",
        'return self.folder.tensors("last"), self.folder.tensors("optimizer")',
        'return self.folder.tensors("best"), self.folder.tensors("optimizer")',
        ("--kills", "4", "--verbs", "resume"),
    ),
    fault(
        "the best loss is forgotten",
        "survival",
        "training/stages.py",
        "    state = keeper.state\n    if state.finished:",
        "    state = replace(keeper.state, best=None, best_epoch=0)\n    if state.finished:",
        ("--kills", "4", "--verbs", "resume"),
    ),
    fault(
        "a run is never finished",
        "survival",
        "training/stages.py",
        "finished=last and (stopped or epoch == plan.epochs),",
        "finished=False,",
        ("--kills", "4", "--verbs", "train"),
    ),
    fault(
        "files are written in place",
        "survival",
        "system/files.py",
        "            yield beside\n            sync(beside)\n            beside.replace(path)",
        "            yield path\n            sync(path)",
        ("--kills", "30", "--verbs", "cluster"),
    ),
    fault(
        "nothing is synced",
        "survival",
        "system/files.py",
        "os.fsync(descriptor)",
        "os.fstat(descriptor)",
        ("--power", "12", "--verbs", "train,cluster"),
    ),
    fault(
        "the place of a new folder is not synced",
        "survival",
        "system/files.py",
        "sync(folder.parent)",
        "folder.stat()",
        ("--power", "6", "--verbs", "sweep"),
    ),
    fault(
        "what an export replaces goes before it",
        "survival",
        "system/files.py",
        "                _replace(path, beside, replaces)\n",
        "                path.rename(place / 'old')\n"
        "                remove_workshops(path.parent)\n"
        "                beside.rename(path)\n",
        ("--kills", "40", "--verbs", "export onnx again"),
    ),
    fault(
        "what an export replaces goes while its place is not synced",
        "survival",
        "system/files.py",
        "            sync(path.parent)  # before what was there goes, with the workshop\n",
        "",
        ("--power", "40", "--verbs", "export onnx again"),
    ),
    fault(
        "the lock keeps nobody out",
        "survival",
        "system/locks.py",
        "            lock.acquire()",
        "            lock.is_locked",
        ("--pairs", "6", "--verbs", "train,sweep"),
    ),
)

SHORT = ("training goes on from the best epoch", "nothing is synced")
