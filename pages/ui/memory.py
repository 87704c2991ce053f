"""The pictures of the cell's memory and its gates' switches, with the words of the lesson that shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.components.v2.bidi_component.state import BidiComponentResult as ComponentResult

from lstm_core.figures.chain import chain
from lstm_core.figures.curve import Mark, curve
from lstm_core.figures.gates import PARTS, gates
from lstm_core.lessons import cell
from lstm_core.run import Run
from lstm_core.text import Catalogue
from pages.ui.frame import asset, component

SHOWN_STEPS = 2
"""The gates are shown at the impulse and at the step after it."""


def _drawn(name: str) -> Callable[..., ComponentResult]:
    script = asset("shared/drawing.js") + asset(f"memory/{name}.js")
    return component(name, html=asset(f"memory/{name}.html"), css=asset(f"memory/{name}.css"), js=script)


_gates, _chain, _curve = (_drawn(name) for name in ("gates", "chain", "curve"))


def draw_switch(gate: str, bias: float | None, turn: Callable[[float], None], words: Catalogue, *, key: str) -> None:
    """Draw the switch of a gate with its three positions, the one of `bias` lit; `turn` takes the chosen bias."""
    key = f"switch_{key}"
    st.session_state[key] = cell.position(bias)

    def turned() -> None:
        if st.session_state[key] is not None:  # pressed again, the lit one goes out, and nothing has changed
            turn(cell.SWITCH[st.session_state[key]])

    label, at = words(f"labels.{gate}"), tuple(cell.SWITCH)
    st.segmented_control(label, at, format_func=lambda name: words(f"labels.{name}"), key=key, on_change=turned)


def draw_gates(run: Run, words: Catalogue) -> None:
    """Draw a card for each part of the cell: what it does, and its value at the first steps."""
    said = {part: words.section(f"parts.{part}") for part in PARTS}
    steps = range(min(SHOWN_STEPS, len(run.trace.c)))
    labels = [words("labels.step", step=step + 1) for step in steps]
    _gates(gates(run.trace, steps=steps, labels=labels, text=said), key="gates")


def draw_chain(run: Run, words: Catalogue, facts: dict[str, Any]) -> None:
    """Draw c as a band that the forget gate narrows."""
    text = {name: words(f"chain.{name}", **facts) for name in ("alt", "kept", "lost", "axis")}
    _chain(chain(run.trace, text=text | words.section("inflow")), key="chain")


def draw_fading(run: Run, words: Catalogue, facts: dict[str, Any]) -> None:
    """Draw c beside what is expected of it, with its half-lives."""
    text = {name: words(f"curve.{name}", **facts) for name in ("alt", "real", "expected", "axis")}
    marks = [
        Mark(life, facts["first"] / 2**k, words(f"labels.life_{min(k, 2)}", life=life, left=2**k))
        for k, life in enumerate(cell.half_lives(run), start=1)
    ]
    _curve(curve(run.trace.c[:, 0, 0], cell.expected(run), quantity="c", text=text, marks=marks), key="fading")
