"""Lesson 7's parts: attention over the steps, and what a decoder makes of the states handed to it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_core.compare import difference
from lstm_core.figures.timeline import MAX_STEPS
from lstm_core.lessons import attention
from lstm_core.lessons.lesson import told
from lstm_core.lessons.pictures.attention import attention_picture, handover_picture
from lstm_core.run import row_labels
from pages.ui.components.grids import draw_grid
from pages.ui.components.timelines import draw_attention, draw_timeline
from pages.ui.lessons.page import LessonPage, say
from pages.ui.playground import controls

MAX_SCALE = 20


def draw_weights(page: LessonPage) -> float:
    """Draw attention over the steps, and what changes it; return the chosen scale."""
    words, run = page.words, page.run
    batch, timesteps, _ = run.experiment.shape
    columns = st.columns([3, 1, 2], vertical_alignment="bottom")
    with columns[0]:
        controls.draw_field("sentence", page.t, disabled=run.experiment.words is None)
    with columns[1]:
        controls.draw_field("weights_seed", page.t)
    with columns[2]:
        scale = float(
            st.slider(words("labels.scale"), 1, MAX_SCALE, key="attention_scale", help=words("labels.scale_help"))
        )
    found = attention.attention_over(run, scale=scale)
    low, high, equal = found.weights.min(), found.weights.max(), 1 / timesteps
    say(page, "weights", low=low, high=high, equal=equal, step=run.trace.time_index[found.largest] + 1)
    if timesteps > MAX_STEPS:
        say(page, "long", most=MAX_STEPS, timesteps=timesteps)
    else:
        text = words.section("picture") | {"context_shape": f"({batch}, 1, {run.experiment.layer.units})"}
        times = run.trace.time_index + 1
        picture = attention_picture(found, labels=_step_labels(page), times=times, scale=scale, text=text)
        draw_attention(picture, key="attention")
    say(page, "untrained")
    return scale


def draw_handover(page: LessonPage) -> None:
    """Draw the encoder, what it hands on, and what the decoder makes of it."""
    words, run = page.words, page.run
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
    if run.experiment.shape[1] <= MAX_STEPS:
        picture = handover_picture(run, handed, words, labels=_step_labels(page), steps=_steps(page))
        draw_timeline(picture, key="handover")
    first = np.stack([decoder["h"][0, 0] for decoder in decoders.values()])
    names = [words(f"labels.{choice}") for choice in decoders]
    units = [words("labels.unit", unit=k) for k in range(1, run.experiment.layer.units + 1)]
    draw_grid(first, of="h", rows=names, columns=units, caption=words("labels.first_h"), digits=4, key="first_h")
    both, only, nothing = (", ".join(f"{value:.4f}" for value in row[:3]) for row in first)
    apart = max(float(np.abs(difference(first[0], row)).max()) for row in first[1:])
    say(page, "handed_both", first=both, only=only, nothing=nothing, apart=told(apart))
    if not decoders["nothing"]["h"].any():
        say(page, "silent")


def _steps(page: LessonPage) -> list[str]:
    """Return the steps in the order in which they are processed."""
    return [page.words("labels.step", step=k + 1) for k in page.run.trace.time_index]


def _step_labels(page: LessonPage) -> list[str]:
    """Return what stands at the steps, in the order in which they are processed: their words, or their numbers."""
    named = row_labels(page.run.experiment, 0)
    return [named[k] for k in page.run.trace.time_index] if named else _steps(page)
