"""Lesson 4's parts: a sequence fed step by step beside one call, with what is handed on, and with dropout."""

from __future__ import annotations

import streamlit as st

from lstm_core.experiment import Experiment
from lstm_core.lessons import steps
from lstm_core.lessons.lesson import comments, told
from lstm_core.lessons.steps import RIGHT, Fed, Feeding
from pages.ui.components.feedings import draw_feeding
from pages.ui.lessons.page import LessonPage, await_masks, say
from pages.ui.lessons.scripts import draw_script
from pages.ui.playground import controls

WHY = {"both": "why_both", "h": "why_h", "nothing": "why_nothing"}


def draw_fed(page: LessonPage, chosen: Experiment, fed: Fed, feeding: Feeding, *, key: str) -> None:
    """Draw both ways of feeding, and say from which step on h differs and how far."""
    draw_feeding(chosen, fed, feeding, page.words, key=key)
    block, facts = steps.told_fed(fed)
    say(page, block, key, **facts)


def draw_handed(page: LessonPage, quiet: Experiment) -> None:
    """Draw what comes of handing on less than h and c, or more than the batch."""
    words = page.words
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        handed = st.segmented_control(
            words("labels.handed"),
            steps.HANDED,
            default="h",
            required=True,
            format_func=lambda name: words(f"labels.{name}"),
            key="steps_handed",
        )
        kept = st.toggle(words("labels.kept"), key="steps_kept", disabled=handed == "nothing") and handed != "nothing"
    feeding = Feeding(handed, kept)
    fed = steps.fed(quiet, feeding)
    draw_fed(page, quiet, fed, feeding, key="handed")
    if handed != "both" or not kept:
        say(page, WHY[handed])
    if kept:
        say(page, "why_kept", last=told(float(fed.apart[-1])))
    draw_script(steps.loop_script(quiet, feeding, comments("steps", page.t.language)), page.t, place="handed")


def draw_dropout(page: LessonPage, chosen: Experiment) -> None:
    """Draw one call with its one mask, and T calls with T masks."""
    timesteps = chosen.shape[1]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=320):
            controls.draw_field("dropout", page.t)
        training = st.toggle("`training=True`", value=True, key="steps_training")
    shown = chosen.changed(training=training)
    masks = await_masks(shown, timesteps) if shown.draws_dropout else None
    if masks is None and shown.draws_dropout:
        say(page, "no_masks")
        return
    fed = steps.fed(shown, RIGHT, masks)
    draw_fed(page, chosen, fed, RIGHT, key="dropped")
    if masks is None:
        say(page, "no_dropout")
    else:
        say(page, "masks", scale=1 / (1 - shown.layer.dropout), timesteps=timesteps, others=fed.other_masks)
        say(page, "dropout_means")
    draw_script(steps.loop_script(shown, RIGHT, comments("steps", page.t.language)), page.t, place="dropout")
