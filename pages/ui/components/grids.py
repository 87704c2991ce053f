"""Mounts small coloured tables of numbers, lstm_core.figures.grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.assets import parts
from lstm_core.figures.grid import grid
from lstm_core.figures.theme import colour_scale
from pages.ui.components.component import component

_grid = component("grid", parts("components/grid/grid"))


def draw_grid(
    values: NDArray[np.floating[Any]],
    *,
    of: str,
    rows: Sequence[str],
    columns: Sequence[str],
    caption: str,
    key: str,
    digits: int = 2,
    marked: Iterable[tuple[int, int]] = (),
    among: NDArray[np.floating[Any]] | None = None,
) -> None:
    """Show numbers, (rows, columns), on the colour scale of a quantity, which spans those `among` which they are."""
    scale = colour_scale(of, values if among is None else among)
    table = grid(values, scale=scale, rows=rows, columns=columns, caption=caption, digits=digits, marked=marked)
    _grid(table, key=key)
