"""An LSTM layer over whole sequences in float32 NumPy, with every gate and state of every step kept.

`lstm_core.layers.lstm_loop` steps through the sequence; here are the layer's arguments and its masks.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.lstm_loop import IN_RECORD, gate_masks, run_steps, step_functions
from lstm_core.layers.spec import LSTM
from lstm_core.layers.trace import BoolArray, Trace
from lstm_core.layers.weights import Float32Array, Weights

DEFAULTS = LayerArguments()


def run_lstm(
    x: ArrayLike,
    weights: Weights,
    arguments: LayerArguments = DEFAULTS,
    *,
    mask: ArrayLike | None = None,
    initial_state: Sequence[ArrayLike] | None = None,
    dropout_mask: ArrayLike | None = None,
    recurrent_dropout_mask: ArrayLike | None = None,
) -> Trace:
    """Return the trace of `keras.layers.LSTM` with these arguments on `x` (B, T, F).

    Units and bias are those of the weights; `unroll` makes a difference only where Keras has a bug, see `_emission`.

    Args:
        x: The sequences.
        weights: The layer's weights.
        arguments: The layer's arguments.
        mask: (B, T), True = use.
        initial_state: (h, c), each (B, U) or, shared by the batch, (1, U).
        dropout_mask: (1, B, F) for all gates or (4, B, F), one for each of i, f, c~, o.
        recurrent_dropout_mask: (4, B, U), or (4, 1, U) as Keras draws it for a shared state; multiplies h only.

    Raises:
        ValueError: for shapes that do not fit together.

    Source: keras/src/layers/rnn/lstm.py and keras/src/backend/tensorflow/rnn.py.

    >>> zeros = Weights(np.zeros((1, 4)), np.zeros((1, 4)), bias=None)
    >>> trace = run_lstm(np.zeros((1, 3, 1)), zeros, initial_state=(np.zeros((1, 1)), np.ones((1, 1))))
    >>> trace["c"][:, 0, 0].tolist()  # every forget gate is sigmoid(0): c halves
    [0.5, 0.25, 0.125]
    """
    LSTM.check_weights(weights)
    inputs = np.array(x, np.float32)
    if inputs.ndim != 3 or inputs.shape[2] != weights.features or not inputs.size:
        raise ValueError(
            f"x has shape {inputs.shape}; it must be (batch, timesteps, {weights.features}), none of them 0; "
            "give one row per sequence and step, with as many features as the kernel has rows"
        )
    batch, steps, features = inputs.shape
    units = weights.units
    state = used = drop = recurrent_drop = None
    if initial_state is not None:
        if len(initial_state) != 2:
            raise ValueError(f"initial_state has {len(initial_state)} parts; it must have two; give (h, c)")
        h0, c0 = initial_state
        state = (
            _checked("initial_state h", h0, (batch, units), (1, units)),
            _checked("initial_state c", c0, (batch, units), (1, units)),
        )
    if mask is not None:
        used = _checked("mask", mask, (batch, steps)) != 0
    if dropout_mask is not None:
        drop = _checked("dropout_mask", dropout_mask, (1, batch, features), (4, batch, features))
    if recurrent_dropout_mask is not None:
        recurrent_drop = _checked("recurrent_dropout_mask", recurrent_dropout_mask, (4, batch, units), (4, 1, units))

    backwards = arguments.go_backwards
    time_index = np.arange(steps)[::-1] if backwards else np.arange(steps)
    used_rows = None if used is None else used.T[time_index]
    start, record = run_steps(
        inputs[:, ::-1] if backwards else inputs,
        weights,
        step_functions(arguments.activation, arguments.recurrent_activation),
        state,
        used_rows,
        gate_masks(drop, recurrent_drop, batch, features, units),
    )
    h = record[..., -2 * units : -units]
    emits_h = last_emits_h = None
    output = h
    if used is not None and used_rows is not None:
        emits_h, last_emits_h = _emission(used, used_rows, arguments)
        output = np.where(emits_h[..., None], h, np.float32(0))
    for array in (inputs, time_index, used, output, emits_h, last_emits_h):
        if array is not None:
            array.setflags(write=False)

    parts = {name: record[..., k * units : (k + 1) * units] for k, name in enumerate(IN_RECORD)}
    parts["h"], parts["c"] = h, record[..., -units:]
    return Trace(
        spec=LSTM,
        inputs=inputs,
        start={"h": start[:, -2 * units : -units], "c": start[:, -units:]},
        quantities=parts,
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
