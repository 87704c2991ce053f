"""What the tabs of the dialog share: refusals beside what was given, and "Use it", which alone changes the page."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import Array
from lstm_core.text import Catalogue
from pages.ui import state
from pages.ui.components.component import page_component
from pages.ui.components.header import Notice

_note = page_component("note")


def open_dialog() -> None:
    """Open the dialog; it stays open over reruns of the page, such as when Keras has answered."""
    st.session_state.bringing = True


def close_dialog() -> None:
    """Close the dialog."""
    st.session_state.bringing = False


def is_open() -> bool:
    """Whether the dialog is open."""
    return bool(st.session_state.get("bringing"))


def draw_use(t: Catalogue, *, name: str, key: str, **changes: Any) -> None:
    """Draw "Use it"; pressed, it changes the experiment in the name of a field and closes the dialog.

    A refusal is said beneath it; the experiment then stays as it is.
    """
    if not st.button(t("bring.use"), type="primary", key=f"{key}_use"):
        return
    try:
        state.experiment().changed(**changes)
    except Refusal as refusal:
        draw_refusal(refusal, t, key=key)
        return
    state.change(name, **changes)
    close_dialog()
    st.rerun()


def draw_refusal(refusal: Refusal, t: Catalogue, *, key: str) -> None:
    """Say why something cannot be used; what was typed appears as text, never as markup."""
    draw_notes([Notice("warning", t.refusal(refusal))], key=key)


def draw_notes(notices: list[Notice], *, key: str) -> None:
    """Say something about what was given."""
    _note({"lines": [notice._asdict() for notice in notices]}, key=f"{key}_note")


def shape(data: Array, t: Catalogue) -> str:
    """Return the shape of a sequence, in Keras's names."""
    batch, timesteps, features = data.shape
    return t("bring.shape", shape=str(data.shape), batch=batch, timesteps=timesteps, features=features)
