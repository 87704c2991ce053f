"""The pictures: which batch row, and one figure of every value of it."""

from __future__ import annotations

import orjson
import streamlit as st

from lstm_core.experiment import Experiment
from lstm_core.figures.panels import Order, Shown, order_of
from lstm_core.figures.sent import Part
from lstm_core.figures.text import FigureText
from lstm_core.figures.time_figure import time_figure
from lstm_core.layers.spec import X
from lstm_core.run import Run, row_labels
from lstm_core.text import Catalogue
from pages.ui.components.charts import draw_charts, part_of
from pages.ui.once import once

ROW = "shown_row"
"""Session key: the batch row to show, from 1."""
QUANTITY = "table_quantity"
"""Session key: what the table has."""
CHARTS = "charts"
"""Session key of the figure."""


def choose_row(experiment: Experiment, t: Catalogue) -> int:
    """Return the batch row to show, from 0; a choice where there are several."""
    batch = experiment.shape[0]
    if batch == 1:
        return 0
    st.session_state[ROW] = shown_row(experiment) + 1
    return int(st.slider(t("page.row"), 1, batch, key=ROW, help=t("page.row_help"), width=320)) - 1


def shown_row(experiment: Experiment) -> int:
    """Return the batch row that was chosen last, from 0, as far as the experiment has so many."""
    return int(min(st.session_state.get(ROW, 1), experiment.shape[0])) - 1


def draw_pictures(run: Run, t: Catalogue, *, row: int, order: Order | None = None) -> None:
    """Draw one batch row of a run: its summary and every value, or those of `order`, on one time axis."""
    token = f"{t.language}-{row}-{run.opened.suffix}-{hash(run.experiment):x}"
    draw_charts(_json(run, t, row, order, part_of(CHARTS)), token=token, key=CHARTS)


@once
def _json(run: Run, t: Catalogue, row: int, order: Order | None, part: Part) -> orjson.Fragment:
    figure = time_figure(
        run.trace,
        row=row,
        outputs=run.outputs_in_model,
        text=FigureText(**t.section("figure")),
        labels=row_labels(run.experiment, row),
        order=order,
        part=part,
    )
    return orjson.Fragment(orjson.dumps(figure))


def draw_table(run: Run, t: Catalogue, *, row: int) -> None:
    """Draw the values of one quantity of the pictures as a table, a line each time step, if it is asked for."""
    if not st.toggle(t("pictures.table"), key="table_open"):
        return
    import pandas as pd  # 0.3 s that the first page does not need

    text = FigureText(**t.section("figure"))
    quantities = dict.fromkeys(quantity for _, quantity in order_of(run.trace.spec))
    if st.session_state.get(QUANTITY) not in quantities:
        st.session_state[QUANTITY] = X.name
    quantity = st.selectbox(t("pictures.quantity"), quantities, format_func=text.quantity, key=QUANTITY, width=260)
    grid = Shown(run.trace, row, run.outputs, text).grid(quantity).T
    name = "figure.feature" if quantity == "x" else "figure.unit"
    columns = [t(name, feature=number, unit=number) for number in range(1, grid.shape[1] + 1)]
    words = row_labels(run.experiment, row) or ("",) * len(grid)
    steps = [f"{number} {word}".rstrip() for number, word in enumerate(words, start=1)]
    st.dataframe(pd.DataFrame(grid, columns=columns, index=pd.Index(steps, name=t("figure.axis"))), key="table")
