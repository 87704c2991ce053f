"""A small table of numbers on a colour scale, as plain data that the browser lays out as a real table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.figures.theme import Scale


def grid(
    values: NDArray[np.floating[Any]],
    *,
    scale: Scale,
    rows: Sequence[str],
    columns: Sequence[str],
    caption: str,
    digits: int = 2,
    marked: Iterable[tuple[int, int]] = (),
) -> dict[str, Any]:
    """Return the table of `values` (R, C): R row and C column labels, each number with `digits` after the point.

    NaN stands for a cell with nothing in it. `marked` are the (row, column), from 0, that get an outline.

    >>> from lstm_core.figures.theme import colour_scale
    >>> half = np.array([[0.5, np.nan]])
    >>> table = grid(half, scale=colour_scale("f", half), rows=["a"], columns=["x", "y"], caption="")
    >>> table["cells"], table["scale"]["zmax"]
    ([[0.5, None]], 1.0)

    Raises:
        ValueError: if there are not as many labels as rows and columns.
    """
    if values.shape != (len(rows), len(columns)):
        raise ValueError(
            f"values have shape {values.shape}, with {len(rows)} row and {len(columns)} column labels; "
            "give one label per row and per column"
        )
    return {
        "caption": caption,
        "columns": list(columns),
        "rows": list(rows),
        "cells": [[None if np.isnan(value) else float(value) for value in row] for row in values],
        "marked": [list(place) for place in marked],
        "digits": digits,
        "scale": scale.drawn(),
    }
