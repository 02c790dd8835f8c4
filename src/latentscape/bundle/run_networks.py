"""A run's encoder and decoders as ONNX: `encode(x).code` and `decode(z).mean`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from latentscape.bundle.contents import BundledEnsemble, OnnxNetwork
from latentscape.bundle.export import Exported, export_modules
from latentscape.latent.alignment import RigidMap
from latentscape.models.autoencoder import Autoencoder
from latentscape.parts.networks.ensemble import DecoderEnsemble
from latentscape.runs.run import Run


class RunNetworks(NamedTuple):
    """A run's networks; those of a conditional model take `label` (B,) int64 besides.

    Attributes:
        encoder: `images` (B, C, H, W) in [0, 1] to `code` (B, d).
        decoder: `code` (B, d) to `images` (B, C, H, W) in [0, 1].
        ensemble: of several decoders what each gives: `images` (B, k · C, H, W); else None.
    """

    encoder: OnnxNetwork
    decoder: OnnxNetwork
    ensemble: BundledEnsemble | None


def export_networks(run: Run) -> RunNetworks:
    """Export all networks of a run at once, which is quicker than one by one.

    Args:
        run: a trained model.

    Raises:
        RuntimeError: when torch cannot export it.
    """
    model, codes = run.model, torch.zeros(2, run.codes_size)
    several = len(model.decoder.members) if isinstance(model.decoder, DecoderEnsemble) else 0
    each = [
        Exported(_Encoder(model), torch.zeros(2, *run.shape), "images", "code"),
        Exported(_Decoder(model), codes, "code", "images"),
        *([Exported(_Ensemble(model), codes, "code", "images")] if several else []),
    ]
    with _on_processor(run):
        encoder, decoder, *rest = export_modules(each, conditional=model.labels > 0)
    return RunNetworks(encoder, decoder, BundledEnsemble(rest[0], several) if rest else None)


def export_decoder(run: Run, moved: RigidMap | None = None) -> OnnxNetwork:
    """Export the decoder: `code` (B, d) to `images` (B, C, H, W) in [0, 1].

    Args:
        run: a trained model; a conditional one's decoder takes `label` (B,) int64 besides.
        moved: how its codes are laid over others, which the network then takes in their place.
    """
    with _on_processor(run):
        decoder = Exported(
            _Decoder(run.model, moved), torch.zeros(2, run.codes_size), "code", "images"
        )
        return export_modules([decoder], conditional=run.model.labels > 0)[0]


@contextmanager
def _on_processor(run: Run) -> Iterator[None]:
    """Have a model on the processor, which then is where it was."""
    device = run.device
    try:
        run.model.cpu()
        yield
    finally:
        run.model.to(device)


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
