"""The tab in which a sequence is drawn: one feature over the steps, with mouse, finger or keys."""

from __future__ import annotations

import streamlit as st

from lstm_core.assets import parts
from lstm_core.sequences import drawing
from lstm_core.sequences.numbers import as_typed
from lstm_core.text import Catalogue
from pages.ui.bring import use
from pages.ui.components.component import component
from pages.ui.components.header import Notice

KEY = "bring_sketch"
DRAWN = f"{KEY}_drawn"
FIRST_STEPS = 24

_sketch = component("sketch", parts("components/sketch/sketch"))


def draw(t: Catalogue) -> None:
    """Draw the tab: how many steps, the sheet to draw on, and what it is as a sequence."""
    state = st.session_state
    st.caption(t("bring.sketch.help"))
    timesteps = st.slider(t("fields.timesteps.label"), 2, drawing.MAX_STEPS, FIRST_STEPS, key=f"{KEY}_steps")
    values = state.get(DRAWN) or drawing.beginning(timesteps)
    if len(values) != timesteps:
        values = drawing.stretched(values, timesteps)
    state[DRAWN] = values
    text = {"label": t("bring.sketch.label"), "now": t("bring.sketch.now", step="{step}", value="{value}")}
    _sketch({"values": values, "text": text}, key=KEY, on_drawn_change=_take)
    data = drawing.sequence(values)
    use.draw_notes([Notice("info", use.shape(data, t))], key=f"{KEY}_read")
    use.draw_use(t, name="typed", key=KEY, preset="typed", typed=as_typed(data), mask="")


def _take() -> None:
    """Take what was drawn; anything else that a browser may send is left."""
    state = st.session_state
    state[DRAWN] = drawing.accepted(state[KEY].drawn, state[DRAWN])
