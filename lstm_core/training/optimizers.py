"""What an optimizer makes of gradients: Adam, with Keras's defaults, and clipping by the norm of all gradients."""

from __future__ import annotations

import numpy as np

from lstm_core.layers.weights import Float32Array

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7


class Adam:
    """Adam over all weights as one vector (N,).

    Source: keras/src/optimizers/adam.py; Kingma and Ba (2014), arXiv:1412.6980.

    >>> Adam(learning_rate=0.1, size=1).step(np.float32([2.0])).round(6)  # at first by the sign alone
    array([0.1], dtype=float32)
    """

    def __init__(self, *, learning_rate: float, size: int) -> None:
        self._learning_rate = learning_rate
        self._m, self._v = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self._steps = 0

    def step(self, gradient: Float32Array) -> Float32Array:
        """Return what is to be taken off the weights, (N,)."""
        self._steps += 1
        self._m += (gradient - self._m) * np.float32(1 - BETA_1)
        self._v += (gradient * gradient - self._v) * np.float32(1 - BETA_2)
        rate = self._learning_rate * np.sqrt(1 - BETA_2**self._steps) / (1 - BETA_1**self._steps)
        taken: Float32Array = np.divide(self._m * np.float32(rate), np.sqrt(self._v) + np.float32(EPSILON))
        return taken


def clipped(gradient: Float32Array, norm: float) -> Float32Array:
    """Return all gradients, as one vector, scaled so that their norm is at most `norm`: Keras's `global_clipnorm`.

    >>> clipped(np.float32([3, 4]), 1.0).round(2).tolist(), clipped(np.float32([0.3, 0.4]), 1.0).round(2).tolist()
    ([0.6000000238418579, 0.800000011920929], [0.30000001192092896, 0.4000000059604645])
    """
    own = np.sqrt(np.dot(gradient, gradient))
    return gradient * np.float32(norm / own) if own > norm else gradient
