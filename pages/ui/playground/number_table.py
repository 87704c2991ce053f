"""Numbers set by hand: a small table of one tensor of any layer, or of one gate's part of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from lstm_core.describe_layer import whose
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.model_weights import EMBEDDINGS, HEAD_BIAS, HEAD_KERNEL, Opened, tensor_parts
from lstm_core.sequences.numbers import Array
from lstm_core.text import Catalogue
from pages.ui import state

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("weights", "states")
"""Keys under which tables are drawn."""
TAKEN = "hand_taken"
_AROUND = (EMBEDDINGS, HEAD_KERNEL, HEAD_BIAS)
"""Tensors of what stands around the recurrent layers."""


def is_open() -> bool:
    """Whether some table stands on the page."""
    return any(st.session_state.get(f"hand_open_{key}") for key in TABLES)


def draw_table(experiment: Experiment, t: Catalogue, *, key: str) -> None:
    """Draw a table in which single numbers of the weights, or of the initial states, can be set.

    The page loads its editor when it is opened. It begins with the layer that the page shows.
    """
    if not st.toggle(t("hand.open"), key=f"hand_open_{key}"):
        return
    tensors = tuple(experiment.tensor_shapes if key == "weights" else experiment.state_shapes)
    shown = state.opened()
    own = [tensor for tensor in tensors if place_of(experiment, tensor) == shown]
    tensor = st.selectbox(
        t("hand.tensor"),
        tensors,
        index=tensors.index(own[0]) if own else 0,
        format_func=lambda name: label(experiment, name, t),
        key=f"hand_tensor_{key}{shown.suffix}",
    )
    gate, symbols = 0, gates_of(experiment, tensor)  # Keras packs them into the columns in this order
    if len(symbols) > 1:
        begins = "f" if "f" in symbols else symbols[0]
        asked = f"hand_gate_{key}_{'_'.join(symbols)}"
        gate = symbols.index(st.segmented_control(t("hand.gate"), symbols, default=begins, required=True, key=asked))
    st.caption(t("fields.edits.help"))
    table = part(experiment, tensor, gate, t)
    first = gate * len(table.columns)
    editor_key = f"hand_{tensor}_{gate}_{hash(experiment)}_{st.session_state.get(TAKEN, 0)}"  # a fresh table each time
    st.data_editor(
        table,
        column_config={"_index": st.column_config.Column(disabled=True)}
        | {
            column: st.column_config.NumberColumn(_column_name(tensor, column, t), format="%.4f")
            for column in table.columns
        },
        key=editor_key,
        on_change=partial(_take, editor_key, tensor, first),
    )
    made = [edit for edit in experiment.edits if edit.tensor in tensors]
    if made:
        kept = tuple(edit for edit in experiment.edits if edit.tensor not in tensors)
        st.button(
            t("hand.clear", count=len(made)),
            on_click=partial(state.change, "edits", edits=kept),
            key=f"hand_clear_{key}",
        )


def place_of(experiment: Experiment, tensor: str) -> Opened | None:
    """Return which direction of which layer a tensor is of; None for what stands around the layers."""
    bare, suffix = tensor_parts(tensor)
    return None if bare in _AROUND else next(place for place in experiment.places if place.suffix == suffix)


def label(experiment: Experiment, tensor: str, t: Catalogue) -> str:
    """Return a tensor's name and what it is for; in a model also whose it is."""
    bare, place = tensor_parts(tensor)[0], place_of(experiment, tensor)
    said = t(f"hand.{bare}")
    if place is None or len(experiment.places) == 1:
        return said
    both = experiment.layers[place.layer - 1].bidirectional
    return f"{whose(experiment.layers, place, t, direction=both)} · {said}"


def gates_of(experiment: Experiment, tensor: str) -> tuple[str, ...]:
    """Return the symbols of the gates that share a tensor's columns, in the order of these; none of a state."""
    place = place_of(experiment, tensor)
    if place is None or tensor in experiment.state_shapes:
        return ()
    return tuple(gate.symbol for gate in experiment.layers[place.layer - 1].spec.gates)


def part(experiment: Experiment, tensor: str, gate: int, t: Catalogue) -> pd.DataFrame:
    """Return the numbers of a gate as they are now: units across; features, units, indices or batch rows down."""
    import pandas as pd  # 0.3 s that the first page does not need

    bare, _ = tensor_parts(tensor)
    values = np.atleast_2d(_values(experiment, tensor))
    width = values.shape[1] // max(1, len(gates_of(experiment, tensor)))
    values = values[:, gate * width : (gate + 1) * width]
    if bare == "bias" and len(values) > 1:
        rows = [t("hand.bias_input"), t("hand.bias_recurrent")]
    elif bare == EMBEDDINGS:
        rows = [t("hand.index", index=index) for index in range(len(values))]
    else:
        row_name = {"kernel": "hand.feature", "h": "hand.row", "c": "hand.row"}.get(bare, "hand.unit")
        rows = [t(row_name, row=index, feature=index, unit=index) for index in range(1, len(values) + 1)]
    return pd.DataFrame(values, index=rows, columns=[str(unit) for unit in range(1, width + 1)])


def _values(experiment: Experiment, tensor: str) -> Array:
    if tensor in experiment.state_shapes:
        return dict(zip(experiment.state_shapes, experiment.given_state() or (), strict=True))[tensor]
    return experiment.model_weights().tensors[tensor]


def _column_name(tensor: str, column: str, t: Catalogue) -> str:
    name = {EMBEDDINGS: "hand.feature", HEAD_KERNEL: "hand.output", HEAD_BIAS: "hand.output"}.get(tensor, "hand.unit")
    return t(name, unit=column, feature=column, output=column)


def _take(editor_key: str, tensor: str, first: int) -> None:
    """Take what was typed into the table; an emptied number is the drawn one again."""
    experiment = state.experiment()
    edits = {(edit.tensor, edit.row, edit.column): edit for edit in experiment.edits}
    for row, cells in st.session_state.get(editor_key, {"edited_rows": {}})["edited_rows"].items():
        for unit, value in cells.items():
            place = (tensor, int(row), first + int(unit) - 1)
            edits.pop(place, None)
            if value is not None:
                edits[place] = Edit(*place, float(value))
    st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1
    state.change("edits", edits=tuple(sorted(edits.values())))
