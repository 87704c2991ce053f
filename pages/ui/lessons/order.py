"""Lesson 6's parts: h in both orders, the padded batch, and calls in a row, each with what can be switched."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from lstm_core.figures.timeline import MAX_STEPS
from lstm_core.lessons import order
from lstm_core.lessons.pictures.order import Named, calls_picture, masks_picture, order_picture
from lstm_core.run import run_experiment
from pages.ui.components import lens
from pages.ui.components.timelines import draw_timeline
from pages.ui.lessons.page import LessonPage, say
from pages.ui.playground import controls

SIDES: tuple[Literal["right", "left"], ...] = ("right", "left")


def draw_order(page: LessonPage, named: Named) -> None:
    """Draw h in the order of time, the output in its own, and which is which."""
    experiment = page.run.experiment
    timesteps = experiment.shape[1]
    controls.draw_field("go_backwards", page.t)
    run = run_experiment(order.reading(experiment))
    if timesteps > MAX_STEPS:
        say(page, "long", most=MAX_STEPS, timesteps=timesteps)
    else:
        draw_timeline(order_picture(run, named), key="order")
    say(page, "turned" if experiment.layer.go_backwards else "straight", timesteps=timesteps)
    with st.container(key="case_order"):
        lens.draw_lens(run, page.t, row=0)


def draw_masks(page: LessonPage, named: Named) -> order.Padding:
    """Draw the padded batch, inside and out, and say what the padding did; return how it is padded."""
    words, experiment = page.words, page.run.experiment
    used = order.plain(experiment).shape[1] - order.MISSING
    say(page, "masks_try", used=used, missing=order.MISSING)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        side = st.segmented_control(
            words("labels.side"),
            SIDES,
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
    for block, facts in order.told_padding(padded, padding):
        say(page, block, **facts)
    return padding


def draw_calls(page: LessonPage, named: Named) -> tuple[bool, bool]:
    """Draw calls in a row and what each begins with; return whether the layer is stateful, and reset."""
    words = page.words
    say(page, "stateful_try", calls=order.CALLS)
    with st.container(horizontal=True, gap="medium"):
        stateful = st.toggle(words("labels.stateful"), value=True, key="order_stateful")
        label = words("labels.reset", call=order.RESET)
        reset = st.toggle(label, value=True, key="order_reset", disabled=not stateful)
    runs = order.calls(page.run.experiment, stateful=stateful, reset=reset)
    draw_timeline(calls_picture(runs, named), key="calls")
    for block, facts in order.told_calls(runs, stateful=stateful, reset=reset):
        say(page, block, **facts)
    return stateful, reset
