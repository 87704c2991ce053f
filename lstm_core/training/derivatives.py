"""The derivatives of all activations that a layer can have, each of what goes in and what came out.

Where an activation has a kink, they are what TensorFlow takes there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.activations import hard_sigmoid, sigmoid, softplus
from lstm_core.layers.weights import Float32Array

Derivative = Callable[[Float32Array, Float32Array], Float32Array]

_SELU_SCALE = np.float32(1.0507009873554805)
_SELU_LOWEST = np.float32(1.0507009873554805 * 1.6732632423543772)
_DENSITY_AT_0 = np.float32(1 / math.sqrt(2 * math.pi))


def _where(condition: NDArray[np.bool_], inside: float = 1) -> Float32Array:
    """Return `inside` where the condition holds, else 0."""
    found: Float32Array = np.where(condition, np.float32(inside), np.float32(0))
    return found


def _celu(z: Float32Array, _: Float32Array) -> Float32Array:
    """Return 2 at 0: TensorFlow gives it to both max(z, 0) and min(z, 0)."""
    below: Float32Array = np.where(z <= 0, np.exp(np.minimum(z, 0)), np.float32(0))
    return _where(z >= 0) + below


def _gelu(z: Float32Array, a: Float32Array) -> Float32Array:
    share: Float32Array = np.divide(a, z, out=np.full_like(z, 0.5), where=z != 0)  # gelu(z) = z Φ(z)
    density = _DENSITY_AT_0 * np.exp(-z * z / 2)
    return share + z * density


def _mish(z: Float32Array, _: Float32Array) -> Float32Array:
    squashed: Float32Array = np.tanh(softplus(z))
    by_squashed: Float32Array = 1 - squashed * squashed
    return squashed + z * by_squashed * sigmoid(z)


def _silu(z: Float32Array, a: Float32Array) -> Float32Array:
    share = sigmoid(z)
    return share + a * (1 - share)


def _tanh_shrink(z: Float32Array, _: Float32Array) -> Float32Array:
    squashed: Float32Array = np.tanh(z)
    return squashed * squashed


DERIVATIVES: Mapping[str, Derivative] = MappingProxyType(
    {
        "tanh": lambda _, a: 1 - a * a,
        "sigmoid": lambda _, a: a * (1 - a),
        "hard_sigmoid": lambda z, _: _where(np.abs(z) < 3, 1 / 6),
        "relu": lambda z, _: _where(z > 0),
        "linear": lambda _, a: np.ones_like(a),
        "celu": _celu,
        "elu": lambda _, a: np.where(a < 0, a + 1, np.float32(1)),
        "exponential": lambda _, a: a,
        "gelu": _gelu,
        "hard_shrink": lambda z, _: _where(np.abs(z) > 0.5),
        "hard_silu": lambda z, _: hard_sigmoid(z) + z * _where(np.abs(z) < 3, 1 / 6),
        "hard_tanh": lambda z, _: _where(np.abs(z) <= 1),
        "leaky_relu": lambda z, _: np.where(z > 0, np.float32(1), np.float32(0.2)),
        "log_sigmoid": lambda z, _: sigmoid(-z),
        "mish": _mish,
        "relu6": lambda z, _: _where((z > 0) & (z < 6)),
        "selu": lambda _, a: np.where(a < 0, a + _SELU_LOWEST, _SELU_SCALE),
        "silu": _silu,
        "soft_shrink": lambda z, _: _where(np.abs(z) > 0.5),
        "softplus": lambda z, _: sigmoid(z),
        "softsign": lambda z, _: 1 / np.square(1 + np.abs(z)),
        "sparse_plus": lambda z, _: np.clip((z + 1) / 2, 0, 1),
        "sparse_sigmoid": lambda z, _: _where(np.abs(z) < 1, 0.5),
        "squareplus": lambda z, _: (1 + z / np.sqrt(z * z + 4)) / 2,
        "tanh_shrink": _tanh_shrink,
    }
)
"""By Keras's names: (z, activation(z)) -> d activation / dz, each of any one shape."""
