"""Mounts a curve beside what is expected of it, lstm_core.figures.curve."""

from __future__ import annotations

from typing import Any

from pages.ui.frame import asset, component

_curve = component(
    "curve",
    html=asset("curve/curve.html"),
    css=asset("curve/curve.css"),
    js=asset("shared/drawing.js") + asset("curve/curve.js"),
)


def draw_curve(picture: dict[str, Any], *, key: str) -> None:
    """Show a curve over the time steps."""
    _curve(picture, key=key)
