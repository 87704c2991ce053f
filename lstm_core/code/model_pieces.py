"""The layers of a model as pieces of source, and what the code calls all that they hand on."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from lstm_core.code.held import held_layer, is_held
from lstm_core.code.statements import constructed
from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.bidirectional import directions
from lstm_core.layers.outputs import returned_names


class Piece(NamedTuple):
    """A layer of Keras's in a model: its name in the exact script, and its lines of source."""

    name: str
    lines: list[str]


def front_piece(experiment: Experiment) -> Piece | None:
    """Return what stands in front, Embedding or Masking; None without."""
    if experiment.front == "embedding":
        zero = ", mask_zero=True" if experiment.mask_zero else ""
        sizes = f"{experiment.input_dim}, {experiment.output_dim}"
        return Piece("embedding", [f"keras.layers.Embedding({sizes}{zero})"])
    if experiment.front == "masking":
        value = f"mask_value={experiment.mask_value}" if experiment.mask_value else ""
        return Piece("masking", [f"keras.layers.Masking({value})"])
    return None


def recurrent_piece(experiment: Experiment, number: int, *, held: bool = False) -> Piece:
    """Return a recurrent layer, in its Bidirectional if it has one; with `held`, as one whose gates can be held."""
    layer = experiment.layers[number - 1]
    masked = bool(experiment.mask.strip()) or experiment.front == "masking"
    masked |= experiment.front == "embedding" and experiment.mask_zero
    before = f"layer_{number} = " + ("keras.layers.Bidirectional(" if layer.bidirectional else "")
    if is_held(experiment, number) and held:
        lines = held_layer(layer, before)
    else:
        lines = constructed(layer, None, masked=masked, before=before)
    lines[0] = lines[0].removeprefix(f"layer_{number} = ")
    if layer.bidirectional:
        mode = layer.merge_mode if layer.merge_mode == "None" else f'"{layer.merge_mode}"'
        merged = "" if layer.merge_mode == "concat" else f", merge_mode={mode}"
        lines[-1] += f"{merged})"
    return Piece(f"layer_{number}", lines)


def dropout_piece(experiment: Experiment, number: int) -> Piece | None:
    """Return the Dropout behind a recurrent layer; None without."""
    layer = experiment.layers[number - 1]
    if not layer.dropout_after:
        return None
    return Piece(f"dropout_{number}", [f"keras.layers.Dropout({layer.dropout_after}, seed={layer.seed})"])


def head_piece(experiment: Experiment) -> Piece | None:
    """Return the Dense behind the last layer; None without."""
    if experiment.head == "none":
        return None
    chosen = experiment.head_activation
    activation = "" if chosen == "linear" else f', activation="{chosen}"'
    return Piece("head", [f"keras.layers.Dense({experiment.head_units}{activation})"])


def pieces(experiment: Experiment, *, held: bool = False) -> list[Piece]:
    """Return every layer of the model, from the input up."""
    numbers = range(1, len(experiment.layers) + 1)
    several = [
        piece for k in numbers for piece in (recurrent_piece(experiment, k, held=held), dropout_piece(experiment, k))
    ]
    return [piece for piece in (front_piece(experiment), *several, head_piece(experiment)) if piece]


def names_by_layer(experiment: Experiment) -> list[tuple[list[str], list[str]]]:
    """Return what the code calls each layer's output, or its two, and its states."""
    layers = experiment.layers
    counts = [len(layer.spec.states) * len(directions(layer)) if layer.return_state else 0 for layer in layers]
    names = returned_names(layers, head=experiment.head == "dense")
    outputs = names[: len(names) - sum(counts)]
    states = iter(names[len(outputs) :])
    found = [([f"output_{number}"], list(islice(states, count))) for number, count in enumerate(counts, start=1)]
    if experiment.head == "none":
        found[-1] = list(outputs), found[-1][1]
    return found


def given_names(first: LayerArguments) -> tuple[str, ...]:
    """Return what the code calls the states given to the first layer, in Keras's order."""
    whose = ("forward_", "backward_") if first.bidirectional else ("",)
    return tuple(f"{one}{name}0" for one in whose for name in first.spec.state_names)


def given_to_first(experiment: Experiment, mask: str = "mask") -> str:
    """Return what the first layer is called with besides its input."""
    found = ""
    if experiment.initial_state:
        found += f", initial_state=[{', '.join(given_names(experiment.layers[0]))}]"
    return found + (f", mask={mask}" if experiment.mask.strip() else "")
