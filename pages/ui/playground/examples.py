"""The sidebar's examples: what a model can have learned, what goes into it, how it learned and how good it is."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from lstm_core.examples import NOTHING_YET
from lstm_core.experiment import Experiment
from lstm_core.learned import how_learned
from lstm_core.tasks.registry import TASKS, offered
from lstm_core.tasks.task import Task
from lstm_core.text import Catalogue
from lstm_core.writing import writes, written
from pages.ui import state

LETTERS, TAKEN = 80, 12
"""Letters that a model writes on, and those of them that become input at one click."""
DRAWS = "draws"
"""Session key: how often other letters were asked for."""
CHOICE = "example"
"""Session key of the choice among the examples."""


def draw_examples(t: Catalogue) -> None:
    """Draw the examples as cards of which one is chosen, and what became of its weights."""
    task = state.experiment().task
    chosen = task.name if task else NOTHING_YET
    st.session_state[CHOICE] = chosen
    cards = [*offered(t.language, chosen), NOTHING_YET]
    st.radio(
        t("examples.label"),
        cards,
        format_func=lambda name: t(f"tasks.{name}.name" if name in TASKS else "examples.nothing"),
        captions=[t(f"tasks.{name}.about" if name in TASKS else "examples.nothing_about") for name in cards],
        key=CHOICE,
        on_change=_choose,
    )
    with st.container():
        if task is not None and state.experiment().learned != task.name:
            st.caption(t("examples.fresh"))
            st.button(t("examples.restore"), on_click=partial(state.choose_example, task.name), key="example_restore")


def _choose() -> None:
    state.choose_example(st.session_state[CHOICE])


def draw_another(task: Task, t: Catalogue) -> None:
    """Draw a button for a fresh sequence of a task."""
    st.button(t("examples.another"), on_click=partial(_draw_another, task), key="example_another")


def _draw_another(task: Task) -> None:
    state.change("sentence", sentence=task.text(task.sample(np.random.default_rng())))


def draw_writing(experiment: Experiment, t: Catalogue) -> None:
    """Draw what a model of the next letter writes on, by a temperature; nothing for another model."""
    with st.container():
        task = experiment.task
        if task is None or not writes(experiment):
            return
        temperature = st.slider(
            t("examples.temperature"), 0.0, 2.0, 0.5, 0.1, help=t("examples.temperature_help"), key="temperature"
        )
        draws = st.session_state.setdefault(DRAWS, 0)
        more = written(experiment, LETTERS, temperature=temperature, seed=draws)
        st.caption(t("examples.writes"))
        st.code(experiment.sentence + "…" + task.text(more), language=None, wrap_lines=True)
        with st.container(horizontal=True, gap="small", key="writing"):
            st.button(t("examples.draw_again"), on_click=_draw_again, disabled=not temperature, key="draw_again")
            whole = task.text(task.read(experiment.sentence) + more[:TAKEN])
            st.button(
                t("examples.take_over"), on_click=partial(state.change, "sentence", sentence=whole), key="take_over"
            )


def _draw_again() -> None:
    st.session_state[DRAWS] += 1


def draw_how(t: Catalogue) -> None:
    """Say how the example's weights came to be and how good they are; nothing where the weights are no example's."""
    with st.container():
        if state.experiment().learned:
            with st.expander(t("examples.how"), key="example_how", on_change="rerun") as about:
                if about.open:
                    for line in how_learned(state.experiment(), t):
                        st.caption(line)
