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
from lstm_core.layers.spec import LSTM
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
    x = call.x.transpose(1, 0, 2)
    used = np.ones(x.shape[:2], np.bool_) if call.mask is None else call.mask.T
    if call.arguments.go_backwards:
        x, used = x[::-1], used[::-1]
    before = tuple(
        np.concatenate([np.broadcast_to(state, quantities[name].shape[1:])[None], quantities[name][:-1]])
        for name, state in zip(call.arguments.spec.state_names, start, strict=True)
    )
    at_once = max(1, _AT_ONCE // quantities["h"][0].size)
    error = 0.0
    with np.errstate(all="ignore"):
        for first in range(0, len(x), at_once):
            part = slice(first, first + at_once)
            found = {name: values[part] for name, values in quantities.items()}
            h_before, c_before = before[0][part], before[1][part]
            rows = used[part]
            error = max(
                error,
                _sums(call.weights, x[part], h_before, masks, found, rows),
                _activated(call, found, rows),
                _states(c_before, found, rows),
                _carried((h_before, c_before), (found["h"], found["c"]), ~rows),
            )
    return CheckedCall(start, (quantities["h"][-1], quantities["c"][-1]), masks, error)


def _sums(
    weights: Weights,
    x: Float32Array,
    h_before: Float32Array,
    masks: DropoutMasks,
    found: Mapping[str, Float32Array],
    rows: BoolArray,
) -> float:
    """Return the error of the pre-activations, z = x K + h R + b."""
    units = weights.units
    row = rows.nonzero()[1]
    bias = np.zeros(4 * units) if weights.bias is None else weights.bias.astype(np.float64)
    x, h_before = x[rows].astype(np.float64), h_before[rows].astype(np.float64)
    error = 0.0
    for gate, name in enumerate(gate.z for gate in LSTM.gates):
        columns = slice(gate * units, (gate + 1) * units)
        kernel, recurrent = weights.kernel[:, columns], weights.recurrent_kernel[:, columns]
        given = x if masks.dropout is None else x * masks.dropout[gate % len(masks.dropout)][row]
        kept = h_before if masks.recurrent_dropout is None else h_before * masks.recurrent_dropout[gate][row]
        z = given @ kernel + kept @ recurrent + bias[columns]
        size = np.abs(given) @ np.abs(kernel) + np.abs(kept) @ np.abs(recurrent) + np.abs(bias[columns])
        size[(np.abs(given) >= _LARGEST).any(axis=1) | (np.abs(kept) >= _LARGEST).any(axis=1)] = np.inf
        error = max(error, _error(found[name][rows], z, size))
    return error


def _activated(call: LayerCall, found: Mapping[str, Float32Array], rows: BoolArray) -> float:
    """Return the error of the gates, each made of its z, and of tanh_c."""
    names, spec = call.arguments.of("cell"), call.arguments.spec
    error = 0.0
    for before, after, which in spec.activations:
        z, activated = found[before], found[after]
        if after in spec.gate_names:  # at masked steps Keras threw them away
            z, activated = z[rows], activated[rows]
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


def _states(c_before: Float32Array, found: Mapping[str, Float32Array], rows: BoolArray) -> float:
    """Return the error of the new states where they are used, c = f c + i c~ and h = o tanh_c."""
    i, f, candidate, o = (found[gate][rows].astype(np.float64) for gate in LSTM.gate_names)
    kept, added = f * c_before[rows], i * candidate
    h = o * found["tanh_c"][rows]
    return max(
        _error(found["c"][rows], kept + added, np.abs(kept) + np.abs(added)),
        _error(found["h"][rows], h, np.abs(h)),
    )


def _carried(before: States, after: States, masked: BoolArray) -> float:
    same = all(np.array_equal(old[masked], new[masked], equal_nan=True) for old, new in zip(before, after, strict=True))
    return 0.0 if same else float("inf")


def _error(found: Float32Array, expected: Float64Array, size: Float64Array) -> float:
    error = np.abs(found - expected) / (size + _TINY)
    asked = (size < _LARGEST) | (np.isfinite(size) & np.isfinite(found))
    error = np.where(np.isnan(error), np.inf, error)[asked]
    return float(error.max(initial=0.0))
