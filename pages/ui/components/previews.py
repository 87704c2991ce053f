"""Mounts the preview of a sequence that is not used yet, lstm_core.figures.preview."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_core.assets import parts
from lstm_core.figures.preview import MAX_SHOWN_FEATURES, preview
from lstm_core.sequences.numbers import Array
from lstm_core.text import Catalogue
from pages.ui.components.component import component

_preview = component("preview", parts("components/sketch/preview"))


def draw_preview(data: Array, t: Catalogue, *, key: str, names: Sequence[str] | None = None) -> None:
    """Show each feature's course over the steps and its first numbers."""
    left = data.shape[2] - MAX_SHOWN_FEATURES
    more = t("bring.preview_more", count=left) if left > 0 else ""
    _preview({"features": preview(data, names), "text": {**t.section("bring.preview"), "more": more}}, key=key)
