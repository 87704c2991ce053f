"""Experiment -> Run: everything the page shows, computed by the engine, one call of the layer after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_core.experiment import Experiment
from lstm_core.layers.outputs import LayerOutput, layer_outputs
from lstm_core.layers.rnn import run_recurrent
from lstm_core.layers.trace import DropoutMasks, States, Trace
from lstm_core.layers.weights import Weights

Array = NDArray[np.float32]
Start = Literal["zeros", "given", "kept", "reset"]


class CallStates(NamedTuple):
    """Where one call began, and the states it ended with by name, each (batch, units)."""

    start: Start
    end: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Run:
    """What an experiment gives: the last call's traces, one a layer, its returned tensors, and each call's last states.

    `masks` are the dropout masks it was computed with, one for each call, if any were needed.
    """

    experiment: Experiment
    weights: Weights
    traces: tuple[Trace, ...]
    outputs: tuple[LayerOutput, ...]
    calls: tuple[CallStates, ...]
    masks: tuple[DropoutMasks, ...] | None

    @property
    def trace(self) -> Trace:
        """The trace of the only layer."""
        (trace,) = self.traces
        return trace


def run_experiment(experiment: Experiment, masks: Sequence[DropoutMasks] | None = None) -> Run:
    """Run the layer as often as the experiment calls it.

    `masks` are Keras's own dropout masks, one for each call; they are needed where `experiment.draws_dropout`.

    >>> run = run_experiment(Experiment(units=2, return_sequences=True))
    >>> run.outputs[0].name, run.outputs[0].array.shape
    ('output', (1, 6, 2))

    Raises:
        ValueError: if dropout masks are needed and are not there for each call.
    """
    if experiment.draws_dropout and (masks is None or len(masks) != experiment.calls):
        raise ValueError(
            f"dropout needs Keras's masks for each of {experiment.calls} calls, got {masks and len(masks)}"
        )
    calls: list[CallStates] = []
    weights = experiment.weights()
    for start, trace in traces(experiment, weights, masks):
        calls.append(CallStates(start, {name: trace[name][-1].copy() for name in trace.spec.state_names}))
    outputs = layer_outputs(trace, experiment.layer)
    return Run(experiment, weights, (trace,), outputs, tuple(calls), tuple(masks) if masks else None)


def traces(
    experiment: Experiment, weights: Weights, masks: Sequence[DropoutMasks] | None
) -> Iterator[tuple[Start, Trace]]:
    """Yield where each call begins, and its trace, one call after the other."""
    data, mask, given = experiment.data(), experiment.step_mask(), experiment.given_state()
    kept: States | None = None
    for number in range(1, experiment.calls + 1):
        start, state = _start(experiment, number, given, kept)
        drawn = masks[number - 1] if masks else None
        trace = run_recurrent(
            data,
            weights,
            experiment.layer,
            mask=mask,
            initial_state=state,
            dropout_mask=drawn.dropout if drawn else None,
            recurrent_dropout_mask=drawn.recurrent_dropout if drawn else None,
        )
        yield start, trace
        kept = trace.end


def row_labels(experiment: Experiment, row: int) -> tuple[str, ...] | None:
    """Return the words under the steps of batch row `row`; each further row begins one word later.

    >>> row_labels(Experiment(sentence="the cat sat", batch=2), 1)
    ('cat', 'sat', 'the')
    """
    words = experiment.words
    return words[row % len(words) :] + words[: row % len(words)] if words else None


def _start(
    experiment: Experiment, number: int, given: States | None, kept: States | None
) -> tuple[Start, States | None]:
    """Return where a call begins: a given state comes before a kept one (keras/src/layers/rnn/rnn.py, `call`)."""
    if given is not None:
        return "given", given
    if not experiment.layer.stateful or kept is None:
        return "zeros", None
    if number in experiment.reset_before:
        return "reset", None
    return "kept", kept
