"""Mounts the charts: the browser owns the figure and redraws it in place."""

from __future__ import annotations

from typing import Any

import orjson
import streamlit as st

from lstm_core.assets import charts_parts
from lstm_core.figures.sent import Part
from pages.ui.components.component import component
from pages.ui.server.plotly_asset import plotly_url

_charts = component("charts", charts_parts())


def draw_charts(figure: dict[str, Any] | orjson.Fragment, *, token: str, key: str) -> None:
    """Show a figure of lstm_core.figures, or its JSON; its root gets `data-lens-ready=token` once that is drawn."""
    _charts({"figure": figure, "token": token, "plotly": plotly_url()}, key=key, on_part_change=lambda: None)


def part_of(key: str) -> Part:
    """Return which steps of a long sequence the browser wants to see in the charts with this key."""
    return Part.told(st.session_state[key].get("part") if key in st.session_state else None)
