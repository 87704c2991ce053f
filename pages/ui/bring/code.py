"""The tab for code: pasted, read without being run, and what was read over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS
from lstm_core.refusal import Refusal
from lstm_core.text import Catalogue
from pages.ui import state
from pages.ui.bring import use
from pages.ui.components.header import Notice

if TYPE_CHECKING:
    from lstm_core.code.parse import Note

KEY = "bring_code"
TEXT_HEIGHT = 220
AROUND = 1
"""Lines of the code that are quoted before and behind a refused one."""
MAX_WIDTH = 160
"""Characters of a line that are quoted."""
MAX_NOTES = 5
READ = f"{KEY}_read"


def draw(t: Catalogue) -> None:
    """Draw the tab: the code, the button that reads it, and the refused line with what is wrong in it."""
    st.caption(t("bring.code.help"))
    source = st.text_area(
        t("bring.code.text"), placeholder=t("bring.code.example"), height=TEXT_HEIGHT, key=f"{KEY}_text"
    )
    if not st.button(t("bring.code.read"), type="primary", key=READ):
        return
    from lstm_core.code.parse import read_code  # the first page does not need it

    try:
        reading = read_code(source, state.experiment())
    except Refusal as refusal:
        _draw_refusal(source, refusal, t)
        return
    read = reading.experiment
    state.change("units", layers=read.layers, **{name: getattr(read, name) for name in FIELDS})
    st.session_state[f"{KEY}_notes"] = (reading.experiment, reading.notes)
    use.close_dialog()
    st.rerun()


def notices(experiment: Experiment, t: Catalogue) -> list[Notice]:
    """Return what is to be said of the code that this experiment was read from; nothing once it has changed."""
    read, notes = st.session_state.get(f"{KEY}_notes", (None, ()))
    if read != experiment or not notes:
        return []
    over = [t("bring.code.over", line=note.line, **note.facts) for note in notes if note.code == "read_over"]
    lines = [_said(note, t) for note in notes if note.code != "read_over"]
    if over:
        lines.insert(0, t("bring.code.notes.read_over", given=", ".join(over)))
    more = len(lines) - MAX_NOTES
    if more > 1:
        lines[MAX_NOTES:] = [t("bring.code.more", count=more)]
    return [Notice("info", "\n".join([t("bring.code.title"), *lines]))]


def _said(note: Note, t: Catalogue) -> str:
    facts = dict(note.facts)
    if isinstance(kept := facts.get("what"), tuple):
        facts["given"] = ", ".join(t(f"bring.code.kept.{what}") for what in kept)
    return t(f"bring.code.notes.{note.code}", line=note.line, **facts)


def _draw_refusal(source: str, refusal: Refusal, t: Catalogue) -> None:
    """Quote the refused line between its neighbours, marked by an arrow, and say why it is refused."""
    from lstm_core.code.parse import lines_of

    lines = lines_of(source)
    line = int(str(refusal.facts["line"]))
    quoted = range(max(1, line - AROUND), min(len(lines), line + AROUND) + 1)
    if any(lines[number - 1].strip() for number in quoted):
        width = len(str(quoted[-1]))
        numbered = [
            f"{'→' if number == line else ' '} {number:>{width}}  {lines[number - 1][:MAX_WIDTH]}" for number in quoted
        ]
        st.code("\n".join(numbered), language=None, wrap_lines=True)
    use.draw_refusal(refusal, t, key=KEY)
