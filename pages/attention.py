"""Lesson 7: attention over every h, and the last h and c handed to a second LSTM."""

from functools import partial

import numpy as np
import streamlit as st

from lstm_core.figures.attention import attention_picture, handover_picture
from lstm_core.figures.timeline import MOST_STEPS
from lstm_core.lessons import attention
from lstm_core.run import row_labels
from pages.ui import controls, lens
from pages.ui.grids import draw_grid
from pages.ui.lesson import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.scripts import draw_script
from pages.ui.timelines import draw_attention, draw_timeline

SCALE_MOST = 20

page = open_lesson("attention")
t, words, run = page.t, page.words, page.run
experiment, trace = run.experiment, run.trace
batch, timesteps, _ = experiment.shape
units = [words("labels.unit", unit=k) for k in range(1, experiment.units + 1)]
steps = [words("labels.step", step=k + 1) for k in trace.time_index]
named = row_labels(experiment, 0)
labels = [named[k] for k in trace.time_index] if named else steps


def draw_weights() -> float:
    """Draw attention over the steps, and what changes it; return the chosen scale."""
    columns = st.columns([3, 1, 2], vertical_alignment="bottom")
    with columns[0]:
        controls.draw_field("sentence", t, disabled=experiment.words is None)
    with columns[1]:
        controls.draw_field("weights_seed", t)
    with columns[2]:
        scale = float(
            st.slider(words("labels.scale"), 1, SCALE_MOST, key="attention_scale", help=words("labels.scale_help"))
        )
    found = attention.attention_over(run, scale=scale)
    low, high, equal = found.weights.min(), found.weights.max(), 1 / timesteps
    say(page, "weights", low=low, high=high, equal=equal, step=trace.time_index[found.largest] + 1)
    if timesteps > MOST_STEPS:
        say(page, "long", most=MOST_STEPS, timesteps=timesteps)
    else:
        text = words.section("picture") | {"context_shape": f"({batch}, 1, {experiment.units})"}
        draw_attention(
            attention_picture(found, labels=labels, times=trace.time_index + 1, scale=scale, text=text), key="attention"
        )
    say(page, "untrained")
    return scale


def draw_handover() -> None:
    """Draw the encoder, what it hands on, and what the decoder makes of it."""
    say(page, "decoder", steps=attention.DECODER_STEPS)
    handed = st.segmented_control(
        words("labels.handed"),
        list(attention.HANDED),
        default="both",
        required=True,
        format_func=lambda choice: words(f"labels.{choice}"),
        key="attention_handed",
    )
    decoders = {choice: attention.decoder_trace(run, choice) for choice in attention.HANDED}
    if timesteps <= MOST_STEPS:
        draw_timeline(handover_picture(run, handed, words, labels=labels, steps=steps), key="handover")
    first = np.stack([decoder.h[0, 0] for decoder in decoders.values()])
    names = [words(f"labels.{choice}") for choice in decoders]
    draw_grid(first, of="h", rows=names, columns=units, caption=words("labels.first_h"), digits=4, key="first_h")
    both, only, nothing = (", ".join(f"{value:.4f}" for value in row[:3]) for row in first)
    say(page, "handed_both", first=both, only=only, nothing=nothing, apart=np.abs(first - first[0]).max())
    if not decoders["nothing"].h.any():
        say(page, "silent")


say(page, "intro")
heading(page, "every")
say(page, "every", timesteps=timesteps, units=experiment.units)
lens.draw_lens(run, t, row=0)

heading(page, "scores")
say(page, "how")
predict(page, attention.shape_question(experiment))
scale = draw_weights() if predict(page, attention.largest_question(run)) else 1.0

heading(page, "keras")
say(page, "keras")
attention_script, handover_script = scripts(page, partial(attention.scripts, scale=scale))
draw_script(attention_script, t)

heading(page, "handover")
say(page, "handover")
if predict(page, attention.handed_question(experiment)):
    draw_handover()
    say(page, "handover_code")
    draw_script(handover_script, t)
close_lesson(page)
