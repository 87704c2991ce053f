"""The loss of what a model's head says, passed back through the head's activation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_core.layers.ends import dense
from lstm_core.layers.model_weights import ModelWeights
from lstm_core.layers.trace import BoolArray
from lstm_core.layers.weights import Float32Array
from lstm_core.run import ModelCalled
from lstm_core.training.derivatives import DERIVATIVES
from lstm_core.training.losses import LOSSES, LOSSES_OF_SUMS, SEEN_THROUGH


class HeadLoss(NamedTuple):
    """A loss, and its gradient by the sums z = x K + b in the head, (B, K) or (B, T, K)."""

    value: float
    d_sums: Float32Array


def head_loss(
    name: str,
    activation: str,
    weights: ModelWeights,
    called: ModelCalled,
    y: Float32Array,
    mask: BoolArray | None = None,
) -> HeadLoss:
    """Return the loss of this name, of what a call of the model says and what it should say.

    Where something is said at every step, steps that the front masks, (B, T) with True = use, count for nothing: the
    mask goes on through the layers to the loss. Source: `apply_mask` in keras/src/losses/loss.py.

    Raises:
        ValueError: if the model has no head, there is no such loss, or `y` is not of the shape of the prediction.
    """
    said, kernel, bias = called.prediction, weights.head_kernel, weights.head_bias
    if said is None or kernel is None or bias is None:
        raise ValueError("the model has no head; it must say something that a loss can judge; give it a Dense head")
    if name not in LOSSES:
        raise ValueError(f"the loss is {name!r}; it must be one of {', '.join(LOSSES)}; choose one of these")
    if y.shape != said.shape:
        raise ValueError(
            f"y has shape {y.shape}; it must be {said.shape}, that of the prediction; "
            "give a head of as many units as the task has classes"
        )
    z = dense(called.layers[-1].handed_on[0], kernel, bias, "linear")
    if mask is not None and said.ndim == 3 and not mask.all():
        d_sums = np.zeros_like(z)
        if not mask.any():
            return HeadLoss(0.0, d_sums)
        value, d_sums[mask] = _of(name, activation, y[mask], z[mask], said[mask])
        return HeadLoss(value, d_sums)
    return _of(name, activation, y, z, said)


def _of(name: str, activation: str, y: Float32Array, z: Float32Array, said: Float32Array) -> HeadLoss:
    if name in LOSSES_OF_SUMS and activation in SEEN_THROUGH:
        of_sums = LOSSES_OF_SUMS[name]
        return HeadLoss(of_sums.value(y, z), of_sums.gradient(y, z))
    loss = LOSSES[name]
    return HeadLoss(loss.value(y, said), _before(activation, z, said, loss.gradient(y, said)))


def _before(activation: str, z: Float32Array, said: Float32Array, d_said: Float32Array) -> Float32Array:
    """Return the gradient by the head's sums, given that by what it says."""
    if activation == "softmax":
        softened: Float32Array = said * (d_said - (d_said * said).sum(axis=-1, keepdims=True))
        return softened
    return np.multiply(d_said, DERIVATIVES[activation](z, said))
