"""Mounts the picture of layers on top of each other, lstm_core.figures.stack."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from lstm_core.assets import stack_parts
from lstm_core.figures.stack import StackedHead, StackedLayer, chosen, stack
from lstm_core.text import Catalogue
from pages.ui.components.component import component

_stack = component("stack", stack_parts())

Open = Callable[[int, int, int], None]
"""Takes a layer and a direction, from 0, and a step of the layer, from 1."""


def draw_stack(
    layers: Sequence[StackedLayer],
    t: Catalogue,
    *,
    opened: tuple[int, int],
    on_open: Open,
    head: StackedHead | None = None,
    front: str = "",
    labels: Sequence[str] | None = None,
    key: str = "stack",
) -> None:
    """Draw a stack; call `on_open` before the page runs again because a cell of a layer not `opened` was chosen.

    The browser goes to the step by itself, in the moving picture and the charts too.
    """

    def take() -> None:
        if place := chosen(st.session_state[key].opened, layers):
            on_open(*place)

    picture = stack(layers, t, head=head, front=front, labels=labels, opened=opened)
    _stack({"picture": picture}, key=key, on_opened_change=take)
