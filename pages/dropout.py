"""Lesson 5: dropout's masks as pictures, over time, by gate and by call, and what training switches."""

import numpy as np
import streamlit as st

from lstm_core.compare import difference
from lstm_core.lessons import dropout
from lstm_core.lessons.lesson import told
from pages.ui.components import lens
from pages.ui.lessons.dropout import draw_dropout, draw_masks, numbered
from pages.ui.lessons.page import await_masks, close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.lessons.scripts import draw_script
from pages.ui.playground import controls

page = open_lesson("dropout")
t, words, run = page.t, page.words, page.run
experiment, trace = run.experiment, run.trace
features = experiment.shape[2]


say(page, "intro")
with st.container(horizontal=True, key="dropout_controls"):
    for name in ("dropout", "recurrent_dropout", "seed", "training"):
        with st.container(width=230):
            controls.draw_field(name, t)
lens.draw_lens(run, t, row=0)

heading(page, "masks")
if answer := predict(page, dropout.shape_question(experiment)):
    with answer:
        draw_dropout(page)

heading(page, "recurrent")
say(page, "recurrent")
with st.container():
    if trace.recurrent_dropout_mask is not None:
        draw_masks(page, trace.recurrent_dropout_mask, numbered(page, "unit", experiment.layer.units), "recurrent_mask")
        say(page, "recurrent_shown", rate=experiment.layer.recurrent_dropout)

heading(page, "training")
if answer := predict(page, dropout.training_question()):
    with answer:
        off, none = dropout.not_training(experiment), dropout.without_dropout(experiment)
        apart, nothing = (told(float(np.abs(difference(none.trace["h"], one.trace["h"])).max())) for one in (run, off))
        say(page, "training", apart=apart, off=nothing)
        if experiment.layer.recurrent_dropout:
            say(page, "other_sums")

heading(page, "calls")
if answer := predict(page, dropout.calls_question()):
    with answer:
        rate = dropout.drawn_rate(experiment)
        drawing = experiment.changed(training=True, dropout=rate, recurrent_dropout=0.0, calls=2, reset_before=())
        two = await_masks(drawing)
        if two is None:
            say(page, "masks_awaited", "_calls")
        else:
            for column, number, drawn in zip(st.columns(2), (1, 2), two, strict=True):
                assert drawn.dropout is not None  # its rate is above 0
                with column:
                    st.markdown(f"**{words('labels.call', number=number)}**")
                    draw_masks(page, drawn.dropout, numbered(page, "feature", features), f"call_{number}")
            for block, facts in dropout.told_calls(experiment, two):
                say(page, block, **facts)

heading(page, "code")
say(page, "code", rate=dropout.drawn_rate(experiment))
for script in scripts(page, dropout.scripts):
    draw_script(script, t)
close_lesson(page)
