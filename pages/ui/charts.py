"""Mounts the charts: the browser owns the figure and redraws it in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from pages.ui.plotly_asset import plotly_url

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "charts"

_component = st.components.v2.component(
    "lens_charts",
    html=(ASSETS / "charts.html").read_text("utf-8"),
    css=(ASSETS / "charts.css").read_text("utf-8"),
    js=(ASSETS / "charts.js").read_text("utf-8"),
    isolate_styles=False,
)


def draw_charts(figure: dict[str, Any], *, token: str, key: str) -> None:
    """Show a figure of lstm_core.figures; its root gets `data-lens-ready=token` once the browser has drawn it."""
    _component(data={"figure": figure, "token": token, "plotly": plotly_url()}, key=key)
