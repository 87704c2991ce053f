"""What a model says after each step, as if the sequence ended there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.ends import dense
from lstm_core.layers.trace import IntArray
from lstm_core.run import Run, front, model_called

Array = NDArray[np.float32]

MOST_BEGINNINGS = 64
"""Steps up to which a Bidirectional model is run on each beginning of its sequence."""


def predictions(run: Run) -> Array | None:
    """Return what the head says after each step, (T, B, K) in the order of its own steps; None without a head.

    With a head at the end alone, that is what it says of the last layer's output at that step, if every layer reads
    forward: what came later changes nothing. A Bidirectional layer reads what comes later too, so the model is run on
    each beginning of the sequence; of a longer one than `MOST_BEGINNINGS` only the whole is there, and NaN before. So
    it is with go_backwards, and where dropout is drawn, which for a beginning would be drawn again.
    """
    experiment, said = run.experiment, run.last.prediction
    if said is None:
        return None
    if said.ndim == 3:
        return said.transpose(1, 0, 2)
    steps = experiment.shape[1]
    found = np.full((steps, *said.shape), np.nan, np.float32)
    found[-1] = said
    if experiment.draws_dropout or any(layer.go_backwards for layer in experiment.layers):
        return found
    if not any(layer.bidirectional for layer in experiment.layers):
        weights, (last, *_) = run.model_weights, run.last.layers[-1].directions
        assert weights.head_kernel is not None
        assert weights.head_bias is not None
        found[:-1] = dense(last.trace.output, weights.head_kernel, weights.head_bias, experiment.head_activation)[:-1]
    elif steps <= MOST_BEGINNINGS and not experiment.initial_state and experiment.calls == 1:
        x, mask = front(experiment, run.model_weights)
        for end in range(1, steps):
            beginning = None if mask is None else mask[:, :end]
            prediction = model_called(experiment, run.model_weights, x[:, :end], beginning).prediction
            assert prediction is not None
            found[end - 1] = prediction
    return found


def times(run: Run) -> IntArray:
    """Return which time step of the opened layer, from 0, each step of the head follows from last, (T,).

    A plain layer hands on in its order of processing; a Bidirectional one in the order of what it was given.

    >>> from lstm_core.experiment import Experiment
    >>> from lstm_core.run import run_experiment
    >>> times(run_experiment(Experiment(sentence="a b c", go_backwards=True))).tolist()
    [2, 1, 0]
    """
    layers, opened = run.experiment.layers, run.opened.layer
    turns = sum(layer.go_backwards and not layer.bidirectional for layer in layers[opened:])
    order = np.arange(run.trace.steps) if layers[opened - 1].bidirectional else run.trace.time_index
    return order[::-1] if turns % 2 else order
