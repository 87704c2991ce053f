"""How much of large arrays goes to the browser at once: with each change a part, and more as the reader goes there.

Numbers go as float32 in base64, 5.3 bytes each. All that a page sends of its pictures stays under 500 kB by these.
"""

from __future__ import annotations

import base64
from typing import Any, NamedTuple

import numpy as np

from lstm_core.figures.theme import Scale
from lstm_core.layers.spec import BEFORE, CellSpec
from lstm_core.layers.weights import Float32Array

MAX_IN_CHARTS, MAX_IN_LENS, MAX_IN_STACK = 44_000, 24_000, 12_000
MAX_COLUMNS = 200
"""Columns of means that charts draw at once, as in assets/components/charts/figure.js."""
SHARE_OF_UNITS = 1 / 3
"""How much of the moving picture's numbers are those of the units around the chosen one; the rest are of steps."""
OVERVIEW = 100, 16
"""Steps and units of the whole sequence in small; where there are more, it shows means."""
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
        given = _told(told, cls._fields)
        return cls(*given) if given and 1 <= given[1] <= given[2] <= given[0] else cls()


def _told(told: Any, names: tuple[str, ...]) -> list[int] | None:
    """Return the whole numbers of these names that a browser told; None unless all are there."""
    given: list[Any] = [told.get(name) for name in names] if isinstance(told, dict) else []
    return given if given and all(type(number) is int for number in given) else None


class Span(NamedTuple):
    """Steps from `first` to `last`, from 1, each `size` of them in one column; the first column begins at `first`."""

    first: int
    last: int
    size: int


def span_of(steps: int, rows: int, part: Part) -> Span:
    """Return what of `steps` is sent of charts with so many rows in all, to see a part of them as well as can be.

    Up to MAX_IN_CHARTS numbers are sent step by step; of more steps the means of several, two bytes each.

    >>> span_of(6, 30, Part()), span_of(1000, 387, Part())
    (Span(first=1, last=6, size=1), Span(first=1, last=1000, size=5))
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


class Place(NamedTuple):
    """Where a browser's moving picture stands, from 1, and around which step it looks; 0 where it has not said."""

    step: int = 0
    unit: int = 0
    seen: int = 0

    @classmethod
    def told(cls, told: Any) -> Place:
        """Return what a browser told; where that is no place, none.

        >>> Place.told({"step": 9, "unit": 2, "seen": 4}), Place.told({"step": 9}) == Place()
        (Place(step=9, unit=2, seen=4), True)
        """
        given = _told(told, cls._fields)
        return cls(*given) if given else cls()


class Around(NamedTuple):
    """What of a trace is sent around a place: `steps`, from 1 in order, and of the units `first` to `last`."""

    steps: list[int]
    first: int
    last: int


def of_all_units(spec: CellSpec) -> tuple[str, ...]:
    """Return the quantities of which the picture shows all units at once: the states, and what a gate reads of all.

    >>> from lstm_core.layers.spec import GRU_RESET_BEFORE, LSTM
    >>> of_all_units(LSTM), of_all_units(GRU_RESET_BEFORE)
    (('c', 'h'), ('h', 'h_reset'))
    """
    read = dict.fromkeys(gate.reads for gate in spec.gates if not gate.reads.endswith(BEFORE))
    return (*spec.states_drawn, *read)


def around(spec: CellSpec, place: Place, *, steps: int, features: int, units: int) -> Around | None:
    """Return what of a trace and its weights the moving picture is sent around a place; None for all of it.

    All units of the states at the steps around the place, the weights and the other quantities of the units around it.

    >>> from lstm_core.layers.spec import LSTM
    >>> around(LSTM, Place(1, 1, 1), steps=50, features=3, units=32) is None
    True
    >>> part = around(LSTM, Place(1000, 3, 10), steps=1000, features=3, units=64)
    >>> part.steps[0], part.steps[-3:], part.first, part.last
    (1, [122, 999, 1000], 1, 9)
    """
    gates, shown, whole = len(spec.gates), len(spec.shown), len(of_all_units(spec))
    if steps * (features + shown * units) + gates * units * (features + units) <= MAX_IN_LENS:
        return None
    wide = min(steps, int(MAX_IN_LENS * (1 - SHARE_OF_UNITS)) // (features + whole * units))
    high = int(MAX_IN_LENS * SHARE_OF_UNITS) // (gates * (features + units) + (shown - whole) * wide)
    high = min(units, max(1, high))
    at = {step for step in range(place.step - 1, place.step + 2) if 1 <= step <= steps}
    first = _centred(place.seen, wide, steps)
    top = _centred(place.unit, high, units)
    return Around(sorted(at | {*range(first, first + wide)}), top, top + high - 1)


def _centred(middle: int, count: int, among: int) -> int:
    """Return where `count` of 1 to `among` begin that have `middle` in their middle, as far as the ends let them."""
    return max(1, min(middle - count // 2, among - count + 1))


def overview(grid: Float32Array) -> Float32Array:
    """Return a grid (units, T) in small: means over neighbouring units and steps, as many as OVERVIEW at most.

    >>> overview(np.ones((64, 1000), np.float32)).shape
    (16, 100)
    """
    for side in OVERVIEW:
        count = grid.shape[1]
        grid = means(grid, Span(1, count, -(-count // side))).transpose()
    return grid
