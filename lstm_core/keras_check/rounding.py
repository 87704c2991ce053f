"""How far rounding can carry the numbers of an experiment: what must be known before a last digit is promised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.activations import activation_named, cancelled
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.bidirectional import directions, merged
from lstm_core.layers.ends import HEAD_ACTIVATIONS, dropped
from lstm_core.layers.model_weights import FIRST, Opened
from lstm_core.layers.outputs import ModelOutput, settled
from lstm_core.layers.spec import GRU, LSTM, SIMPLE_RNN
from lstm_core.layers.trace import DropoutMasks
from lstm_core.run import Run, Start

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
    arrays = [output.array for output in run.returned]
    if any(_sign_of_zero_is_open(run, output) for output in run.returned) or not all(
        settled(array, USUAL) for array in arrays
    ):
        return False
    tolerance = max(USUAL, 2 * rounding(run))
    return tolerance <= MAX_TOLERANCE and all(settled(array, tolerance) for array in arrays)


def _sign_of_zero_is_open(run: Run, returned: ModelOutput) -> bool:
    """Whether there are zeros, as of relu, that print as "0." or "-0.": Keras makes -0.0 where NumPy makes 0.0.

    What is merged, dropped or predicted may have zeros of any kind.
    """
    layer, output = run.experiment.layers[returned.place.layer - 1], returned.of
    if output is None:
        return not returned.array.all()
    if {getattr(layer, gate.activation) for gate in layer.spec.gates} <= _SIGNS_ZEROS_ALIKE:
        return False
    return not output.array.reshape(*output.steps.shape, -1)[output.steps >= 0].all()


def rounding(run: Run) -> float:
    """Return how far what the last call gives may be off through rounding, absolute up to 1 and relative above.

    That is the states of every layer, and the prediction.

    It is tried out: float64 computes the run a few times, once as it is and then with errors of float32's size, by
    chance up or down, in every sum, gate and state. Infinite where numbers leave the range of float32, or where the
    run is too long to try.
    """
    first = len(run.calls) - 1
    while any(calls[first].start == "kept" for calls in run.all_calls.values()):
        first -= 1
    calls = len(run.calls) - first
    opened = [run.open(place) for place in run.experiment.places]
    values = sum(one.trace["h"].size for one in opened)
    if run.trace.steps * calls * len(opened) > _MAX_STEPS or values * calls > _MAX_VALUES:
        return float("inf")
    chance = np.random.default_rng(0)
    kept: dict[Opened, _States] = {}
    with np.errstate(all="ignore"):
        for number in range(first, len(run.calls)):
            kept, apart = _model_tried(run, number, kept, chance)
    return apart


def _model_tried(
    run: Run, number: int, kept: dict[Opened, _States], chance: np.random.Generator
) -> tuple[dict[Opened, _States], float]:
    """Return the states of every layer after call `number`, from 0, and how far anything in it was apart."""
    x = run.open(FIRST).trace.inputs[None].astype(np.float64)  # (1, B, T, F): the same for all tries
    after: dict[Opened, _States] = {}
    emitted: list[Float64Array] = []
    apart = 0.0
    for place in run.experiment.places:
        one = run.open(place)
        start = one.calls[number].start
        states = kept[place] if start == "kept" else _beginning(one, start)
        in_order = x[:, :, one.trace.time_index].transpose(2, 0, 1, 3)  # (T, tries, B, F)
        after[place], h, further = _tried(one, one.masks_of_call(number), in_order, states, chance)
        apart = max(apart, further)
        emitted.append(_emitted(one, h))
        layer = run.experiment.layers[place.layer - 1]
        if len(emitted) == len(directions(layer)):
            handed_on = _handed_on(run, number, place.layer, emitted, chance)
            x = handed_on[0]
            emitted.clear()
    last = handed_on if run.last.prediction is None else [_predicted(run, x, chance)]
    return after, max(apart, *map(_apart, last))


def _beginning(run: Run, start: Start) -> _States:
    """Return the states that a call of the opened layer begins with, if none were kept: given ones, or zeros."""
    given = run.experiment.given_states() if start == "given" else None
    zeros = tuple(np.zeros_like(run.trace.start[name]) for name in run.trace.spec.state_names)
    states = given[run.opened.backward] if given else zeros
    return tuple(np.repeat(one[None].astype(np.float64), 1 + _TRIES, axis=0) for one in states)


def _emitted(run: Run, h: Float64Array) -> Float64Array:
    """Return what a layer emits of its h (T, tries, B, U): (tries, B, T, U) in processing order, or (tries, B, U)."""
    trace = run.trace
    if not run.layer.return_sequences:
        last: Float64Array = h[-1] if trace.last_emits_h is None else h[-1] * trace.last_emits_h[:, None]
        return last
    return (h if trace.emits_h is None else h * trace.emits_h[:, None, :, None]).transpose(1, 2, 0, 3)


def _handed_on(
    run: Run, number: int, layer: int, emitted: list[Float64Array], chance: np.random.Generator
) -> list[Float64Array]:
    """Return what a layer hands on, (tries, B, T, W) or (tries, B, W), off by rounding: one array, or two unmerged."""
    if run.experiment.is_plain:
        return list(emitted)
    together = [one.reshape(-1, *one.shape[2:]) for one in emitted]
    several = merged(together, run.experiment.layers[layer - 1])  # type: ignore[arg-type]
    outputs = [one.reshape(*emitted[0].shape[:2], *one.shape[1:]) for one in several]
    after = run.masks[number][layer - 1].after if run.masks else None
    if after is not None:
        outputs = list(dropped(outputs, after))
    return [one * (1 + _VALUE * _signs(one.shape, chance)) for one in outputs]


def _predicted(run: Run, x: Float64Array, chance: np.random.Generator) -> Float64Array:
    kernel, bias = run.model_weights.head_kernel, run.model_weights.head_bias
    assert kernel is not None
    assert bias is not None
    z = x @ kernel + bias
    size = np.abs(x) @ np.abs(kernel) + np.abs(bias)
    activate: Any = HEAD_ACTIVATIONS[run.experiment.head_activation]
    activated: Float64Array = activate(z + _SUM * size * _signs(z.shape, chance))
    predicted: Float64Array = activated * (1 + _VALUE * _signs(z.shape, chance))
    return predicted


def _signs(shape: tuple[int, ...], chance: np.random.Generator) -> Float64Array:
    """Return chance's ups and downs, a try a row; the first has none."""
    signs = np.asarray(chance.integers(0, 2, shape) * 2 - 1, np.float64)
    signs[0] = 0
    return signs


def _apart(tried: Float64Array) -> float:
    """Return how far the tries, along the first axis, are from the first; infinite past the end of float32."""
    plain = tried[:1]
    apart = (np.abs(tried[1:] - plain) / np.maximum(1, np.abs(plain))).max()
    return float(apart) if np.abs(tried).max() < np.finfo(np.float32).max else float("inf")


def _tried(
    run: Run, masks: DropoutMasks | None, x: Float64Array, states: _States, chance: np.random.Generator
) -> tuple[_States, Float64Array, float]:
    """Return the opened layer's states (1 + tries, B, U) after one call, its h, and how far states were apart.

    `x` (T, 1 or 1 + tries, B, F) is what it is given, in processing order; h is (T, 1 + tries, B, U).
    """
    layer, units, gates = run.layer, run.weights.units, run.weights.gates
    kernel, recurrent = (
        array.astype(np.float64).reshape(-1, gates, units).transpose(1, 0, 2)
        for array in (run.weights.kernel, run.weights.recurrent_kernel)
    )
    biases = np.zeros((2, gates, 1, 1, units))
    if run.weights.bias is not None:
        given = run.weights.bias.reshape(-1, gates, 1, 1, units)
        biases[: len(given)] = given
    bias, recurrent_bias = biases
    used = None if run.trace.mask is None else run.trace.mask[:, run.trace.time_index].T[:, :, None]
    x = x[:, None]
    if masks is not None and masks.dropout is not None:
        x = x * masks.dropout[:, None]
    x_z = np.matmul(x, kernel[:, None]) + bias  # (T, G, 1 or 1 + tries, B, U)
    x_size = np.matmul(np.abs(x), np.abs(kernel[:, None])) + np.abs(bias)
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
    held = run.experiment.held_gates(run.opened)
    held = None if held is None else held[run.trace.time_index]
    reached = np.empty((len(x), len(states), *states[0].shape))
    for step in range(len(x)):
        in_hand = None if held is None else held[step]
        given_now = _Step(x_z[step], x_size[step], in_sums[step], of_h, in_hand)
        made = following(layer, given_now, states, errors[step])
        states = (
            made
            if used is None
            else tuple(np.where(used[step], new, old) for new, old in zip(made, states, strict=True))
        )
        reached[step] = states
    return states, reached[:, 0], _apart(np.moveaxis(reached, 2, 0))


class _Step(NamedTuple):
    """What a step makes its sums of, a gate a row: what comes from x, the size of its terms, errors, and h R + b.

    `held` (gates, U) is what gates are held at, NaN where one is free; None where all are.
    """

    x_z: Float64Array
    x_size: Float64Array
    in_sums: Float64Array
    of_h: Callable[[Float64Array, slice], tuple[Float64Array, Float64Array]]
    held: NDArray[np.float32] | None

    def in_hand(self, gate: int, computed: Float64Array) -> Float64Array:
        """Return what a gate (1 + tries, B, U) is: what it is held at, or what was computed."""
        return computed if self.held is None else np.where(np.isnan(self.held[gate]), computed, self.held[gate])

    def sums(self, h: Float64Array, which: slice = _ALL) -> Float64Array:
        """Return the pre-activations of some gates."""
        product, size = self.of_h(h, which)
        return self.x_z[which] + product + self.in_sums[which] * (self.x_size[which] + size)


def _next_of_lstm(layer: LayerArguments, step: _Step, states: _States, errors: Float64Array) -> _States:
    h, c = states
    z = step.sums(h)
    i, f, o = map(step.in_hand, (0, 1, 3), _rounded(layer.recurrent_activation, z[[0, 1, 3]], errors[:3]))
    candidate = step.in_hand(2, _rounded(layer.activation, z[2], errors[4]))
    next_c = f * c * (1 + errors[3]) + i * candidate
    return o * _rounded(layer.activation, next_c, errors[5]), next_c


def _next_of_gru(layer: LayerArguments, step: _Step, states: _States, errors: Float64Array) -> _States:
    (h,) = states
    candidate = slice(2, 3)
    z, r = map(step.in_hand, (0, 1), _rounded(layer.recurrent_activation, step.sums(h, slice(2)), errors[:2]))
    if layer.reset_after:
        product, size = step.of_h(h, candidate)
        size = step.x_size[candidate] + np.abs(r) * size
        z_h = step.x_z[candidate] + r * product + step.in_sums[candidate] * size
    else:
        z_h = step.sums(r * h * (1 + errors[3]), candidate)
    h_tilde = step.in_hand(2, _rounded(layer.activation, z_h[0], errors[2]))
    return (z * h * (1 + errors[4]) + (1 - z) * h_tilde * (1 + errors[5]),)


def _next_of_simple_rnn(layer: LayerArguments, step: _Step, states: _States, errors: Float64Array) -> _States:
    return (step.in_hand(0, _rounded(layer.activation, step.sums(states[0])[0], errors[0])),)


_NEXT = {LSTM.name: _next_of_lstm, GRU.name: _next_of_gru, SIMPLE_RNN.name: _next_of_simple_rnn}


def _rounded(name: str, z: Float64Array, errors: NDArray[Any]) -> Float64Array:
    """Return an activation of `z`, off by `errors` of itself and of what it takes from each other."""
    activated = np.asarray(activation_named(name)(z), np.float64)  # type: ignore[arg-type]
    rounded: Float64Array = activated * (1 + errors) + errors * cancelled(name, z)
    return rounded
