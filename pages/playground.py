"""The playground: a sequence and flags in; states, gates, returned tensors and the matching Keras code out."""

import streamlit as st

from lstm_core.figures.lens import most_happens
from lstm_core.text import Catalogue
from pages.ui import address, head, state
from pages.ui.components import lens
from pages.ui.components.code import draw_code
from pages.ui.components.forecast import draw_forecast
from pages.ui.components.header import draw_map
from pages.ui.keras import checking
from pages.ui.once import run_of
from pages.ui.playground import comparison, controls, panels, pictures, refusals, sizes, stack_picture


@st.fragment(key=controls.EXPERIMENT)  # a flag changes nothing in the sidebar, which need not be drawn again
def draw_experiment(t: Catalogue) -> None:
    """Draw the head, the flags and all that follows from the experiment."""
    address.follow(t)
    address.complete_page()
    embedded = state.embedded()
    chosen = state.experiment()
    asked = checking.ask(chosen, masks_wait=checking.MASKS_WAIT)
    run = run_of(asked.shown, asked.masks, state.opened())
    link = address.close_session()
    top, rows, model = (st.container() for _ in range(3))
    with st.container():  # the picture stays in sight as far as this reaches
        picture = st.container(key="picture")
        flags, compared, inside = (st.container() for _ in range(3))
        details, values, calls = (st.container(key=f"more_{number}") for number in range(3))
    foot = st.container(key="more_3")
    if not embedded:
        refusals.draw_refused(t)
        with flags:
            controls.draw_flags(t)
    with compared:
        pinned = comparison.pinned_run(t)
        if pinned:
            comparison.draw_head(pinned, run, t)
    with rows:
        row = pictures.choose_row(chosen, t)
    if len(chosen.places) > 1:
        with model:
            stack_picture.draw_model(run, t, row=row)
    with inside, st.container(key="inside"):
        cell, beside = st.columns([13, 11], gap="small")
    with picture:
        opens = most_happens(run.trace, row)
        lens.draw_lens(run, t, row=row, cell=cell, view="river", opens_at=opens, on_hold=state.hold)
    changed = panels.what_changed(run, t)
    with beside:
        with st.container(border=True, key="card_code"):
            draw_code(chosen, t, shown=asked.shown == chosen)
        with st.container(border=True, key="card_returned"):
            title = t("compare.b_returns" if pinned else "returned.title")
            panels.draw_returned(run, asked.agreement, t, title=title, changed=None if embedded else changed)
    with details:
        if chosen.learned == "passengers":
            with st.container(border=True, key="card_forecast"):
                draw_forecast(t)
        if pinned:
            comparison.draw_details(pinned, run, t, row=row)
    with values:
        with st.container(border=True, key="card_charts"):
            pictures.draw_pictures(run, t, row=row)
        panels.draw_all_values(run, t, row=row)
        pictures.draw_table(run, t, row=row)
    with calls:
        if len(chosen.places) == 1 and not chosen.is_plain:
            stack_picture.draw_model(run, t, row=row)
        if not embedded:
            width = chosen.widths[state.opened().layer - 1]
            sizes.draw_sizes(state.layer(), t, features=width, steps=chosen.shape[1])
        panels.draw_calls(run, t, row=row)
        if not embedded:
            refusals.draw_mistakes(t)
    with foot if embedded else top:
        head.draw_head(asked, run, link, t)


t = address.open_session()
address.follow(t)
if not state.embedded():
    with st.sidebar:
        controls.draw_controls(t)
draw_experiment(t)
if not state.embedded():
    draw_map(t)
