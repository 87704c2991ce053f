"""The pictures of the cell's memory and its gates' switches, with the words of the lesson that shows them."""

from __future__ import annotations

import streamlit as st

from lstm_core.assets import parts
from lstm_core.fields import FIELDS
from lstm_core.figures.curve import Mark, curve
from lstm_core.layers.spec import LSTM
from lstm_core.lessons import cell
from lstm_core.lessons.pictures.chain import chain
from lstm_core.lessons.pictures.gates import gates
from lstm_core.run import Run
from lstm_core.text import Catalogue
from pages.ui.components.component import component

FINE_STEP = 0.1
SHOWN_STEPS = 2
"""The gates are shown at the impulse and at the step after it."""


_gates, _chain, _curve = (component(name, parts(f"components/memory/{name}")) for name in ("gates", "chain", "curve"))


def draw_switch(gate: str, bias: float, words: Catalogue, *, key: str, fine: str | None = None) -> float:
    """Draw the switch of a gate, first at `bias`, and return the bias it stands at: only its section hears of it.

    With a label `fine` there is a slider beside it, for all that lies between its positions.
    """
    low, high = (FIELDS["forget_bias"].metadata[bound] for bound in ("low", "high"))
    bias = min(max(bias, low), high)
    switch, slider = f"switch_{key}", f"bias_{key}"
    state, at = st.session_state, cell.SWITCHES[gate]
    if switch not in state:
        state[slider] = bias
    state[switch] = cell.position(gate, state[slider])

    def turned() -> None:
        if state[switch] is not None:  # pressed again, the lit one goes out, and nothing has changed
            state[slider] = at[state[switch]]

    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        label = words(f"labels.{gate}")
        st.segmented_control(label, at, format_func=lambda name: words(f"labels.{name}"), key=switch, on_change=turned)
        if fine:
            st.slider(fine, low, high, step=FINE_STEP, key=slider, width=320)
    return float(state[slider])


def draw_gates(run: Run, words: Catalogue) -> None:
    """Draw a card for each part of the cell: what it does, and its value at the first steps."""
    said = {part: words.section(f"parts.{part}") for part in LSTM.gate_names}
    steps = range(min(SHOWN_STEPS, run.trace.steps))
    labels = [words("labels.step", step=step + 1) for step in steps]
    _gates(gates(run.trace, steps=steps, labels=labels, text=said), key="gates")


def draw_chain(run: Run, words: Catalogue) -> None:
    """Draw c as a band that the forget gate narrows."""
    facts = cell.facts(run)
    text = {name: words(f"chain.{name}", **facts) for name in ("alt", "kept", "lost", "axis")}
    _chain(chain(run.trace, text=text | words.section("inflow")), key="chain")


def draw_fading(run: Run, words: Catalogue) -> None:
    """Draw c beside what is expected of it, with its half-lives."""
    facts, first = cell.facts(run), float(run.trace["c"][0, 0, 0])
    text = {name: words(f"curve.{name}", **facts) for name in ("alt", "real", "expected", "axis")}
    marks = [
        Mark(life, first / 2**k, words(f"labels.life_{min(k, 2)}", life=life, left=2**k))
        for k, life in enumerate(cell.half_lives(run), start=1)
    ]
    _curve(curve(run.trace["c"][:, 0, 0], cell.expected_line(run), quantity="c", text=text, marks=marks), key="fading")
