"""Mounts the charts: the browser owns the figure and redraws it in place."""

from __future__ import annotations

from typing import Any

import orjson

from lstm_core.assets import charts_parts
from pages.ui.components.component import component
from pages.ui.server.plotly_asset import plotly_url

_charts = component("charts", charts_parts())


def draw_charts(figure: dict[str, Any] | orjson.Fragment, *, token: str, key: str) -> None:
    """Show a figure of lstm_core.figures, or its JSON; its root gets `data-lens-ready=token` once that is drawn."""
    _charts({"figure": figure, "token": token, "plotly": plotly_url()}, key=key)
