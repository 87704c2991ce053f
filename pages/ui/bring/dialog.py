"""The dialog in which learners bring their own data, weights or code; the page stays as it is until "Use it"."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lstm_core.text import Catalogue
from pages.ui.bring import code as bring_code
from pages.ui.bring import drawing as bring_sketch
from pages.ui.bring import table as bring_csv
from pages.ui.bring import use
from pages.ui.bring import weights as bring_weights
from pages.ui.bring import words as bring_words

TABS: dict[str, Callable[[Catalogue], None]] = {
    "csv": bring_csv.draw,
    "words": bring_words.draw,
    "sketch": bring_sketch.draw,
    "weights": bring_weights.draw,
    "code": bring_code.draw,
}
"""What each tab draws; its name is `bring.<name>.tab` in the catalogue."""


def draw_button(t: Catalogue) -> None:
    """Draw the button that opens the dialog, and the dialog as long as it is open: the page may run meanwhile."""
    st.button(t("bring.open"), on_click=use.open_dialog, width="stretch", key="bring_open")
    if use.is_open():
        st.dialog(t("bring.title"), width="medium", on_dismiss=use.close_dialog)(_draw)(t)


def _draw(t: Catalogue) -> None:
    tabs = st.tabs([t(f"bring.{name}.tab") for name in TABS], key="bring_tabs", on_change="rerun")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                draw(t)
