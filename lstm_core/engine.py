"""An LSTM layer over whole sequences in float32 NumPy, with every gate and state of every step kept.

The loop here is arranged for speed; `lstm_core.cell.lstm_step` says the same one gate at a time. The tests
hold the two together.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy import add, copyto, multiply, tanh
from numpy.typing import ArrayLike, NDArray

from lstm_core.cell import LSTMStep, activation_named
from lstm_core.weights import Float32Array, Weights

QUANTITIES = LSTMStep._fields  # z_i z_f z_c z_o i f candidate o c tanh_c h

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

GATE_ORDER = [2, 1, 0, 3]  # c~ f i o, picked from Keras' i f c~ o; `_run` says what for
HALF = np.array(0.5, np.float32)  # NumPy takes arrays of one number faster than Python numbers
TWO = np.array(2, np.float32)


@dataclass(frozen=True, eq=False)
class Trace:
    """All that an LSTM layer computes on a batch of B sequences of T steps of F features, with U units.

    The quantities `z_i` to `h` and `output` are (T, B, U), float32, in processing order (the last time step
    first if the layer goes backwards); `z_*` are pre-activations, `candidate` is c~. At a masked step c and h
    are carried on, `tanh_c` belongs to the carried c, and z_* and the gates are what the cell computed and
    Keras threw away. All arrays are read-only.
    """

    inputs: Float32Array  # (B, T, F) in time order
    h0: Float32Array  # (B, U)
    c0: Float32Array  # (B, U)
    z_i: Float32Array
    z_f: Float32Array
    z_c: Float32Array
    z_o: Float32Array
    i: Float32Array
    f: Float32Array
    candidate: Float32Array
    o: Float32Array
    c: Float32Array
    tanh_c: Float32Array
    h: Float32Array
    output: Float32Array  # what the layer emits at each step: h, or zeros where `emits_h` is False
    emits_h: BoolArray | None  # (T, B) in processing order; None without a mask, when every step emits its h
    last_emits_h: BoolArray | None  # (B,) the same for the single output of return_sequences=False
    time_index: IntArray  # (T,) the time step, from 0, of each processing step
    mask: BoolArray | None  # (B, T) in time order, True = use
    dropout_mask: Float32Array | None  # (1 or 4, B, F) as Keras draws it, scaled by 1 / (1 - rate)
    recurrent_dropout_mask: Float32Array | None  # (4, B or 1, U), scaled likewise

    def in_time_order(self, name: str) -> Float32Array:
        """The quantity of this name, or "output", as a (T, B, U) view whose first row is time step 0.

        ValueError for any other name.
        """
        if name not in (*QUANTITIES, "output"):
            raise ValueError(
                f"the quantity is {name!r}; it must be one of {', '.join(QUANTITIES)} or output; choose one"
            )
        array: Float32Array = getattr(self, name)
        return array if self.time_index[0] == 0 else array[::-1]


def run_lstm(
    x: ArrayLike,
    weights: Weights,
    *,
    activation: str = "tanh",
    recurrent_activation: str = "sigmoid",
    go_backwards: bool = False,
    mask: ArrayLike | None = None,
    zero_output_for_mask: bool = False,
    unroll: bool = False,
    initial_state: Sequence[ArrayLike] | None = None,
    dropout_mask: ArrayLike | None = None,
    recurrent_dropout_mask: ArrayLike | None = None,
) -> Trace:
    """The trace of `keras.layers.LSTM` with these arguments on `x` (B, T, F).

    `mask` (B, T), True = use; `initial_state` is (h, c), each (B, U) or, shared by the batch, (1, U);
    `dropout_mask` (1, B, F) for all gates or (4, B, F), one for each of i, f, c~, o; `recurrent_dropout_mask`
    (4, B, U), or (4, 1, U) as Keras draws it for a shared state, multiplies h only. `unroll` makes a
    difference only where Keras has a bug, see `_emission`.
    ValueError for shapes that do not fit together and for unknown activations.

    Source: keras/src/layers/rnn/lstm.py and keras/src/backend/tensorflow/rnn.py.

    >>> zeros = Weights(np.zeros((1, 4)), np.zeros((1, 4)), bias=None)
    >>> trace = run_lstm(np.zeros((1, 3, 1)), zeros, initial_state=(np.zeros((1, 1)), np.ones((1, 1))))
    >>> trace.c[:, 0, 0].tolist()  # every forget gate is sigmoid(0): c halves
    [0.5, 0.25, 0.125]
    """
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

    time_index = np.arange(steps)[::-1] if go_backwards else np.arange(steps)
    used_rows = None if used is None else used.T[time_index]
    start, record = _run(
        inputs[:, ::-1] if go_backwards else inputs,
        weights,
        _step_functions(activation, recurrent_activation, units),
        state,
        used_rows,
        _gate_masks(drop, recurrent_drop, batch, features, units),
    )
    h = record[..., -2 * units : -units]
    emits_h = last_emits_h = None
    output = h
    if used is not None and used_rows is not None:
        emits_h, last_emits_h = _emission(used, used_rows, zero_output_for_mask, unroll)
        output = np.where(emits_h[..., None], h, np.float32(0))
    for array in (inputs, time_index, used, output, emits_h, last_emits_h):
        if array is not None:
            array.setflags(write=False)

    c_tilde, f, i, o, z_c, z_f, z_i, z_o, tanh_c = (
        record[..., first : first + units] for first in range(0, 9 * units, units)
    )
    return Trace(
        inputs=inputs,
        h0=start[:, -2 * units : -units],
        c0=start[:, -units:],
        z_i=z_i,
        z_f=z_f,
        z_c=z_c,
        z_o=z_o,
        i=i,
        f=f,
        candidate=c_tilde,
        o=o,
        c=record[..., -units:],
        tanh_c=tanh_c,
        h=h,
        output=output,
        emits_h=emits_h,
        last_emits_h=last_emits_h,
        time_index=time_index,
        mask=used,
        dropout_mask=drop,
        recurrent_dropout_mask=recurrent_drop,
    )


@dataclass(frozen=True)
class _StepFunctions:
    """How one step turns z into gates and c into tanh_c; every function writes into its last arguments."""

    gates: Callable[[Float32Array, Float32Array, Float32Array], object]  # (z, all four gates, only f i o)
    squash: Callable[[Float32Array, Float32Array], object]  # (c, tanh_c)
    halves_z: bool  # whether `gates` wants z of f, i and o halved


@lru_cache
def _step_functions(activation: str, recurrent_activation: str, units: int) -> _StepFunctions:
    """With Keras' defaults one tanh serves all gates: sigmoid(z) = tanh(z / 2) / 2 + 1 / 2.

    That form is good to 6e-8, which is enough where it meets values of tanh. Other activations have no bound
    and could magnify the error, so there the sigmoid is the one of `lstm_core.cell`.
    """
    act, gate = activation_named(activation), activation_named(recurrent_activation)

    def one_tanh(z_t: Float32Array, gates_t: Float32Array, fio_t: Float32Array) -> None:
        tanh(z_t, gates_t)
        multiply(fio_t, HALF, fio_t)
        add(fio_t, HALF, fio_t)

    def one_by_one(z_t: Float32Array, gates_t: Float32Array, fio_t: Float32Array) -> None:
        gates_t[:units] = act(z_t[:units])
        fio_t[:] = gate(z_t[units:])

    def squash(c_t: Float32Array, tanh_c_t: Float32Array) -> None:
        tanh_c_t[:] = act(c_t)

    if activation == "tanh" and recurrent_activation == "sigmoid":
        return _StepFunctions(one_tanh, tanh, halves_z=True)
    return _StepFunctions(one_by_one, squash, halves_z=False)


def _run(
    inputs: Float32Array,
    weights: Weights,
    functions: _StepFunctions,
    state: tuple[Float32Array, Float32Array] | None,
    used_rows: BoolArray | None,
    gate_masks: Float32Array | None,
) -> tuple[Float32Array, Float32Array]:
    """Steps through `inputs` (B, T, F), given in processing order.

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

    z_of = _product(weights, gate_masks, functions.halves_z)
    gates, squash = functions.gates, functions.squash
    products = np.empty((2 * units, batch), np.float32)
    kept, added = products[:units], products[units:]  # f c and i c~
    z = after[:, 4 * units : 8 * units]
    views = zip(
        before[:, :given],  # x 1 h
        z,
        after[:, : 4 * units],  # c~ f i o
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
    with np.errstate(over="ignore", invalid="ignore"):  # unbounded activations may reach inf, as in Keras
        for x_1_h, z_t, gates_t, fio_t, fi_t, c_c_tilde, c_t, tanh_c_t, o_t, h_t, masked_t in views:
            z_of(x_1_h, z_t)
            gates(z_t, gates_t, fio_t)
            multiply(fi_t, c_c_tilde, products)
            add(kept, added, c_t)
            if masked_t is not None:
                copyto(c_t, c_c_tilde[:units], where=masked_t)
            squash(c_t, tanh_c_t)
            multiply(o_t, tanh_c_t, h_t)
            if masked_t is not None:
                copyto(h_t, x_1_h[-units:], where=masked_t)
        if functions.halves_z:
            z_fio = z[:, units:]
            multiply(z_fio, TWO, z_fio)
    block.setflags(write=False)
    start = block[: head * batch].reshape(head, batch)
    record = block[head * batch :].reshape(steps, rows, batch)
    return start.T, record.transpose(0, 2, 1)


def _product(
    weights: Weights, gate_masks: Float32Array | None, halves_z: bool
) -> Callable[[Float32Array, Float32Array], object]:
    """The function that turns the rows `x 1 h` of a step (F + 1 + U, B) into z (4U, B), which it writes."""
    stacked = _stacked(weights, halves_z)
    if gate_masks is None:
        return stacked.dot
    per_gate = stacked.reshape(4, weights.units, -1)
    dropped = np.empty_like(gate_masks)

    def product(x_1_h: Float32Array, z_t: Float32Array) -> None:
        multiply(x_1_h, gate_masks, dropped)
        np.matmul(per_gate, dropped, z_t.reshape(4, weights.units, -1))

    return product


@lru_cache(maxsize=8)
def _stacked(weights: Weights, halves_z: bool) -> Float32Array:
    """Kernel, bias and recurrent kernel side by side, a row for each row of z: (4U, F + 1 + U)."""
    units = weights.units
    bias = np.zeros(4 * units, np.float32) if weights.bias is None else weights.bias
    columns = np.concatenate((weights.kernel, bias[None], weights.recurrent_kernel))
    gates = columns.T.reshape(4, units, -1)[GATE_ORDER]
    if halves_z:
        gates[1:] *= HALF  # exact in binary, so that z is exact when doubled
    return gates.reshape(4 * units, -1)


def _gate_masks(
    dropout_mask: Float32Array | None,
    recurrent_dropout_mask: Float32Array | None,
    batch: int,
    features: int,
    units: int,
) -> Float32Array | None:
    """What dropout multiplies the rows `x 1 h` with for each gate (4, F + 1 + U, B); None without dropout."""
    if dropout_mask is None and recurrent_dropout_mask is None:
        return None
    masks = np.ones((4, features + 1 + units, batch), np.float32)
    if dropout_mask is not None:
        masks[:, :features] = dropout_mask.transpose(0, 2, 1)
    if recurrent_dropout_mask is not None:
        masks[:, features + 1 :] = recurrent_dropout_mask.transpose(0, 2, 1)
    return masks.take(GATE_ORDER, axis=0)


def _emission(
    mask: BoolArray, used_rows: BoolArray, zero_output_for_mask: bool, unroll: bool
) -> tuple[BoolArray, BoolArray]:
    """Where the output of a masked layer is h, (T, B) in processing order, and where the last one is, (B,).

    A masked step repeats the output before it: zeros until the first step that is used, h from then on.
    `zero_output_for_mask` puts zeros at all masked steps. A bug of Keras 3.15.1: with `unroll` it puts these
    zeros where the mask has them in time order, even if the layer goes backwards; its last output is right.
    Source: keras/src/backend/tensorflow/rnn.py, `outputs = tf.where(_expand_mask(mask, outputs, ...))`.
    """
    emits_h = np.logical_or.accumulate(used_rows, axis=0)
    if not zero_output_for_mask:
        return emits_h, emits_h[-1]
    return emits_h & (mask.T if unroll else used_rows), used_rows[-1]


def _checked(name: str, value: ArrayLike, *shapes: tuple[int, ...]) -> Float32Array:
    """A read-only float32 copy of `value`; ValueError if its shape is none of `shapes`."""
    array = np.array(value, np.float32)
    if array.shape not in shapes:
        raise ValueError(
            f"{name} has shape {array.shape}; it must be {' or '.join(map(str, shapes))}; "
            "give it the batch, steps, features and units of x and the weights"
        )
    array.setflags(write=False)
    return array
