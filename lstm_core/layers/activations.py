"""The activations that the app knows, under Keras's names."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from lstm_core.layers.weights import Float32Array

Activation = Callable[[Float32Array], Float32Array]


def sigmoid(z: Float32Array) -> Float32Array:
    """1 / (1 + exp(-z)) for any shape, to full relative precision; exp never overflows.

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

    >>> relu(np.array([-2.0, 2.0], np.float32)).tolist()
    [0.0, 2.0]
    """
    return np.maximum(z, 0)


def linear(z: Float32Array) -> Float32Array:
    """`z` itself: what Keras uses for `activation=None`."""
    return z


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {"tanh": np.tanh, "sigmoid": sigmoid, "hard_sigmoid": hard_sigmoid, "relu": relu, "linear": linear}
)


def activation_named(name: str) -> Activation:
    """Return the function that Keras knows by this name; ValueError for any other.

    >>> float(activation_named("hard_sigmoid")(np.float32(0)))
    0.5
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"the activation is {name!r}; it must be one of {', '.join(ACTIVATIONS)}; choose one of these")
    return ACTIVATIONS[name]
