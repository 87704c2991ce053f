"""How far rounding can carry the numbers of an experiment: what must be known before a last digit is promised."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.activations import activation_named, cancelled
from lstm_core.layers.outputs import LayerOutput, settled
from lstm_core.layers.trace import DropoutMasks
from lstm_core.run import Run

Float64Array = NDArray[np.float64]

USUAL = 1e-6
"""How far two sound float32 computations of an ordinary experiment may be apart, at most."""
MAX_TOLERANCE = 1e-5
"""Beyond, rounding grows, and nothing is promised."""

_SUM, _VALUE = 3e-7, 2e-7
"""What float32 may be off in a sum, relative to its terms, and in a product or an activation, relative to itself."""
_SIGNS_ZEROS_ALIKE = {"tanh", "sigmoid", "hard_sigmoid", "linear"}
"""Activations whose zeros have the same sign in Keras and in NumPy."""
_TRIES = 4
_MAX_STEPS, _MAX_VALUES = 300, 50_000
"""Steps and values of h, over all calls that count, up to which rounding is tried out: it takes some milliseconds."""


def outputs_settled(run: Run) -> bool:
    """Whether the text of every returned tensor is the same in any sound float32 computation of the run, as Keras's.

    Where it would take long to tell, nothing is promised.
    """
    arrays = [output.array for output in run.outputs]
    if any(_sign_of_zero_is_open(run, output) for output in run.outputs) or not all(
        settled(array, USUAL) for array in arrays
    ):
        return False
    tolerance = max(USUAL, 2 * rounding(run))
    return tolerance <= MAX_TOLERANCE and all(settled(array, tolerance) for array in arrays)


def _sign_of_zero_is_open(run: Run, output: LayerOutput) -> bool:
    """Whether there are zeros, as of relu, that print as "0." or "-0.": Keras makes -0.0 where NumPy makes 0.0."""
    if {run.experiment.layer.activation, run.experiment.layer.recurrent_activation} <= _SIGNS_ZEROS_ALIKE:
        return False
    return not output.array.reshape(*output.steps.shape, -1)[output.steps >= 0].all()


def rounding(run: Run) -> float:
    """Return how far h and c of the last call may be off through rounding, absolute up to 1 and relative above.

    It is tried out: float64 computes the run a few times, once as it is and then with errors of float32's size, by
    chance up or down, in every sum, gate and state. Infinite where numbers leave the range of float32, or where the
    run is too long to try.
    """
    first = len(run.calls) - 1
    while run.calls[first].start == "kept":
        first -= 1
    calls = len(run.calls) - first
    if run.trace.steps * calls > _MAX_STEPS or run.trace["h"].size * calls > _MAX_VALUES:
        return float("inf")
    zeros = (np.zeros_like(run.trace.start["h"]), np.zeros_like(run.trace.start["c"]))
    state = run.experiment.given_state() if run.calls[first].start == "given" else None
    h, c = (np.repeat(one[None].astype(np.float64), 1 + _TRIES, axis=0) for one in state or zeros)
    chance = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        for number in range(first, len(run.calls)):
            h, c, apart = _tried(run, run.masks[number] if run.masks else None, h, c, chance)
    return apart


def _tried(
    run: Run, masks: DropoutMasks | None, h: Float64Array, c: Float64Array, chance: np.random.Generator
) -> tuple[Float64Array, Float64Array, float]:
    """Return h and c (1 + tries, B, U) after one call, and how far they were apart at any step."""
    units = run.weights.units
    layer = run.experiment.layer
    kernel, recurrent = (
        array.astype(np.float64).reshape(-1, 4, units).transpose(1, 0, 2)
        for array in (run.weights.kernel, run.weights.recurrent_kernel)
    )
    bias = np.zeros((4, 1, 1, units)) if run.weights.bias is None else run.weights.bias.reshape(4, 1, 1, units)
    x = run.trace.inputs[:, run.trace.time_index].transpose(1, 0, 2)[:, None].astype(np.float64)  # (T, 1, B, F)
    used = None if run.trace.mask is None else run.trace.mask[:, run.trace.time_index].T[:, :, None]
    if masks is not None and masks.dropout is not None:
        x = x * masks.dropout
    x_z = np.matmul(x, kernel)[:, :, None] + bias  # (T, 4, 1, B, U)
    x_size = np.matmul(np.abs(x), np.abs(kernel))[:, :, None] + np.abs(bias)
    recurrent = recurrent[:, None]
    recurrent_size = np.abs(recurrent)
    kept = 1.0 if masks is None or masks.recurrent_dropout is None else masks.recurrent_dropout[:, None]
    apart = 0.0

    signs = chance.integers(0, 2, (len(x), 10, *h.shape)) * 2.0 - 1.0
    signs[:, :, 0] = 0
    in_sums, errors = _SUM * signs[:, :4], _VALUE * signs[:, 4:]
    states = np.empty((len(x), 2, *h.shape))
    for step in range(len(x)):
        given = h * kept
        z = x_z[step] + given @ recurrent + in_sums[step] * (x_size[step] + np.abs(given) @ recurrent_size)
        i, f, o = _rounded(layer.recurrent_activation, z[[0, 1, 3]], errors[step, :3])
        next_c = f * c * (1 + errors[step, 3]) + i * _rounded(layer.activation, z[2], errors[step, 4])
        next_h = o * _rounded(layer.activation, next_c, errors[step, 5])
        if used is None:
            h, c = next_h, next_c
        else:
            h, c = np.where(used[step], next_h, h), np.where(used[step], next_c, c)
        states[step] = h, c
    plain, tries = states[:, :, :1], states[:, :, 1:]
    apart = (np.abs(tries - plain) / np.maximum(1, np.abs(plain))).max()
    in_range = np.abs(states).max() < np.finfo(np.float32).max
    return h, c, float(apart) if in_range else float("inf")


def _rounded(name: str, z: Float64Array, errors: NDArray[Any]) -> Float64Array:
    """Return an activation of `z`, off by `errors` of itself and of what it takes from each other."""
    activated = np.asarray(activation_named(name)(z), np.float64)  # type: ignore[arg-type]
    rounded: Float64Array = activated * (1 + errors) + errors * cancelled(name, z)
    return rounded
