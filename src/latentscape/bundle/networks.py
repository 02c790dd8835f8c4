"""Checks an ONNX network against what the bundle says of it, by running it on two batches."""

from __future__ import annotations

from typing import Literal

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from latentscape.bundle.contents import OnnxNetwork
from latentscape.system.errors import LatentscapeError


def check_network(
    network: OnnxNetwork,
    role: Literal["encoder", "decoder"],
    code: int,
    image: tuple[int, int, int],
) -> None:
    """Refuse a network that does not map images to codes, or codes to images.

    Args:
        network: the encoder or decoder.
        role: which of the two it is.
        code: d, the number of latent dimensions.
        image: (C, H, W).

    Raises:
        LatentscapeError: when it cannot be opened or run, or gives another shape.
    """
    takes: tuple[int, ...] = image if role == "encoder" else (code,)
    gives: tuple[int, ...] = (code,) if role == "encoder" else image
    for batch in (1, 3):
        outcome = run_network(network, role, np.full((batch, *takes), 0.5, dtype=np.float32))
        if outcome.shape != (batch, *gives):
            raise LatentscapeError(
                f"the {role} gives shape {outcome.shape[1:]} where the bundle needs {gives}; "
                "export it again from the run that gave these codes"
            )


def run_network(
    network: OnnxNetwork,
    role: Literal["encoder", "decoder"],
    values: NDArray[np.float32],
    labels: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """Run a network with onnxruntime on the processor.

    Args:
        network: the encoder or decoder.
        role: which of the two it is.
        values: images (B, C, H, W) in [0, 1] or codes (B, d).
        labels: (B,), for conditional networks; zeros when left out.

    Returns:
        codes (B, d) or images (B, C, H, W).

    Raises:
        LatentscapeError: when the network cannot be opened or run.
    """
    feed: dict[str, NDArray[np.generic]] = {"images" if role == "encoder" else "code": values}
    if network.conditional:
        feed["label"] = np.zeros(len(values), dtype=np.int64) if labels is None else labels
    wanted = "code" if role == "encoder" else "images"
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(network.onnx, options)
        outcome: NDArray[np.float32] = session.run([wanted], feed)[0]
    except Exception as error:  # onnxruntime's errors have no other base class in common
        reason = str(error).strip().splitlines()[0]
        raise LatentscapeError(
            f"the {role} does not run as ONNX with input '{next(iter(feed))}' and output "
            f"'{wanted}' ({reason}); export it again"
        ) from error
    return outcome
