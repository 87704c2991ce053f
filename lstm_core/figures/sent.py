"""How much of large arrays goes to the browser at once: with each change a part, and more as the reader goes there.

Numbers go as float32 in base64, 5.3 bytes each. All that a page sends of its pictures stays under 500 kB by these.
"""

from __future__ import annotations

import base64
from typing import Any, NamedTuple

import numpy as np

from lstm_core.figures.theme import Scale
from lstm_core.layers.weights import Float32Array

MAX_IN_CHARTS, MAX_IN_LENS, MAX_IN_STACK = 32_000, 36_000, 16_000
MAX_COLUMNS = 200
"""Columns of means that charts draw at once, as in assets/components/charts/figure.js."""
SHARE_OF_UNITS = 1 / 3
"""How much of the moving picture's numbers are those of the units around the chosen one; the rest are of steps."""
CODES = 65_533
"""Levels of a scale that a mean is one of; the codes above stand for -inf, inf and nan."""


class Part(NamedTuple):
    """The steps `first` to `last`, from 1, of a sequence of `steps` that a browser asks for; by default all of any."""

    steps: int = 0
    first: int = 0
    last: int = 0

    @classmethod
    def told(cls, told: Any) -> Part:
        """Return what a browser told; where that is no part of a sequence, all of it.

        >>> Part.told({"steps": 9, "first": 2, "last": 4}), Part.told({"steps": 9, "first": "2"}) == Part()
        (Part(steps=9, first=2, last=4), True)
        """
        given: list[Any] = [told.get(name) for name in cls._fields] if isinstance(told, dict) else []
        if not given or any(type(number) is not int for number in given):
            return cls()
        part = cls(*given)
        return part if 1 <= part.first <= part.last <= part.steps else cls()


class Span(NamedTuple):
    """Steps from `first` to `last`, from 1, each `size` of them in one column; the first column begins at `first`."""

    first: int
    last: int
    size: int


def span_of(steps: int, rows: int, part: Part) -> Span:
    """Return what of `steps` is sent of charts with so many rows in all, to see a part of them as well as can be.

    Up to MAX_IN_CHARTS numbers are sent step by step; of more steps the means of several, two bytes each.

    >>> span_of(6, 30, Part()), span_of(1000, 387, Part())
    (Span(first=1, last=6, size=1), Span(first=1, last=1000, size=7))
    >>> span_of(1000, 387, Part(1000, 500, 560)), span_of(6, 30, Part(1000, 500, 560))
    (Span(first=500, last=560, size=1), Span(first=1, last=6, size=1))
    """
    within = part.steps == steps and steps * rows > MAX_IN_CHARTS
    first, last = part[1:] if within else (1, steps)
    if (last - first + 1) * rows <= MAX_IN_CHARTS:
        return Span(first, last, 1)
    columns = min(MAX_COLUMNS, 2 * MAX_IN_CHARTS // rows)
    size = max(2, -(-(last - first + 1) // columns))
    while (aligned := first - (first - 1) % size) + columns * size <= last:  # one column more, cut by the first
        size += 1
    return Span(aligned, min(steps, -(-last // size) * size), size)


def means(grid: Float32Array, span: Span) -> Float32Array:
    """Return the mean over each column's steps of a grid (rows, T): (rows, columns).

    >>> means(np.array([[1, 3, 5, 6]], np.float32), Span(1, 4, 3)).tolist()
    [[3.0, 6.0]]
    """
    cut = grid[:, span.first - 1 : span.last]
    starts = np.arange(0, cut.shape[1], span.size)
    counts = np.diff([*starts, cut.shape[1]])
    with np.errstate(invalid="ignore"):  # inf - inf
        sums = np.add.reduceat(cut.astype(np.float64), starts, axis=1)
    found: Float32Array = (sums / counts).astype(np.float32)
    return found


def coded(values: Float32Array, scale: Scale) -> str:
    """Return values on a scale as two bytes each, in base64: its lowest is 0, its highest CODES - 1.

    >>> coded(np.array([[-1.0, np.nan]]), Scale(-1.0, 1.0, ()))
    'AAD//w=='
    """
    with np.errstate(invalid="ignore"):
        levels = np.rint((values.astype(np.float64) - scale.low) / (scale.high - scale.low) * (CODES - 1))
    levels[np.isneginf(values)], levels[np.isposinf(values)], levels[np.isnan(values)] = CODES, CODES + 1, CODES + 2
    return base64.b64encode(levels.astype("<u2").tobytes()).decode()
