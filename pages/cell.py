"""Lesson 2: h and c, three gates and a candidate, and how the forget gate makes an impulse fade or stay."""

import streamlit as st

from lstm_core.lessons import cell
from pages.ui import state
from pages.ui.components import lens, memory
from pages.ui.lessons.cell import draw_chain, draw_half_life, draw_shown, draw_weights
from pages.ui.lessons.page import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.lessons.scripts import draw_script

page = open_lesson("cell")
t, run = page.t, page.run

with st.container():
    if cell.is_own(run.experiment):
        say(page, "intro", timesteps=run.experiment.shape[1])
    else:
        say(page, "another")
        st.button(page.words("labels.own"), on_click=state.start_again, key="own")
lens.draw_lens(run, t, row=0, opens_at=1)

heading(page, "gates")
say(page, "gates")
memory.draw_gates(run, page.words)

heading(page, "chain")
say(page, "chain")
if answer := predict(page, cell.bias_question()):
    with answer:
        draw_chain(page)

heading(page, "half_life")
if answer := predict(page, cell.fade_question()):
    with answer:
        draw_half_life(page)

heading(page, "shown")
if answer := predict(page, cell.shown_question()):
    with answer:
        draw_shown(page)

heading(page, "weights")
draw_weights(page)

heading(page, "code")
say(page, "code")
for script in scripts(page, cell.scripts):
    draw_script(script, t)
close_lesson(page)
