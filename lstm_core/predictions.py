"""What a model says after each step, as if the sequence ended there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.ends import dense
from lstm_core.run import Run, front, model_called

Array = NDArray[np.float32]

MOST_BEGINNINGS = 64
"""Steps up to which a Bidirectional model is run on each beginning of its sequence."""


def predictions(run: Run) -> Array | None:
    """Return what the head says after each step, (T, B, K) in time order; None without a head.

    Where every layer reads forward, that is the head of the last layer's output at that step: what came later changes
    nothing. A Bidirectional layer reads what comes later too, so the model is run on each beginning of the sequence; of
    a longer one than `MOST_BEGINNINGS` only the whole is there, and NaN before. What dropout drops at the end alone is
    not drawn for beginnings: then too.
    """
    experiment, said = run.experiment, run.last.prediction
    if said is None:
        return None
    if said.ndim == 3:
        return said.transpose(1, 0, 2)
    steps = experiment.shape[1]
    found = np.full((steps, *said.shape), np.nan, np.float32)
    found[-1] = said
    plain = not experiment.draws_dropout
    (last,) = run.last.layers[-1].directions[:1]
    if plain and not any(layer.bidirectional or layer.go_backwards for layer in experiment.layers):
        weights = run.model_weights
        assert weights.head_kernel is not None
        assert weights.head_bias is not None
        found[:-1] = dense(last.trace.output, weights.head_kernel, weights.head_bias, experiment.head_activation)[:-1]
    elif plain and steps <= MOST_BEGINNINGS and not experiment.initial_state and experiment.calls == 1:
        x, mask = front(experiment, run.model_weights)
        for end in range(1, steps):
            beginning = None if mask is None else mask[:, :end]
            prediction = model_called(experiment, run.model_weights, x[:, :end], beginning).prediction
            assert prediction is not None
            found[end - 1] = prediction
    return found
