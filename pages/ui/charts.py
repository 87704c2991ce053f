"""Mounts the charts: the browser owns the figure and redraws it in place."""

from __future__ import annotations

from typing import Any

from lstm_core.assets import charts_parts
from pages.ui.frame import component
from pages.ui.plotly_asset import plotly_url

_charts = component("charts", **charts_parts()._asdict())


def draw_charts(figure: dict[str, Any], *, token: str, key: str) -> None:
    """Show a figure of lstm_core.figures. Its root gets `data-lens-ready=token` once the browser drew it."""
    _charts({"figure": figure, "token": token, "plotly": plotly_url()}, key=key)
