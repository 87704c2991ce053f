"""What the loops of the cells over their steps are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy import add, exp, multiply, reciprocal, tanh
from numpy.typing import NDArray

from lstm_core.layers.activations import activation_named
from lstm_core.layers.weights import Float32Array

ZERO = np.array(0, np.float32)  # NumPy takes arrays of one number faster than Python numbers
ONE = np.array(1, np.float32)

Fill = Callable[[Float32Array, Float32Array], object]
"""What writes something made of its first argument into its second."""


class Loop(NamedTuple):
    """What a loop gives: the states before the first step, each (B, U), and all quantities, each (T, B, U)."""

    start: Mapping[str, Float32Array]
    quantities: Mapping[str, Float32Array]


def unbounded() -> np.errstate:
    """Return a context without warnings: unbounded activations may reach inf, as in Keras."""
    return np.errstate(over="ignore", invalid="ignore")


def masks_of_x_1_h(
    dropout_mask: Float32Array | None,
    recurrent_dropout_mask: Float32Array | None,
    *,
    gates: int,
    batch: int,
    features: int,
    units: int,
) -> Float32Array | None:
    """Return what dropout multiplies the rows `x 1 h` with for each gate (G, F + 1 + U, B); None without dropout."""
    if dropout_mask is None and recurrent_dropout_mask is None:
        return None
    masks = np.ones((gates, features + 1 + units, batch), np.float32)
    if dropout_mask is not None:
        masks[:, :features] = dropout_mask.transpose(0, 2, 1)
    if recurrent_dropout_mask is not None:
        masks[:, features + 1 :] = recurrent_dropout_mask.transpose(0, 2, 1)
    return masks


def activated(name: str) -> Fill:
    """Return the activation of this name as a function that fills an array."""
    act = activation_named(name)
    if act is np.tanh:
        return tanh

    def fill(z: Float32Array, filled: Float32Array) -> None:
        filled[:] = act(z)

    return fill


def puts_held(held: Float32Array) -> Iterator[Callable[[Float32Array], None]]:
    """Yield, step by step, what puts held values in the place of a step's gates, (gates U, B).

    `held` (T, gates, U) is in the order of the rows and of processing, NaN where a gate is free.
    """
    for values in held.reshape(len(held), -1, 1):
        rows = np.flatnonzero(~np.isnan(values))

        def put(filled: Float32Array, rows: NDArray[np.intp] = rows, values: Float32Array = values[rows]) -> None:
            filled[rows] = values

        yield put


def held_after(fill: Fill, held: Float32Array) -> Fill:
    """Return what fills gates (gates U, B) of one step after the other, and puts the values they are held at."""
    puts = puts_held(held)

    def fill_and_hold(z: Float32Array, filled: Float32Array) -> None:
        fill(z, filled)
        next(puts)(filled)

    return fill_and_hold


def sigmoid_of_negative(minus_z: Float32Array, filled: Float32Array) -> None:
    """Fill with 1 / (1 + exp(-z)), given -z: a small gate keeps all its digits so."""
    exp(minus_z, filled)
    add(filled, ONE, filled)
    reciprocal(filled, filled)


def product_of(stacked: Float32Array, masks: Float32Array | None) -> Fill:
    """Return what fills (G U, B) with the product of a matrix (G U, R) and rows (R, B).

    `masks` (G, R, B) multiply the rows first, for each of G gates its own.
    """
    if masks is None:
        return stacked.dot
    gates, given, batch = masks.shape
    per_gate = stacked.reshape(gates, -1, given)
    dropped = np.empty_like(masks)

    def fill(rows: Float32Array, filled: Float32Array) -> None:
        multiply(rows, masks, dropped)
        np.matmul(per_gate, dropped, filled.reshape(gates, -1, batch))

    return fill
