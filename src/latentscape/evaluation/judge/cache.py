"""Keep a judge: one file, its tensors, and what is not a tensor as JSON in the file's header."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from latentscape.evaluation.judge.controls import Control, Controls
from latentscape.evaluation.judge.judge import Judge, Scale
from latentscape.evaluation.judge.network import JudgeNetwork
from latentscape.evaluation.judge.place import VERSION
from latentscape.system.files import atomic_path, make_folder
from latentscape.system.randomness import own_randomness
from latentscape.system.removal import remove_workshops
from latentscape.system.tensors import write_tensors

HEADER = "judge"


def save_judge(judge: Judge, path: Path) -> None:
    """Write a judge, whole or not at all.

    Raises:
        LatentscapeError: When the file or its folder cannot be written.
    """
    weights = {f"network/{name}": t for name, t in judge.network.state_dict().items()}
    tensors = weights | {
        "bank": judge.scale.bank,
        "bank_labels": judge.scale.bank_labels,
        "improbable": torch.from_numpy(judge.scale.improbable),
        "distant": torch.from_numpy(judge.scale.distant),
    }
    header = {
        "version": VERSION,
        "shape": judge.shape,
        "classes": judge.classes,
        "members": len(judge.network.members),
        "light": judge.network.light,
        "limit": judge.scale.limit,
        "accuracy": judge.accuracy,
        "seconds": judge.seconds,
        "controls": [asdict(control) for control in judge.controls.each],
    }
    make_folder(path.parent)
    with atomic_path(path) as beside:
        write_tensors(
            {name: t.cpu().contiguous() for name, t in tensors.items()},
            beside,
            metadata={HEADER: json.dumps(header)},
        )


def load_judge(path: Path) -> Judge | None:
    """Read a judge back, on the device that computes here; None where there is no sound one."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads(file.metadata()[HEADER])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        judge = _rebuilt(header, tensors)
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError):
        return None  # cut short or of another version: trained anew, and replaced
    remove_workshops(path.parent)  # a process may have been killed just after it was kept
    return judge


def _rebuilt(header: dict[str, Any], tensors: dict[str, Tensor]) -> Judge:
    """The judge that header and tensors describe."""
    C, H, W = header["shape"]
    classes = tuple(header["classes"])
    with own_randomness():  # its initial weights, soon replaced, are random
        network = JudgeNetwork((C, H, W), len(classes), header["members"], light=header["light"])
    weights = {
        n.removeprefix("network/"): t for n, t in tensors.items() if n.startswith("network/")
    }
    network.load_state_dict(weights)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    scale = Scale(
        tensors["bank"].to(device),
        tensors["bank_labels"].to(device),
        tensors["improbable"].numpy(),
        tensors["distant"].numpy(),
        header["limit"],
    )
    return Judge(
        network.to(device).eval(),
        scale,
        (C, H, W),
        classes,
        header["accuracy"],
        Controls(tuple(Control(**control) for control in header["controls"])),
        header["seconds"],
    )
