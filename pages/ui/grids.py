"""Mounts small coloured tables of numbers, lstm_core.figures.grid."""

from __future__ import annotations

from typing import Any

from pages.ui.frame import asset, component

_grid = component(
    "grid",
    html=asset("grid/grid.html"),
    css=asset("grid/grid.css"),
    js=asset("shared/drawing.js") + asset("grid/grid.js"),
)


def draw_grid(table: dict[str, Any], *, key: str) -> None:
    """Show a table of numbers on its colour scale."""
    _grid(table, key=key)
