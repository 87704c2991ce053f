"""What stands before the recurrent layers of a model, Embedding or Masking, and behind them: Dense."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from lstm_core.layers.activations import linear, relu, sigmoid
from lstm_core.layers.trace import BoolArray, IntArray
from lstm_core.layers.weights import Float32Array


def embedding(indices: IntArray, embeddings: Float32Array, *, mask_zero: bool) -> tuple[Float32Array, BoolArray | None]:
    """Return the rows of `embeddings` (input_dim, output_dim) that `indices` (B, T) name, (B, T, output_dim).

    With `mask_zero` also the mask (B, T), True = use: index 0 is padding.

    Source: `Embedding` in keras/src/layers/core/embedding.py.

    >>> vectors, mask = embedding(np.array([[1, 0]]), np.float32([[0, 0], [0.5, -0.5]]), mask_zero=True)
    >>> vectors.tolist(), mask.tolist()
    ([[[0.5, -0.5], [0.0, 0.0]]], [[True, False]])
    """
    return embeddings[indices], indices != 0 if mask_zero else None


def masking(x: Float32Array, mask_value: float) -> tuple[Float32Array, BoolArray]:
    """Return `x` (B, T, F) and its mask (B, T): a step all of whose features are `mask_value` is not used, and zeros.

    Source: `Masking` in keras/src/layers/core/masking.py.

    >>> x, mask = masking(np.float32([[[9], [1]]]), mask_value=9.0)
    >>> x.tolist(), mask.tolist()
    ([[[0.0], [1.0]]], [[False, True]])
    """
    used = (x != np.float32(mask_value)).any(axis=-1)
    return np.where(used[..., None], x, np.float32(0)), used


def dropped(outputs: Sequence[Float32Array], mask: Float32Array) -> tuple[Float32Array, ...]:
    """Return what a Dropout layer makes of a layer's output, or of its two, with a mask as `LayerMasks.after` has it.

    Keras puts a zero where the mask has one, whatever was there.

    Source: `stateless_dropout` in tensorflow/python/ops/nn_ops.py.

    >>> [array.tolist() for array in dropped([np.float32([[np.inf, 1]])], np.float32([[0, 2]]))]
    [[[0.0, 2.0]]]
    """
    several = mask if len(outputs) > 1 else mask[None]
    with np.errstate(over="ignore", invalid="ignore"):
        return tuple(np.where(kept != 0, x * kept, np.float32(0)) for x, kept in zip(outputs, several, strict=True))


def softmax(z: Float32Array) -> Float32Array:
    """Return exp(z) as shares of their sum along the last axis.

    >>> softmax(np.float32([[1000, 1000]])).tolist()
    [[0.5, 0.5]]
    """
    grown = np.exp(z - z.max(axis=-1, keepdims=True))
    shares: Float32Array = grown / grown.sum(axis=-1, keepdims=True)
    return shares


HEAD_ACTIVATIONS: Mapping[str, Callable[[Float32Array], Float32Array]] = MappingProxyType(
    {"linear": linear, "sigmoid": sigmoid, "tanh": np.tanh, "relu": relu, "softmax": softmax}
)


def dense(x: Float32Array, kernel: Float32Array, bias: Float32Array, activation: str) -> Float32Array:
    """Return activation(x K + b) along the last axis of `x`, (B, W) or (B, T, W): one prediction, or one a step.

    Source: `Dense` in keras/src/layers/core/dense.py.

    >>> dense(np.float32([[1, 2]]), np.float32([[1], [1]]), np.float32([0.5]), "linear").tolist()
    [[3.5]]
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return HEAD_ACTIVATIONS[activation](x @ kernel + bias)
