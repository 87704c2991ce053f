"""One GRU step in NumPy, to be read from top to bottom: as on paper, in the order in which Keras adds and multiplies.

There are two, as `reset_after` says where the reset gate acts. `lstm_core.layers.gru_loop` computes the same numbers
faster; a test holds the two together.
"""

from typing import NamedTuple

import numpy as np

from lstm_core.layers.activations import activation_named
from lstm_core.layers.weights import Float32Array, Weights


class GRUStep(NamedTuple):
    """Everything one step computes, each (B, U): pre-activations `z_*`, gates, h R + b of the candidate, the state."""

    z_z: Float32Array
    z_r: Float32Array
    z_h: Float32Array
    z: Float32Array
    r: Float32Array
    h_tilde: Float32Array
    h_recurrent: Float32Array
    h: Float32Array


class GRUStepResetBefore(NamedTuple):
    """Everything one step computes, each (B, U): pre-activations `z_*`, gates, the reset state, the state."""

    z_z: Float32Array
    z_r: Float32Array
    z_h: Float32Array
    z: Float32Array
    r: Float32Array
    h_tilde: Float32Array
    h_reset: Float32Array
    h: Float32Array


def gru_step(
    x_t: Float32Array,
    h_prev: Float32Array,
    weights: Weights,
    activation: str = "tanh",
    recurrent_activation: str = "sigmoid",
) -> GRUStep:
    """One time step of `reset_after=True`: `x_t` (B, F) and the state `h_prev` (B, U) give the new state.

    The two rows of the bias belong to the input and to the state.
    Source: `GRUCell.call` in keras/src/layers/rnn/gru.py; Cho et al. (2014), arXiv:1406.1078v1.

    >>> zeros = Weights(np.zeros((1, 3)), np.zeros((1, 3)), bias=None)
    >>> step = gru_step(np.ones((1, 1)), h_prev=np.ones((1, 1)), weights=zeros)
    >>> step.z.item(), step.h.item()  # an update gate at sigmoid(0) keeps half of h
    (0.5, 0.5)
    """
    act = activation_named(activation)
    gate = activation_named(recurrent_activation)
    bias = np.zeros((2, 3 * weights.units), np.float32) if weights.bias is None else weights.bias
    k_z, k_r, k_h = np.split(weights.kernel, 3, axis=1)  #            (F, U) each
    r_z, r_r, r_h = np.split(weights.recurrent_kernel, 3, axis=1)  #  (U, U) each
    b_z, b_r, b_h = np.split(bias[0], 3)  #                           (U,) each
    rb_z, rb_r, rb_h = np.split(bias[1], 3)  #                        (U,) each

    z_z = (x_t @ k_z + b_z) + (h_prev @ r_z + rb_z)  # (B, U)
    z_r = (x_t @ k_r + b_r) + (h_prev @ r_r + rb_r)  # (B, U)

    z = gate(z_z)  # (B, U)  how much of the old h to keep
    r = gate(z_r)  # (B, U)  how much of the old h the candidate sees

    h_recurrent = h_prev @ r_h + rb_h  #             (B, U)
    z_h = (x_t @ k_h + b_h) + r * h_recurrent  #     (B, U)
    h_tilde = act(z_h)  #                            (B, U)  what to write

    h = z * h_prev + (1 - z) * h_tilde  # (B, U)
    return GRUStep(z_z, z_r, z_h, z, r, h_tilde, h_recurrent, h)


def gru_step_reset_before(
    x_t: Float32Array,
    h_prev: Float32Array,
    weights: Weights,
    activation: str = "tanh",
    recurrent_activation: str = "sigmoid",
) -> GRUStepResetBefore:
    """One time step of `reset_after=False`: `x_t` (B, F) and the state `h_prev` (B, U) give the new state.

    Source: `GRUCell.call` in keras/src/layers/rnn/gru.py; Cho et al. (2014), arXiv:1406.1078v3.

    >>> weights = Weights(np.zeros((1, 3)), np.ones((1, 3)), np.array([0, -100, 0]))
    >>> step = gru_step_reset_before(np.ones((1, 1)), np.ones((1, 1)), weights, recurrent_activation="hard_sigmoid")
    >>> step.h_reset.item(), step.h_tilde.item()  # a shut reset gate hides h from the candidate
    (0.0, 0.0)
    """
    act = activation_named(activation)
    gate = activation_named(recurrent_activation)
    bias = np.zeros(3 * weights.units, np.float32) if weights.bias is None else weights.bias
    k_z, k_r, k_h = np.split(weights.kernel, 3, axis=1)  #            (F, U) each
    r_z, r_r, r_h = np.split(weights.recurrent_kernel, 3, axis=1)  #  (U, U) each
    b_z, b_r, b_h = np.split(bias, 3)  #                              (U,) each

    z_z = (x_t @ k_z + b_z) + h_prev @ r_z  # (B, U)
    z_r = (x_t @ k_r + b_r) + h_prev @ r_r  # (B, U)

    z = gate(z_z)  # (B, U)  how much of the old h to keep
    r = gate(z_r)  # (B, U)  how much of the old h the candidate sees

    h_reset: Float32Array = r * h_prev  #       (B, U)
    z_h = (x_t @ k_h + b_h) + h_reset @ r_h  #  (B, U)
    h_tilde = act(z_h)  #                       (B, U)  what to write

    h = z * h_prev + (1 - z) * h_tilde  # (B, U)
    return GRUStepResetBefore(z_z, z_r, z_h, z, r, h_tilde, h_reset, h)
