"""Mounts the lessons' pictures over time: rows of steps (lstm_core.figures.timeline) and attention."""

from __future__ import annotations

from typing import Any

from lstm_core.assets import asset
from pages.ui.components.component import component

_timeline = component(
    "timeline",
    html=asset("components/timeline/timeline.html"),
    css=asset("components/timeline/timeline.css"),
    js=asset("components/shared/drawing.js")
    + asset("components/timeline/parts.js")
    + asset("components/timeline/timeline.js"),
)
_attention = component(
    "attention",
    html=asset("components/timeline/attention.html"),
    css=asset("components/timeline/attention.css"),
    js=asset("components/shared/drawing.js")
    + asset("components/timeline/parts.js")
    + asset("components/timeline/attention.js"),
)


def draw_timeline(picture: dict[str, Any], *, key: str) -> None:
    """Show rows of steps."""
    _timeline(picture, key=key)


def draw_attention(picture: dict[str, Any], *, key: str) -> None:
    """Show attention over time; the browser moves through its steps by itself."""
    _attention(picture, key=key)
