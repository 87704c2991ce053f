"""Bidirectional: the same layer twice, reading against each other, and how their outputs are merged.

Source: `Bidirectional` in keras/src/layers/rnn/bidirectional.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.spec import SIMPLE_RNN
from lstm_core.layers.weights import Float32Array


@lru_cache(maxsize=256)
def directions(arguments: LayerArguments) -> tuple[LayerArguments, ...]:
    """Return the plain layers that a layer consists of: itself, or the forward and the backward one.

    Keras sets `zero_output_for_mask` of both to `return_sequences`, whatever was asked for.

    >>> [one.go_backwards for one in directions(LayerArguments(bidirectional=True))]
    [False, True]
    """
    if not arguments.bidirectional:
        return (arguments,)
    zeroes = arguments.return_sequences
    forward = replace(arguments, bidirectional=False, merge_mode="concat", zero_output_for_mask=zeroes)
    return forward, replace(forward, go_backwards=True)


def loses_seed(arguments: LayerArguments) -> bool:
    """Whether Keras 3.15.1 loses the layer's seed in a Bidirectional, so that its dropout masks are others every time.

    Bidirectional makes its layers of the given one's configuration, and a SimpleRNN's has no seed.
    Source: `SimpleRNN.get_config` in keras/src/layers/rnn/simple_rnn.py.
    """
    drops = arguments.dropout > 0 or arguments.recurrent_dropout > 0
    return arguments.bidirectional and drops and arguments.spec is SIMPLE_RNN


def merged(outputs: Sequence[Float32Array], arguments: LayerArguments) -> tuple[Float32Array, ...]:
    """Return what a layer hands on of its directions' outputs, each (B, T, U) in processing order or (B, U).

    A sequence of the backward layer is first flipped to time order. With merge_mode None both come back.

    >>> two = np.float32([[1, 2]]), np.float32([[3, 4]])
    >>> [array.tolist() for array in merged(two, LayerArguments(bidirectional=True, merge_mode="ave"))]
    [[[2.0, 3.0]]]
    """
    if len(outputs) == 1:
        return tuple(outputs)
    forward, backward = outputs
    if arguments.return_sequences:
        backward = backward[:, ::-1]
    with np.errstate(over="ignore", invalid="ignore"):
        match arguments.merge_mode:
            case "concat":
                return (np.concatenate((forward, backward), axis=-1),)
            case "sum":
                return (forward + backward,)
            case "ave":
                return ((forward + backward) / np.float32(2),)
            case "mul":
                return (forward * backward,)
    return forward, backward


def output_width(arguments: LayerArguments) -> int:
    """Return how many numbers a layer hands on at a step.

    >>> output_width(LayerArguments(units=3)), output_width(LayerArguments(units=3, bidirectional=True))
    (3, 6)
    """
    return arguments.units * (2 if arguments.bidirectional and arguments.merge_mode == "concat" else 1)
