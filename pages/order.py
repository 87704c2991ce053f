"""Lesson 6: go_backwards, padding and masks, and the state from call to call, as rows of steps."""

from functools import partial

import streamlit as st

from lstm_core.lessons import order
from lstm_core.lessons.pictures.order import Named, chunks_picture
from lstm_core.run import row_labels
from pages.ui.components.timelines import draw_timeline
from pages.ui.lessons.order import draw_calls, draw_masks, draw_order
from pages.ui.lessons.page import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.lessons.scripts import draw_script

page = open_lesson("order")
t, words, experiment = page.t, page.words, page.run.experiment
timesteps = experiment.shape[1]
steps = [words("labels.step", step=k) for k in range(1, timesteps + 1)]
labels = list(row_labels(experiment, 0) or ("",) * timesteps)
plain = order.plain(experiment)
_, length, features = plain.shape
named = Named(words, labels, steps)


say(page, "intro")
heading(page, "backwards")
say(page, "backwards", timesteps=timesteps)
padding, stateful, reset = order.Padding(), True, True
places = {}
if answer := predict(page, order.backwards_question(experiment)):
    with answer:
        draw_order(page, named)
        places["backwards"] = st.container()
        heading(page, "both_ways")
        say(page, "both_ways", timesteps=length, units=plain.layer.units, width=2 * plain.layer.units)
        places["both_ways"] = st.container()

heading(page, "masks")
say(page, "masks")
if answer := predict(page, order.masked_question()):
    with answer:
        if length < order.SHORTEST:
            say(page, "short", least=order.SHORTEST, timesteps=length)
        else:
            padding = draw_masks(page, named)
            places["padding"] = st.container()

heading(page, "stateful")
say(page, "stateful")
if answer := predict(page, order.stateful_question()):
    with answer:
        stateful, reset = draw_calls(page, named)
        places["calls"] = st.container()
        if length >= order.SHORTEST:
            heading(page, "chunks")
            chunks = order.chunks(experiment)
            say(page, "chunks", timesteps=length, apart=chunks.apart)
            draw_timeline(chunks_picture(chunks, named), key="chunks")
            say(page, "batch", batch=1, units=plain.layer.units, features=features)
            places["chunks"] = st.container()

for script in scripts(page, partial(order.scripts, padding=padding, stateful=stateful, reset=reset)):
    if script.name in places:
        with places[script.name]:
            draw_script(script, t)
close_lesson(page)
