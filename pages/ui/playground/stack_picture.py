"""The stack over time: filled from a run, drawn where a model has more than one direction, opened by a click."""

from __future__ import annotations

from lstm_core.figures.stacked import stacked
from lstm_core.layers.model_weights import Opened
from lstm_core.run import Run, row_labels
from lstm_core.text import Catalogue
from pages.ui import state


def draw_model(run: Run, t: Catalogue, *, row: int) -> None:
    """Draw the model of a run for one batch row."""
    from pages.ui.components.stack import draw_stack  # a script that the first page does not need

    layers, head, front = stacked(run, row=row)
    draw_stack(
        layers,
        t,
        opened=(run.opened.layer - 1, int(run.opened.backward)),
        on_open=lambda layer, direction, _: state.open_layer(Opened(layer + 1, bool(direction))),
        head=head,
        front=front,
        labels=row_labels(run.experiment, row),
    )
