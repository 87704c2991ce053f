"""The controls: one widget a field of the experiment, made from the field's own bounds.

What is there only sometimes, here and on the other pages, stands in a container of its own that is always there: so
nothing else ever changes its place in Streamlit's tree.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from lstm_core.code.codegen import FLAGS
from lstm_core.experiment import FIELDS, STATE_TENSORS, WEIGHT_TENSORS, Experiment
from lstm_core.sequences.numbers import comma_readings
from lstm_core.text import Catalogue
from pages.ui import state
from pages.ui.bring import dialog, use
from pages.ui.bring import weights as bring_weights
from pages.ui.playground import comparison, number_table

LAYER = ("activation", "recurrent_activation", "use_bias", "unit_forget_bias", "unroll")
DROPOUT = ("dropout", "recurrent_dropout", "seed", "training")
WEIGHTS = ("weights_seed", "kernel_initializer", "recurrent_initializer", "bias_initializer")
NUMBERS = ("initial_h", "initial_c")
SLIDER_MOST = 100
TYPED_HEIGHT = 110
TYPED_MOST = 20_000  # characters that are still sent to the browser, to be changed there
EXPERIMENT = "experiment"
"""Key of the playground's fragment that shows the experiment."""
SHAPE_THE_SIDEBAR = ("preset", "typed", "initial_state", "calls", "use_bias")
"""Fields by which other controls come and go, or are disabled."""
STEPS = {"dropout": 0.05, "recurrent_dropout": 0.05, "forget_bias": 0.1, "initial_h": 0.1, "initial_c": 0.1}


def draw_flags(t: Catalogue) -> None:
    """Draw the four flags that decide what leaves the layer, side by side, above everything else."""
    with st.container(horizontal=True, gap="medium", key="flags"):
        for name in FLAGS:
            hint = t(f"flags.{name}.hint")
            draw_field(name, t, label=f"`{name}` *{hint}*")
        comparison.draw_button(t)


def draw_controls(t: Catalogue) -> None:
    """Draw everything else in the sidebar, in groups; all but the sequence and the units begin closed."""
    experiment = state.experiment()
    _draw_sequence(experiment, t)
    draw_field("units", t)
    with st.container():
        bring_weights.draw_origin(t)
    groups: dict[str, Callable[[], None]] = {
        "weights": lambda: _draw_weights(experiment, t),
        "call": lambda: _draw_call(experiment, t),
        "dropout": lambda: _draw_fields(DROPOUT, t),
        "layer": lambda: _draw_fields(LAYER, t, disabled=("unit_forget_bias",) if experiment.given_weights else ()),
    }
    for name, draw in groups.items():
        with st.expander(t(f"groups.{name}"), key=f"group_{name}", on_change="rerun") as group:
            if group.open:  # what is closed costs nothing
                draw()
    st.button(t("page.reset"), on_click=state.start_again, key="start_again")


def _draw_sequence(experiment: Experiment, t: Catalogue) -> None:
    draw_field("preset", t, format_func=lambda preset: t(f"presets.{preset}"))
    dialog.draw_button(t)
    with st.container():
        if experiment.preset == "typed" or _refused_field() == "typed":
            _draw_typed(t)
        elif experiment.preset == "words":
            draw_field("sentence", t)
    with st.container():
        if experiment.preset not in ("typed", "words"):
            draw_field("timesteps", t)
    with st.container():
        if experiment.preset != "typed":
            left, right = st.columns(2)
            with left:
                draw_field("features", t)
            with right:
                draw_field("batch", t)
    with st.container():
        if experiment.preset in ("words", "noise"):
            draw_field("data_seed", t)


def _draw_typed(t: Catalogue) -> None:
    """Draw the box for typed numbers; a comma that can be read in two ways is asked about."""
    if len(state.experiment().typed) > TYPED_MOST:
        st.caption(t("bring.long", shape=use.shape(state.experiment().data(), t)))
        return
    draw_field("typed", t)
    readings = comma_readings(st.session_state[state.widget_key("typed")])
    if _refused_field() == "typed" and readings:
        for name, text in zip(("decimal", "features"), readings, strict=True):
            st.button(
                t(f"notice.{name}", text=text.replace("\n", "; ")),
                on_click=partial(state.change, "typed", typed=text),
                key=f"read_as_{name}",
            )


def _draw_weights(experiment: Experiment, t: Catalogue) -> None:
    _draw_fields(WEIGHTS, t, disabled=WEIGHTS if experiment.given_weights else ())
    draw_field("forget_bias", t, disabled=not experiment.use_bias)
    number_table.draw_table(experiment, WEIGHT_TENSORS, t, key="weights")


def _draw_call(experiment: Experiment, t: Catalogue) -> None:
    draw_field("initial_state", t)
    with st.container():
        if experiment.initial_state:
            left, right = st.columns(2)
            with left:
                draw_field("initial_h", t)
            with right:
                draw_field("initial_c", t)
            number_table.draw_table(experiment, STATE_TENSORS, t, key="states")
    draw_field("mask", t)
    draw_field("zero_output_for_mask", t)
    draw_field("calls", t)
    with st.container():
        if experiment.calls > 1:
            draw_field("reset_before", t, options=list(range(2, experiment.calls + 1)))


def _draw_fields(names: tuple[str, ...], t: Catalogue, *, disabled: tuple[str, ...] = ()) -> None:
    for name in names:
        draw_field(name, t, disabled=name in disabled)


def _refused_field() -> str | None:
    refused = state.refused()
    return refused[0] if refused else None


def draw_field(name: str, t: Catalogue, *, label: str | None = None, **options: Any) -> None:
    """Draw the widget that fits a field: its label, its help, its bounds, and the session's value in it."""
    state.fill_widget(name)
    field = FIELDS[name]
    widget, bounds = _widget(name, field.default, dict(field.metadata))
    widget(
        label or t(f"fields.{name}.label"),
        help=t(f"fields.{name}.help"),
        key=state.widget_key(name),
        on_change=partial(_apply, name),
        **{**bounds, **options},
    )


def _apply(name: str) -> None:
    """Take a control's value; where that changes no other control, draw the experiment alone anew, not the sidebar."""
    refused_before = state.refused()
    state.apply(name)
    shaped = (
        name in SHAPE_THE_SIDEBAR
        or refused_before is not None
        or state.refused() is not None
        or number_table.is_open()
        or state.other_controls_change(name)
    )
    if st.session_state.page == state.PLAYGROUND and name not in FLAGS and not shaped:
        state.page_is_whole()
        st.rerun(EXPERIMENT)


def _widget(name: str, default: object, bounds: dict[str, Any]) -> tuple[Callable[..., Any], dict[str, Any]]:
    if "choices" in bounds:
        return st.selectbox, {"options": bounds["choices"]}
    if "longest" in bounds:
        return (st.text_area, {"height": TYPED_HEIGHT}) if name == "typed" else (st.text_input, {})
    if isinstance(default, bool):
        return st.toggle, {}
    if isinstance(default, tuple):
        return st.multiselect, {}
    limits = {"min_value": bounds["low"], "max_value": bounds["high"]}
    if name in STEPS:
        limits["step"] = STEPS[name]
    return (
        st.slider if bounds["high"] <= SLIDER_MOST and name not in ("initial_h", "initial_c") else st.number_input
    ), limits
