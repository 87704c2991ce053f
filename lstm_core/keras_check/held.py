"""Gates taken in hand, in a cell of Keras's that is called eagerly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_core.keras_check.messages import Float32Array
from lstm_core.layers.arguments import LayerArguments


def hold(cell: Any, arguments: LayerArguments, held: Float32Array | None, where: Callable[..., Any]) -> None:
    """Let a cell of Keras, called eagerly, put what its gates are held at in the place of what it computes.

    `held` (T, gates, U) is in time order, NaN where a gate is free; `where` is that of keras.ops.

    It asks for the activations of its gates in the spec's order, whatever it asks for after them. Without unroll Keras
    makes one call more at the start, only to learn the output's shape.
    """
    if held is None:
        return
    in_order = held[::-1] if arguments.go_backwards else held
    idle = 0 if arguments.unroll else 1
    own_call, asked, called = cell.call, 0, 0

    def counting(inputs: Any, states: Any, training: bool = False) -> Any:
        nonlocal asked, called
        asked, called = 0, called + 1
        return own_call(inputs, states, training=training)

    def holding(activation: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def activate(z: Any) -> Any:
            nonlocal asked
            activated, asked = activation(z), asked + 1
            if asked > in_order.shape[1]:
                return activated
            values = in_order[max((called - 1) % (len(in_order) + idle) - idle, 0), asked - 1]
            return where(np.isnan(values), activated, values)

        return activate

    for which in {which for _, _, which in arguments.spec.activations}:
        setattr(cell, which, holding(getattr(cell, which)))
    cell.call = counting
