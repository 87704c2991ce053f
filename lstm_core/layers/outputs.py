"""What a Keras LSTM layer returns for its flags, and the text Python prints of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.trace import IntArray, Trace
from lstm_core.layers.weights import Float32Array

PRECISION = 4
"""Digits after the point in printed text; the exact script sets the same."""


@dataclass(frozen=True, eq=False)
class LayerOutput:
    """One array that the layer returns, and where in the trace its values are.

    `array` is (B, T, U) or (B, U). `quantity`, "h" or "c", names the grid it is taken from, and `steps`
    (B, T) or (B, 1) the processing step of that grid for each row of units: -1 where the row is no state but
    zeros that a mask put there. `order` is its place in what is returned, from 1; 0 where a model only hands it on.
    """

    name: str  # "output", "state_h" or "state_c"
    array: Float32Array
    quantity: str
    steps: IntArray
    order: int = 1


PREDICTION = "prediction"
"""The name of what a head makes of the last layer's output."""


@dataclass(frozen=True, eq=False)
class ModelOutput:
    """One array that a model returns: `array` under `name`, and what it is.

    `of` is the output of one direction of the layer `place` that it is as it stands; None where directions are merged
    or a head made something else of it.
    """

    name: str
    array: Float32Array
    place: Opened
    of: LayerOutput | None = None


def returned_names(layers: Sequence[LayerArguments], *, head: bool) -> tuple[str, ...]:
    """Return the names of what a model returns: the last layer's output or prediction, then states, layer by layer.

    >>> returned_names((LayerArguments(return_state=True),), head=False)
    ('output', 'state_h', 'state_c')
    >>> returned_names((LayerArguments(bidirectional=True, merge_mode="None"),), head=False)
    ('forward_output', 'backward_output')
    >>> returned_names((LayerArguments(), LayerArguments(bidirectional=True, return_state=True)), head=True)
    ('prediction', 'forward_h_2', 'forward_c_2', 'backward_h_2', 'backward_c_2')
    """
    last = layers[-1]
    both = last.bidirectional and last.merge_mode == "None"
    names = [PREDICTION] if head else ["forward_output", "backward_output"] if both else ["output"]
    for number, layer in enumerate(layers, start=1):
        if layer.return_state:
            several = ("forward", "backward") if layer.bidirectional else ("state",)
            end = f"_{number}" if len(layers) > 1 else ""
            names += [f"{whose}_{state}{end}" for whose in several for state in layer.spec.state_names]
    return tuple(names)


def layer_outputs(trace: Trace, arguments: LayerArguments) -> tuple[LayerOutput, ...]:
    """Return what the layer of this trace returns, in Keras' order: the output, then h and c with `return_state`.

    A sequence stays in processing order, also when the layer goes backwards.

    Source: `RNN.call` in keras/src/layers/rnn/rnn.py.
    """
    last_step = trace.steps - 1
    batch = len(trace.inputs)
    every_step = np.tile(np.arange(last_step + 1), (batch, 1))
    at_end = np.full((batch, 1), last_step)
    if arguments.return_sequences:
        steps = every_step if trace.emits_h is None else np.where(trace.emits_h.T, every_step, -1)
        output = LayerOutput("output", trace.output.transpose(1, 0, 2), "h", steps)
    elif trace.last_emits_h is None:
        output = LayerOutput("output", trace["h"][-1], "h", at_end)
    else:
        emits_h = trace.last_emits_h[:, None]
        last = np.where(emits_h, trace["h"][-1], np.float32(0))
        output = LayerOutput("output", last, "h", np.where(emits_h, at_end, -1))
    if not arguments.return_state:
        return (output,)
    states = enumerate(trace.spec.state_names, start=2)
    return (output, *(LayerOutput(f"state_{name}", trace[name][-1], name, at_end, order) for order, name in states))


def printed(array: Float32Array, precision: int = PRECISION) -> str:
    """Return what `print(array)` writes after `np.set_printoptions(precision=precision, suppress=True)`.

    >>> print(printed(np.array([[0.5, -0.00001], [1 / 3, 20]], np.float32)))
    [[ 0.5    -0.    ]
     [ 0.3333 20.    ]]
    """
    with np.printoptions(precision=precision, suppress=True):
        return str(array)


def settled(array: Float32Array, tolerance: float = 1e-6, precision: int = PRECISION) -> bool:
    """Whether `printed(array)` stays the same text if its values are off by up to `tolerance`.

    The tolerance is relative for values above 1. Exact zeros count as exact: masks and relu make them.

    All values grown by the tolerance and all shrunk by it print alike only if nothing between them prints
    otherwise, since rounding, sign, width and the choice of the exponent form all follow a value's size.

    >>> settled(np.array([0.12344, 0.0], np.float32)), settled(np.array([0.12345], np.float32))
    (True, False)
    >>> settled(np.array([5e-7], np.float32))  # "0." or "-0."
    False
    """
    values = np.asarray(array, np.float64)
    exact = (values == 0) | ~np.isfinite(values)
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.sign(values) * tolerance * np.maximum(np.abs(values), 1)
        grown = np.where(exact, values, values + error).astype(np.float32)
        shrunk = np.where(exact, values, values - error).astype(np.float32)
    return printed(grown, precision) == printed(shrunk, precision)
