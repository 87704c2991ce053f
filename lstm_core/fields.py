"""The fields of an experiment: each with its default and bounds, and its name in links and on the page.

Fields of the first layer have their bare names, those of the second `units.2`, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, replace
from typing import Any, NamedTuple

from lstm_core.layers.arguments import ARGUMENTS, INITIALIZER_ARGUMENTS, LayerArguments
from lstm_core.layers.ends import HEAD_ACTIVATIONS
from lstm_core.layers.packed import MAX_PACKED
from lstm_core.limits import MAX_BATCH, MAX_FEATURES, MAX_TIMESTEPS, MAX_UNITS
from lstm_core.options import option
from lstm_core.refusal import Refusal
from lstm_core.sequences import numbers
from lstm_core.tasks.registry import TASKS

FRONTS = ("none", "embedding", "masking")
HEADS = ("none", "dense")
MAX_BY_HAND = 1e6
MAX_INDEX = 1000


class Edit(NamedTuple):
    """One number set by hand: a cell of a weight, or of the initial `h` or `c` (row = batch row, column = unit).

    Of a gate in `held` the row is the time step, from 1, or 0 for every step; the column is the unit, from 0.
    """

    tensor: str
    row: int
    column: int
    value: float


@dataclass(frozen=True, init=False)
class Fields:
    """What an experiment is made of, nothing derived: every default and bound, those of a layer in `LayerArguments`.

    Names are Keras's own where Keras has one.
    """

    # the sequence
    preset: str = option("words", choices=(*numbers.PRESETS, *TASKS))
    timesteps: int = option(6, low=1, high=MAX_TIMESTEPS)
    features: int = option(3, low=1, high=MAX_FEATURES)
    batch: int = option(1, low=1, high=MAX_BATCH)
    data_seed: int = option(0, low=0, high=999_999)
    sentence: str = option("the cat sat on the mat", longest=400)
    typed: str = option("0.1 0.2 0.3", longest=numbers.MAX_TEXT)
    # the model: what stands in front, the recurrent layers, each with arguments of its own, what stands behind
    front: str = option("none", choices=FRONTS)
    input_dim: int = option(10, low=1, high=MAX_INDEX)
    output_dim: int = option(3, low=1, high=MAX_FEATURES)
    mask_zero: bool = option(False)
    mask_value: float = option(0.0, low=-1e6, high=1e6)
    layers: tuple[LayerArguments, ...] = (LayerArguments(),)
    head: str = option("none", choices=HEADS)
    head_units: int = option(1, low=1, high=MAX_UNITS)
    head_activation: str = option("linear", choices=tuple(HEAD_ACTIVATIONS))
    training: bool = option(False)
    # the weights
    weights_seed: int = option(7, low=0, high=999_999)
    given_weights: str = option("", longest=MAX_PACKED)  # layers.packed.pack_tensors
    # the call
    initial_state: bool = option(False)
    initial_h: float = option(0.0, low=-100.0, high=100.0)
    initial_c: float = option(0.0, low=-100.0, high=100.0)
    mask: str = option("", longest=4_000)
    calls: int = option(1, low=1, high=8)
    reset_before: tuple[int, ...] = option(())
    edits: tuple[Edit, ...] = option(())
    held: tuple[Edit, ...] = option(())  # gates taken in hand, of all rows of the batch, in every call


OWN_FIELDS: Mapping[str, Field[Any]] = {f.name: f for f in fields(Fields)}
"""The fields of an experiment by name, those of its layers not among them."""


def _fields() -> dict[str, Field[Any]]:
    """Return every field by its flat name: how a layer's weights begin stands with the weights, else it is a row."""
    names = list(OWN_FIELDS)
    layers, weights = names.index("layers"), names.index("weights_seed")
    initial = names.index("initial_state")
    rows = [
        *names[:layers],
        *(name for name in ARGUMENTS if name not in (*INITIALIZER_ARGUMENTS, "forget_bias")),
        *names[layers + 1 : weights],
        *INITIALIZER_ARGUMENTS,
        *names[weights:initial],
        "forget_bias",
        *names[initial:],
    ]
    return {name: ARGUMENTS.get(name) or OWN_FIELDS[name] for name in rows}


FIELDS: Mapping[str, Field[Any]] = _fields()
FURTHER = ("cell", *(name for name in FIELDS if name in ARGUMENTS and name != "cell"))
"""The fields that each further layer has as well, its cell first."""


def field_parts(name: str) -> tuple[str, int]:
    """Return a field's bare name and the number of the layer it is of; 1 for the model's own fields.

    >>> field_parts("units.2"), field_parts("units"), field_parts("calls")
    (('units', 2), ('units', 1), ('calls', 1))
    """
    bare, _, number = name.partition(".")
    return bare, int(number) if number else 1


def field_named(name: str, layer: int) -> str:
    """Return the name that a layer's field has in links and on the page."""
    return name if layer == 1 else f"{name}.{layer}"


def with_further(layers: tuple[LayerArguments, ...], changes: dict[str, Any]) -> tuple[LayerArguments, ...]:
    """Return the layers with the changes of further ones, `units.2` and so on, which are taken out of `changes`."""
    changed = list(layers)
    for name in [name for name in changes if "." in name]:
        bare, number = field_parts(name)
        if not 2 <= number <= len(layers):
            raise TypeError(f"an experiment of {len(layers)} layers has no {name}")
        try:
            changed[number - 1] = replace(changed[number - 1], **{bare: changes.pop(name)})
        except Refusal as refusal:
            refusal.facts["field"] = name
            raise
    return tuple(changed)
