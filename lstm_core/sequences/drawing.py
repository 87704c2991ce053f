"""A sequence drawn by hand: one feature over the steps, in hundredths of -1 to 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstm_core.sequences.numbers import Array

REACH = 100
"""Hundredths up and down."""
MAX_STEPS = 200
"""Steps that can still be told apart when they are drawn."""


def beginning(timesteps: int) -> tuple[int, ...]:
    """Return what one begins to draw on: nothing, a line at zero."""
    return (0,) * timesteps


def stretched(values: Sequence[int], timesteps: int) -> tuple[int, ...]:
    """Return the same drawing over another number of steps.

    >>> stretched((0, 100), 3), stretched((0, 50, 100), 2), stretched((7,), 2)
    ((0, 50, 100), (0, 100), (7, 7))
    """
    places = np.linspace(0, len(values) - 1, timesteps)
    return tuple(int(value) for value in np.interp(places, range(len(values)), values).round())


def accepted(values: object, before: tuple[int, ...]) -> tuple[int, ...]:
    """Return what a browser sent if it is a drawing over as many steps as before, else what was there.

    >>> accepted([5, -100], (0, 0)), accepted([5, 999], (0, 0)), accepted("no", (0, 0)), accepted([1], (0, 0))
    ((5, -100), (0, 0), (0, 0), (0, 0))
    """
    if not isinstance(values, list) or len(values) != len(before):
        return before
    whole = [int(value) for value in values if isinstance(value, int | float) and abs(value) <= REACH]
    return tuple(whole) if len(whole) == len(before) else before


def sequence(values: Sequence[int]) -> Array:
    """Return the drawing as (1, timesteps, 1), float32.

    >>> sequence((0, 25)).tolist()
    [[[0.0], [0.25]]]
    """
    return (np.array(values) / REACH).astype(np.float32).reshape(1, -1, 1)
