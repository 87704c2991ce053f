"""The pictures: which batch row, and one figure of every value of it."""

from __future__ import annotations

import streamlit as st

from lstm_core.experiment import Experiment
from lstm_core.figures.panels import STACK
from lstm_core.figures.text import FigureText
from lstm_core.figures.time_figure import time_figure
from lstm_core.run import Run, row_labels
from lstm_core.text import Catalogue
from pages.ui.charts import draw_charts


def choose_row(experiment: Experiment, t: Catalogue) -> int:
    """Return the batch row to show, from 0; a choice where there are several."""
    batch = experiment.shape[0]
    if batch == 1:
        return 0
    key = "shown_row"
    st.session_state[key] = min(st.session_state.get(key, 1), batch)
    return int(st.slider(t("page.row"), 1, batch, key=key, help=t("page.row_help"), width=320)) - 1


def draw_pictures(run: Run, t: Catalogue, *, row: int, order: tuple[tuple[str, str], ...] = STACK) -> None:
    """Draw one batch row of a run: its summary and every value, or those of `order`, on one time axis."""
    figure = time_figure(
        run.trace,
        row=row,
        outputs=run.outputs,
        text=FigureText(**t.section("figure")),
        labels=row_labels(run.experiment, row),
        order=order,
    )
    token = f"{t.language}-{row}-{hash(run.experiment):x}"
    draw_charts(figure, token=token, key="charts")
