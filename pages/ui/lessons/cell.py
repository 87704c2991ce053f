"""Lesson 2's parts: each section turns a gate of its own, and its picture and its words hear of no other switch."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_core.compare import difference
from lstm_core.layers.spec import LSTM
from lstm_core.lessons import cell
from lstm_core.lessons.lesson import told
from lstm_core.run import Run, run_experiment
from pages.ui.components import memory
from pages.ui.components.grids import draw_grid
from pages.ui.lessons.page import LessonPage, say
from pages.ui.playground import pictures

PANELS = (("heatmap", "x"), ("heatmap", "c"), ("heatmap", "o"), ("heatmap", "h"))
FADED: dict[cell.Story, str] = {"single": "single", "nothing": "nothing", "steady": "faded", "disturbed": "moved"}

SMALL = 0.1
"""Factors below are told with more digits, so that their product can be had from them."""


def draw_chain(page: LessonPage) -> None:
    """Draw c as a chain, a switch of the forget gate, and say what is left of c."""
    experiment = page.run.experiment
    bias = cell.bias_of(experiment, "forget")
    with st.container():
        say(page, "switch")
        if bias == cell.BASE.layer.forget_bias:
            say(page, "begins")
    run = _turned(page, "forget", bias, key="forget", fine=page.t("fields.forget_bias.label"))
    memory.draw_chain(run, page.words)
    say(page, FADED[cell.story(run)], **cell.facts(run))


def draw_half_life(page: LessonPage) -> None:
    """Draw c beside a power of the forget gate, and say how long its half-life is."""
    say(page, "half_life", asked=cell.ASKED_STEPS, left=0.5**cell.ASKED_STEPS)
    run = _turned(page, "forget", cell.opens_at(page.run.experiment), key="forget_again")
    facts, f = cell.facts(run), cell.forget(run)
    story = cell.story(run)
    if story in ("single", "nothing"):
        say(page, FADED[story], "_again", **facts)
        return
    memory.draw_fading(run, page.words)
    if story == "disturbed":
        say(page, "disturbed" if 0 < f < 1 else "unlike", **facts)
    elif f in (0, 1):
        say(page, "whole" if f else "emptied", **facts)
    else:
        say(page, "never_halved" if facts["halved"] is None else "halved", **facts)


def draw_shown(page: LessonPage) -> None:
    """Draw c and h with the output gate shut, or as far open as it is turned, and say what c notices of it."""
    shut, wide = (cell.SWITCHES["output"][at] for at in ("shut", "open"))
    run = _turned(page, "output", shut, key="output")
    pictures.draw_pictures(run, page.t, row=0, order=PANELS)
    trace, k = run.trace, cell.used_step(run)
    if k is not None:
        values = {name: float(trace[name][k, 0, 0]) for name in LSTM.shown}
        numbers = {name: told(value, 4 if abs(value) > SMALL else 6) for name, value in values.items()}
        say(page, "shown", step=trace.time_index[k] + 1, **numbers)
    if not run.experiment.layer.use_bias:
        return
    if cell.bias_of(run.experiment, "output") == wide:
        say(page, "wide_open")
        return
    opened = run_experiment(cell.with_bias(run.experiment, "output", wide), page.asked.masks)
    noticed = told(float(np.abs(difference(trace["c"], opened.trace["c"])).max()))
    say(page, "heard" if run.weights.recurrent_kernel.any() else "hidden", noticed=noticed)


def draw_weights(page: LessonPage) -> None:
    """Say how many weights the cell has, and show them if they are not too many."""
    run, words = page.run, page.words
    table, rows, columns = cell.weight_table(run.weights)
    weights = run.weights
    facts = {"features": weights.features, "units": weights.units, "count": weights.parameters}
    say(page, "weights" if run.experiment.layer.use_bias else "weights_only", **facts)
    if table.size <= cell.MAX_WEIGHTS:
        if cell.is_own(run.experiment):
            say(page, "by_hand")
        draw_grid(table, of="x", rows=rows, columns=columns, caption=words("labels.weights"), key="weights")


def _turned(page: LessonPage, gate: str, bias: float, *, key: str, fine: str | None = None) -> Run:
    """Draw a section's switch, first at `bias`, and return the lesson's run with this gate turned so, and only it."""
    experiment = page.run.experiment
    if not experiment.layer.use_bias:
        say(page, "no_bias", f"_{key}")
        return page.run
    chosen = memory.draw_switch(gate, bias, page.words, key=key, fine=fine)
    if chosen == cell.bias_of(experiment, gate):
        return page.run
    return run_experiment(cell.with_bias(experiment, gate, chosen), page.asked.masks)
