"""Recurrent layers on top of each other, over time: plain data that the browser draws as a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_core.figures.lens import packed
from lstm_core.figures.sent import Span, means
from lstm_core.figures.theme import QUANTITY_COLOURS, colour_scale
from lstm_core.layers.weights import Float32Array
from lstm_core.text import Catalogue

MAX_VALUES = 12_000
"""Values of h up to which each unit has a stripe; beyond, a cell shows the mean of |h| over its units. Of as many
predictions each has its stripe; beyond, neighbouring ones have one together."""
DIRECTIONS = ("forward", "backward")


@dataclass(frozen=True, eq=False)
class StackedLayer:
    """One recurrent layer of a stack as it is drawn, for one batch row.

    Args:
        name: The layer as in code, `LSTM(8)` or `Bidirectional(LSTM(8))`.
        states: Its h, (T, units), in the order of the steps that it is given, whichever way it reads them; of a
            Bidirectional layer two, forward and backward.
        go_backwards: Whether it reads its steps from the last to the first. What it hands on then begins with its last
            step. Keras has no Bidirectional layer of such a layer (keras/src/layers/rnn/bidirectional.py).
        return_sequences: Whether it hands on the h of every step, or the last alone.
        merge_mode: How both directions become one output, as Keras names it; None where they do not.
        masked: The steps that the mask skips, from 1.
        zero_output_for_mask: Whether what it hands on of these is zeros. Keras has that so with two directions and
            `return_sequences`, and not without sequences, whatever the wrapped layer says (bidirectional.py).
        behind: What stands between it and the next layer, as in code: `Dropout(0.2)`.
        returned: The states that it returns besides, in Keras's order.
        shape: The shape of what it hands on, as Keras writes it.

    Raises:
        ValueError: there are more than two directions, or they are of different shapes, or `go_backwards` has two.
    """

    name: str
    states: tuple[Float32Array, ...]
    go_backwards: bool = False
    return_sequences: bool = True
    merge_mode: str | None = None
    masked: tuple[int, ...] = ()
    zero_output_for_mask: bool = False
    behind: str = ""
    returned: tuple[str, ...] = ()
    shape: str = ""

    def __post_init__(self) -> None:
        shapes = [np.shape(h) for h in self.states]
        if len(shapes) not in (1, 2) or len(set(shapes)) > 1 or len(shapes[0]) != 2:
            raise ValueError(f"states have the shapes {shapes}; give (steps, units) once, or twice for two directions")
        if self.go_backwards and len(shapes) == 2:
            raise ValueError("go_backwards is True with two directions; Keras has no such layer; leave it False")

    @property
    def steps(self) -> int:
        """How many steps the layer reads."""
        return len(self.states[0])

    @property
    def zeros(self) -> tuple[int, ...]:
        """The steps of which zeros are handed on instead of an h."""
        if len(self.states) == 2:
            return self.masked if self.return_sequences else ()
        return self.masked if self.zero_output_for_mask else ()

    def reads_backwards(self, direction: int) -> bool:
        """Return whether a direction, 0 or 1, reads from the last step to the first."""
        return self.go_backwards or direction == 1

    def last_step(self, direction: int) -> int:
        """Return the step, from 1, at which a direction has read everything."""
        return 1 if self.reads_backwards(direction) else self.steps


@dataclass(frozen=True, eq=False)
class StackedHead:
    """The Dense layer above a stack: its name as in code; its predictions (T, outputs), or (1, outputs) at the end."""

    name: str
    predictions: Float32Array
    shape: str = ""


def stack(
    layers: Sequence[StackedLayer],
    t: Catalogue,
    *,
    head: StackedHead | None = None,
    front: str = "",
    labels: Sequence[str] | None = None,
    opened: tuple[int, int] = (0, 0),
    opens: bool = True,
) -> dict[str, Any]:
    """Return the grid of a stack, the first layer at the bottom; `opened` is the layer and direction shown in detail.

    `front` is what stands before the layers, as in code; `labels` are the words that the steps are. Without `opens` no
    other layer can be opened: a click goes to a step.
    Steps count from 1 in the order of each layer's own input; `places` says for each step of a layer at which step of
    the next one its h arrives.

    >>> from lstm_core.text import load
    >>> h = np.zeros((3, 2), np.float32)
    >>> drawn = stack([StackedLayer("LSTM(2)", (h,), go_backwards=True), StackedLayer("GRU(2)", (h,))], load("en"))
    >>> [layer["places"] for layer in drawn["layers"]]
    [[3, 2, 1], [1, 2, 3]]
    """
    in_stripes = sum(h.size for layer in layers for h in layer.states) <= MAX_VALUES
    shown = [[h if in_stripes else np.abs(h).mean(axis=1, keepdims=True) for h in one.states] for one in layers]
    everything = np.concatenate([h.ravel() for states in shown for h in states])
    return {
        "steps": layers[0].steps,
        "labels": None if labels is None else list(labels),
        "front": front,
        "layers": [_layer(layer, states, t) for layer, states in zip(layers, shown, strict=True)],
        "head": None if head is None else _head(head),
        "opened": {"layer": opened[0], "direction": opened[1]},
        "colour": QUANTITY_COLOURS["h"],
        "scale": colour_scale("h", everything).drawn(),
        "notes": [t("stack.stripes" if in_stripes else "stack.mean"), *_notes(layers, t), *_notes_of_head(head, t)],
        "text": {
            **{name: t.section("stack")[name] for name in ("cell", "masked", "output")},
            "hint": t("stack.hint" if opens else "stack.hint_still"),
            "alt": t(
                "stack.alt" if opens else "stack.alt_still",
                layers=", ".join(layer.name for layer in layers),
                steps=layers[0].steps,
                head="" if head is None else f", {head.name}",
            ),
        },
    }


def chosen(told: Any, layers: Sequence[StackedLayer]) -> tuple[int, int, int] | None:
    """Return the layer, direction and step that a browser has told of; None for anything that is not one of them.

    >>> layers = [StackedLayer("LSTM(2)", (np.zeros((3, 2), np.float32),))]
    >>> chosen({"layer": 0, "direction": 0, "step": 3}, layers), chosen({"layer": 1, "direction": 0, "step": 3}, layers)
    ((0, 0, 3), None)
    """
    place: list[Any] = [told.get(name) for name in ("layer", "direction", "step")] if isinstance(told, dict) else []
    if not place or any(type(number) is not int for number in place):
        return None
    layer, direction, step = place
    fits = 0 <= layer < len(layers) and 0 <= direction < len(layers[layer].states) and 1 <= step <= layers[layer].steps
    return (layer, direction, step) if fits else None


def _layer(layer: StackedLayer, shown: Sequence[Float32Array], t: Catalogue) -> dict[str, Any]:
    steps = range(1, layer.steps + 1)
    several = len(layer.states) > 1
    return {
        "name": layer.name,
        "shape": layer.shape,
        "behind": layer.behind,
        "sequences": layer.return_sequences,
        "merge": layer.merge_mode,
        "masked": list(layer.masked),
        "zeros": list(layer.zeros),
        "returned": ", ".join(layer.returned),
        "places": [layer.steps + 1 - step if layer.go_backwards else step for step in steps],
        "directions": [
            {
                "name": t(f"stack.{DIRECTIONS[k]}") if several else "",
                "backwards": layer.reads_backwards(k),
                "last": layer.last_step(k),
                "columns": h.shape[1],
                "values": packed(h),
            }
            for k, h in enumerate(shown)
        ],
    }


def _together(head: StackedHead) -> int:
    """Return how many neighbouring outputs have one stripe."""
    steps, outputs = map(int, head.predictions.shape)
    return -(-outputs // min(outputs, MAX_VALUES // steps))


def _notes_of_head(head: StackedHead | None, t: Catalogue) -> list[str]:
    together = 1 if head is None else _together(head)
    return [] if head is None or together == 1 else [t("stack.head_mean", name=head.name, count=together)]


def _head(head: StackedHead) -> dict[str, Any]:
    outputs = head.predictions.shape[1]
    shown = means(head.predictions, Span(1, outputs, _together(head)))
    return {
        "name": head.name,
        "shape": head.shape,
        "columns": shown.shape[1],
        "values": packed(shown),
        "scale": colour_scale("h", head.predictions).drawn(),
    }


def _notes(layers: Sequence[StackedLayer], t: Catalogue) -> list[str]:
    """Return what is worth saying: which two h a Bidirectional layer's output is, and whose steps arrive reversed."""
    top = layers[-1]
    notes = [t("stack.masked_steps")] if any(layer.masked for layer in layers) else []
    if zeros := [layer.name for layer in layers if layer.zeros]:
        notes.append(t("stack.zeros", names=", ".join(dict.fromkeys(zeros))))
    notes += [
        t("stack.backwards", name=layer.name, last=layer.steps)
        for layer in layers
        if layer.go_backwards and layer.return_sequences
    ]
    if len(top.states) == 2 and not top.return_sequences:
        ends = {name: top.last_step(k) for k, name in enumerate(DIRECTIONS)}
        notes.append(t("stack.two_ends" if top.merge_mode else "stack.two_outputs", name=top.name, **ends))
    return notes
