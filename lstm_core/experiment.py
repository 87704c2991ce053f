"""The experiment: what the learner chose, and nothing derived. Frozen, hashable, validated as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.by_hand import check_places, has_place, one_a_place
from lstm_core.chain import check_chain
from lstm_core.fields import FIELDS, FURTHER, OWN_FIELDS, Fields, with_further
from lstm_core.layers.arguments import ARGUMENTS, LayerArguments
from lstm_core.layers.bidirectional import directions
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
from lstm_core.layers.packed import unpack_tensors
from lstm_core.layers.trace import IntArray, States
from lstm_core.layers.weights import Float32Array, Weights
from lstm_core.limits import MAX_LAYERS, check_size
from lstm_core.options import check, plain
from lstm_core.refusal import Refusal
from lstm_core.sequences import numbers
from lstm_core.sequences.words import embed, indices_of, words_of
from lstm_core.tasks.registry import TASKS
from lstm_core.tasks.task import Task
from lstm_core.tasks.trained import learned_by

_ABSENT = object()


@dataclass(frozen=True, init=False)
class Experiment(Fields):
    """A sequence, a model of recurrent layers with what stands around them, its weights, and how it is called.

    Experiments that are equal give the same numbers to the bit: of a field and of a number set by hand, -0.0 is 0.0.

    >>> Experiment(units=2, return_sequences=True).shape
    (1, 6, 3)
    >>> Experiment(units=257)
    Traceback (most recent call last):
    lstm_core.refusal.Refusal: out_of_range (field=units, given=257, low=1, high=256)
    """

    def __init__(self, **given: Any) -> None:
        """Take fields by name: the experiment's own, `layers`, and arguments of the first layer by their own names.

        By these names they can be read too, as links and widgets do; `experiment.layer.units` says whose they are.
        """
        first = {name: given.pop(name) for name in tuple(given) if name in ARGUMENTS}
        own = {name: given.pop(name, f.default) for name, f in OWN_FIELDS.items()}
        layers = own["layers"]
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
        self._check_together()
        for name, f in OWN_FIELDS.items():  # what is equal is the same to the bit: no -0.0 beside 0.0, nothing twice
            own[name] = plain(f, own[name])
        own["reset_before"] = tuple(sorted(set(self.reset_before)))
        own["edits"], own["held"] = one_a_place(self.edits), one_a_place(self.held)
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
        """Return the experiment with nothing but its first layer, plain, no gate held; with this cell, if one is named.

        >>> Experiment(head="dense", layers=(LayerArguments(bidirectional=True),)).alone() == Experiment()
        True
        """
        first = replace(self.layers[0], bidirectional=False, dropout_after=0.0)
        if cell is not None:
            first = replace(first, cell=cell)
        return (
            self
            if self.is_plain and first == self.layers[0] and not self.held
            else self.changed(layers=(first,), front="none", head="none", held=())
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
        if self.task is not None:
            return self.batch, len(self.words or ()), self.task.features
        timesteps = len(words_of(self.sentence)) if self.preset == "words" else self.timesteps
        return self.batch, timesteps, self.features

    @property
    def shape(self) -> tuple[int, int, int]:
        """(batch, timesteps, features) of what the first recurrent layer is given."""
        batch, timesteps, features = self.data_shape
        return batch, timesteps, self.output_dim if self.front == "embedding" else features

    @property
    def words(self) -> tuple[str, ...] | None:
        """What the learner has typed for each time step, if that is text: a word, or a symbol of the task."""
        if self.task is not None:
            return self.task.read(self.sentence)
        return words_of(self.sentence) if self.preset == "words" else None

    @property
    def task(self) -> Task | None:
        """The task that the sequence is one of, if it is."""
        return TASKS.get(self.preset)

    @property
    def learned(self) -> str:
        """The task that the given weights are trained on, by its name; "" for weights that are not the app's own."""
        return learned_by(self.given_weights)

    def data(self) -> Float32Array:
        """Return the sequence, (batch, timesteps, features), float32."""
        batch, timesteps, features = self.data_shape
        if self.preset == "typed":
            return numbers.parse_numbers(self.typed)
        if self.task is not None:
            return np.repeat(self.task.encode(self.task.read(self.sentence))[None], batch, axis=0)
        if self.preset == "words":
            words = words_of(self.sentence)
            return embed(words, batch=batch, features=features, seed=self.data_seed)
        return numbers.generate(self.preset, batch=batch, timesteps=timesteps, features=features, seed=self.data_seed)

    def indices(self) -> IntArray:
        """Return what an Embedding is given, (batch, timesteps): the words' numbers, or the sequence's own.

        Raises:
            Refusal: where the sequence's numbers cannot be rows of the embeddings; also for -1, by which Keras 3.15.1
                takes the last one.
        """
        if self.preset == "words":
            found = indices_of(words_of(self.sentence), batch=self.batch)
        else:
            data = self.data()
            if data.shape[2] != 1:
                raise Refusal("indices_features", given=data.shape[2])
            whole = data.astype(np.intp)
            if (bad := data[(whole != data) | (whole < 0)]).size:
                raise Refusal("not_indices", given=f"{bad[0]:g}", high=self.input_dim - 1)
            found = whole[:, :, 0]
        if (beyond := found[found >= self.input_dim]).size:
            needed, high = int(found.max()) + 1, self.input_dim - 1
            raise Refusal("index_beyond", field="input_dim", given=int(beyond[0]), high=high, needed=needed)
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

    @cached_property
    def gate_shapes(self) -> dict[str, tuple[int, int]]:
        """The shape of what can be held of every gate by its name: a row for all time steps, then one for each."""
        layers = ((place, self.layers[place.layer - 1]) for place in self.places)
        rows = self.shape[1] + 1
        return {gate.name + place.suffix: (rows, layer.units) for place, layer in layers for gate in layer.spec.gates}

    def held_gates(self, place: Opened) -> Float32Array | None:
        """Return what the gates of one direction of a layer are held at, (T, gates, U) in time order, NaN where free.

        None where all are free. What is held at one step comes before what is held at every step.

        >>> from lstm_core.fields import Edit
        >>> held = Experiment(units=1, sentence="a b", held=(Edit("f", 0, 0, 1.0), Edit("f", 2, 0, 0.0)))
        >>> held.held_gates(Opened())[:, 1, 0].tolist()
        [1.0, 0.0]
        """
        layer = self.layers[place.layer - 1]
        names = [gate.name + place.suffix for gate in layer.spec.gates]
        own = sorted((edit for edit in self.held if edit.tensor in names), key=lambda edit: edit.row)
        if not own:
            return None
        values = np.full((self.shape[1], len(names), layer.units), np.nan, np.float32)
        for edit in own:
            steps = slice(edit.row - 1, edit.row) if edit.row else slice(None)
            values[steps, names.index(edit.tensor), edit.column] = edit.value
        return values

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
        """Return the experiment with changes; given weights that no longer fit, numbers set by hand and gates in hand
        that no longer have a place are let go.

        >>> from lstm_core.fields import Edit
        >>> one = Experiment(units=2, edits=(Edit("kernel", 0, 7, 0.5),))
        >>> one.changed(units=1).edits, one.changed(units=3).edits == one.edits
        ((), True)
        """
        edits, held = changes.pop("edits", self.edits), changes.pop("held", self.held)
        given = changes.pop("given_weights", None)
        layers = with_further(changes.pop("layers", self.layers), changes)
        bare = replace(self, edits=(), held=(), given_weights="", layers=layers, **changes)
        if given is None:
            given = self.given_weights if bare.tensor_shapes == self.tensor_shapes else ""
        edits = tuple(edit for edit in edits if has_place(edit, bare.tensor_shape(edit.tensor)))
        held = tuple(edit for edit in held if has_place(edit, bare.gate_shapes.get(edit.tensor)))
        return replace(bare, edits=edits, held=held, given_weights=given) if edits or held or given else bare

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

    def _check_together(self) -> None:
        """Refuse what cannot stand though every field is within its bounds: what only makes sense together."""
        checks: dict[str, Callable[[], object]] = {
            "typed" if self.preset == "typed" else "sentence": lambda: self.shape,
            "batch": self._check_size,
            "mask": self.step_mask,
            "front": lambda: self.front == "embedding" and self.indices(),
            "layers": lambda: check_chain(self.layers, head=self.head),
            "given_weights": lambda: self.given_weights and unpack_tensors(self.given_weights, self.tensor_shapes),
            "reset_before": self._check_resets,
            "edits": lambda: check_places("edits", self.edits, self.tensor_shape),
            "held": lambda: check_places("held", self.held, self.gate_shapes.get),
        }
        for name, check_field in checks.items():
            try:
                check_field()
            except Refusal as refusal:
                refusal.facts.setdefault("field", name)
                raise

    def _check_size(self) -> None:
        batch, timesteps, features = self.shape
        units = [layer.units for layer in self.layers for _ in directions(layer)]
        check_size(batch=batch, timesteps=timesteps, features=features, units=units)

    def _check_resets(self) -> None:
        beyond = [call for call in self.reset_before if not isinstance(call, int) or not 2 <= call <= self.calls]
        if beyond:
            raise Refusal("reset_beyond_calls", given=tuple(dict.fromkeys(beyond))[:8], high=self.calls)
