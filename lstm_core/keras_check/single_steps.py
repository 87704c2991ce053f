"""Whether every number of a call follows from the numbers before it, as closely as float32 can say.

Rounding can grow from step to step until two sound computations of one experiment differ in every digit. In each of
them all single steps are right all the same, and a fault is not: that is what is looked at here, in float64.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lstm_core.keras_check.messages import CheckedCall, LayerCall
from lstm_core.layers.activations import activation_named, cancelled
from lstm_core.layers.spec import BEFORE, REST, CellSpec, Equation
from lstm_core.layers.trace import DropoutMasks, States
from lstm_core.layers.weights import Float32Array, Weights

Float64Array = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_TINY = 1e-30  # below, numbers are measured as they are: Keras makes zeros of some that NumPy keeps
_LARGEST = 0.999 * float(np.finfo(np.float32).max)
_NUDGE = 1e-6
_AT_ONCE = 2**16  # values of a quantity that are looked at in one go


def check_call(
    call: LayerCall, quantities: Mapping[str, Float32Array], start: States, masks: DropoutMasks
) -> CheckedCall:
    """Compute every number of a call again from those it is made of, and return the largest error.

    `quantities` are all of `CellSpec.quantities`, (T, B, U) in processing order. An error counts relative
    to the sum of the sizes of the terms that are added, for that is what float32 rounds; a gate's, relative to the
    gate, to what the rounding of its z makes of it, and to what its activation takes from each other. It is infinite
    where a masked step does not carry the states on.
    Where terms leave the range of float32 nothing is asked.
    """
    spec, held = call.arguments.spec, call.held
    x = call.x.transpose(1, 0, 2)
    used = np.ones(x.shape[:2], np.bool_) if call.mask is None else call.mask.T
    if call.arguments.go_backwards:
        x, used = x[::-1], used[::-1]
        held = None if held is None else held[::-1]
    before = {
        name + BEFORE: np.concatenate([np.broadcast_to(state, quantities[name].shape[1:])[None], quantities[name][:-1]])
        for name, state in zip(spec.state_names, start, strict=True)
    }
    at_once = max(1, _AT_ONCE // quantities["h"][0].size)
    error = 0.0
    with np.errstate(all="ignore"):
        for first in range(0, len(x), at_once):
            part = slice(first, first + at_once)
            found = {name: values[part] for name, values in {**quantities, **before}.items()}
            rows = used[part]
            error = max(
                error,
                _sums(call, x[part], masks, found, rows),
                _activated(call, found, rows, held[part] if held is not None else None),
                _made(spec, found, rows),
                *(_carried(found[name + BEFORE], found[name], ~rows) for name in spec.state_names),
            )
    return CheckedCall(start, tuple(quantities[name][-1] for name in spec.state_names), masks, error)


def _sums(
    call: LayerCall, x: Float32Array, masks: DropoutMasks, found: Mapping[str, Float32Array], rows: BoolArray
) -> float:
    """Return the error of the pre-activations, z = x K + h R + b, and of h R + b where it is kept."""
    weights, spec = call.weights, call.arguments.spec
    units = weights.units
    row = rows.nonzero()[1]
    bias, recurrent_bias = _biases(weights)
    x = x[rows].astype(np.float64)
    error = 0.0
    for place, gate in enumerate(spec.gates):
        columns = slice(place * units, (place + 1) * units)
        kernel, recurrent = weights.kernel[:, columns], weights.recurrent_kernel[:, columns]
        given = x if masks.dropout is None else x * masks.dropout[place % len(masks.dropout)][row]
        kept = found[gate.reads][rows].astype(np.float64)
        if masks.recurrent_dropout is not None:
            kept = kept * masks.recurrent_dropout[place][row]
        product = kept @ recurrent + recurrent_bias[columns]
        product_size = np.abs(kept) @ np.abs(recurrent) + np.abs(recurrent_bias[columns])
        if gate.product:
            error = max(error, _error(found[gate.product][rows], product, product_size))
        if gate.reset:
            share = found[gate.reset][rows].astype(np.float64)
            product, product_size = share * product, np.abs(share) * product_size
        z = given @ kernel + product + bias[columns]
        size = np.abs(given) @ np.abs(kernel) + product_size + np.abs(bias[columns])
        size[(np.abs(given) >= _LARGEST).any(axis=1) | (np.abs(kept) >= _LARGEST).any(axis=1)] = np.inf
        error = max(error, _error(found[gate.z][rows], z, size))
    return error


def _biases(weights: Weights) -> tuple[Float64Array, Float64Array]:
    """Return what is added to x K, and what to h R."""
    none = np.zeros(weights.kernel.shape[1])
    if weights.bias is None:
        return none, none
    of_x, *of_h = np.atleast_2d(weights.bias.astype(np.float64))
    return of_x, of_h[0] if of_h else none


def _activated(call: LayerCall, found: Mapping[str, Float32Array], rows: BoolArray, held: Float32Array | None) -> float:
    """Return the error of the gates, each made of its z, and of tanh_c; infinite where a held gate has another value.

    `held` (T, gates, U) has NaN where a gate is free.
    """
    names, spec = call.arguments.of("cell"), call.arguments.spec
    error = 0.0
    for before, after, which in spec.activations:
        z, activated = found[before], found[after]
        if after in spec.gate_names:
            z, activated = z[rows], activated[rows]  # at masked steps Keras threw them away
            if held is not None:
                values = np.broadcast_to(held[:, None, spec.gate_names.index(after)], found[after].shape)[rows]
                free = np.isnan(values)
                if not np.array_equal(activated[~free], values[~free]):
                    return float("inf")
                z, activated = z[free], activated[free]
        error = max(error, _activation_error(names[which], z, activated))
    return error


def _activation_error(name: str, before: Float32Array, after: Float32Array) -> float:
    activation = activation_named(name)
    z = before.astype(np.float64)
    expected, more, less = (
        np.asarray(activation(value), np.float64)  # type: ignore[arg-type]
        for value in (z, z * (1 + _NUDGE), z * (1 - _NUDGE))
    )
    by_its_z = np.abs(more - less) / (2 * _NUDGE)
    return _error(after, expected, np.abs(expected) + by_its_z + cancelled(name, z))


def _made(spec: CellSpec, found: Mapping[str, Float32Array], rows: BoolArray) -> float:
    """Return the error of what the equations make, the new states among it, where steps are used."""
    equations = {one.result: one for one in spec.equations}

    def value_of(name: str) -> tuple[Float64Array, Float64Array]:
        """Return a quantity of the right side and the size of the terms it is made of."""
        if name in equations and not equations[name].traced:
            return right_of(equations[name])
        rest = name.startswith(REST)
        value = found[name.removeprefix(REST)][rows].astype(np.float64)
        return (1 - value if rest else value), np.abs(1 - value if rest else value)

    def right_of(equation: Equation) -> tuple[Float64Array, Float64Array]:
        value, size = value_of(equation.right[0])
        for operation, operand in zip(equation.right[1::2], equation.right[2::2], strict=True):
            more, more_size = value_of(operand)
            value = value * more if operation == "×" else value + more
            size = size * more_size if operation == "×" else size + more_size
        return value, size

    made = (one for one in spec.equations if one.traced and not one.activation)
    return max(_error(found[one.result][rows], *right_of(one)) for one in made)


def _carried(before: Float32Array, after: Float32Array, masked: BoolArray) -> float:
    return 0.0 if np.array_equal(before[masked], after[masked], equal_nan=True) else float("inf")


def _error(found: Float32Array, expected: Float64Array, size: Float64Array) -> float:
    error = np.abs(found - expected) / (size + _TINY)
    asked = (size < _LARGEST) | (np.isfinite(size) & np.isfinite(found))
    error = np.where(np.isnan(error), np.inf, error)[asked]
    return float(error.max(initial=0.0))
