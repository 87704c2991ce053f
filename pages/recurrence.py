"""Lesson 1: one cell, used once for each word; where a change of the sentence is felt; what the input's axes are."""

import streamlit as st

from lstm_core.lessons import recurrence
from pages.ui.components import lens
from pages.ui.components.grids import draw_grid
from pages.ui.lessons.page import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.lessons.recurrence import draw_changes, draw_difference
from pages.ui.lessons.scripts import draw_script
from pages.ui.playground import controls

page = open_lesson("recurrence")
t, words, run = page.t, page.words, page.run
experiment = run.experiment
batch, timesteps, features = experiment.shape


say(page, "intro")
heading(page, "loop")
say(page, "loop", timesteps=timesteps)
lens.draw_lens(run, t, row=0)

heading(page, "change")
if answer := predict(page, recurrence.change_question()):
    with answer:
        say(page, "change")
        draw_changes(page)
        draw_difference(page)

heading(page, "shape")
say(page, "shape", features=features)
left, right = st.columns(2)
with left:
    controls.draw_field("features", t)
with right:
    controls.draw_field("batch", t)
if answer := predict(page, recurrence.shape_question(experiment)):
    with answer:
        x = run.trace.inputs
        facts = {"batch": batch, "timesteps": timesteps, "features": features, "count": x.size}
        say(page, "shape_shown", **facts, parameters=run.weights.parameters)
        rows = list(experiment.words or (words("labels.step", step=k) for k in range(1, timesteps + 1)))
        columns = [words("labels.feature", feature=k) for k in range(1, features + 1)]
        draw_grid(x[0], of="x", rows=rows, columns=columns, caption=words("labels.input"), key="input")

heading(page, "code")
say(page, "code")
for script in scripts(page, recurrence.scripts):
    draw_script(script, t)
close_lesson(page)
