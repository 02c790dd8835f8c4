"""A folder with a run's networks alone, as ONNX, for other programs."""

from __future__ import annotations

import json
import re
from pathlib import Path

from latentscape.bundle.networks import check_network
from latentscape.bundle.run_networks import export_networks
from latentscape.runs.run import Run
from latentscape.system.files import atomic_folder, make_folder
from latentscape.system.reading import DAMAGE, read_small
from latentscape.system.removal import holds_only

MANIFEST = "networks.json"
FORMAT = "latentscape-networks"


def write_onnx(run: Run, out: str | Path) -> Path:
    """Write `encoder.onnx`, `decoder.onnx` and `networks.json`, which says what they take and give.

    Of several decoders what they give together is written. Networks that are there already are
    replaced: a folder that holds nothing but these.

    Args:
        run: a trained model.
        out: the folder to write; its parent is made where it is missing.

    Returns:
        the folder.

    Raises:
        LatentscapeError: when the folder holds something else or cannot be written, or the
            networks do not run.
    """
    out = Path(out)
    make_folder(out.parent)
    encoder, decoder, _ = export_networks(run)
    check_network(encoder, "encoder", run.codes_size, run.shape)
    check_network(decoder, "decoder", run.codes_size, run.shape)
    image, code = ["batch", *run.shape], ["batch", run.codes_size]
    label = {"label": ["batch"]} if encoder.conditional else {}
    about = {
        "format": FORMAT,
        "encoder.onnx": {"inputs": {"images": image} | label, "outputs": {"code": code}},
        "decoder.onnx": {"inputs": {"code": code} | label, "outputs": {"images": image}},
        "pixels": "float32 in [0, 1]",
        "classes": list(run.classes),
    }
    with atomic_folder(out, replaces=_is_networks) as parts:
        (parts / "encoder.onnx").write_bytes(encoder.onnx)
        (parts / "decoder.onnx").write_bytes(decoder.onnx)
        (parts / MANIFEST).write_text(json.dumps(about, indent=1), encoding="utf-8")
    return out


def _is_networks(out: Path) -> bool:
    """Whether a folder's list proves that exported networks lie there, and nothing else does."""
    try:
        ours = json.loads(read_small(out / MANIFEST))["format"] == FORMAT
    except DAMAGE:
        return False
    return ours and holds_only(out, re.compile(rf"(en|de)coder\.onnx|{re.escape(MANIFEST)}"))
