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
    expected: tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]],
    *,
    quantity: str,
    text: Mapping[str, str],
    marks: Sequence[Mark] = (),
) -> dict[str, Any]:
    """Return the values `real` (T,) as dots, and a line through the points `expected`, over steps from the first, 0.

    The line's steps may lie between those of the dots: a mark that is to lie on the line must be one of its points.
    `text` has `alt`, `real`, `expected` and `axis`.

    >>> words = {"alt": "", "real": "c", "expected": "f^t", "axis": "step"}
    >>> line = (np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.7, 0.5]))
    >>> curve(np.array([1.0, 0.5]), line, quantity="c", text=words)["expected"]
    [[0.0, 1.0], [0.5, 0.7], [1.0, 0.5]]

    Raises:
        ValueError: if the line does not have one value for each of its steps.
    """
    steps, values = expected
    if steps.shape != values.shape or steps.ndim != 1:
        raise ValueError(f"expected has steps {steps.shape} and values {values.shape}; give one value per step")
    return {
        "real": [float(value) for value in real],
        "expected": [[float(step), float(value)] for step, value in zip(steps, values, strict=True)],
        "colour": QUANTITY_COLOURS[quantity],
        "marks": [mark._asdict() for mark in marks],
        "text": dict(text),
    }
