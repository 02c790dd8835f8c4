"""Weights that decode, kept after a few of the epochs: `decoders/0007.safetensors` in a run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError

from latentscape.system.errors import LatentscapeError, damaged
from latentscape.system.files import atomic_path, explained, refuse_link
from latentscape.system.reading import refuse_special
from latentscape.system.tensors import Tensors, read_shapes, write_tensors

if TYPE_CHECKING:
    from latentscape.models.autoencoder import Autoencoder

Shapes = Mapping[str, tuple[int, ...]]

FOLDER = "decoders"
NAME = re.compile(r"\d{1,9}\.safetensors", re.ASCII)
ENCODER = "0.encoder."
"""How the names of the encoder's tensors begin."""


def decoding(weights: Tensors) -> Tensors:
    """Of a model's weights those that decoding may need: all but the encoder's."""
    return {name: tensor for name, tensor in weights.items() if not name.startswith(ENCODER)}


def write_decoder(run: Path, total: int, weights: Tensors) -> None:
    """Keep weights that decode.

    Args:
        run: its directory.
        total: complete epochs so far, of all stages.
        weights: by name.
    """
    refuse_link(run / FOLDER)
    with explained(run / FOLDER, "make"):
        (run / FOLDER).mkdir(exist_ok=True)
    with atomic_path(run / FOLDER / f"{total:04d}.safetensors") as beside:
        write_tensors(weights, beside)


def decoders_in(run: Path, total: int) -> dict[int, Path]:
    """The files of kept decoders by the epoch, of all stages, that each was kept after.

    Args:
        run: its directory.
        total: complete epochs; what a killed training left of a later one does not count.
    """
    refuse_link(run / FOLDER)
    files = [path for path in (run / FOLDER).glob("*.safetensors") if NAME.fullmatch(path.name)]
    found = sorted((int(path.stem), path) for path in files)
    return {epoch: path for epoch, path in found if 0 < epoch <= total}


def read_decoder(path: Path, shapes: Shapes) -> Tensors:
    """Read the weights of a kept decoder, which take no more memory than the model's own.

    Args:
        path: its file.
        shapes: of the model's weights, by name.

    Raises:
        LatentscapeError: when the file is damaged, or of another model.
    """
    from safetensors.torch import load_file

    try:
        refuse_link(path)
        refuse_special(path)
        if not read_shapes(path).items() <= shapes.items():
            raise of_another_model(path)
        return load_file(path)
    except (OSError, SafetensorError) as error:
        remedy = f"restore it from a copy, or remove '{path.parent}': only kept decoders are lost"
        raise damaged(path, error, remedy) from error


def of_another_model(source: Path) -> LatentscapeError:
    """What to say of weights that do not belong to a run."""
    return LatentscapeError(
        f"the weights in '{source}' are not of the model that its run.json describes; "
        f"remove '{source.parent}': only kept decoders are lost"
    )


class KeptDecoders(Mapping[int, Tensors]):
    """The decoders of a run directory by epoch, each read when it is asked for.

    Args:
        files: by the epoch, of all stages, that each was kept after.
        shapes: of the model's weights, by name.
    """

    def __init__(self, files: Mapping[int, Path], shapes: Shapes) -> None:
        self.files, self.shapes = files, shapes

    def __getitem__(self, total: int) -> Tensors:
        return read_decoder(self.files[total], self.shapes)

    def __iter__(self) -> Iterator[int]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


@contextmanager
def decoding_as(model: Autoencoder, weights: Tensors, source: Path) -> Iterator[None]:
    """Have a model decode as after an earlier epoch, for a while.

    Args:
        model: it has its own weights again afterwards.
        weights: those that decode, as `decoding` gave them.
        source: where they are from, for the message.

    Raises:
        LatentscapeError: when they are not this model's.
    """
    from latentscape.runs.weights import load_weights, weights_of

    own = {name: tensor.clone() for name, tensor in weights_of(model).items()}
    if not own.keys() >= weights.keys():
        raise of_another_model(source)
    try:
        load_weights({**own, **weights}, model, source)
        yield
    finally:
        load_weights(own, model, source)
