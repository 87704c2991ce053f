"""Mounts the lessons' pictures over time: rows of steps (lstm_core.figures.timeline) and attention."""

from __future__ import annotations

from typing import Any

from pages.ui.frame import asset, component

_timeline = component(
    "timeline",
    html=asset("timeline/timeline.html"),
    css=asset("timeline/timeline.css"),
    js=asset("shared/drawing.js") + asset("timeline/parts.js") + asset("timeline/timeline.js"),
)
_attention = component(
    "attention",
    html=asset("timeline/attention.html"),
    css=asset("timeline/attention.css"),
    js=asset("shared/drawing.js") + asset("timeline/parts.js") + asset("timeline/attention.js"),
)


def draw_timeline(picture: dict[str, Any], *, key: str) -> None:
    """Show rows of steps."""
    _timeline(picture, key=key)


def draw_attention(picture: dict[str, Any], *, key: str) -> None:
    """Show attention over time; the browser moves through its steps by itself."""
    _attention(picture, key=key)
