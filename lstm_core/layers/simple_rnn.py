"""One SimpleRNN step in NumPy, to be read from top to bottom: as on paper, in the order in which Keras adds.

`lstm_core.layers.simple_rnn_loop` computes the same numbers faster; a test holds the two together.
"""

from typing import NamedTuple

import numpy as np

from lstm_core.layers.activations import activation_named
from lstm_core.layers.weights import Float32Array, Weights


class SimpleRNNStep(NamedTuple):
    """Everything one step computes, each (B, U); h is h~ where the step is not masked."""

    z_h: Float32Array
    h_tilde: Float32Array
    h: Float32Array


def simple_rnn_step(
    x_t: Float32Array, h_prev: Float32Array, weights: Weights, activation: str = "tanh"
) -> SimpleRNNStep:
    """One time step: `x_t` (B, F) and the state `h_prev` (B, U) give the new state.

    Source: `SimpleRNNCell.call` in keras/src/layers/rnn/simple_rnn.py; Elman (1990), "Finding Structure in Time".

    >>> weights = Weights(np.ones((1, 1)), np.full((1, 1), 0.5), bias=None)
    >>> simple_rnn_step(np.ones((1, 1)), h_prev=np.ones((1, 1)), weights=weights, activation="linear").h.item()
    1.5
    """
    act = activation_named(activation)
    bias = np.zeros(weights.units, np.float32) if weights.bias is None else weights.bias

    z_h = (x_t @ weights.kernel + bias) + h_prev @ weights.recurrent_kernel  # (B, U)
    h_tilde = act(z_h)  #                                                      (B, U)
    return SimpleRNNStep(z_h, h_tilde, h_tilde)
