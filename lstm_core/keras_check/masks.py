"""Keras's own dropout masks for the calls of a model. `draw_masks` runs inside the worker process."""

from __future__ import annotations

import numpy as np

from lstm_core.experiment import Experiment
from lstm_core.keras_check import tasks
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.bidirectional import directions, output_width
from lstm_core.layers.trace import DropoutMasks, LayerMasks, Masks
from lstm_core.layers.weights import Float32Array

_MATTERS = ("cell", "units", "dropout", "recurrent_dropout", "seed", "bidirectional", "merge_mode", "dropout_after")
"""Arguments of a layer that its masks follow from, besides the shape of what it hands on."""


def masks_task(
    experiment: Experiment, calls: int | None = None
) -> tuple[tuple[int, int, int], tuple[LayerArguments, ...], int]:
    """Return the arguments of `draw_masks` for an experiment's calls, or for so many, without what does not matter."""
    drawing = tuple(
        LayerArguments(
            **{name: getattr(layer, name) for name in _MATTERS},
            return_sequences=layer.return_sequences and layer.dropout_after > 0,
        )
        for layer in experiment.layers
    )
    return experiment.shape, drawing, calls or experiment.calls


def draw_masks(shape: tuple[int, int, int], layers: tuple[LayerArguments, ...], calls: int) -> tuple[Masks, ...]:
    """Return the masks that a model uses in its first, second, ... call with training=True.

    `shape` (B, T, F) is what the first recurrent layer is given. Both directions of a Bidirectional have one seed, and
    so have a layer and the Dropout behind it.
    """
    batch, timesteps, width = shape
    by_layer: list[list[LayerMasks]] = []
    for layer in layers:
        drawn = [_of_direction(batch, width, plain, calls) for plain in directions(layer)]
        width = output_width(layer)
        handed_on: tuple[int, ...] = (batch, timesteps, width) if layer.return_sequences else (batch, width)
        if layer.bidirectional and layer.merge_mode == "None":
            handed_on = (2, *handed_on)
        after = _of_dropout_layer(layer, handed_on, calls)
        by_layer.append([LayerMasks(tuple(one), mask) for *one, mask in zip(*drawn, after, strict=True)])
    return tuple(zip(*by_layer, strict=True))


def _of_direction(batch: int, features: int, layer: LayerArguments, calls: int) -> tuple[DropoutMasks, ...]:
    if not (layer.dropout or layer.recurrent_dropout):
        return (DropoutMasks(None, None),) * calls
    rates = layer.dropout, layer.recurrent_dropout
    return tasks.draw_dropout_masks(batch, features, layer.units, *rates, layer.seed, calls, None, layer.cell)


def _of_dropout_layer(layer: LayerArguments, shape: tuple[int, ...], calls: int) -> list[Float32Array | None]:
    """Return what a Dropout layer behind this one multiplies with in each call; None where there is none."""
    if not layer.dropout_after:
        return [None] * calls
    dropout = tasks.load_keras().layers.Dropout(layer.dropout_after, seed=layer.seed)
    return [np.asarray(dropout(np.ones(shape, np.float32), training=True)) for _ in range(calls)]
