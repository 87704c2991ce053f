"""A model as a list of layers: what each is in one line, and layers added, taken out and moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import ARGUMENTS, INITIALIZER_ARGUMENTS, LayerArguments
from lstm_core.layers.model_weights import EMBEDDINGS, HEAD_BIAS, HEAD_KERNEL, Opened, tensor_parts
from lstm_core.layers.packed import pack_tensors

_IN_LINE = tuple(
    name
    for name, f in ARGUMENTS.items()
    if f.metadata["part"] in ("flag", "cell", "loop") and name not in ("units", "seed", *INITIALIZER_ARGUMENTS)
)


class Row(NamedTuple):
    """One layer of a model: its code, the shape of what it hands on, and how many numbers it learns.

    `number` is that of a recurrent layer, from 1; None for what stands in front, between and behind.
    """

    code: str
    shape: tuple[int, ...]
    parameters: int
    number: int | None = None


def layer_code(layer: LayerArguments) -> str:
    """Return a recurrent layer as one writes it, with the arguments that are not Keras's defaults.

    >>> layer_code(LayerArguments(units=8, cell="GRU", return_sequences=True, reset_after=False))
    'GRU(8, return_sequences=True, reset_after=False)'
    >>> layer_code(LayerArguments(bidirectional=True, merge_mode="None"))
    'Bidirectional(LSTM(4), merge_mode=None)'
    """
    given = {name: getattr(layer, name) for name in _IN_LINE if layer.has(name)}
    more = [f"{name}={value!r}" for name, value in given.items() if value != ARGUMENTS[name].default]
    code = f"{layer.cell}({', '.join([str(layer.units), *more])})"
    if not layer.bidirectional:
        return code
    mode = layer.merge_mode if layer.merge_mode == "None" else repr(layer.merge_mode)
    return f"Bidirectional({code})" if mode == "'concat'" else f"Bidirectional({code}, merge_mode={mode})"


def layer_name(layer: LayerArguments) -> str:
    """Return what a recurrent layer is called where a picture shows its arguments.

    >>> layer_name(LayerArguments(bidirectional=True, return_sequences=True))
    'Bidirectional(LSTM(4))'
    """
    name = f"{layer.cell}({layer.units})"
    return f"Bidirectional({name})" if layer.bidirectional else name


def rows(experiment: Experiment) -> tuple[Row, ...]:
    """Return the model's layers from the input up.

    >>> for row in rows(Experiment(head="dense", return_sequences=True)):
    ...     print(*row[:3])
    LSTM(4, return_sequences=True) (1, 6, 4) 128
    Dense(1) (1, 6, 1) 5
    """
    batch, timesteps, features = experiment.shape
    sizes: dict[str, int] = {}
    for tensor, shape in experiment.tensor_shapes.items():
        bare, suffix = tensor_parts(tensor)
        owner = bare if bare in (EMBEDDINGS, HEAD_KERNEL, HEAD_BIAS) else suffix.strip(".b") or "1"
        sizes[owner] = sizes.get(owner, 0) + math.prod(shape)
    found: list[Row] = []
    if experiment.front == "embedding":
        masks = ", mask_zero=True" if experiment.mask_zero else ""
        code = f"Embedding({experiment.input_dim}, {experiment.output_dim}{masks})"
        found.append(Row(code, (batch, timesteps, features), sizes[EMBEDDINGS]))
    elif experiment.front == "masking":
        found.append(Row(f"Masking({experiment.mask_value:g})", (batch, timesteps, features), 0))
    for number, layer in enumerate(experiment.layers, start=1):
        width = experiment.widths[number]
        shape = (batch, timesteps, width) if layer.return_sequences else (batch, width)
        found.append(Row(layer_code(layer), shape, sizes[str(number)], number))
        if layer.dropout_after:
            found.append(Row(f"Dropout({layer.dropout_after:g})", shape, 0))
    if experiment.head == "dense":
        activation = experiment.head_activation
        code = f"Dense({experiment.head_units}{'' if activation == 'linear' else f', {activation!r}'})"
        shape = (*found[-1].shape[:-1], experiment.head_units)
        found.append(Row(code, shape, sizes[HEAD_KERNEL] + sizes[HEAD_BIAS]))
    return tuple(found)


def with_layer(experiment: Experiment, after: int) -> Experiment:
    """Return the model with one more layer behind layer `after`, or the last one there is, of the same cell and units.

    What stands before the last layer hands on sequences: otherwise Keras refuses the model.

    >>> added = with_layer(Experiment(units=2), after=1)
    >>> [(layer.units, layer.return_sequences) for layer in added.layers]
    [(2, True), (2, False)]

    Raises:
        Refusal: for more than `MAX_LAYERS` layers.
    """
    after = min(after, len(experiment.layers))
    before = experiment.layers[after - 1]
    new = LayerArguments(cell=before.cell, units=before.units, return_sequences=before.return_sequences)
    old = list(range(1, len(experiment.layers) + 1))
    return _rearranged(experiment, [*old[:after], None, *old[after:]], new)


def without_layer(experiment: Experiment, number: int) -> Experiment:
    """Return the model without one of its recurrent layers; the last one left stays."""
    old = list(range(1, len(experiment.layers) + 1))
    return _rearranged(experiment, [k for k in old if k != number]) if len(old) > 1 else experiment


def with_layer_moved(experiment: Experiment, number: int, by: int) -> Experiment:
    """Return the model with a layer one place up (1) or down (-1); as it is where there is no such layer or place.

    >>> two = Experiment(layers=(LayerArguments(units=1, return_sequences=True), LayerArguments(units=2)))
    >>> [layer.units for layer in with_layer_moved(two, 1, by=1).layers]
    [2, 1]
    """
    order = list(range(1, len(experiment.layers) + 1))
    there = number + by
    if number not in order or there not in order:
        return experiment
    order[number - 1], order[there - 1] = there, number
    return _rearranged(experiment, order)


def _rearranged(experiment: Experiment, order: Sequence[int | None], new: LayerArguments | None = None) -> Experiment:
    """Return the model with its layers in this order of their numbers, None for the new one.

    Numbers set by hand, gates in hand and given weights go with their layers as far as they still have a place.
    """
    layers = [experiment.layers[number - 1] if number else new or LayerArguments() for number in order]
    last = experiment.layers[-1]
    chain = tuple(
        replace(
            layer,
            return_sequences=True if place < len(layers) else last.return_sequences,
            merge_mode="concat" if layer.merge_mode == "None" and place < len(layers) else layer.merge_mode,
        )
        for place, layer in enumerate(layers, start=1)
    )
    moved = {number: place for place, number in enumerate(order, start=1) if number}
    edits, held = (
        tuple(edit._replace(tensor=name) for edit in several if (name := _renamed(edit.tensor, moved)) is not None)
        for several in (experiment.edits, experiment.held)
    )
    changed = experiment.changed(layers=chain, edits=edits, held=held, given_weights="")
    if not experiment.given_weights:
        return changed
    given = replace(experiment, edits=()).model_weights().tensors
    kept = {name: array for old, array in given.items() if (name := _renamed(old, moved)) is not None}
    tensors = replace(changed, edits=()).model_weights().tensors
    whole = [kept[name] if name in kept and kept[name].shape == own.shape else own for name, own in tensors.items()]
    return changed.changed(given_weights=pack_tensors(whole))


def _renamed(tensor: str, moved: dict[int, int]) -> str | None:
    """Return a tensor's name once its layer has another number; None where the layer is gone."""
    bare, suffix = tensor_parts(tensor)
    if bare in (EMBEDDINGS, HEAD_KERNEL, HEAD_BIAS):
        return tensor
    number, backward = (int(suffix[1:].rstrip("b")), suffix.endswith("b")) if suffix else (1, False)
    return bare + Opened(moved[number], backward).suffix if number in moved else None
