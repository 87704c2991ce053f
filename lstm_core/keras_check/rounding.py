"""How far rounding can carry the numbers of an experiment: what must be known before a last digit is promised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.activations import activation_named, cancelled
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.outputs import LayerOutput, settled
from lstm_core.layers.spec import GRU, LSTM, SIMPLE_RNN
from lstm_core.layers.trace import DropoutMasks
from lstm_core.run import Run

Float64Array = NDArray[np.float64]
_States = tuple[Float64Array, ...]

USUAL = 1e-6
"""How far two sound float32 computations of an ordinary experiment may be apart, at most."""
MAX_TOLERANCE = 1e-5
"""Beyond, rounding grows, and nothing is promised."""

_SUM, _VALUE = 3e-7, 2e-7
"""What float32 may be off in a sum, relative to its terms, and in a product or an activation, relative to itself."""
_SIGNS_ZEROS_ALIKE = {"tanh", "sigmoid", "hard_sigmoid", "linear"}
"""Activations whose zeros have the same sign in Keras and in NumPy."""
_TRIES = 4
_ERRORS = 6
"""Products and activations of a step, at most."""
_ALL = slice(None)
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
    layer = run.experiment.layer
    if {getattr(layer, gate.activation) for gate in layer.spec.gates} <= _SIGNS_ZEROS_ALIKE:
        return False
    return not output.array.reshape(*output.steps.shape, -1)[output.steps >= 0].all()


def rounding(run: Run) -> float:
    """Return how far the states of the last call may be off through rounding, absolute up to 1 and relative above.

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
    zeros = tuple(np.zeros_like(run.trace.start[name]) for name in run.trace.spec.state_names)
    given = run.experiment.given_state() if run.calls[first].start == "given" else None
    states = tuple(np.repeat(one[None].astype(np.float64), 1 + _TRIES, axis=0) for one in given or zeros)
    chance = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        for number in range(first, len(run.calls)):
            states, apart = _tried(run, run.masks_of_call(number), states, chance)
    return apart


def _tried(run: Run, masks: DropoutMasks | None, states: _States, chance: np.random.Generator) -> tuple[_States, float]:
    """Return the states (1 + tries, B, U) after one call, and how far they were apart at any step."""
    layer, units, gates = run.experiment.layer, run.weights.units, run.weights.gates
    kernel, recurrent = (
        array.astype(np.float64).reshape(-1, gates, units).transpose(1, 0, 2)
        for array in (run.weights.kernel, run.weights.recurrent_kernel)
    )
    biases = np.zeros((2, gates, 1, 1, units))
    if run.weights.bias is not None:
        given = run.weights.bias.reshape(-1, gates, 1, 1, units)
        biases[: len(given)] = given
    bias, recurrent_bias = biases
    x = run.trace.inputs[:, run.trace.time_index].transpose(1, 0, 2)[:, None].astype(np.float64)  # (T, 1, B, F)
    used = None if run.trace.mask is None else run.trace.mask[:, run.trace.time_index].T[:, :, None]
    if masks is not None and masks.dropout is not None:
        x = x * masks.dropout
    x_z = np.matmul(x, kernel)[:, :, None] + bias  # (T, G, 1, B, U)
    x_size = np.matmul(np.abs(x), np.abs(kernel))[:, :, None] + np.abs(bias)
    recurrent = recurrent[:, None]
    kept = np.ones((gates, 1, 1, 1))
    if masks is not None and masks.recurrent_dropout is not None:
        kept = masks.recurrent_dropout[:, None].astype(np.float64)

    def of_h(h: Float64Array, which: slice) -> tuple[Float64Array, Float64Array]:
        """Return h R + b of some gates (G, 1 + tries, B, U), and the size of its terms."""
        seen = h * kept[which]
        sizes = np.abs(seen) @ np.abs(recurrent[which]) + np.abs(recurrent_bias[which])
        return seen @ recurrent[which] + recurrent_bias[which], sizes

    signs = chance.integers(0, 2, (len(x), gates + _ERRORS, *states[0].shape)) * 2.0 - 1.0
    signs[:, :, 0] = 0
    in_sums, errors = _SUM * signs[:, :gates], _VALUE * signs[:, gates:]
    following = _NEXT[run.trace.spec.name]
    reached = np.empty((len(x), len(states), *states[0].shape))
    for step in range(len(x)):
        given_now = _Step(x_z[step], x_size[step], in_sums[step], of_h)
        made = following(layer, given_now, states, errors[step])
        states = (
            made
            if used is None
            else tuple(np.where(used[step], new, old) for new, old in zip(made, states, strict=True))
        )
        reached[step] = states
    plain, tries = reached[:, :, :1], reached[:, :, 1:]
    apart = (np.abs(tries - plain) / np.maximum(1, np.abs(plain))).max()
    in_range = np.abs(reached).max() < np.finfo(np.float32).max
    return states, float(apart) if in_range else float("inf")


class _Step(NamedTuple):
    """What a step makes its sums of, a gate a row: what comes from x, the size of its terms, errors, and h R + b."""

    x_z: Float64Array
    x_size: Float64Array
    in_sums: Float64Array
    of_h: Callable[[Float64Array, slice], tuple[Float64Array, Float64Array]]

    def sums(self, h: Float64Array, which: slice = _ALL) -> Float64Array:
        """Return the pre-activations of some gates."""
        product, size = self.of_h(h, which)
        return self.x_z[which] + product + self.in_sums[which] * (self.x_size[which] + size)


def _next_of_lstm(layer: LayerArguments, step: _Step, states: _States, errors: Float64Array) -> _States:
    h, c = states
    z = step.sums(h)
    i, f, o = _rounded(layer.recurrent_activation, z[[0, 1, 3]], errors[:3])
    next_c = f * c * (1 + errors[3]) + i * _rounded(layer.activation, z[2], errors[4])
    return o * _rounded(layer.activation, next_c, errors[5]), next_c


def _next_of_gru(layer: LayerArguments, step: _Step, states: _States, errors: Float64Array) -> _States:
    (h,) = states
    candidate = slice(2, 3)
    z, r = _rounded(layer.recurrent_activation, step.sums(h, slice(2)), errors[:2])
    if layer.reset_after:
        product, size = step.of_h(h, candidate)
        size = step.x_size[candidate] + np.abs(r) * size
        z_h = step.x_z[candidate] + r * product + step.in_sums[candidate] * size
    else:
        z_h = step.sums(r * h * (1 + errors[3]), candidate)
    h_tilde = _rounded(layer.activation, z_h[0], errors[2])
    return (z * h * (1 + errors[4]) + (1 - z) * h_tilde * (1 + errors[5]),)


def _next_of_simple_rnn(layer: LayerArguments, step: _Step, states: _States, errors: Float64Array) -> _States:
    return (_rounded(layer.activation, step.sums(states[0])[0], errors[0]),)


_NEXT = {LSTM.name: _next_of_lstm, GRU.name: _next_of_gru, SIMPLE_RNN.name: _next_of_simple_rnn}


def _rounded(name: str, z: Float64Array, errors: NDArray[Any]) -> Float64Array:
    """Return an activation of `z`, off by `errors` of itself and of what it takes from each other."""
    activated = np.asarray(activation_named(name)(z), np.float64)  # type: ignore[arg-type]
    rounded: Float64Array = activated * (1 + errors) + errors * cancelled(name, z)
    return rounded
