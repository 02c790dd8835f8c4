"""Turns a run's encoder and decoders into ONNX: `encode(x).code` and `decode(z).mean`."""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from onnxscript.optimizer import optimize
from torch import Tensor, nn

from latentscape.bundle.contents import BundledEnsemble, OnnxNetwork
from latentscape.bundle.networks import check_network
from latentscape.latent.alignment import RigidMap
from latentscape.models.autoencoder import Autoencoder
from latentscape.parts.networks.ensemble import DecoderEnsemble
from latentscape.runs.run import Run
from latentscape.system.files import atomic_folder, make_folder
from latentscape.system.randomness import own_randomness
from latentscape.system.reading import DAMAGE, read_small
from latentscape.system.removal import holds_only

MANIFEST = "networks.json"
FORMAT = "latentscape-networks"
FOLDED = 2**26  # numbers in a tensor


class _Encoder(nn.Module):
    """Images, and labels for a conditional model, to codes."""

    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor, label: Tensor | None = None) -> Tensor:
        return self.model.encode(images, self.model.condition(label)).code


class _Decoder(nn.Module):
    """Codes, and labels for a conditional model, to images in [0, 1]."""

    turn: Tensor
    shift: Tensor

    def __init__(self, model: Autoencoder, moved: RigidMap | None = None) -> None:
        super().__init__()
        self.model = model
        self.moved = moved is not None
        if moved is not None:
            turn, to, centre = (
                torch.tensor(array, dtype=torch.float32)
                for array in (moved.rotation.T, moved.to, moved.centre)
            )
            self.register_buffer("turn", turn)
            self.register_buffer("shift", centre - to @ turn)

    def forward(self, code: Tensor, label: Tensor | None = None) -> Tensor:
        if self.moved:
            code = code @ self.turn + self.shift
        return self.model.decode(code, self.model.condition(label)).mean.clamp(0, 1)


class _Ensemble(nn.Module):
    """Codes, and labels for a conditional model, to the images in [0, 1] of each decoder."""

    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, code: Tensor, label: Tensor | None = None) -> Tensor:
        each = self.model.decode_each(code, self.model.condition(label))
        return torch.cat([images.mean.clamp(0, 1) for images in each], 1)


def export_encoder(run: Run) -> OnnxNetwork:
    """Export the encoder: `images` (B, C, H, W) in [0, 1] to `code` (B, d).

    Args:
        run: a trained model; a conditional one's encoder takes `label` (B,) int64 besides.
    """
    images = torch.zeros(2, *run.shape)
    return _export_of(run, _Encoder(run.model), images, "images", "code")


def export_decoder(run: Run, moved: RigidMap | None = None) -> OnnxNetwork:
    """Export the decoder: `code` (B, d) to `images` (B, C, H, W) in [0, 1].

    Args:
        run: a trained model; a conditional one's decoder takes `label` (B,) int64 besides.
        moved: how its codes are laid over others, which the network then takes in their place.
    """
    codes = torch.zeros(2, run.codes_size)
    return _export_of(run, _Decoder(run.model, moved), codes, "code", "images")


def export_ensemble(run: Run) -> BundledEnsemble | None:
    """Export the decoders of an ensemble: `code` (B, d) to `images` (B, k · C, H, W) in [0, 1].

    Args:
        run: a trained model; a conditional one's decoders take `label` (B,) int64 besides.

    Returns:
        None where the model has a single decoder.
    """
    if not isinstance(run.model.decoder, DecoderEnsemble):
        return None
    codes = torch.zeros(2, run.codes_size)
    network = _export_of(run, _Ensemble(run.model), codes, "code", "images")
    return BundledEnsemble(network, len(run.model.decoder.members))


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
    encoder, decoder = export_encoder(run), export_decoder(run)
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


def _export_of(run: Run, module: nn.Module, example: Tensor, takes: str, gives: str) -> OnnxNetwork:
    """Export a part of a run, which then is where it was."""
    device = run.device
    try:
        return export_module(module.cpu(), example, takes, gives, conditional=run.model.labels > 0)
    finally:
        module.to(device)


def export_module(
    module: nn.Module,
    example: Tensor,
    takes: str,
    gives: str,
    *,
    conditional: bool = False,
    folded: int = FOLDED,
) -> OnnxNetwork:
    """Export a module of one array, and of labels where it is conditional.

    Args:
        module: on the processor.
        example: two of what it takes.
        takes: what that is called.
        gives: what it gives, an array.
        conditional: whether it takes the array and `label` (B,) int64.
        folded: tensors of up to so many numbers are made now where they follow from others alone.

    Raises:
        RuntimeError: when torch cannot export it.
    """
    arguments = (example, torch.tensor([0, 1])) if conditional else (example,)
    names = [takes, "label"] if conditional else [takes]
    # One size for both inputs: the exporter finds that they share it.
    shapes = tuple({0: torch.export.Dim.DYNAMIC} for _ in arguments)
    with _quiet(), torch.no_grad(), own_randomness():
        program = torch.onnx.export(
            module.eval(),
            arguments,
            input_names=names,
            output_names=[gives],
            dynamic_shapes=shapes,
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch exported nothing")
    # What is made of weights alone is computed now, however large, not at every decoding.
    proto = optimize(program.model_proto, input_size_limit=folded, output_size_limit=folded)
    return OnnxNetwork(proto.SerializeToString(), conditional)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter from speaking of what does not concern the user.

    It uses parts of torch that torch is leaving behind, and misses torchvision, which is not used.
    """
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
