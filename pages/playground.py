"""The playground: a sequence and flags in; states, gates, returned tensors and the matching Keras code out."""

import streamlit as st

from lstm_core.run import run_experiment
from pages.ui import charts, checking, controls, panels, pictures, state, verdict

t = state.open_session()
head = st.container()
with st.sidebar:
    controls.draw_controls(t)
controls.draw_flags(t)

chosen = state.experiment()
asked = checking.ask(chosen, masks_wait=checking.MASKS_WAIT)
run = run_experiment(asked.shown, asked.masks)
left, right = st.columns([13, 11], gap="medium")
with left:
    row = pictures.choose_row(chosen, t)
    pictures.draw_pictures(run, t, row=row)
returned = right.container()
with right:
    panels.draw_code(chosen, t)
asked = checking.ask(chosen, evidence_wait=checking.EVIDENCE_WAIT) if asked.shown == chosen else asked
with returned:
    panels.draw_returned(run, asked.agreement(run), t, row=row)
panels.draw_calls(run, t, row=row)

link = state.close_session()
with head:
    verdict.draw_head(asked, run, link, t)
