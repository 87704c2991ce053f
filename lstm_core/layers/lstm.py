"""One step of an LSTM as you would write it on paper: each gate is a line of its own.

`lstm_core.layers.rnn` computes the same numbers faster; a test holds the two together.
"""

from typing import NamedTuple

import numpy as np

from lstm_core.layers.activations import activation_named
from lstm_core.layers.weights import Float32Array, Weights


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
