"""The loop of an LSTM over its steps, arranged for speed, with all that a step computes kept.

`lstm_core.layers.lstm.lstm_step` says the same one gate at a time; the tests hold the two together.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy import add, copyto, exp, multiply, reciprocal, subtract, tanh

from lstm_core.layers.activations import activation_named
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.loop import ONE, ZERO, Fill, Loop, activated, masks_of_x_1_h, product_of, puts_held, unbounded
from lstm_core.layers.spec import LSTM
from lstm_core.layers.trace import BoolArray, States
from lstm_core.layers.weights import Float32Array, Weights

GATE_ORDER = [2, 1, 0, 3]  # c~ f i o, picked from Keras' i f c~ o; `run_steps` says what for
_GATES = [LSTM.gates[k] for k in GATE_ORDER]
IN_RECORD = (*(gate.name for gate in _GATES), *(gate.z for gate in _GATES), "tanh_c")
"""The parts of a step's record, `units` wide each, before the next `x 1 h c`."""


@dataclass(frozen=True)
class StepFunctions:
    """How one step turns z into gates and c into tanh_c; every function writes into its last arguments."""

    gates: Callable[[Float32Array, Float32Array, Float32Array, Float32Array], object]  # (z_c, z_f z_i z_o, c~, f i o)
    squash: Fill  # (c, tanh_c)
    negates_z: bool  # whether `gates` wants z of f, i and o with the other sign


@lru_cache
def step_functions(activation: str, recurrent_activation: str) -> StepFunctions:
    """With Keras' defaults f, i and o are 1 / (1 + exp(-z)), written in place where -z was computed.

    A small gate keeps all its digits so. That counts where c is large, for c has no bound: tanh(z / 2) / 2 + 1 / 2
    would save a call, but is off by 3e-8 however small the gate is.
    """
    act, gate = activation_named(activation), activation_named(recurrent_activation)
    squash = activated(activation)

    def in_place(z_c_t: Float32Array, z_fio_t: Float32Array, c_tilde_t: Float32Array, fio_t: Float32Array) -> None:
        tanh(z_c_t, c_tilde_t)
        exp(z_fio_t, fio_t)
        add(fio_t, ONE, fio_t)
        reciprocal(fio_t, fio_t)

    def one_by_one(z_c_t: Float32Array, z_fio_t: Float32Array, c_tilde_t: Float32Array, fio_t: Float32Array) -> None:
        c_tilde_t[:] = act(z_c_t)
        fio_t[:] = gate(z_fio_t)

    if activation == "tanh" and recurrent_activation == "sigmoid":
        return StepFunctions(in_place, squash, negates_z=True)
    return StepFunctions(one_by_one, squash, negates_z=False)


def _holding(functions: StepFunctions, held: Float32Array) -> StepFunctions:
    """Return the functions for gates c~ f i o, some of which are held, (T, gates, U)."""
    puts = zip(puts_held(held[:, :1]), puts_held(held[:, 1:]), strict=True)

    def gates(z_c_t: Float32Array, z_fio_t: Float32Array, c_tilde_t: Float32Array, fio_t: Float32Array) -> None:
        functions.gates(z_c_t, z_fio_t, c_tilde_t, fio_t)
        put_c_tilde, put_fio = next(puts)
        put_c_tilde(c_tilde_t)
        put_fio(fio_t)

    return replace(functions, gates=gates)


def run_lstm_steps(
    inputs: Float32Array,
    weights: Weights,
    arguments: LayerArguments,
    state: States | None,
    used_rows: BoolArray | None,
    dropout_mask: Float32Array | None,
    recurrent_dropout_mask: Float32Array | None,
    held: Float32Array | None,
) -> Loop:
    """Step through `inputs` (B, T, F), given in processing order, as is `held` (T, gates, U), NaN where one is free."""
    batch, _, features = inputs.shape
    units = weights.units
    functions = step_functions(arguments.activation, arguments.recurrent_activation)
    if held is not None:
        functions = _holding(functions, held[:, GATE_ORDER])
    masks = masks_of_x_1_h(dropout_mask, recurrent_dropout_mask, gates=4, batch=batch, features=features, units=units)
    in_order = None if masks is None else masks.take(GATE_ORDER, axis=0)
    start, record = run_steps(inputs, weights, functions, state, used_rows, in_order)
    parts = {name: record[..., k * units : (k + 1) * units] for k, name in enumerate(IN_RECORD)}
    parts["h"], parts["c"] = record[..., -2 * units : -units], record[..., -units:]
    return Loop({"h": start[:, -2 * units : -units], "c": start[:, -units:]}, parts)


def run_steps(
    inputs: Float32Array,
    weights: Weights,
    functions: StepFunctions,
    state: States | None,
    used_rows: BoolArray | None,
    masks: Float32Array | None,
) -> tuple[Float32Array, Float32Array]:
    """Step through `inputs` (B, T, F), given in processing order.

    Returns the rows `x 1 h c` before the first step (B, F + 1 + 2U), and what each step made, in the order
    `c~ f i o, z_c z_f z_i z_o, tanh_c, next x 1 h c` (T, B, F + 1 + 11U): views of one read-only allocation.

    In that allocation the record of a step is `x 1 h c, c~ f i o, z_c z_f z_i z_o, tanh_c`, and the next
    record follows, so that what a step reads lies side by side: `x 1 h` for one product with
    kernel, bias and recurrent kernel stacked; `c c~` for one multiplication by `f i`. The batch comes last:
    every part of a record is contiguous whatever the batch.
    """
    batch, steps, features = inputs.shape
    units = weights.units
    given = features + 1 + units  # rows of x 1 h
    head = given + units  # rows of x 1 h c
    rows = head + 9 * units
    block = np.empty((steps * rows + head) * batch, np.float32)
    before = block[: -head * batch].reshape(steps, rows, batch)
    after = block[head * batch :].reshape(steps, rows, batch)
    before[:, :features] = inputs.transpose(1, 2, 0)
    before[:, features] = 1
    before[0, features + 1 : head] = 0
    if state is not None:
        before[0, features + 1 : given], before[0, given:head] = state[0].T, state[1].T

    z_of = product_of(_stacked(weights, functions.negates_z), masks)
    gates, squash = functions.gates, functions.squash
    products = np.empty((2 * units, batch), np.float32)
    kept, added = products[:units], products[units:]  # f c and i c~
    z = after[:, 4 * units : 8 * units]
    views = zip(
        before[:, :given],  # x 1 h
        z,
        z[:, :units],  # z_c
        z[:, units:],  # z_f z_i z_o
        after[:, :units],  # c~
        after[:, units : 4 * units],  # f i o
        after[:, units : 3 * units],  # f i
        before[:, given : given + 2 * units],  # c c~
        after[:, -units:],  # the next c
        after[:, 8 * units : 9 * units],  # tanh_c
        after[:, 3 * units : 4 * units],  # o
        after[:, -2 * units : -units],  # the next h
        itertools.repeat(None) if used_rows is None else ~used_rows,
        strict=False,
    )
    with unbounded():
        for x_1_h, z_t, z_c_t, z_fio_t, c_tilde_t, fio_t, fi_t, c_c_tilde, c_t, tanh_c_t, o_t, h_t, masked_t in views:
            z_of(x_1_h, z_t)
            gates(z_c_t, z_fio_t, c_tilde_t, fio_t)
            multiply(fi_t, c_c_tilde, products)
            add(kept, added, c_t)
            if masked_t is not None:
                copyto(c_t, c_c_tilde[:units], where=masked_t)
            squash(c_t, tanh_c_t)
            multiply(o_t, tanh_c_t, h_t)
            if masked_t is not None:
                copyto(h_t, x_1_h[-units:], where=masked_t)
        if functions.negates_z:
            z_fio = z[:, units:]
            subtract(ZERO, z_fio, z_fio)  # not the negative, which makes -0.0 of a sum that is zero
    block.setflags(write=False)
    start = block[: head * batch].reshape(head, batch)
    record = block[head * batch :].reshape(steps, rows, batch)
    return start.T, record.transpose(0, 2, 1)


@lru_cache(maxsize=8)
def _stacked(weights: Weights, negates_z: bool) -> Float32Array:
    """Kernel, bias and recurrent kernel side by side, a row for each row of z: (4U, F + 1 + U)."""
    units = weights.units
    bias = np.zeros(4 * units, np.float32) if weights.bias is None else weights.bias
    columns = np.concatenate((weights.kernel, bias[None], weights.recurrent_kernel))
    gates = columns.T.reshape(4, units, -1)[GATE_ORDER]
    if negates_z:
        gates[1:] *= -1  # exact, so that z is exact with its sign back
    return gates.reshape(4 * units, -1)
