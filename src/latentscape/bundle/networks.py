"""Checks an ONNX network against what the bundle says of it, by running it on two batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from latentscape.bundle.contents import OnnxNetwork, Role
from latentscape.system.errors import LatentscapeError

TAKES: dict[Role, str] = {
    "encoder": "images",
    "decoder": "code",
    "ensemble": "code",
    "judge": "images",
}
GIVES: dict[Role, str] = {
    "encoder": "code",
    "decoder": "images",
    "ensemble": "images",
    "judge": "reading",
}
READING = 3


def check_network(network: OnnxNetwork, role: Role, code: int, image: tuple[int, int, int]) -> None:
    """Refuse a network that does not map images to codes, codes to images, or images to readings.

    Args:
        network: the encoder, the decoder, the ensemble or the judge.
        role: which of them it is.
        code: d, the number of latent dimensions.
        image: (C, H, W), of an ensemble (k · C, H, W).

    Raises:
        LatentscapeError: when it cannot be opened or run, or gives another shape.
    """
    sizes: dict[str, tuple[int, ...]] = {"images": image, "code": (code,), "reading": (READING,)}
    takes, gives = sizes[TAKES[role]], sizes[GIVES[role]]
    run = open_network(network, role)
    for batch in (1, 3):
        outcome = run(np.full((batch, *takes), 0.5, dtype=np.float32))
        if outcome.shape != (batch, *gives):
            raise LatentscapeError(
                f"the {role} gives shape {outcome.shape[1:]} where the bundle needs {gives}; "
                "export it again from the run that gave these codes"
            )


Run = Callable[..., NDArray[np.float32]]


def open_network(network: OnnxNetwork, role: Role) -> Run:
    """Open a network with onnxruntime on the processor.

    Args:
        network: the encoder, the decoder, the ensemble or the judge.
        role: which of them it is.

    Returns:
        a function of images (B, C, H, W) in [0, 1] or codes (B, d), and of labels (B,) for
        conditional networks (zeros when left out), that gives codes (B, d), images (B, C, H, W) or
        readings (B, 3), and raises as this does.

    Raises:
        LatentscapeError: when the network cannot be opened or run.
    """
    takes, gives = TAKES[role], GIVES[role]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    with _said(role):
        session = onnxruntime.InferenceSession(network.onnx, options)

    def run(
        values: NDArray[np.float32], labels: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        feed: dict[str, NDArray[np.generic]] = {takes: values}
        if network.conditional:
            feed["label"] = np.zeros(len(values), dtype=np.int64) if labels is None else labels
        with _said(role):
            outcome: NDArray[np.float32] = session.run([gives], feed)[0]
        return outcome

    return run


@contextmanager
def _said(role: Role) -> Iterator[None]:
    """Say in a sentence why a network does not run."""
    try:
        yield
    except Exception as error:  # onnxruntime's errors have no other base class in common
        reason = str(error).strip().splitlines()[0]
        raise LatentscapeError(
            f"the {role} does not run as ONNX with input '{TAKES[role]}' and output "
            f"'{GIVES[role]}' ({reason}); export it again"
        ) from error
