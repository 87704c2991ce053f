"""The panels beside the pictures: what comes back, the code, the states after each call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from lstm_core.assets import returned_parts
from lstm_core.changes import calls_note, changes
from lstm_core.describe import returned_panel
from lstm_core.experiment import Experiment
from lstm_core.fields import field_parts
from lstm_core.keras_check.agreement import Agreement
from lstm_core.layers.arguments import FLAGS
from lstm_core.layers.outputs import ModelOutput, printed
from lstm_core.layers.trace import Masks
from lstm_core.run import Run
from lstm_core.text import Catalogue
from pages.ui.components.component import component
from pages.ui.once import once, run_of


class Remembered(NamedTuple):
    """What a session keeps of a run, whose arrays are up to 13 MB: what it is made of."""

    experiment: Experiment
    masks: tuple[Masks, ...] | None

    def run(self) -> Run:
        """Run it again."""
        return run_of(self.experiment, self.masks)


_returned = component("returned", returned_parts())
_returned_panel = once(returned_panel)


def draw_returned(
    run: Run, agreement: Agreement | None, t: Catalogue, *, title: str, changed: Mapping[str, object] | None
) -> None:
    """Draw what the layer returns, and a place for what the last flag `changed`, unless that is None.

    As text it is Keras's own numbers as soon as they are there.
    """
    _returned({"title": title, "changed": changed, **returned(run, agreement, t)}, key="returned")


def draw_all_values(run: Run, t: Catalogue, *, row: int) -> None:
    """Draw every value that comes back of one batch row as tables, if they are asked for."""
    if st.toggle(t("returned.all_values", row=row + 1), key="all_values"):
        for output in run.returned:
            _draw_values(run, output, t, row)


def draw_tensors(run: Run, agreement: Agreement | None, t: Catalogue, *, key: str) -> None:
    """Draw the returned tensors in Keras's order: name, shape, what each is, and its text."""
    _returned(returned(run, agreement, t), key=key)


def returned(run: Run, agreement: Agreement | None, t: Catalogue) -> dict[str, Any]:
    """Return what the browser needs to draw a run's returned tensors."""
    return {"of": f"{hash(run.experiment):x}", **_returned_panel(run, agreement, t)}


def draw_calls(run: Run, t: Catalogue, *, row: int) -> None:
    """Draw a table of the state that each call began with and ended with, for one batch row."""
    if len(run.calls) == 1:
        return
    st.subheader(t("calls.title") if run.experiment.is_plain else t("calls.title_layer", layer=run.opened.layer))
    if note := calls_note(run, t):
        st.caption(note)
    import pandas as pd  # 0.3 s that the first page does not need

    st.table(
        pd.DataFrame(
            {
                t("calls.begins"): [t(f"calls.{call.start}", call=number) for number, call in enumerate(run.calls)],
                **{
                    t(f"calls.{name}_after"): [printed(call.end[name][row]) for call in run.calls]
                    for name in run.trace.spec.state_names
                },
            },
            index=pd.Index(range(1, len(run.calls) + 1), name=t("calls.call")),
        ),
        hide_index=False,
    )


def what_changed(run: Run, t: Catalogue) -> dict[str, object]:
    """Return the line of what the last flag changed, and what it did not; empty where more than flags has changed.

    The experiment before the flag is remembered as long as only flags have changed.
    """
    state, now = st.session_state, Remembered(run.experiment, run.masks)
    before: Remembered | None = state.get("shown_before")
    if before is not None and before.experiment != now.experiment:
        only_flags = {field_parts(name)[0] for name in before.experiment.differs_from(now.experiment)} <= set(FLAGS)
        state.before_flag = before if only_flags else None
    state.shown_before = now
    before_flag: Remembered | None = state.get("before_flag")
    lines = changes(before_flag.run(), run, t) if before_flag else ()
    return {"lines": tuple(lines), "title": t("returned.changed"), "none": t("returned.unchanged")}


def steps_of(run: Run, output: ModelOutput) -> Sequence[int]:
    """Return which step, from 1, each row of a returned sequence is of, as the last layer is given its steps.

    Bidirectional puts both directions in time order; another layer's sequence stays in the order of processing.
    """
    number = output.place.layer
    backwards = run.experiment.layers[number - 1].go_backwards
    steps = range(1, run.trace.steps + 1)
    return steps[::-1] if backwards else steps


def _draw_values(run: Run, output: ModelOutput, t: Catalogue, row: int) -> None:
    import pandas as pd

    values = output.array[row]
    units = [t("hand.unit", unit=unit + 1) for unit in range(values.shape[-1])]
    steps = steps_of(run, output) if values.ndim == 2 else [output.name]
    st.dataframe(
        pd.DataFrame(
            values.reshape(-1, values.shape[-1]), columns=units, index=pd.Index(steps, name=t("returned.step"))
        )
    )
