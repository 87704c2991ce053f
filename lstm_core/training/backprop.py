"""Backpropagation through time: from what a layer's trace kept, the gradient of a loss by everything in it.

A `d_` before a name is the gradient of the loss by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.spec import GRU, LSTM, SIMPLE_RNN
from lstm_core.layers.trace import States, Trace
from lstm_core.layers.weights import Float32Array, Weights
from lstm_core.training.derivatives import DERIVATIVES


@dataclass(frozen=True, eq=False)
class LayerGradients:
    """The gradients of a loss by all that goes through one direction of a layer.

    Args:
        weights: By the names of `WEIGHT_TENSORS`, each of its tensor's shape.
        inputs: (B, T, F) in time order.
        states: By each state's name, (T, B, U) in processing order: all that comes back to it, from its own step's
            output and from the steps behind.
        start: By each state's name, (B, U): by the state before the first step.
    """

    weights: Mapping[str, Float32Array]
    inputs: Float32Array
    states: Mapping[str, Float32Array]
    start: Mapping[str, Float32Array]


def layer_gradients(
    trace: Trace, weights: Weights, arguments: LayerArguments, d_output: Float32Array, d_end: States | None = None
) -> LayerGradients:
    """Return the gradients of a loss by weights, input and states, given those by what the layer returned.

    Args:
        trace: What the layer computed.
        weights: What it computed it with.
        arguments: The layer's arguments.
        d_output: By the h that each step emits, (T, B, U) in processing order; 0 where a mask lets it emit none.
        d_end: By the states after the last step, in Keras's order, each (B, U), where something follows from them.

    Source: Werbos (1990), "Backpropagation Through Time: What It Does and How to Do It".
    """
    zeros = np.zeros((trace.inputs.shape[0], trace.units), np.float32)
    end = d_end if d_end is not None else (zeros,) * len(trace.spec.states)
    return _BACK[trace.spec.name](trace, weights, arguments, d_output, end)


class _Back:
    """What the cells share: their sums x K + h R + b, passed back to what went in, with masks and dropout."""

    def __init__(self, trace: Trace, weights: Weights) -> None:
        order = trace.time_index
        self._x = trace.inputs.transpose(1, 0, 2)[order]  # (T, B, F) in processing order
        self._order, self._weights = order, weights
        self._dropout, self._recurrent_dropout = trace.dropout_mask, trace.recurrent_dropout_mask
        self.h_before = before(trace, "h")
        used = None if trace.mask is None else trace.mask.T[order]
        self.skips = None if used is None else ~used[..., None]  # (T, B, 1)

    def to_h(self, d_z: Float32Array, gates: slice = slice(None)) -> Float32Array:
        """Return the gradient (B, U) by h of the step before, given that by the sums (B, G, U) of these gates."""
        return _through(d_z, self._weights.recurrent_kernel, self._recurrent_dropout, gates)

    def gradients(
        self,
        d_z: Float32Array,
        states: Mapping[str, Float32Array],
        start: Mapping[str, Float32Array],
        d_of_h: Float32Array | None = None,
        reads: Mapping[int, Float32Array] = MappingProxyType({}),
    ) -> LayerGradients:
        """Return the gradients, given those by the sums (T, B, G, U).

        `d_of_h` is that by what h gives to them, where it is another; `reads` is what a gate reads in place of h.
        """
        of_h = d_z if d_of_h is None else d_of_h
        gates = d_z.shape[2]
        own = self._weights
        found = {
            "kernel": _kernel_gradient([self._x] * gates, d_z, self._dropout),
            "recurrent_kernel": _kernel_gradient(
                [reads.get(k, self.h_before) for k in range(gates)], of_h, self._recurrent_dropout
            ),
        }
        if own.bias is not None:
            sums = [d.sum(axis=(0, 1)).reshape(-1) for d in ((d_z, of_h) if own.bias.ndim == 2 else (d_z,))]
            found["bias"] = np.stack(sums) if own.bias.ndim == 2 else sums[0]
        d_x = _through(d_z, own.kernel, self._dropout)
        in_time = np.empty_like(d_x)
        in_time[self._order] = d_x
        return LayerGradients(found, in_time.transpose(1, 0, 2), states, start)


def before(trace: Trace, state: str) -> Float32Array:
    """Return a state as it is before each step, (T, B, U)."""
    return np.concatenate((trace.start[state][None], trace[state][:-1]))


def _through(
    d_z: Float32Array, kernel: Float32Array, masks: Float32Array | None, gates: slice = slice(None)
) -> Float32Array:
    """Return the gradient (..., N) by what a kernel (N, G U) multiplies, given that by `gates`' sums, (..., G, U)."""
    *lead, _, units = d_z.shape
    per_gate = kernel.reshape(len(kernel), -1, units)[:, gates]  # (N, G, U)
    if masks is None or len(masks) == 1:
        through: Float32Array = d_z.reshape(*lead, -1) @ per_gate.reshape(len(kernel), -1).T
        return through if masks is None else through * masks[0]
    of_each = [d_z[..., k, :] @ per_gate[:, k].T * mask for k, mask in enumerate(masks[gates])]
    total: Float32Array = sum(of_each[1:], of_each[0])
    return total


def _kernel_gradient(given: Sequence[Float32Array], d_z: Float32Array, masks: Float32Array | None) -> Float32Array:
    """Return the gradient (N, G U) by a kernel that multiplies what each gate is given (T, B, N)."""
    steps, batch, gates, units = d_z.shape
    rows = steps * batch
    alike = all(one is given[0] for one in given)
    if alike and (masks is None or len(masks) == 1):
        x = given[0] if masks is None else given[0] * masks[0]
        return x.reshape(rows, -1).T @ d_z.reshape(rows, gates * units)
    several = []
    for k, x in enumerate(given):
        dropped = x if masks is None else x * masks[k if len(masks) > 1 else 0]
        several.append(dropped.reshape(rows, -1).T @ d_z[:, :, k].reshape(rows, units))
    return np.concatenate(several, axis=1)


def _lstm(
    trace: Trace, weights: Weights, arguments: LayerArguments, d_output: Float32Array, end: States
) -> LayerGradients:
    act, gate = DERIVATIVES[arguments.activation], DERIVATIVES[arguments.recurrent_activation]
    i, f, new, o, c, tanh_c = (trace[name] for name in (*LSTM.gate_names, "c", "tanh_c"))
    z_by_c = np.stack(  # z_i, z_f and z_c, (T, B, 3, U)
        (new * gate(trace["z_i"], i), before(trace, "c") * gate(trace["z_f"], f), i * act(trace["z_c"], new)), axis=2
    )
    z_o_by_h = tanh_c * gate(trace["z_o"], o)
    c_by_h = o * act(c, tanh_c)
    back = _Back(trace, weights)
    steps, batch, units = c.shape
    d_z = np.empty((steps, batch, 4, units), np.float32)
    all_d_h, all_d_c = np.empty_like(z_o_by_h), np.empty_like(z_o_by_h)
    d_h, d_c = end
    for t in reversed(range(steps)):
        d_h = d_h + d_output[t]
        d_c_here = d_c + d_h * c_by_h[t]
        np.multiply(d_c_here[:, None], z_by_c[t], d_z[t, :, :3])
        np.multiply(d_h, z_o_by_h[t], d_z[t, :, 3])
        if back.skips is not None:  # a masked step hands both states on
            skips = back.skips[t]
            d_z[t, skips[:, 0]] = 0
            d_c_here = np.where(skips, d_c, d_c_here)
        all_d_h[t], all_d_c[t] = d_h, d_c_here
        to_h, to_c = back.to_h(d_z[t]), d_c_here * f[t]
        if back.skips is not None:
            to_h, to_c = np.where(skips, d_h, to_h), np.where(skips, d_c, to_c)
        d_h, d_c = to_h, to_c
    return back.gradients(d_z, {"h": all_d_h, "c": all_d_c}, {"h": d_h, "c": d_c})


def _gru(
    trace: Trace, weights: Weights, arguments: LayerArguments, d_output: Float32Array, end: States
) -> LayerGradients:
    act, gate = DERIVATIVES[arguments.activation], DERIVATIVES[arguments.recurrent_activation]
    z, r, new = (trace[name] for name in GRU.gate_names)
    back = _Back(trace, weights)
    after = arguments.reset_after
    z_z_by_h = (back.h_before - new) * gate(trace["z_z"], z)
    z_h_by_h = (1 - z) * act(trace["z_h"], new)
    r_by_z_r = gate(trace["z_r"], r)
    given_r = trace["h_recurrent"] if after else back.h_before  # what r multiplies
    steps, batch, units = z.shape
    d_z = np.empty((steps, batch, 3, units), np.float32)  # of z, r and the candidate
    d_of_h = np.empty_like(d_z) if after else None
    all_d_h = np.empty_like(z_z_by_h)
    (d_h,) = end
    for t in reversed(range(steps)):
        all_d_h[t] = d_h = d_h + d_output[t]
        d_t = d_z[t]
        np.multiply(d_h, z_z_by_h[t], d_t[:, 0])
        np.multiply(d_h, z_h_by_h[t], d_t[:, 2])
        by_product = d_t[:, 2] if after else back.to_h(d_t[:, 2:], slice(2, 3))  # by r times what it multiplies
        np.multiply(by_product * given_r[t], r_by_z_r[t], d_t[:, 1])
        if d_of_h is not None:
            d_of_h[t] = d_t
            d_of_h[t, :, 2] *= r[t]
            to_h = d_h * z[t] + back.to_h(d_of_h[t])
        else:
            to_h = d_h * z[t] + by_product * r[t] + back.to_h(d_t[:, :2], slice(2))
        if back.skips is not None:
            skips = back.skips[t]
            d_t[skips[:, 0]] = 0
            if d_of_h is not None:
                d_of_h[t, skips[:, 0]] = 0
            to_h = np.where(skips, d_h, to_h)
        d_h = to_h
    reads = {} if after else {2: trace["h_reset"]}
    return back.gradients(d_z, {"h": all_d_h}, {"h": d_h}, d_of_h, reads)


def _simple_rnn(
    trace: Trace, weights: Weights, arguments: LayerArguments, d_output: Float32Array, end: States
) -> LayerGradients:
    z_by_h = DERIVATIVES[arguments.activation](trace["z_h"], trace["h_tilde"])
    back = _Back(trace, weights)
    d_z = np.empty((*z_by_h.shape[:2], 1, z_by_h.shape[2]), np.float32)
    all_d_h = np.empty_like(z_by_h)
    (d_h,) = end
    for t in reversed(range(len(z_by_h))):
        all_d_h[t] = d_h = d_h + d_output[t]
        np.multiply(d_h, z_by_h[t], d_z[t, :, 0])
        to_h = back.to_h(d_z[t])
        if back.skips is not None:
            d_z[t, back.skips[t, :, 0]] = 0
            to_h = np.where(back.skips[t], d_h, to_h)
        d_h = to_h
    return back.gradients(d_z, {"h": all_d_h}, {"h": d_h})


_BACK: Mapping[str, Callable[[Trace, Weights, LayerArguments, Float32Array, States], LayerGradients]] = (
    MappingProxyType({LSTM.name: _lstm, GRU.name: _gru, SIMPLE_RNN.name: _simple_rnn})
)
