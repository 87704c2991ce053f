"""Mounts the charts: the browser owns the figure and redraws it in place."""

from __future__ import annotations

from typing import Any

from pages.ui.frame import asset, component
from pages.ui.plotly_asset import plotly_url

SCRIPTS = ("shared/drawing.js", *(f"charts/{name}.js" for name in ("figure", "overlay", "cells", "charts")))

_charts = component(
    "charts",
    html=asset("charts/charts.html"),
    css=asset("charts/charts.css"),
    js="\n".join(map(asset, SCRIPTS)),  # joined in this order they are one module
)


def draw_charts(figure: dict[str, Any], *, token: str, key: str) -> None:
    """Show a figure of lstm_core.figures. Its root gets `data-lens-ready=token` once the browser drew it."""
    _charts({"figure": figure, "token": token, "plotly": plotly_url()}, key=key)
