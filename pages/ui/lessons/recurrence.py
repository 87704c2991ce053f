"""Lesson 1's parts: what can be done to the sentence, and how far h moves."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lstm_core.lessons import recurrence
from lstm_core.run import run_experiment
from pages.ui import state
from pages.ui.components.grids import draw_grid
from pages.ui.lessons.page import LessonPage, say
from pages.ui.playground import controls


def _set_sentence(sentence: str) -> None:
    state.change("sentence", preset="words", sentence=sentence)


def draw_changes(page: LessonPage) -> None:
    """Draw what can be done to the sentence; of another sequence, nothing but to take the sentence instead."""
    words, sentence = page.words, page.run.experiment.sentence
    back = partial(st.button, words("labels.back"), on_click=_set_sentence, args=(state.beginning().sentence,))
    if page.run.experiment.preset != "words":
        back()
        return
    timesteps = page.run.experiment.shape[1]
    controls.draw_field("sentence", page.t)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        steps = range(1, timesteps + 1)
        first = st.selectbox(words("labels.swap_first"), steps, index=min(1, timesteps - 1), width=130)
        second = st.selectbox(words("labels.swap_second"), steps, index=min(4, timesteps - 1), width=130)
        other = recurrence.swapped(sentence, first, second)
        st.button(words("labels.swap"), on_click=partial(_set_sentence, other))
        changed = recurrence.with_word(sentence, recurrence.CHANGED_WORD, words("labels.new_word"))
        replace = words("labels.replace", word=recurrence.CHANGED_WORD)
        st.button(replace, on_click=partial(_set_sentence, changed), disabled=timesteps < recurrence.CHANGED_WORD)
        longer = recurrence.with_word(sentence, timesteps + 1, words("labels.added_word"))
        st.button(words("labels.add"), on_click=partial(_set_sentence, longer))
        back()


def draw_difference(page: LessonPage) -> None:
    """Draw how far h has moved, and say from which step on."""
    words, experiment = page.words, page.run.experiment
    run = run_experiment(recurrence.plain(experiment))
    before = run_experiment(recurrence.plain(experiment, state.beginning().sentence))
    apart = recurrence.h_apart(before, run)
    units, common = apart.shape
    labels = [words("labels.unit", unit=k) for k in range(1, units + 1)]
    columns = [words("labels.step", step=k) for k in range(1, common + 1)]
    draw_grid(apart, of="h", rows=labels, columns=columns, caption=words("labels.difference"), key="apart")
    block, facts = recurrence.told_change(before, run)
    say(page, block, **facts)
    timesteps = run.trace.steps
    if timesteps != before.trace.steps:
        say(page, "longer", timesteps=timesteps, before=before.trace.steps)
