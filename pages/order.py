"""Lesson 6: go_backwards, padding and masks, and the state from call to call, as rows of steps."""

from functools import partial

import numpy as np
import streamlit as st

from lstm_core.figures.order import Named, calls_picture, chunks_picture, masks_picture, order_picture
from lstm_core.figures.timeline import MOST_STEPS
from lstm_core.lessons import order
from lstm_core.run import row_labels, run_experiment
from pages.ui import controls, lens
from pages.ui.lesson import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.scripts import draw_script
from pages.ui.timelines import draw_timeline

page = open_lesson("order")
t, words, experiment = page.t, page.words, page.run.experiment
timesteps = experiment.shape[1]
steps = [words("labels.step", step=k) for k in range(1, timesteps + 1)]
labels = list(row_labels(experiment, 0) or ("",) * timesteps)
plain = order.plain(experiment)
_, length, features = plain.shape


named = Named(words, labels, steps)


def draw_order() -> None:
    """Draw h in the order of time, the output in its own, and which is which."""
    controls.draw_field("go_backwards", t)
    run = run_experiment(order.reading(experiment))
    if timesteps > MOST_STEPS:
        say(page, "long", most=MOST_STEPS, timesteps=timesteps)
    else:
        draw_timeline(order_picture(run, named), key="order")
    say(page, "turned" if experiment.go_backwards else "straight", timesteps=timesteps)
    with st.container(key="case_order"):
        lens.draw_lens(run, t, row=0)


def draw_masks() -> order.Padding:
    """Draw the padded batch, inside and out, and say what the padding did; return how it is padded."""
    used = length - order.MISSING
    say(page, "masks_try", used=used, missing=order.MISSING)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        side = st.segmented_control(
            words("labels.side"),
            ["right", "left"],
            default="right",
            required=True,
            format_func=lambda choice: words(f"labels.{choice}"),
            key="order_side",
        )
        masked = st.toggle(words("labels.mask"), value=True, key="order_mask")
        zeroed = st.toggle(words("labels.zero"), key="order_zero", disabled=not masked)
        begun = st.toggle(words("labels.begun", value=order.BEGUN), key="order_begun")
    padding = order.Padding(side, masked, zeroed and masked, begun)
    padded = run_experiment(order.padded(experiment, padding))
    draw_timeline(masks_picture(padded, padding, named), key="masks")
    apart = order.moved_by_padding(padded, padding)
    say(page, "kept_by_mask" if masked else "moved" if apart > order.SAME else "silent", apart=apart, used=used)
    if masked:
        said = "zeroed" if zeroed else "repeats" if side == "right" else "leading"
        say(page, said, h=padded.trace.h[0, 1, 0])
    return padding


def draw_calls() -> tuple[bool, bool]:
    """Draw calls in a row and what each begins with; return whether the layer is stateful, and reset."""
    say(page, "stateful_try", calls=order.CALLS)
    with st.container(horizontal=True, gap="medium"):
        stateful = st.toggle(words("labels.stateful"), value=True, key="order_stateful")
        label = words("labels.reset", call=order.RESET)
        reset = st.toggle(label, value=True, key="order_reset", disabled=not stateful)
    runs = order.calls(experiment, stateful=stateful, reset=reset)
    draw_timeline(calls_picture(runs, named), key="calls")
    first, second, third = (run.trace.h[:, 0] for run in runs)
    if stateful:
        say(page, "goes_on", first=first[0, 0], second=second[0, 0])
        say(page, "was_reset" if reset else "never_reset", apart=np.abs(third - first).max())
    else:
        say(page, "stateless", calls=order.CALLS, apart=np.abs(np.stack([second, third]) - first).max())
    return stateful, reset


say(page, "intro")
heading(page, "backwards")
say(page, "backwards", timesteps=timesteps)
padding, stateful, reset = order.Padding(), True, True
places = {}
if predict(page, order.backwards_question(experiment)):
    draw_order()
    places["backwards"] = st.container()
    heading(page, "both_ways")
    say(page, "both_ways", timesteps=length, units=plain.units, width=2 * plain.units)
    places["both_ways"] = st.container()

heading(page, "masks")
say(page, "masks")
if predict(page, order.masked_question()):
    if length < order.SHORTEST:
        say(page, "short", least=order.SHORTEST, timesteps=length)
    else:
        padding = draw_masks()
        places["padding"] = st.container()

heading(page, "stateful")
say(page, "stateful")
if predict(page, order.stateful_question()):
    stateful, reset = draw_calls()
    places["calls"] = st.container()
    if length >= order.SHORTEST:
        heading(page, "chunks")
        chunks = order.chunks(experiment)
        say(page, "chunks", timesteps=length, apart=chunks.apart)
        draw_timeline(chunks_picture(chunks, named), key="chunks")
        say(page, "batch", batch=1, units=plain.units, features=features)
        places["chunks"] = st.container()

for script in scripts(page, partial(order.scripts, padding=padding, stateful=stateful, reset=reset)):
    if script.name in places:
        with places[script.name]:
            draw_script(script, t)
close_lesson(page)
