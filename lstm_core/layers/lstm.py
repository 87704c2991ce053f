"""One step of an LSTM as you would write it on paper: each gate is a line of its own.

`lstm_core.layers.rnn` computes the same numbers faster; a test holds the two together.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from lstm_core.layers.weights import Float32Array, Weights

Activation = Callable[[Float32Array], Float32Array]


def sigmoid(z: Float32Array) -> Float32Array:
    """1 / (1 + exp(-z)) for any shape, to full relative precision; exp never overflows.

    >>> sigmoid(np.array([-1e30, 0.0, 1e30], np.float32)).round(6).tolist()
    [0.0, 0.5, 1.0]
    """
    grown: Float32Array = np.exp(np.minimum(-z, 88))  # exp(89) is more than float32 holds
    return np.reciprocal(1 + grown)


def hard_sigmoid(z: Float32Array) -> Float32Array:
    """A sigmoid of three straight pieces for any shape: relu6(z + 3) / 6 (Keras 2 had 0.2 z + 0.5).

    Source: keras/src/backend/tensorflow/nn.py.

    >>> hard_sigmoid(np.array([-3.0, 0.0, 1.5, 3.0], np.float32)).tolist()
    [0.0, 0.5, 0.75, 1.0]
    """
    return np.divide(np.clip(z + 3, 0, 6), 6)


def relu(z: Float32Array) -> Float32Array:
    """The positive part of `z`, any shape.

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
    """The function that Keras knows by this name; ValueError for a name that ACTIVATIONS has not.

    >>> float(activation_named("hard_sigmoid")(np.float32(0)))
    0.5
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"the activation is {name!r}; it must be one of {', '.join(ACTIVATIONS)}; choose one of these")
    return ACTIVATIONS[name]


class LSTMStep(NamedTuple):
    """Everything one step computes, each (B, U): pre-activations `z_*`, gates, states; c~ is `candidate`."""

    z_i: Float32Array
    z_f: Float32Array
    z_c: Float32Array
    z_o: Float32Array
    i: Float32Array
    f: Float32Array
    candidate: Float32Array
    o: Float32Array
    c: Float32Array
    tanh_c: Float32Array
    h: Float32Array


def lstm_step(
    x_t: Float32Array,
    h_prev: Float32Array,
    c_prev: Float32Array,
    weights: Weights,
    activation: str = "tanh",
    recurrent_activation: str = "sigmoid",
) -> LSTMStep:
    """One time step: `x_t` (B, F) and the states `h_prev`, `c_prev` (B, U) give the gates and the new states.

    Source: `LSTMCell.call` in keras/src/layers/rnn/lstm.py; Gers et al. (2000), "Learning to Forget".

    >>> zeros = Weights(np.zeros((1, 4)), np.zeros((1, 4)), bias=None)
    >>> step = lstm_step(np.ones((1, 1)), h_prev=np.ones((1, 1)), c_prev=np.ones((1, 1)), weights=zeros)
    >>> step.f.item(), step.c.item()  # a forget gate at sigmoid(0) keeps half of c
    (0.5, 0.5)
    """
    act = activation_named(activation)
    gate = activation_named(recurrent_activation)
    bias = np.zeros(4 * weights.units, np.float32) if weights.bias is None else weights.bias
    k_i, k_f, k_c, k_o = np.split(weights.kernel, 4, axis=1)  #           (F, U) each
    r_i, r_f, r_c, r_o = np.split(weights.recurrent_kernel, 4, axis=1)  # (U, U) each
    b_i, b_f, b_c, b_o = np.split(bias, 4)  #                             (U,) each

    z_i = x_t @ k_i + h_prev @ r_i + b_i  # (B, U)
    z_f = x_t @ k_f + h_prev @ r_f + b_f  # (B, U)
    z_c = x_t @ k_c + h_prev @ r_c + b_c  # (B, U)
    z_o = x_t @ k_o + h_prev @ r_o + b_o  # (B, U)

    i = gate(z_i)  #         (B, U)  how much of the candidate to write
    f = gate(z_f)  #         (B, U)  how much of the old c to keep
    candidate = act(z_c)  #  (B, U)  what to write
    o = gate(z_o)  #         (B, U)  how much of c to show

    c = f * c_prev + i * candidate  # (B, U)
    tanh_c = act(c)  #                (B, U)
    h = o * tanh_c  #                 (B, U)
    return LSTMStep(z_i, z_f, z_c, z_o, i, f, candidate, o, c, tanh_c, h)
