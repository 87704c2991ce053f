"""Mounts the lessons' pictures over time: rows of steps (lstm_core.figures.timeline) and attention."""

from __future__ import annotations

from typing import Any

from lstm_core.assets import parts
from pages.ui.components.component import component

_timeline = component("timeline", parts("components/timeline/timeline"))
_attention = component("attention", parts("components/timeline/attention"))


def draw_timeline(picture: dict[str, Any], *, key: str) -> None:
    """Show rows of steps."""
    _timeline(picture, key=key)


def draw_attention(picture: dict[str, Any], *, key: str) -> None:
    """Show attention over time; the browser moves through its steps by itself."""
    _attention(picture, key=key)
