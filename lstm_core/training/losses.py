"""The losses that Keras names, of what a model says and what it should say, in float32.

Source: keras/src/losses/losses.py; the mean is Keras's "sum_over_batch_size".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from lstm_core.layers.activations import sigmoid
from lstm_core.layers.ends import softmax
from lstm_core.layers.weights import Float32Array

CLIP = np.float32(1e-7)
"""Keras keeps probabilities so far from 0 and 1, lest their logarithm be infinite."""


class Loss(NamedTuple):
    """A loss: its value, and its gradient by what it is taken of, of the shape of that; both of (y, that)."""

    value: Callable[[Float32Array, Float32Array], float]
    gradient: Callable[[Float32Array, Float32Array], Float32Array]


def mean_squared_error(y: Float32Array, said: Float32Array) -> float:
    """Return the mean of (said - y)² over all numbers.

    >>> mean_squared_error(np.float32([[1, 0]]), np.float32([[0.5, 1]]))
    0.625
    """
    return float(np.mean((said - y) ** 2))


def _of_mean_squared_error(y: Float32Array, said: Float32Array) -> Float32Array:
    return (said - y) * np.float32(2 / said.size)


def binary_crossentropy(y: Float32Array, said: Float32Array) -> float:
    """Return the mean of -y log p - (1 - y) log(1 - p) over all numbers, p being what is said.

    >>> round(binary_crossentropy(np.float32([[1, 0]]), np.float32([[0.5, 0.5]])), 4)
    0.6931
    """
    p = np.clip(said, CLIP, 1 - CLIP)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def _of_binary_crossentropy(y: Float32Array, said: Float32Array) -> Float32Array:
    p = np.clip(said, CLIP, 1 - CLIP)
    gradient = (p - y) / (p * (1 - p)) / np.float32(said.size)
    return np.where(p == said, gradient, np.float32(0))


def binary_crossentropy_of_sums(y: Float32Array, z: Float32Array) -> float:
    """Return `binary_crossentropy` of sigmoid(z), which cannot be infinite, so that nothing is clipped.

    >>> round(binary_crossentropy_of_sums(np.float32([[1, 0]]), np.float32([[0, 0]])), 4)
    0.6931
    """
    return float(np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))))


def _of_binary_crossentropy_of_sums(y: Float32Array, z: Float32Array) -> Float32Array:
    return (sigmoid(z) - y) * np.float32(1 / z.size)


def categorical_crossentropy(y: Float32Array, said: Float32Array) -> float:
    """Return the mean of -Σ y log p over all but the last axis, p being what is said as shares of their sum.

    >>> round(categorical_crossentropy(np.float32([[1, 0]]), np.float32([[0.5, 0.5]])), 4)
    0.6931
    """
    p = np.clip(said / said.sum(axis=-1, keepdims=True), CLIP, 1 - CLIP)
    return float(-np.mean((y * np.log(p)).sum(axis=-1)))


def _of_categorical_crossentropy(y: Float32Array, said: Float32Array) -> Float32Array:
    total = said.sum(axis=-1, keepdims=True)
    shares = said / total
    p = np.clip(shares, CLIP, 1 - CLIP)
    by_share = np.where(p == shares, -y / p, np.float32(0)) / np.float32(said.size // said.shape[-1])
    by_said: Float32Array = (by_share - (by_share * shares).sum(axis=-1, keepdims=True)) / total
    return by_said


def categorical_crossentropy_of_sums(y: Float32Array, z: Float32Array) -> float:
    """Return `categorical_crossentropy` of softmax(z), which cannot be infinite, so that nothing is clipped.

    >>> round(categorical_crossentropy_of_sums(np.float32([[1, 0]]), np.float32([[0, 0]])), 4)
    0.6931
    """
    below = z - z.max(axis=-1, keepdims=True)
    return float(np.mean((y * (np.log(np.exp(below).sum(axis=-1, keepdims=True)) - below)).sum(axis=-1)))


def _of_categorical_crossentropy_of_sums(y: Float32Array, z: Float32Array) -> Float32Array:
    return (softmax(z) - y) * np.float32(z.shape[-1] / z.size)


LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        "mean_squared_error": Loss(mean_squared_error, _of_mean_squared_error),
        "binary_crossentropy": Loss(binary_crossentropy, _of_binary_crossentropy),
        "categorical_crossentropy": Loss(categorical_crossentropy, _of_categorical_crossentropy),
    }
)
"""Of what a model says, by the names that `model.compile` takes."""

LOSSES_OF_SUMS: Mapping[str, Loss] = MappingProxyType(
    {
        "binary_crossentropy": Loss(binary_crossentropy_of_sums, _of_binary_crossentropy_of_sums),
        "categorical_crossentropy": Loss(categorical_crossentropy_of_sums, _of_categorical_crossentropy_of_sums),
    }
)
"""Of the sums z in a head, where its activation is one of `SEEN_THROUGH`."""
SEEN_THROUGH = ("sigmoid", "softmax")
"""Activations that Keras 3.15.1 looks behind when it takes a crossentropy, each of them for either loss: the binary
crossentropy of a softmax is that of the sigmoid of its sums.

Source: `_get_logits` in keras/src/backend/tensorflow/nn.py.
"""
