"""The controls: one widget a field of the experiment, made from the field's own bounds.

What is there only sometimes, here and on the other pages, stands in a container of its own that is always there: so
nothing else ever changes its place in Streamlit's tree.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import streamlit as st

from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS
from lstm_core.figures.panels import ranges
from lstm_core.layers.arguments import FLAGS, INITIALIZER_ARGUMENTS
from lstm_core.layers.initializers import MAX_ARGUMENT, chosen
from lstm_core.run import front_mask
from lstm_core.sequences.numbers import PRESETS, comma_readings
from lstm_core.text import Catalogue
from lstm_core.writing import writes
from pages.ui import state
from pages.ui.bring import dialog, use
from pages.ui.bring import weights as bring_weights
from pages.ui.playground import comparison, examples, layer_list, number_table
from pages.ui.playground.control_table import CONTROLS, FOLDED, GROUPS, SHAPING, Control, Row

MAX_SLIDER = 256
TYPED_HEIGHT = 110
MAX_STEPS = 200  # characters of the steps that the front masks
EXPERIMENT = "experiment"
"""Key of the playground's fragment that shows the experiment."""


def draw_flags(t: Catalogue) -> None:
    """Draw the four flags that decide what leaves the layer, side by side, above everything else."""
    with st.container(horizontal=True, gap="medium", key="flags"):
        one_state = len(state.layer().spec.states) == 1
        for name in FLAGS:
            hints = t.section(f"flags.{name}")
            hint = hints.get("hint_h", hints["hint"]) if one_state else hints["hint"]
            draw_field(name, t, label=f"`{name}` *{hint}*")
        comparison.draw_button(t)


def draw_controls(t: Catalogue) -> None:
    """Draw everything else in the sidebar, in groups; all but the sequence and the units begin closed."""
    experiment = state.experiment()
    examples.draw_examples(t)
    _draw_group("sequence", t)
    examples.draw_writing(experiment, t)
    examples.draw_how(t)
    layer_list.draw_layers(t)
    _draw_group("size", t)
    with st.container():
        bring_weights.draw_origin(t)
    tables = {
        "forget_bias": lambda: number_table.draw_table(experiment, t, key="weights"),
        "initial_h": lambda: number_table.draw_table(experiment, t, key="states"),
        "mask": lambda: _draw_front_mask(experiment, t),
    }
    for name in FOLDED:
        with st.expander(t(f"groups.{name}"), key=f"group_{name}", on_change="rerun") as group:
            if group.open:  # what is closed costs nothing
                if name == "model":
                    layer_list.draw_adding(t)
                _draw_group(name, t, **tables)
    dialog.draw_button(t)
    st.button(t("page.reset"), on_click=state.start_again, key="start_again")


def _draw_group(name: str, t: Catalogue, **after: Callable[[], None]) -> None:
    """Draw a group's rows; `after` says what else a row holds, beneath the control of a field."""
    experiment = state.experiment()
    for row in GROUPS[name]:
        shown = _shown(row, experiment)
        with st.container() if any(control.shown_if for control in row) else nullcontext():
            places = st.columns(len(shown)) if len(shown) > 1 else [None] * len(shown)
            for place, control in zip(places, shown, strict=True):
                with place or nullcontext():
                    _draw_control(control, experiment, t)
            for control in shown:
                if control.field in after:
                    after[control.field]()


def _draw_front_mask(experiment: Experiment, t: Catalogue) -> None:
    """Say which steps the front masks, a list for each batch row as the mask's box has them."""
    with st.container():
        if (mask := front_mask(experiment)) is not None:
            listed = [ranges([k + 1 for k, used in enumerate(row) if not used]) or "-" for row in mask.tolist()]
            steps = "; ".join(listed[:1] if len(set(listed)) == 1 else listed)
            steps = steps if len(steps) <= MAX_STEPS else f"{steps[:MAX_STEPS]} …"
            said = "replaced" if experiment.mask.strip() else "masks"
            st.caption(t(f"front_mask.{said}", front=experiment.front.title(), steps=steps))


def _shown(row: Row, experiment: Experiment) -> list[Control]:
    """Return the controls of a row that are there; typed numbers that were refused stay, to be put right."""
    seen = state.seen()
    if _refused_field() == "typed" and CONTROLS["typed"] in row:
        return [CONTROLS["typed"]]
    return [control for control in row if control.is_shown(seen)]


def _draw_control(control: Control, experiment: Experiment, t: Catalogue) -> None:
    disabled = control.is_disabled(state.seen())
    if control.field == "preset":
        draw_field("preset", t, options=list(PRESETS), format_func=lambda preset: t(f"presets.{preset}"))
    elif control.field == "sentence" and experiment.task is not None:
        task, words = experiment.task, ", ".join(experiment.task.words)
        said = t(f"tasks.{task.name}.input_help", words=words)
        draw_field("sentence", t, label=t(f"tasks.{task.name}.input"), help=said)
        examples.draw_another(task, t)
    elif control.field == "reset_before":
        draw_field("reset_before", t, options=list(range(2, experiment.calls + 1)))
    elif control.field == "typed":
        _draw_typed(t, disabled=disabled)
    else:
        draw_field(control.field, t, disabled=disabled)
    if control.field in INITIALIZER_ARGUMENTS:
        _draw_arguments(control.field, t, disabled=disabled)


def _draw_arguments(name: str, t: Catalogue, *, disabled: bool) -> None:
    """Draw a box for each number that a field's initializer takes, side by side."""
    arguments = _arguments(name)
    with st.container():
        for place, argument in zip(st.columns(len(arguments)) if arguments else (), arguments, strict=True):
            place.number_input(
                argument,
                min_value=-MAX_ARGUMENT,
                max_value=MAX_ARGUMENT,
                step=0.05,
                format="%g",
                help=t(f"initializer.{argument}"),
                key=state.argument_key(name, argument),
                on_change=partial(_apply, name),
                disabled=disabled,
            )


def _arguments(name: str) -> tuple[str, ...]:
    """Return which numbers a field's initializer takes; none where the field is another."""
    return tuple(chosen(getattr(state.layer(), name)).named) if name in INITIALIZER_ARGUMENTS else ()


def _draw_typed(t: Catalogue, *, disabled: bool) -> None:
    """Draw the box for typed numbers, or what they are; a comma that can be read in two ways is asked about."""
    if disabled:
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
        key=state.widget_key(name),
        on_change=partial(_apply, name),
        **{"help": t(f"fields.{name}.help"), **bounds, **options},
    )


def _apply(name: str) -> None:
    """Take a control's value; where that changes no other control, draw the experiment alone again, not the sidebar."""
    refused_before, arguments_before, listed_before = (
        state.refused(),
        _arguments(name),
        layer_list.said(state.experiment()),
    )
    state.apply(name)
    shaped = (
        name in SHAPING
        or _arguments(name) != arguments_before
        or refused_before is not None
        or state.refused() is not None
        or number_table.is_open()
        or layer_list.said(state.experiment()) != listed_before
        or state.experiment().front != "none"  # which masks what the sidebar says
        or writes(state.experiment())  # beside its sequence
        or state.other_controls_change(name)
    )
    if state.session().page == state.PLAYGROUND and name not in FLAGS and not shaped:
        state.page_is_whole()
        st.rerun(EXPERIMENT)


def _widget(name: str, default: object, bounds: dict[str, Any]) -> tuple[Callable[..., Any], dict[str, Any]]:
    if name == "cell":
        return st.segmented_control, {"options": bounds["choices"], "required": True, "width": "stretch"}
    if "choices" in bounds:
        return st.selectbox, {"options": bounds["choices"]}
    if "longest" in bounds:
        return (st.text_area, {"height": TYPED_HEIGHT}) if name == "typed" else (st.text_input, {})
    if isinstance(default, bool):
        return st.toggle, {}
    if isinstance(default, tuple):
        return st.multiselect, {}
    limits = {"min_value": bounds["low"], "max_value": bounds["high"]}
    control = CONTROLS[name]
    if control.step is not None:
        limits["step"] = control.step
    return (st.number_input if control.boxed or bounds["high"] > MAX_SLIDER else st.slider), limits
