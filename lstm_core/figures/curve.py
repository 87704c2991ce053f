"""A curve over the time steps beside what is expected of it, as plain data that the browser draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_core.figures.theme import QUANTITY_COLOURS


class Mark(NamedTuple):
    """A point of the curve: after how many steps, at which value, and what it is called."""

    after: float
    value: float
    words: str


def curve(
    real: NDArray[np.floating[Any]],
    expected: NDArray[np.floating[Any]],
    *,
    quantity: str,
    text: Mapping[str, str],
    marks: Sequence[Mark] = (),
) -> dict[str, Any]:
    """The values `real` (T,) as dots and `expected` (T,) as a line, over the steps since the first, from 0.

    `text` has `alt`, `real`, `expected` and `axis`.

    >>> words = {"alt": "", "real": "c", "expected": "f^t", "axis": "step"}
    >>> curve(np.array([1.0, 0.5]), np.array([1.0, 0.5]), quantity="c", text=words)["real"]
    [1.0, 0.5]

    Raises:
        ValueError: if both are not of one length.
    """
    if real.shape != expected.shape or real.ndim != 1:
        raise ValueError(f"real has shape {real.shape}, expected {expected.shape}; give one value per step for both")
    return {
        "real": [float(value) for value in real],
        "expected": [float(value) for value in expected],
        "colour": QUANTITY_COLOURS[quantity],
        "marks": [mark._asdict() for mark in marks],
        "text": dict(text),
    }
