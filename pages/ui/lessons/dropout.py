"""Lesson 5's parts: masks as tables, and what they leave of x."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_core.layers.spec import LSTM
from lstm_core.layers.weights import Float32Array
from lstm_core.lessons import dropout
from pages.ui.components.grids import draw_grid
from pages.ui.lessons.page import LessonPage, say


def numbered(page: LessonPage, label: str, count: int) -> list[str]:
    """Return the labels of so many rows or columns."""
    return [page.words(f"labels.{label}", number=k) for k in range(1, count + 1)]


def draw_masks(page: LessonPage, masks: Float32Array, columns: list[str], name: str) -> None:
    """Draw a mask (1 or 4, batch, columns): one for all gates, or one for each."""
    words = page.words
    places = st.columns(2) if len(masks) > 1 else [st.container()]
    for number, mask in enumerate(masks):
        gate = page.t(f"figure.{LSTM.gate_names[number]}") if len(masks) > 1 else words("labels.all_gates")
        caption = f"{words(f'labels.{name}')}: {gate}"
        with places[number % len(places)]:
            rows, key = numbered(page, "sample", page.run.experiment.shape[0]), f"{name}_{number}"
            draw_grid(mask, of="x", among=masks, rows=rows, columns=columns, caption=caption, key=key)


def draw_dropout(page: LessonPage) -> None:
    """Draw the masks of this call and what they leave of x."""
    run, masks = page.run, page.run.trace.dropout_mask
    _, timesteps, features = run.experiment.shape
    if masks is None:
        say(page, dropout.why_no_masks(page.asked.chosen))
        return
    draw_masks(page, masks, numbered(page, "feature", features), "mask")
    rate = run.experiment.layer.dropout
    share = 1 - np.count_nonzero(masks) / masks.size
    say(page, "masks", rate=rate, scale=1 / (1 - rate), share=share, count=len(masks))
    if len(masks) > 1:
        say(page, "first_gate")
    left = dropout.dropped_input(run)
    rows, steps = numbered(page, "feature", features), numbered(page, "step", timesteps)
    draw_grid(left, of="x", rows=rows, columns=steps, caption=page.words("labels.left"), key="left")
    say(page, "over_time", dead=int((left == 0).all(axis=1).sum()), features=features, timesteps=timesteps)
