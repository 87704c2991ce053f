"""Lesson 4: the layer called once a step, with h and c handed on; what goes wrong; other ways; what it costs."""

import streamlit as st

from lstm_core.lessons import steps
from lstm_core.lessons.lesson import comments
from lstm_core.lessons.steps import RIGHT, Fed, Feeding
from lstm_core.lessons.steps_code import TIMED_STEPS
from pages.ui import controls, lens, state
from pages.ui.feedings import draw_feeding
from pages.ui.lesson import await_masks, close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.scripts import draw_script

WHY = {"both": "why_both", "h": "why_h", "nothing": "why_nothing"}

page = open_lesson("steps")
t, words = page.t, page.words
say_in_code = comments("steps", t.language)
chosen = steps.plain(state.experiment())
quiet = chosen.changed(training=False, dropout=0.0)
batch, timesteps, features = chosen.shape


def draw_fed(fed: Fed, feeding: Feeding, *, key: str) -> None:
    """Draw both ways of feeding, and say from which step on h differs and how far."""
    draw_feeding(chosen, fed, feeding, words, key=key)
    most = fed.apart.max()
    if fed.first is None:
        say(page, "same", place=key, timesteps=timesteps, apart=most)
    else:
        block = "from_step" if fed.first > 1 else "from_first"
        say(page, block, place=key, before=fed.first - 1, step=fed.first, widest=fed.widest, most=most)


def draw_handed() -> None:
    """Draw what comes of handing on less than h and c, or more than the batch."""
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
    draw_fed(fed, feeding, key="handed")
    if handed != "both" or not kept:
        say(page, WHY[handed])
    if kept:
        say(page, "why_kept", last=fed.apart[-1])
    draw_script(steps.loop_script(quiet, feeding, say_in_code), t, place="handed")


def draw_dropout() -> None:
    """Draw one call with its one mask, and T calls with T masks."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=320):
            controls.draw_field("dropout", t)
        training = st.toggle("`training=True`", value=True, key="steps_training")
    shown = chosen.changed(training=training)
    masks = await_masks(shown, timesteps) if shown.draws_dropout else None
    if masks is None and shown.draws_dropout:
        say(page, "no_masks")
        return
    fed = steps.fed(shown, RIGHT, masks)
    draw_fed(fed, RIGHT, key="dropped")
    if masks is None:
        say(page, "no_dropout")
    else:
        say(page, "masks", scale=1 / (1 - shown.dropout), timesteps=timesteps, others=fed.other_masks)
        say(page, "dropout_means")
    draw_script(steps.loop_script(shown, RIGHT, say_in_code), t, place="dropout")


say(page, "intro", timesteps=timesteps)
lens.draw_lens(page.run, t, row=0)
say(page, "once")

heading(page, "loop")
say(page, "loop", timesteps=timesteps, batch=batch, features=features)
if predict(page, steps.same_question(chosen)):
    draw_fed(steps.fed(quiet), RIGHT, key="fed")
    draw_script(steps.loop_script(quiet, RIGHT, say_in_code), t)

heading(page, "handed")
if predict(page, steps.first_question()):
    say(page, "handed")
    draw_handed()

heading(page, "dropout")
if predict(page, steps.dropout_question(chosen)):
    say(page, "dropout")
    draw_dropout()

*_, own_layer, rnn_cell, stateful, times = scripts(page, steps.scripts)
heading(page, "article")
say(page, "article")
say(page, "own_layer")
draw_script(own_layer, t)

heading(page, "others")
say(page, "rnn_cell")
draw_script(rnn_cell, t)
say(page, "stateful")
draw_script(stateful, t)

heading(page, "time")
if predict(page, steps.time_question(chosen)):
    say(page, "time", steps=min(timesteps, TIMED_STEPS))
    draw_script(times, t)
    say(page, "time_means")
close_lesson(page)
