"""Numbers set by hand: a small table of one tensor, or of one gate's part of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from lstm_core.experiment import Edit, Experiment
from lstm_core.layers.spec import STATES
from lstm_core.text import Catalogue
from pages.ui import state

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("weights", "states")
"""Keys under which tables are drawn."""
TAKEN = "hand_taken"


def is_open() -> bool:
    """Whether some table stands on the page."""
    return any(st.session_state.get(f"hand_open_{key}") for key in TABLES)


def draw_table(experiment: Experiment, tensors: tuple[str, ...], t: Catalogue, *, key: str) -> None:
    """Draw a table in which single numbers of a tensor can be set; the page loads its editor when it is opened."""
    if not st.toggle(t("hand.open"), key=f"hand_open_{key}"):
        return
    present = [tensor for tensor in tensors if experiment.tensor_shape(tensor)]
    tensor = st.selectbox(
        t("hand.tensor"), present, format_func=lambda name: t(f"hand.{name}"), key=f"hand_tensor_{key}"
    )
    layer = experiment.layer
    gate, symbols = 0, [gate.symbol for gate in layer.spec.gates]  # Keras packs them into the columns in this order
    if tensor not in STATES and len(symbols) > 1:
        begins = "f" if "f" in symbols else symbols[0]
        asked = f"hand_gate_{key}_{layer.cell}"
        gate = symbols.index(st.segmented_control(t("hand.gate"), symbols, default=begins, required=True, key=asked))
    st.caption(t("fields.edits.help"))
    first = gate * experiment.layer.units
    editor_key = f"hand_{tensor}_{gate}_{hash(experiment)}_{st.session_state.get(TAKEN, 0)}"  # a fresh table each time
    st.data_editor(
        _table(experiment, tensor, first, t),
        column_config={"_index": st.column_config.Column(disabled=True)}
        | {
            str(unit): st.column_config.NumberColumn(t("hand.unit", unit=unit), format="%.4f")
            for unit in range(1, experiment.layer.units + 1)
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


def _table(experiment: Experiment, tensor: str, first: int, t: Catalogue) -> pd.DataFrame:
    """Return the numbers as they are now: units across; features, units or batch rows down."""
    import pandas as pd  # 0.3 s that the first page does not need

    if tensor in STATES:
        given = experiment.given_state()
        assert given is not None  # without an initial state no table of it is drawn
        values = given[experiment.layer.spec.state_names.index(tensor)]
        row_name = "hand.row"
    else:
        values = getattr(experiment.weights(), tensor)
        row_name = "hand.feature" if tensor == "kernel" else "hand.unit"
    values = values.reshape(-1, values.shape[-1])[:, first : first + experiment.layer.units]
    rows = [t(row_name, row=index, feature=index, unit=index) for index in range(1, len(values) + 1)]
    if tensor == "bias" and len(values) > 1:
        rows = [t("hand.bias_input"), t("hand.bias_recurrent")]
    return pd.DataFrame(values, index=rows, columns=[str(unit) for unit in range(1, experiment.layer.units + 1)])


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
