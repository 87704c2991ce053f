"""The activations that Keras names and that take one number to one, in float32, under Keras's names.

Each is for any shape. Where Keras gives inf or nan, so do they, without a warning. Left out are `softmax`,
`log_softmax`, `sparsemax` and `glu`, which look at all units at once, and `threshold`, which no layer can call by name.
"""

import math
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.weights import Float32Array

Activation = Callable[[Float32Array], Float32Array]

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
_without_warning = np.errstate(over="ignore", invalid="ignore")


def sigmoid(z: Float32Array) -> Float32Array:
    """1 / (1 + exp(-z)) for any shape, to full relative precision; exp never overflows.

    Source: keras/src/backend/tensorflow/nn.py.

    >>> sigmoid(np.array([-1e30, 0.0, 1e30], np.float32)).round(6).tolist()
    [0.0, 0.5, 1.0]
    """
    grown: Float32Array = np.exp(np.minimum(-z, 88))  # exp(89) is more than float32 holds
    return np.reciprocal(1 + grown)


def hard_sigmoid(z: Float32Array) -> Float32Array:
    """Return a sigmoid of three straight pieces for any shape: relu6(z + 3) / 6 (Keras 2 had 0.2 z + 0.5).

    Source: keras/src/backend/tensorflow/nn.py.

    >>> hard_sigmoid(np.array([-3.0, 0.0, 1.5, 3.0], np.float32)).tolist()
    [0.0, 0.5, 0.75, 1.0]
    """
    return np.divide(np.clip(z + 3, 0, 6), 6)


def relu(z: Float32Array) -> Float32Array:
    """Return the positive part of `z`, any shape.

    Source: keras/src/activations/activations.py.

    >>> relu(np.array([-2.0, 2.0], np.float32)).tolist()
    [0.0, 2.0]
    """
    return np.maximum(z, 0)


def linear(z: Float32Array) -> Float32Array:
    """`z` itself: what Keras uses for `activation=None`. Source: keras/src/activations/activations.py."""
    return z


def celu(z: Float32Array) -> Float32Array:
    """max(z, 0) + expm1(min(z, 0)): `elu`, for Keras's alpha is 1; Barron (2017).

    Source: keras/src/backend/tensorflow/nn.py.
    """
    return np.maximum(z, 0) + np.expm1(np.minimum(z, 0))


def elu(z: Float32Array) -> Float32Array:
    """Return z above 0, exp(z) - 1 below; Clevert et al. (2016). Source: keras/src/backend/tensorflow/nn.py."""
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


@_without_warning
def exponential(z: Float32Array) -> Float32Array:
    """exp(z): infinite from 89 up. Source: keras/src/activations/activations.py."""
    return np.exp(z)


@_without_warning
def gelu(z: Float32Array) -> Float32Array:
    """Return z Φ(z) = z (1 + erf(z / √2)) / 2; Hendrycks and Gimpel (2016).

    Source: keras/src/backend/tensorflow/nn.py.
    """
    return 0.5 * z * (1 + _erf(z / math.sqrt(2)))


def hard_shrink(z: Float32Array) -> Float32Array:
    """Return z, but 0 where |z| is 0.5 or less. Source: keras/src/backend/tensorflow/nn.py."""
    return np.where(np.abs(z) > 0.5, z, np.zeros_like(z))


@_without_warning
def hard_silu(z: Float32Array) -> Float32Array:
    """Return z hard_sigmoid(z), also called hard_swish; Howard et al. (2019).

    Source: keras/src/backend/tensorflow/nn.py.
    """
    return z * hard_sigmoid(z)


def hard_tanh(z: Float32Array) -> Float32Array:
    """z, cut off at -1 and at 1. Source: keras/src/backend/tensorflow/nn.py."""
    return np.clip(z, -1, 1)


def leaky_relu(z: Float32Array) -> Float32Array:
    """Return z above 0, 0.2 z below. Source: keras/src/backend/tensorflow/nn.py."""
    return np.where(z > 0, z, 0.2 * z)


def log_sigmoid(z: Float32Array) -> Float32Array:
    """log(1 / (1 + exp(-z))): from -∞ to 0. Source: keras/src/backend/tensorflow/nn.py."""
    return -softplus(-z)


@_without_warning
def mish(z: Float32Array) -> Float32Array:
    """Return z tanh(softplus(z)); Misra (2019). Source: keras/src/activations/activations.py."""
    return z * np.tanh(softplus(z))


def relu6(z: Float32Array) -> Float32Array:
    """min(max(z, 0), 6). Source: keras/src/backend/tensorflow/nn.py."""
    return np.clip(z, 0, 6)


def selu(z: Float32Array) -> Float32Array:
    """1.0507 z above 0, 1.7581 (exp(z) - 1) below; Klambauer et al. (2017).

    Source: keras/src/backend/tensorflow/nn.py.
    """
    return np.where(z > 0, _SELU_SCALE * z, _SELU_SCALE * _SELU_ALPHA * np.expm1(np.minimum(z, 0)))


@_without_warning
def silu(z: Float32Array) -> Float32Array:
    """Return z / (1 + exp(-z)) = z sigmoid(z), also called swish; Ramachandran et al. (2017).

    Source: keras/src/backend/tensorflow/nn.py.
    """
    grown: Float32Array = 1 + np.exp(-z)
    return z / grown


def soft_shrink(z: Float32Array) -> Float32Array:
    """Return z drawn towards 0 by 0.5; 0 where |z| is 0.5 or less. Source: keras/src/backend/tensorflow/nn.py."""
    return np.where(z > 0.5, z - 0.5, np.where(z < -0.5, z + 0.5, np.zeros_like(z)))


@_without_warning
def softplus(z: Float32Array) -> Float32Array:
    """log(exp(z) + 1): always above 0. Source: keras/src/backend/tensorflow/nn.py."""
    return np.logaddexp(np.zeros_like(z), z)


@_without_warning
def softsign(z: Float32Array) -> Float32Array:
    """Return z / (|z| + 1): between -1 and 1, nan at either infinity. Source: keras/src/backend/tensorflow/nn.py."""
    size: Float32Array = np.abs(z) + 1
    return z / size


@_without_warning
def sparse_plus(z: Float32Array) -> Float32Array:
    """0 up to -1, (z + 1)² / 4 up to 1, z from there; a `softplus` that gets to 0.

    Source: keras/src/backend/tensorflow/nn.py.
    """
    return np.where(z <= -1, np.zeros_like(z), np.where(z < 1, np.square(z + 1) / 4, z))


def sparse_sigmoid(z: Float32Array) -> Float32Array:
    """0 up to -1, (z + 1) / 2 up to 1, 1 from there; Blondel et al. (2019).

    Source: keras/src/backend/tensorflow/nn.py.
    """
    return np.where(z <= -1, np.zeros_like(z), np.where(z >= 1, np.ones_like(z), 0.5 * (z + 1)))


@_without_warning
def squareplus(z: Float32Array) -> Float32Array:
    """(z + √(z² + 4)) / 2: always above 0; Barron (2021). Source: keras/src/backend/tensorflow/nn.py."""
    grown: Float32Array = np.sqrt(np.square(z) + 4)
    return (z + grown) * 0.5


@_without_warning
def tanh_shrink(z: Float32Array) -> Float32Array:
    """Return z - tanh(z): flat about 0. Source: keras/src/backend/tensorflow/nn.py."""
    return z - np.tanh(z)


def _erf(z: Float32Array) -> Float32Array:
    """Return the error function of `z`, by straight pieces between 32,769 of its values: at most 2e-8 off."""
    values, steps = _erf_table()
    place = np.clip(z.astype(np.float64) * 4096 + 2**14, 0, 2**15)
    below = place.astype(np.int32)
    erf = values.take(below, mode="clip") + (place - below) * steps.take(below, mode="clip")  # nan is at no place
    return erf.astype(z.dtype)


@cache
def _erf_table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the error function from -4 to 4, and the step to the next value; at both ends, as beyond, it is 1."""
    values = np.array([math.erf(k / 4096) for k in range(-(2**14), 2**14 + 1)])
    values[[0, -1]] = -1, 1
    return values, np.diff(values, append=1)


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "tanh": np.tanh,
        "sigmoid": sigmoid,
        "hard_sigmoid": hard_sigmoid,
        "relu": relu,
        "linear": linear,
        "celu": celu,
        "elu": elu,
        "exponential": exponential,
        "gelu": gelu,
        "hard_shrink": hard_shrink,
        "hard_silu": hard_silu,
        "hard_tanh": hard_tanh,
        "leaky_relu": leaky_relu,
        "log_sigmoid": log_sigmoid,
        "mish": mish,
        "relu6": relu6,
        "selu": selu,
        "silu": silu,
        "soft_shrink": soft_shrink,
        "softplus": softplus,
        "softsign": softsign,
        "sparse_plus": sparse_plus,
        "sparse_sigmoid": sparse_sigmoid,
        "squareplus": squareplus,
        "tanh_shrink": tanh_shrink,
    }
)
ALIASES: Mapping[str, str] = MappingProxyType({"swish": "silu", "hard_swish": "hard_silu"})
"""Keras's other names of activations."""

_LARGEST_SQUARED = 1.8e19  # its square is about what float32 holds
_CANCEL_Z = ("gelu", "mish", "silu", "squareplus", "tanh_shrink")
_CANCEL_ONE = ("elu", "selu")


def cancelled(name: str, z: NDArray[np.float64]) -> NDArray[np.float64] | float:
    """Return the size of the numbers of which an activation is the difference, here or in TensorFlow; else 0.

    Such a result is as exact as these are, not as its own digits: tanh_shrink(0.001) is off by up to an ulp of 0.001,
    and TensorFlow's elu, exp(z) - 1 below 0, by one of 1. It is infinite where the square in `squareplus` is.
    """
    if name in _CANCEL_Z:
        size: NDArray[np.float64] = np.abs(z)
        return np.where(size > _LARGEST_SQUARED, np.inf, size) if name == "squareplus" else size
    return np.where(z < 0, 1.0, 0.0) if name in _CANCEL_ONE else 0.0


def activation_named(name: str) -> Activation:
    """Return the function that Keras knows by this name; ValueError for any other.

    >>> float(activation_named("hard_sigmoid")(np.float32(0)))
    0.5
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"the activation is {name!r}; it must be one of {', '.join(ACTIVATIONS)}; choose one of these")
    return ACTIVATIONS[name]
