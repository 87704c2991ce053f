"""The experiment: what the learner chose, and nothing derived. Frozen, hashable, validated as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.arguments import ARGUMENTS, INITIALIZER_ARGUMENTS, LayerArguments
from lstm_core.layers.bidirectional import directions
from lstm_core.layers.ends import HEAD_ACTIVATIONS
from lstm_core.layers.model_weights import (
    ModelWeights,
    Opened,
    initial_model_weights,
    input_widths,
    model_weights,
    places,
    tensor_parts,
    tensor_shapes,
)
from lstm_core.layers.packed import MAX_PACKED, unpack_tensors
from lstm_core.layers.spec import STATES
from lstm_core.layers.trace import IntArray, States
from lstm_core.layers.weights import Weights
from lstm_core.limits import MAX_BATCH, MAX_FEATURES, MAX_LAYERS, MAX_TIMESTEPS, MAX_UNITS, check_size
from lstm_core.options import check, option, plain
from lstm_core.refusal import Refusal
from lstm_core.sequences import numbers
from lstm_core.sequences.words import embed, indices_of, words_of

Array = NDArray[np.float32]
FRONTS = ("none", "embedding", "masking")
HEADS = ("none", "dense")
MAX_BY_HAND = 1e6
MAX_INDEX = 1000

MENDS: Mapping[str, Any] = {
    "needs_sequences": True,
    "two_tensors": "concat",
    "both_backwards": False,
    "stateful_states": False,
}
"""What mends a chain that Keras refuses: the value for the field that is named, by the refusal's code."""

_DEFAULT_LAYERS = (LayerArguments(),)


class Edit(NamedTuple):
    """One number set by hand: a cell of a weight, or of the initial `h` or `c` (row = batch row, column = unit)."""

    tensor: str
    row: int
    column: int
    value: float


@dataclass(frozen=True, init=False)
class Experiment:
    """A sequence, a model of recurrent layers with what stands around them, its weights, and how it is called.

    Field names are Keras's own where Keras has one. Every field's default and bounds stand here, those of a layer in
    `LayerArguments`, and nowhere else. Fields of the first layer have their bare names, those of the second
    `units.2`, and so on.
    Experiments that are equal give the same numbers to the bit: of a field and of a number set by hand, -0.0 is 0.0.

    >>> Experiment(units=2, return_sequences=True).shape
    (1, 6, 3)
    >>> Experiment(units=257)
    Traceback (most recent call last):
    lstm_core.refusal.Refusal: out_of_range (field=units, given=257, low=1, high=256)
    """

    # the sequence
    preset: str = option("words", choices=numbers.PRESETS)
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
    layers: tuple[LayerArguments, ...] = _DEFAULT_LAYERS
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

    def __init__(self, **given: Any) -> None:
        """Take fields by name: the experiment's own, `layers`, and arguments of the first layer by their own names.

        By these names they can be read too, as links and widgets do; `experiment.layer.units` says whose they are.
        """
        layers = given.pop("layers", _DEFAULT_LAYERS)
        first = {name: given.pop(name) for name in tuple(given) if name in ARGUMENTS}
        own = {name: given.pop(name, f.default) for name, f in _OWN.items()}
        if given:
            raise TypeError(f"an experiment has no {', '.join(given)}; it has {', '.join(FIELDS)}")
        if not 1 <= len(layers) <= MAX_LAYERS:
            raise Refusal("out_of_range", field="layers", given=len(layers), low=1, high=MAX_LAYERS)
        values = own | vars(layers[0]) | first
        for name, f in FIELDS.items():
            if refusal := check(f, values[name]):
                raise refusal
        own["layers"] = (replace(layers[0], **first), *layers[1:]) if first else layers
        self.__dict__.update(own)
        for name, refusal in self._refusals():
            refusal.facts.setdefault("field", name)
            raise refusal
        for name, f in _OWN.items():  # what is equal is the same to the bit: no -0.0 beside 0.0, nothing twice
            own[name] = plain(f, own[name])
        own["reset_before"] = tuple(sorted(set(self.reset_before)))
        last = {edit[:3]: edit for edit in self.edits}  # of several in one place the last holds
        own["edits"] = tuple(
            e if e.value and type(e.value) is float else e._replace(value=float(e.value) + 0.0) for e in last.values()
        )
        self.__dict__.update(own | vars(own["layers"][0]))

    @property
    def layer(self) -> LayerArguments:
        """The arguments of the only layer."""
        (layer,) = self.layers
        return layer

    @property
    def is_plain(self) -> bool:
        """Whether the model is one layer alone, not Bidirectional: all that version 1 had."""
        first, *further = self.layers
        around = further or first.bidirectional or first.dropout_after
        return not around and (self.front, self.head) == ("none", "none")

    def alone(self, cell: str | None = None) -> Experiment:
        """Return the experiment with nothing but its first layer, plain; with this cell, if one is named.

        >>> Experiment(head="dense", layers=(LayerArguments(bidirectional=True),)).alone() == Experiment()
        True
        """
        first = replace(self.layers[0], bidirectional=False, dropout_after=0.0)
        if cell is not None:
            first = replace(first, cell=cell)
        return (
            self
            if self.is_plain and first == self.layers[0]
            else self.changed(layers=(first,), front="none", head="none")
        )

    @cached_property
    def places(self) -> tuple[Opened, ...]:
        """Every direction of every recurrent layer."""
        return places(self.layers)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """How many numbers each recurrent layer is given at a step, and at last how many the last one hands on."""
        return input_widths(self.layers, self.shape[2])

    @cached_property
    def data_shape(self) -> tuple[int, int, int]:
        """(batch, timesteps, features) of the sequence itself."""
        if self.preset == "typed":
            batch, timesteps, features = numbers.parse_numbers(self.typed).shape
            return batch, timesteps, features
        timesteps = len(words_of(self.sentence)) if self.preset == "words" else self.timesteps
        return self.batch, timesteps, self.features

    @property
    def shape(self) -> tuple[int, int, int]:
        """(batch, timesteps, features) of what the first recurrent layer is given."""
        batch, timesteps, features = self.data_shape
        return batch, timesteps, self.output_dim if self.front == "embedding" else features

    @property
    def words(self) -> tuple[str, ...] | None:
        """The words that the time steps are, if they are words."""
        return words_of(self.sentence) if self.preset == "words" else None

    def data(self) -> Array:
        """Return the sequence, (batch, timesteps, features), float32."""
        batch, timesteps, features = self.data_shape
        if self.preset == "typed":
            return numbers.parse_numbers(self.typed)
        if self.preset == "words":
            words = words_of(self.sentence)
            return embed(words, batch=batch, features=features, seed=self.data_seed)
        return numbers.generate(self.preset, batch=batch, timesteps=timesteps, features=features, seed=self.data_seed)

    def indices(self) -> IntArray:
        """Return what an Embedding is given, (batch, timesteps): the words' numbers, or the sequence's own.

        Raises:
            Refusal: `not_indices` where the sequence's numbers cannot be rows of the embeddings.
        """
        if self.preset == "words":
            found = indices_of(words_of(self.sentence), batch=self.batch)
        else:
            data = self.data()
            if data.shape[2] != 1:
                raise Refusal("indices_features", given=data.shape[2])
            whole = data.astype(np.intp)
            if (bad := data[whole != data]).size:
                raise Refusal("not_indices", given=f"{bad[0]:g}", high=self.input_dim - 1)
            found = whole[:, :, 0]
        if (beyond := found[(found < 0) | (found >= self.input_dim)]).size:
            raise Refusal("index_beyond", given=int(beyond[0]), high=self.input_dim - 1, needed=int(found.max()) + 1)
        return found

    @cached_property
    def tensor_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every weight by its name, in the order of `model.get_weights()`."""
        return tensor_shapes(
            self.layers,
            self.shape[2],
            embeddings=(self.input_dim, self.output_dim) if self.front == "embedding" else None,
            head=self.head_units if self.head == "dense" else 0,
        )

    def weights(self) -> Weights:
        """Return the first layer's weights, those of its forward direction."""
        return self.model_weights().layers[0][0]

    def model_weights(self) -> ModelWeights:
        """Return the model's weights: given or initialised, then the forget biases, then the numbers set by hand."""
        if self.given_weights:
            made = model_weights(unpack_tensors(self.given_weights, self.tensor_shapes), self.layers)
        else:
            made = initial_model_weights(self.layers, self.tensor_shapes, self.weights_seed)
        return made.with_forget_biases(self.layers).edited(e for e in self.edits if e.tensor not in self.state_shapes)

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every initial state by its tensor's name, all of the first layer; empty where none is given."""
        if not self.initial_state:
            return {}
        first = self.layers[0]
        shape = self.shape[0], first.units
        own = (place.suffix for place in self.places if place.layer == 1)
        return {name + suffix: shape for suffix in own for name in first.spec.state_names}

    def given_states(self) -> tuple[States, ...] | None:
        """Return the initial states given to the first layer, of each direction in Keras's order; None without."""
        if not self.initial_state:
            return None
        values = {"h": self.initial_h, "c": self.initial_c}
        states = {
            name: np.full(shape, values[tensor_parts(name)[0]], np.float32) for name, shape in self.state_shapes.items()
        }
        for edit in self.edits:
            if edit.tensor in states:
                states[edit.tensor][edit.row, edit.column] = edit.value
        arrays = tuple(states.values())
        each = len(self.layers[0].spec.states)
        return tuple(arrays[first : first + each] for first in range(0, len(arrays), each))

    def given_state(self) -> States | None:
        """Return the initial states given to the first layer in Keras's order, each (batch, units), or None."""
        states = self.given_states()
        return None if states is None else sum(states, ())

    def step_mask(self) -> NDArray[np.bool_] | None:
        """Return the mask given to the call, (batch, timesteps), True = use, or None."""
        batch, timesteps, _ = self.shape
        return numbers.parse_masked_steps(self.mask, batch=batch, timesteps=timesteps)

    @property
    def draws_dropout(self) -> bool:
        """Whether a call draws dropout masks: some rate, and training."""
        return self.training and any(
            layer.dropout or layer.recurrent_dropout or layer.dropout_after for layer in self.layers
        )

    def tensor_shape(self, tensor: str) -> tuple[int, int] | None:
        """Return rows and columns of a tensor that can be edited by hand, or None where there is none now."""
        shape = self.tensor_shapes.get(tensor) or self.state_shapes.get(tensor)
        if shape is None:
            return None
        *rows, columns = shape
        return (rows[0] if rows else 1), columns

    def changed(self, **changes: Any) -> Experiment:
        """Return the experiment with changes; given weights that no longer fit and numbers set by hand that no longer
        have a place are let go.

        >>> one = Experiment(units=2, edits=(Edit("kernel", 0, 7, 0.5),))
        >>> one.changed(units=1).edits, one.changed(units=3).edits == one.edits
        ((), True)
        """
        edits = changes.pop("edits", self.edits)
        given = changes.pop("given_weights", None)
        layers = _with_further(changes.pop("layers", self.layers), changes)
        bare = replace(self, edits=(), given_weights="", layers=layers, **changes)
        if given is None:
            given = self.given_weights if bare.tensor_shapes == self.tensor_shapes else ""
        edits = tuple(edit for edit in edits if bare._holds(edit))
        return replace(bare, edits=edits, given_weights=given) if edits or given else bare

    def differs_from(self, other: Experiment) -> set[str]:
        """Return the names of the fields in which two experiments differ.

        >>> Experiment(units=2).differs_from(Experiment(units=3, stateful=True)) == {"units", "stateful"}
        True
        """
        mine, others = self.values(), other.values()
        return {name for name in {**mine, **others} if mine.get(name, _ABSENT) != others.get(name, _ABSENT)}

    def values(self) -> dict[str, Any]:
        """Return every field by its name; those of further layers as `units.2`, each layer's cell before the others."""
        own = {name: getattr(self, name) for name in FIELDS}
        for number, layer in enumerate(self.layers[1:], start=2):
            own |= {f"{name}.{number}": getattr(layer, name) for name in FURTHER}
        return own

    def _holds(self, edit: Edit) -> bool:
        shape = self.tensor_shape(edit.tensor)
        whole = all(isinstance(place, int) and not isinstance(place, bool) for place in (edit.row, edit.column))
        return whole and shape is not None and 0 <= edit.row < shape[0] and 0 <= edit.column < shape[1]

    def _check_size(self) -> None:
        batch, timesteps, features = self.shape
        units = sum(layer.units * len(directions(layer)) for layer in self.layers)
        check_size(batch=batch, timesteps=timesteps, features=features, units=units)

    def _check_chain(self) -> None:
        """Refuse what Keras does: a layer behind one that hands on no sequence, or two tensors."""
        for number, layer in enumerate(self.layers, start=1):
            if layer.bidirectional and layer.go_backwards:
                raise Refusal("both_backwards", field=field_named("go_backwards", number), layer=number)
            is_last = number == len(self.layers)
            if not is_last and not layer.return_sequences:
                raise Refusal("needs_sequences", field=field_named("return_sequences", number), layer=number)
            if layer.bidirectional and layer.stateful and layer.return_state:
                raise Refusal("stateful_states", field=field_named("return_state", number), layer=number)
            if layer.bidirectional and layer.merge_mode == "None" and not (is_last and self.head == "none"):
                raise Refusal("two_tensors", field=field_named("merge_mode", number), layer=number)

    def _refusals(self) -> list[tuple[str, Refusal]]:
        """Return what cannot stand though every field is within its bounds: what only makes sense together."""
        found: list[tuple[str, Refusal]] = []
        derived: dict[str, Callable[[], object]] = {
            "sentence" if self.preset == "words" else "typed": lambda: self.shape,
            "batch": self._check_size,
            "mask": self.step_mask,
            "front": lambda: self.front == "embedding" and self.indices(),
            "layers": self._check_chain,
            "given_weights": lambda: self.given_weights and unpack_tensors(self.given_weights, self.tensor_shapes),
        }
        for name, derive in derived.items():
            try:
                derive()
            except Refusal as refusal:
                return [(name, refusal)]
        beyond = [call for call in self.reset_before if not isinstance(call, int) or not 2 <= call <= self.calls]
        if beyond:
            given = tuple(dict.fromkeys(beyond))[:8]
            found.append(("reset_before", Refusal("reset_beyond_calls", given=given, high=self.calls)))
        for edit in self.edits:
            number = isinstance(edit.value, (int, float)) and not isinstance(edit.value, bool)
            if not self._holds(edit) or not number or not abs(edit.value) <= MAX_BY_HAND:
                found.append(
                    (
                        "edits",
                        Refusal("edit_out_of_place", given=f"{edit.tensor}[{edit.row}, {edit.column}] = {edit.value}"),
                    )
                )
                break
        return found


_OWN = {f.name: f for f in fields(Experiment)}
_ABSENT = object()


def _fields() -> dict[str, Field[Any]]:
    """Return every field by its flat name: how a layer's weights begin stands with the weights, else it is a row."""
    names = list(_OWN)
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
    return {name: ARGUMENTS.get(name) or _OWN[name] for name in rows}


FIELDS: Mapping[str, Field[Any]] = _fields()
FURTHER = ("cell", *(name for name in FIELDS if name in ARGUMENTS and name != "cell"))
"""The fields that each further layer has as well, its cell first."""


def is_state(tensor: str) -> bool:
    """Whether a tensor is an initial state, not a weight.

    >>> is_state("h.1b"), is_state("kernel.2")
    (True, False)
    """
    return tensor_parts(tensor)[0] in STATES


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


def _with_further(layers: tuple[LayerArguments, ...], changes: dict[str, Any]) -> tuple[LayerArguments, ...]:
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
