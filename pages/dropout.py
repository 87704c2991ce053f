"""Lesson 5: dropout's masks as pictures, over time, by gate and by call, and what training switches."""

import numpy as np
import streamlit as st

from lstm_core.lessons import dropout
from lstm_core.weights import Float32Array
from pages.ui import controls, lens
from pages.ui.grids import draw_grid
from pages.ui.lesson import await_masks, close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.scripts import draw_script

page = open_lesson("dropout")
t, words, run = page.t, page.words, page.run
experiment, trace = run.experiment, run.trace
batch, timesteps, features = experiment.shape


def numbered(label: str, count: int) -> list[str]:
    return [words(f"labels.{label}", number=k) for k in range(1, count + 1)]


def draw_masks(masks: Float32Array, columns: list[str], name: str) -> None:
    """Draw a mask (1 or 4, batch, columns): one for all gates, or one for each."""
    places = st.columns(2) if len(masks) > 1 else [st.container()]
    for number, mask in enumerate(masks):
        gate = t(f"figure.{dropout.GATES[number]}") if len(masks) > 1 else words("labels.all_gates")
        caption = f"{words(f'labels.{name}')}: {gate}"
        with places[number % len(places)]:
            rows, key = numbered("sample", batch), f"{name}_{number}"
            draw_grid(mask, of="x", among=masks, rows=rows, columns=columns, caption=caption, key=key)


def draw_dropout() -> None:
    """Draw the masks of this call and what they leave of x."""
    if trace.dropout_mask is None:
        say(page, "no_masks")
        return
    draw_masks(trace.dropout_mask, numbered("feature", features), "mask")
    rate = experiment.dropout
    share = 1 - np.count_nonzero(trace.dropout_mask) / trace.dropout_mask.size
    say(page, "masks", rate=rate, scale=1 / (1 - rate), share=share, count=len(trace.dropout_mask))
    left = dropout.dropped_input(run)
    rows, steps = numbered("feature", features), numbered("step", timesteps)
    draw_grid(left, of="x", rows=rows, columns=steps, caption=words("labels.left"), key="left")
    say(page, "over_time", dead=int((left == 0).all(axis=1).sum()), features=features, timesteps=timesteps)


say(page, "intro")
with st.container(horizontal=True, key="dropout_controls"):
    for name in ("dropout", "recurrent_dropout", "seed", "training"):
        with st.container(width=230):
            controls.draw_field(name, t)
lens.draw_lens(run, t, row=0)

heading(page, "masks")
if predict(page, dropout.shape_question(experiment)):
    draw_dropout()

heading(page, "recurrent")
say(page, "recurrent")
if trace.recurrent_dropout_mask is not None:
    draw_masks(trace.recurrent_dropout_mask, numbered("unit", experiment.units), "recurrent_mask")
    say(page, "recurrent_shown", rate=experiment.recurrent_dropout)

heading(page, "training")
if predict(page, dropout.training_question()):
    off, none = dropout.not_training(experiment), dropout.without_dropout(experiment)
    apart = np.abs(run.trace.h - none.trace.h).max()
    say(page, "training", apart=apart, off=np.abs(off.trace.h - none.trace.h).max())

heading(page, "calls")
if predict(page, dropout.calls_question()):
    rate = experiment.dropout or dropout.BASE.dropout
    drawing = experiment.changed(training=True, dropout=rate, recurrent_dropout=0.0, calls=2)
    two = await_masks(drawing)
    if two is None:
        say(page, "no_masks", place="_calls")
    else:
        for column, number, drawn in zip(st.columns(2), (1, 2), two, strict=True):
            with column:
                st.markdown(f"**{words('labels.call', number=number)}**")
                draw_masks(drawn.dropout, numbered("feature", features), f"call_{number}")
        say(page, "same_masks" if dropout.same_rows(two) else "calls")

heading(page, "code")
say(page, "code")
for script in scripts(page, dropout.scripts):
    draw_script(script, t)
close_lesson(page)
