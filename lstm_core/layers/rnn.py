"""A recurrent layer over whole sequences in float32 NumPy, with every gate and state of every step kept.

The loops step through the sequence, a file a cell; here are the layer's arguments and its masks.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.gru_loop import run_gru_steps
from lstm_core.layers.lstm_loop import run_lstm_steps
from lstm_core.layers.simple_rnn_loop import run_simple_rnn_steps
from lstm_core.layers.spec import GRU, LSTM, SIMPLE_RNN
from lstm_core.layers.trace import BoolArray, Trace
from lstm_core.layers.weights import Float32Array, Weights

DEFAULTS = LayerArguments()
_LOOPS = {LSTM.name: run_lstm_steps, GRU.name: run_gru_steps, SIMPLE_RNN.name: run_simple_rnn_steps}


def run_recurrent(
    x: ArrayLike,
    weights: Weights,
    arguments: LayerArguments = DEFAULTS,
    *,
    mask: ArrayLike | None = None,
    initial_state: Sequence[ArrayLike] | None = None,
    dropout_mask: ArrayLike | None = None,
    recurrent_dropout_mask: ArrayLike | None = None,
    held: ArrayLike | None = None,
) -> Trace:
    """Return the trace of the layer with these arguments on `x` (B, T, F), as `keras.layers` has it.

    Units and bias are those of the weights; `unroll` makes a difference only where Keras has a bug, see `_emission`.

    Args:
        x: The sequences.
        weights: The layer's weights.
        arguments: The layer's arguments.
        mask: (B, T), True = use.
        initial_state: The cell's states in Keras's order, each (B, U) or, shared by the batch, (1, U).
        dropout_mask: (1, B, F) for all gates or (gates, B, F), one for each in the order of the columns.
        recurrent_dropout_mask: (gates, B, U), or (gates, 1, U) as Keras draws it for a shared state; multiplies
            what goes into the recurrent kernel, and nothing else.
        held: (T, gates, U) in time order, what gates taken in hand are held at, NaN where a gate is free.

    Raises:
        ValueError: for shapes that do not fit together.

    Source: lstm.py, gru.py and simple_rnn.py in keras/src/layers/rnn, and keras/src/backend/tensorflow/rnn.py.

    >>> zeros = Weights(np.zeros((1, 4)), np.zeros((1, 4)), bias=None)
    >>> trace = run_recurrent(np.zeros((1, 3, 1)), zeros, initial_state=(np.zeros((1, 1)), np.ones((1, 1))))
    >>> trace["c"][:, 0, 0].tolist()  # every forget gate is sigmoid(0): c halves
    [0.5, 0.25, 0.125]
    """
    spec = arguments.spec
    spec.check_weights(weights)
    inputs = np.array(x, np.float32)
    if inputs.ndim != 3 or inputs.shape[2] != weights.features or not inputs.size:
        raise ValueError(
            f"x has shape {inputs.shape}; it must be (batch, timesteps, {weights.features}), none of them 0; "
            "give one row per sequence and step, with as many features as the kernel has rows"
        )
    batch, steps, features = inputs.shape
    units, gates = weights.units, len(spec.gates)
    state = used = drop = recurrent_drop = in_hand = None
    if initial_state is not None:
        if len(initial_state) != len(spec.states):
            raise ValueError(
                f"initial_state has {len(initial_state)} parts; it must have {len(spec.states)}; "
                f"give ({', '.join(spec.state_names)})"
            )
        state = tuple(
            _checked(f"initial_state {name}", value, (batch, units), (1, units))
            for name, value in zip(spec.state_names, initial_state, strict=True)
        )
    if mask is not None:
        used = _checked("mask", mask, (batch, steps)) != 0
    if dropout_mask is not None:
        drop = _checked("dropout_mask", dropout_mask, (1, batch, features), (gates, batch, features))
    if recurrent_dropout_mask is not None:
        shapes = (gates, batch, units), (gates, 1, units)
        recurrent_drop = _checked("recurrent_dropout_mask", recurrent_dropout_mask, *shapes)

    if held is not None:
        in_hand = _checked("held", held, (steps, gates, units))

    backwards = arguments.go_backwards
    time_index = np.arange(steps)[::-1] if backwards else np.arange(steps)
    used_rows = None if used is None else used.T[time_index]
    in_order = inputs[:, ::-1] if backwards else inputs
    if in_hand is not None and backwards:
        in_hand = in_hand[::-1]
    loop = _LOOPS[spec.name]
    start, quantities = loop(in_order, weights, arguments, state, used_rows, drop, recurrent_drop, in_hand)
    output = h = quantities["h"]
    emits_h = last_emits_h = None
    if used is not None and used_rows is not None:
        emits_h, last_emits_h = _emission(used, used_rows, arguments)
        output = np.where(emits_h[..., None], h, np.float32(0))
    for array in (inputs, time_index, used, output, emits_h, last_emits_h):
        if array is not None:
            array.setflags(write=False)
    return Trace(
        spec=spec,
        inputs=inputs,
        start=start,
        quantities=quantities,
        output=output,
        emits_h=emits_h,
        last_emits_h=last_emits_h,
        time_index=time_index,
        mask=used,
        dropout_mask=drop,
        recurrent_dropout_mask=recurrent_drop,
    )


def _emission(mask: BoolArray, used_rows: BoolArray, arguments: LayerArguments) -> tuple[BoolArray, BoolArray]:
    """Where the output of a masked layer is h, (T, B) in processing order, and where the last one is, (B,).

    A masked step repeats the output before it: zeros until the first step that is used, h from then on.
    `zero_output_for_mask` puts zeros at all masked steps. A bug of Keras 3.15.1: with `unroll` it puts these
    zeros where the mask has them in time order, even if the layer goes backwards; its last output is right.
    Source: keras/src/backend/tensorflow/rnn.py, `outputs = tf.where(_expand_mask(mask, outputs, ...))`.
    """
    emits_h = np.logical_or.accumulate(used_rows, axis=0)
    if not arguments.zero_output_for_mask:
        return emits_h, emits_h[-1]
    return emits_h & (mask.T if arguments.unroll else used_rows), used_rows[-1]


def _checked(name: str, value: ArrayLike, *shapes: tuple[int, ...]) -> Float32Array:
    """Return a read-only float32 copy of `value`; ValueError if its shape is none of `shapes`."""
    array = np.array(value, np.float32)
    if array.shape not in shapes:
        raise ValueError(
            f"{name} has shape {array.shape}; it must be {' or '.join(map(str, shapes))}; "
            "give it the batch, steps, features and units of x and the weights"
        )
    array.setflags(write=False)
    return array
