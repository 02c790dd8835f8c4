"""Keep what a judge is exported to beside it: a bundle then need not wait seconds for it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from latentscape.bundle.contents import OnnxNetwork
from latentscape.system.errors import LatentscapeError
from latentscape.system.files import atomic_path
from latentscape.system.reading import sha256
from latentscape.system.tensors import write_tensors

VERSION = "1"  # of the file and of what the network computes: another one is exported anew


def keep_network(network: OnnxNetwork, judge: Path) -> None:
    """Keep the network of a judge's file; where it cannot be written the next bundle waits again.

    Args:
        network: as ONNX.
        judge: the file that the judge is kept in.
    """
    content = torch.frombuffer(bytearray(network.onnx), dtype=torch.uint8)
    with suppress(LatentscapeError), atomic_path(_place(judge)) as beside:
        write_tensors({"onnx": content}, beside, metadata=_about(network.onnx, judge))


def kept_network(judge: Path) -> OnnxNetwork | None:
    """Read the network of a judge's file back; None where none of this very file is kept whole.

    Args:
        judge: the file that the judge is kept in.
    """
    place = _place(judge)
    if not place.is_file():
        return None
    try:
        with safe_open(place, framework="pt") as file:
            onnx = file.get_tensor("onnx").numpy().tobytes()
            return OnnxNetwork(onnx) if file.metadata() == _about(onnx, judge) else None
    except (OSError, SafetensorError, TypeError):  # TypeError: numbers that numpy does not have
        return None


def _place(judge: Path) -> Path:
    return judge.with_suffix(".network.safetensors")


def _about(onnx: bytes, judge: Path) -> dict[str, str]:
    """What the network was exported from, and its own digest."""
    return {
        "judge": sha256(judge),
        "onnx": hashlib.sha256(onnx).hexdigest(),
        "version": VERSION,
    }
