"""The loop of a SimpleRNN over its steps, arranged for speed, with all that a step computes kept.

`lstm_core.layers.simple_rnn` says the same in one line; the tests hold the two together.
"""

from functools import lru_cache

import numpy as np
from numpy import copyto

from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.loop import Loop, activated, held_after, masks_of_x_1_h, product_of, unbounded
from lstm_core.layers.trace import BoolArray, States
from lstm_core.layers.weights import Float32Array, Weights


def run_simple_rnn_steps(
    inputs: Float32Array,
    weights: Weights,
    arguments: LayerArguments,
    state: States | None,
    used_rows: BoolArray | None,
    dropout_mask: Float32Array | None,
    recurrent_dropout_mask: Float32Array | None,
    held: Float32Array | None,
) -> Loop:
    """Step through `inputs` (B, T, F), given in processing order; what the steps make is views of one allocation.

    `held` (T, 1, U), NaN where h~ is free, is in processing order too.

    The record of a step is `x 1 h, z_h`, with a mask `x 1 h, z_h, h~`, and the next record follows: a step is one
    product, with kernel, bias and recurrent kernel stacked, and one activation. Without a mask h is h~.
    """
    batch, steps, features = inputs.shape
    units = weights.units
    head = features + 1 + units  # rows of x 1 h
    rows = head + (units if used_rows is None else 2 * units)
    block = np.empty((steps * rows + head) * batch, np.float32)
    before = block[: -head * batch].reshape(steps, rows, batch)
    made = block[head * batch :].reshape(steps, rows, batch)
    before[:, :features] = inputs.transpose(1, 2, 0)
    before[:, features] = 1
    before[0, features + 1 : head] = 0 if state is None else state[0].T

    masks = masks_of_x_1_h(dropout_mask, recurrent_dropout_mask, gates=1, batch=batch, features=features, units=units)
    product, squash = product_of(_stacked(weights), masks), activated(arguments.activation)
    if held is not None:
        squash = held_after(squash, held)
    z, h_next = made[:, :units], made[:, -units:]
    with unbounded():
        if used_rows is None:
            for x_1_h, z_t, h_t in zip(before[:, :head], z, h_next, strict=True):
                product(x_1_h, z_t)
                squash(z_t, h_t)
        else:
            views = zip(before[:, :head], z, made[:, units : 2 * units], h_next, ~used_rows, strict=True)
            for x_1_h, z_t, h_tilde_t, h_t, masked_t in views:
                product(x_1_h, z_t)
                squash(z_t, h_tilde_t)
                copyto(h_t, h_tilde_t)
                copyto(h_t, x_1_h[-units:], where=masked_t)
    block.setflags(write=False)
    start = block[: head * batch].reshape(head, batch)
    made = block[head * batch :].reshape(steps, rows, batch).transpose(0, 2, 1)
    h = made[..., -units:]
    h_tilde = h if used_rows is None else made[..., units : 2 * units]
    return Loop({"h": start[-units:].T}, {"z_h": made[..., :units], "h_tilde": h_tilde, "h": h})


@lru_cache(maxsize=8)
def _stacked(weights: Weights) -> Float32Array:
    """Kernel, bias and recurrent kernel side by side, a row for each unit: (U, F + 1 + U)."""
    bias = np.zeros(weights.units, np.float32) if weights.bias is None else weights.bias
    return np.ascontiguousarray(np.concatenate((weights.kernel, bias[None], weights.recurrent_kernel)).T)
