"""Run -> what the picture of a stack shows of it."""

from __future__ import annotations

import numpy as np

from lstm_core.figures.stack import StackedHead, StackedLayer
from lstm_core.model import layer_name, rows
from lstm_core.run import Run


def stacked(run: Run, *, row: int) -> tuple[tuple[StackedLayer, ...], StackedHead | None, str]:
    """Return what the picture shows of one batch row: the layers, the head, and what stands in front as in code."""
    layers: list[StackedLayer] = []
    front, head = "", None
    for listed in rows(run.experiment):
        if listed.number is None:
            if not layers:
                front = listed.code
            elif run.last.prediction is not None and listed.code.startswith("Dense"):
                head = StackedHead(listed.code, np.atleast_2d(run.last.prediction[row]), str(listed.shape))
            continue
        layer, called = run.experiment.layers[listed.number - 1], run.last.layers[listed.number - 1]
        mask = called.directions[0].trace.mask
        merges = layer.bidirectional and layer.merge_mode != "None"
        layers.append(
            StackedLayer(
                layer_name(layer),
                tuple(direction.trace.in_time_order("h")[:, row] for direction in called.directions),
                go_backwards=layer.go_backwards,
                return_sequences=layer.return_sequences,
                merge_mode=layer.merge_mode if merges else None,
                masked=() if mask is None else tuple((np.flatnonzero(~mask[row]) + 1).tolist()),
                zero_output_for_mask=layer.zero_output_for_mask,
                behind=f"Dropout({layer.dropout_after:g})" if layer.dropout_after else "",
                returned=layer.spec.state_names if layer.return_state else (),
                shape=str(listed.shape),
            )
        )
    return tuple(layers), head, front
