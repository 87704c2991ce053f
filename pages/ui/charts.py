"""Mounts the charts: the browser owns the figure and redraws it in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from pages.ui.plotly_asset import plotly_url

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "charts"
SCRIPTS = ("figure.js", "overlay.js", "cells.js", "charts.js")  # joined in this order they are one module


def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


_component = st.components.v2.component(
    "lens_charts",
    html=_asset("charts.html"),
    css=_asset("charts.css"),
    js="\n".join(_asset(name) for name in SCRIPTS),
    isolate_styles=False,
)


def draw_charts(figure: dict[str, Any], *, token: str, key: str) -> None:
    """Show a figure of lstm_core.figures. Its root gets `data-lens-ready=token` once the browser drew it."""
    _component(data={"figure": figure, "token": token, "plotly": plotly_url()}, key=key)
