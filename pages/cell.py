"""Lesson 2: h and c, three gates and a candidate, and how the forget gate makes an impulse fade or stay."""

import numpy as np
import streamlit as st

from lstm_core.lessons import cell
from lstm_core.run import run_experiment
from pages.ui import controls, lens, memory, pictures, state
from pages.ui.grids import draw_grid
from pages.ui.lesson import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.scripts import draw_script

PANELS = (("heatmap", "x"), ("heatmap", "c"), ("heatmap", "o"), ("heatmap", "h"))

page = open_lesson("cell")
t, words, run = page.t, page.words, page.run
experiment, trace = run.experiment, run.trace
facts = cell.facts(run)


def turn_forget(bias: float) -> None:
    state.change("forget_bias", forget_bias=bias)


def turn_output(bias: float) -> None:
    state.change("edits", edits=cell.with_output_bias(state.experiment(), bias).edits)


say(page, "intro", steps=facts["steps"])
lens.draw_lens(run, t, row=0, opens_at=1)

heading(page, "gates")
say(page, "gates")
memory.draw_gates(run, words)

heading(page, "chain")
say(page, "chain")
if predict(page, cell.bias_question()):
    say(page, "switch")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        memory.draw_switch("forget", experiment.forget_bias, turn_forget, words, key="forget")
        with st.container(width=320):
            controls.draw_field("forget_bias", t)
    memory.draw_chain(run, words, facts)
    say(page, "faded", **facts)

heading(page, "half_life")
if predict(page, cell.fade_question()):
    say(page, "half_life", asked=cell.ASKED_STEPS, left=0.5**cell.ASKED_STEPS)
    memory.draw_switch("forget", experiment.forget_bias, turn_forget, words, key="forget_again")
    memory.draw_fading(run, words, facts)
    if not facts["first"]:
        say(page, "nothing")
    elif facts["apart"] > cell.SAME:
        say(page, "disturbed", **facts)
    else:
        say(page, "never_halved" if facts["halved"] is None else "halved", **facts)

heading(page, "shown")
if predict(page, cell.shown_question()):
    memory.draw_switch("output", cell.output_bias(experiment), turn_output, words, key="output")
    pictures.draw_pictures(run, t, row=0, order=PANELS)
    opened = run_experiment(cell.with_output_bias(experiment, cell.SWITCH["open"]), page.asked.masks)
    tanh, o, h = (getattr(trace, name)[0, 0, 0] for name in ("tanh_c", "o", "h"))
    say(page, "shown", c=facts["first"], tanh=tanh, o=o, h=h, noticed=np.abs(opened.trace.c - trace.c).max())

heading(page, "weights")
table, rows, columns = cell.weight_table(run.weights)
say(page, "weights", features=trace.inputs.shape[2], units=experiment.units, count=run.weights.parameters)
if table.size <= cell.MOST_WEIGHTS:
    draw_grid(table, of="x", rows=rows, columns=columns, caption=words("labels.weights"), key="weights")

heading(page, "code")
say(page, "code")
for script in scripts(page, cell.scripts):
    draw_script(script, t)
close_lesson(page)
