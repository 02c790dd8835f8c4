"""The kinds of values that the explorer's widget shares with its page."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from traitlets import HasTraits, List, TraitError, TraitType


class RowNumbers(List[int]):
    """Rows of the points shown: a list, whatever sequence or array of whole numbers is given."""

    info_text = "numbers of rows"

    def validate(self, obj: HasTraits, value: Any) -> list[int]:
        """Give the rows as a list.

        Raises:
            TraitError: when they are no rows of the points shown.
        """
        rows = np.asarray(value)
        count = len(obj.codes)  # type: ignore[attr-defined]
        if rows.size == 0:
            return []
        if rows.ndim != 1 or rows.dtype.kind not in "iu":
            raise TraitError(f"{self.name} takes numbers of rows, such as [0, 5]; not {value!r}")
        if rows.min() < 0 or rows.max() >= count:
            outside = rows[(rows < 0) | (rows >= count)][0]
            raise TraitError(f"{self.name} has row {outside}; the rows are 0 to {count - 1}")
        return [int(row) for row in rows]


class Code(TraitType[NDArray[np.float32], Any]):
    """One code (d,), float32."""

    def validate(self, obj: HasTraits, value: Any) -> NDArray[np.float32]:
        """Give the code as an array.

        Raises:
            TraitError: when it is no code of this space.
        """
        code = np.asarray(value, dtype=np.float32)
        size = obj.codes.shape[1]  # type: ignore[attr-defined]
        if code.size and (code.shape != (size,) or not np.isfinite(code).all()):
            raise TraitError(f"code takes {size} finite numbers; not {value!r}")
        return code


def code_to_json(code: NDArray[np.float32], _: object) -> list[float]:
    """Send a code as numbers."""
    numbers: list[float] = code.tolist()
    return numbers


def image_from_json(content: Any, widget: Any) -> NDArray[np.float32] | None:
    """Receive a decoded image (C, H, W) as its bytes."""
    if content is None:
        return None
    return np.frombuffer(content, dtype="<f4").reshape(widget.image_shape)


def image_to_json(image: NDArray[np.float32] | None, _: object) -> memoryview | None:
    """Send an image as its bytes."""
    return None if image is None else memoryview(np.ascontiguousarray(image).tobytes())
