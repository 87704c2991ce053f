"""The model as a list of layers: which one is opened, and layers added, taken out and moved.

What a flag or another sequence changes is in the picture of the stack, not here: the sidebar need not be drawn again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from lstm_core.experiment import Experiment
from lstm_core.layers.model_weights import Opened
from lstm_core.limits import MAX_LAYERS
from lstm_core.model import Row, layer_name, rows, with_layer, with_layer_moved, without_layer
from lstm_core.refusal import Refusal
from lstm_core.text import Catalogue
from pages.ui import state

OPENED = "opened_layer"
"""Session key of the choice of the layer that the page shows."""


def draw_layers(t: Catalogue) -> None:
    """Draw the model's layers from the input up, each a choice; nothing for a layer by itself."""
    experiment = state.experiment()
    with st.container():
        if experiment.is_plain:
            return
        listed = rows(experiment)
        first = next(place for place, row in enumerate(listed) if row.number)
        last = max(place for place, row in enumerate(listed) if row.number)
        for row in listed[:first]:
            st.caption(_line(row, t))
        st.session_state[OPENED] = state.opened()
        st.radio(
            t("model.layers"),
            experiment.places,
            format_func=lambda place: _name(place, experiment, listed, t),
            captions=[_caption(place, listed, t) for place in experiment.places],
            key=OPENED,
            on_change=_open,
        )
        for row in listed[last + 1 :]:
            st.caption(_line(row, t))
        if len(experiment.layers) > 1:
            with st.container(horizontal=True, gap="small", key="model_moves"):
                _draw_move("remove", t, partial(without_layer, number=state.opened().layer))
                _draw_move("down", t, partial(with_layer_moved, number=state.opened().layer, by=-1), by=-1)
                _draw_move("up", t, partial(with_layer_moved, number=state.opened().layer, by=1), by=1)


def draw_adding(t: Catalogue) -> None:
    """Draw the button that adds a layer behind the one that is opened."""
    st.button(
        t("model.add"),
        on_click=_change,
        args=(partial(with_layer, after=state.opened().layer), 1),
        disabled=len(state.experiment().layers) == MAX_LAYERS,
        help=t("model.add_help"),
        key="model_add",
        width="stretch",
    )


def _draw_move(name: str, t: Catalogue, change: Callable[[Experiment], Experiment], by: int = 0) -> None:
    number, layers = state.opened().layer, len(state.experiment().layers)
    st.button(
        t(f"model.{name}"),
        help=t(f"model.{name}_help", layer=number),
        on_click=_change,
        args=(change, by),
        disabled=bool(by) and not 1 <= number + by <= layers,
        key=f"model_{name}",
    )


def _change(change: Callable[[Experiment], Experiment], by: int) -> None:
    """Put the changed model on screen, with the layer opened that was moved or added."""
    opened = state.opened()
    try:
        state.rearrange(change(state.experiment()))
    except Refusal as refusal:
        state.refuse("layers", refusal)
        return
    state.open_layer(Opened(opened.layer + by))


def _open() -> None:
    place = st.session_state[OPENED]
    if place in state.experiment().places:  # of a choice among layers that have changed meanwhile only its label comes
        state.open_layer(place)


def said(experiment: Experiment) -> tuple[tuple[str, int], ...]:
    """Return what the list says of each of a model's layers; nothing for a layer by itself."""
    return () if experiment.is_plain else tuple((_code(row, experiment), row.parameters) for row in rows(experiment))


def _code(row: Row, experiment: Experiment) -> str:
    return layer_name(experiment.layers[row.number - 1]) if row.number else row.code


def _name(place: Opened, experiment: Experiment, listed: tuple[Row, ...], t: Catalogue) -> str:
    """Return a layer's number and name: two of a kind, or one that has moved, are told apart by the number."""
    code = f"`{_code(next(row for row in listed if row.number == place.layer), experiment)}`"
    if experiment.layers[place.layer - 1].bidirectional:
        code = t("model.backward" if place.backward else "model.forward", code=code)
    return f"{place.layer} · {code}"


def _caption(place: Opened, listed: tuple[Row, ...], t: Catalogue) -> str:
    """Return how many numbers a layer learns, and the Dropout behind it; of two directions once."""
    if place.backward:
        return t("model.row_backward")
    index = next(index for index, row in enumerate(listed) if row.number == place.layer)
    parameters = t("model.row", parameters=f"{listed[index].parameters:,}")
    behind = listed[index + 1 : index + 2]
    dropout = behind[0].code if behind and behind[0].code.startswith("Dropout") else ""
    return f"{parameters} · {dropout}" if dropout else parameters


def _line(row: Row, t: Catalogue) -> str:
    return f"`{row.code}`  \n" + t("model.row", parameters=f"{row.parameters:,}")
