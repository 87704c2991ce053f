"""The loop of a GRU over its steps, arranged for speed, with all that a step computes kept.

`lstm_core.layers.gru` says the same one gate at a time; the tests hold the two together.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy import add, copyto, multiply, subtract

from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.loop import ONE, ZERO, Loop, activated, held_after, product_of, sigmoid_of_negative, unbounded
from lstm_core.layers.trace import BoolArray, States
from lstm_core.layers.weights import Float32Array, Weights

_ORDER = [2, 1, 0]  # h~ r z, picked from Keras's z r h~


class _Stacked(NamedTuple):
    """Weights with a row for each row of h~ r z."""

    of_x: Float32Array  # (3U, F)
    bias: Float32Array  # (3U, 1)
    of_1_h: Float32Array  # (3U, 1 + U), the recurrent bias and the recurrent kernel


def run_gru_steps(
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

    `held` (T, gates, U), NaN where a gate is free, is in processing order too.

    The record of a step is `1 h, h~, p r z, z_h z_r z_z`, and the next record, which begins with the new h, follows.
    Where the three sums will be, x K + b is there before the first step. p is what the reset gate acts on or makes:
    with `reset_after` h R + b of the candidate, and one product fills all of `p r z` with what h gives; else r h, which
    has a product of its own. In the place of the new h first stands 1 - z, then (1 - z) h~. The batch comes last: every
    part of a record is contiguous whatever the batch.
    """
    batch, steps, _ = inputs.shape
    units, after = weights.units, arguments.reset_after
    head = 1 + units  # rows of 1 h
    rows = head + 7 * units
    block = np.empty((steps * rows + head) * batch, np.float32)
    start = block[: head * batch].reshape(head, batch)
    before = block[: -head * batch].reshape(steps, rows, batch)
    made = block[head * batch :].reshape(steps, rows, batch)  # a record without its `1 h`, then the next `1 h`
    start[0] = made[:, -head] = 1
    start[1:] = 0 if state is None else state[0].T

    negates = arguments.recurrent_activation == "sigmoid"
    gates = sigmoid_of_negative if negates else activated(arguments.recurrent_activation)
    squash = activated(arguments.activation)
    if held is not None:
        squash, gates = held_after(squash, held[:, _ORDER[:1]]), held_after(gates, held[:, _ORDER[1:]])
    stacked = _stacked(weights, negates)
    with unbounded():
        _add_inputs(inputs, stacked, dropout_mask, made[:, 4 * units : 7 * units])
    masks = None if recurrent_dropout_mask is None else _masks_of_1_h(recurrent_dropout_mask, batch)
    if after:
        product = product_of(stacked.of_1_h, masks)
    else:
        product = product_of(stacked.of_1_h[units:], None if masks is None else masks[1:])
        product_of_p = product_of(stacked.of_1_h[:units, 1:].copy(), None if masks is None else masks[:1, 1:])

    spare = np.empty((units, batch), np.float32)  # what the candidate sees of h, then z h
    views = zip(
        before[:, :head],  # 1 h
        before[:, 1:head],  # h
        made[:, :units],  # h~
        made[:, units : 2 * units],  # p
        made[:, units if after else 2 * units : 4 * units],  # what the product of h fills: p r z, or r z
        made[:, 2 * units : 3 * units],  # r
        made[:, 3 * units : 4 * units],  # z
        made[:, 2 * units : 4 * units],  # r z
        made[:, 4 * units : 5 * units],  # z_h
        made[:, 5 * units : 7 * units],  # z_r z_z
        made[:, -units:],  # the next h
        (None,) * steps if used_rows is None else ~used_rows,
        strict=True,
    )
    with unbounded():
        for one_h, h, h_tilde, p, from_h, r, z, rz, z_h, z_rz, h_next, masked in views:
            product(one_h, from_h)
            add(z_rz, rz, z_rz)
            gates(z_rz, rz)
            if after:
                multiply(r, p, spare)
            else:
                multiply(r, h, p)
                product_of_p(p, spare)
            add(z_h, spare, z_h)
            squash(z_h, h_tilde)
            multiply(z, h, spare)
            subtract(ONE, z, h_next)
            multiply(h_next, h_tilde, h_next)
            add(spare, h_next, h_next)
            if masked is not None:
                copyto(h_next, h, where=masked)
        if negates:
            z_rz = made[:, 5 * units : 7 * units]
            subtract(ZERO, z_rz, z_rz)  # not the negative, which makes -0.0 of a sum that is zero
    block.setflags(write=False)
    start = block[: head * batch].reshape(head, batch)
    made = block[head * batch :].reshape(steps, rows, batch).transpose(0, 2, 1)
    in_order = [arguments.spec.gates[k] for k in _ORDER]
    candidate = in_order[0]
    p_name = candidate.product if after else candidate.reads
    parts = (candidate.name, p_name, *(gate.name for gate in in_order[1:]), *(gate.z for gate in in_order))
    quantities = {name: made[..., k * units : (k + 1) * units] for k, name in enumerate(parts)}
    return Loop({"h": start[1:].T}, quantities | {"h": made[..., -units:]})


def _add_inputs(inputs: Float32Array, stacked: _Stacked, dropout_mask: Float32Array | None, sums: Float32Array) -> None:
    """Fill `sums` (T, 3U, B) with x K + b of every step, each by a product of its own: so T changes no bit."""
    if dropout_mask is None or len(dropout_mask) == 1:
        x = inputs if dropout_mask is None else inputs * dropout_mask[0][:, None]
        np.matmul(stacked.of_x, np.ascontiguousarray(x.transpose(1, 2, 0)), sums)
    else:
        units = len(stacked.of_x) // 3
        for place, gate in enumerate(_ORDER):
            x, columns = inputs * dropout_mask[gate][:, None], slice(place * units, (place + 1) * units)
            np.matmul(stacked.of_x[columns], np.ascontiguousarray(x.transpose(1, 2, 0)), sums[:, columns])
    sums += stacked.bias


def _masks_of_1_h(recurrent_dropout_mask: Float32Array, batch: int) -> Float32Array:
    """Return what dropout multiplies `1 h` with for each of h~ r z (3, 1 + U, B)."""
    masks = np.ones((3, 1 + recurrent_dropout_mask.shape[2], batch), np.float32)
    masks[:, 1:] = recurrent_dropout_mask[_ORDER].transpose(0, 2, 1)
    return masks


@lru_cache(maxsize=8)
def _stacked(weights: Weights, negates: bool) -> _Stacked:
    """Return the weights for h~ r z; `negates` gives those of r and z the other sign, which is exact."""
    units = weights.units
    bias = np.zeros((2, 3 * units), np.float32)
    if weights.bias is not None:
        bias[: np.atleast_2d(weights.bias).shape[0]] = weights.bias
    parts = (weights.kernel, bias[:1], np.concatenate((bias[1:], weights.recurrent_kernel)))
    of_gates = [part.T.reshape(3, units, -1)[_ORDER] for part in parts]
    if negates:
        for part in of_gates:
            part[1:] *= -1
    return _Stacked(*(part.reshape(3 * units, -1) for part in of_gates))
