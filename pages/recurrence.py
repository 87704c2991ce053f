"""Lesson 1: one cell, used once for each word; where a change of the sentence is felt; what the input's axes are."""

from functools import partial

import numpy as np
import streamlit as st

from lstm_core.lessons import recurrence
from lstm_core.run import run_experiment
from pages.ui import controls, lens, state
from pages.ui.grids import draw_grid
from pages.ui.lesson import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.scripts import draw_script

page = open_lesson("recurrence")
t, words, run = page.t, page.words, page.run
experiment, began = run.experiment, state.beginning()
batch, timesteps, features = experiment.shape


def set_sentence(sentence: str) -> None:
    state.change("sentence", sentence=sentence)


def draw_changes() -> None:
    """Draw what can be done to the sentence."""
    controls.draw_field("sentence", t)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        steps = range(1, timesteps + 1)
        first = st.selectbox(words("labels.swap_first"), steps, index=min(1, timesteps - 1), width=130)
        second = st.selectbox(words("labels.swap_second"), steps, index=min(4, timesteps - 1), width=130)
        sentence = experiment.sentence
        other = recurrence.swapped(sentence, first, second)
        st.button(words("labels.swap"), on_click=partial(set_sentence, other))
        changed = recurrence.with_word(sentence, recurrence.CHANGED_WORD, words("labels.new_word"))
        replace = words("labels.replace", word=recurrence.CHANGED_WORD)
        st.button(replace, on_click=partial(set_sentence, changed), disabled=timesteps < recurrence.CHANGED_WORD)
        longer = recurrence.with_word(sentence, timesteps + 1, words("labels.added_word"))
        st.button(words("labels.add"), on_click=partial(set_sentence, longer))
        st.button(words("labels.back"), on_click=partial(set_sentence, began.sentence))


def draw_difference() -> None:
    """Draw how far h has moved, and say from which step on."""
    before = run_experiment(began.changed(features=experiment.features, batch=experiment.batch))
    apart = recurrence.difference(before, run)
    units, common = apart.shape
    labels = [words("labels.unit", unit=k) for k in range(1, units + 1)]
    columns = [words("labels.step", step=k) for k in range(1, common + 1)]
    draw_grid(apart, of="h", rows=labels, columns=columns, caption=words("labels.difference"), key="apart")
    step = recurrence.first_difference(before, run)
    if step is None:
        say(page, "same")
    else:
        facts = {"before": step - 1, "step": step, "after": common - step + 1, "apart": np.abs(apart[:, -1]).max()}
        say(page, "from_step" if step > 1 else "from_first", **facts)
    if timesteps != len(before.trace.h):
        say(page, "longer", timesteps=timesteps, before=len(before.trace.h))


say(page, "intro")
heading(page, "loop")
say(page, "loop", timesteps=timesteps)
lens.draw_lens(run, t, row=0)

heading(page, "change")
if predict(page, recurrence.change_question()):
    say(page, "change")
    draw_changes()
    draw_difference()

heading(page, "shape")
say(page, "shape", features=features)
left, right = st.columns(2)
with left:
    controls.draw_field("features", t)
with right:
    controls.draw_field("batch", t)
if predict(page, recurrence.shape_question(experiment)):
    x = run.trace.inputs
    facts = {"batch": batch, "timesteps": timesteps, "features": features, "count": x.size}
    say(page, "shape_shown", **facts, parameters=run.weights.parameters)
    rows = list(experiment.words or ())
    columns = [words("labels.feature", feature=k) for k in range(1, features + 1)]
    draw_grid(x[0], of="x", rows=rows, columns=columns, caption=words("labels.input"), key="input")

heading(page, "code")
say(page, "code")
for script in scripts(page, recurrence.scripts):
    draw_script(script, t)
close_lesson(page)
