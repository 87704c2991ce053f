"""The experiment: what the learner chose, and nothing derived. Frozen, hashable, validated as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.arguments import ARGUMENTS, INITIALIZER_ARGUMENTS, LayerArguments
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.packed import MAX_PACKED, unpack
from lstm_core.layers.spec import LSTM
from lstm_core.layers.trace import States
from lstm_core.layers.weights import WEIGHT_TENSORS, Weights
from lstm_core.limits import MAX_BATCH, MAX_FEATURES, MAX_TIMESTEPS, check_size
from lstm_core.options import check, option, plain
from lstm_core.refusal import Refusal
from lstm_core.sequences import numbers
from lstm_core.sequences.words import embed, words_of

Array = NDArray[np.float32]
STATE_TENSORS = LSTM.state_names
MAX_BY_HAND = 1e6

_DEFAULT_LAYERS = (LayerArguments(),)
_drawn = lru_cache(maxsize=64)(initial_weights)  # flags and data change no weights; they are frozen, and can be shared


class Edit(NamedTuple):
    """One number set by hand: a cell of a weight, or of the initial `h` or `c` (row = batch row, column = unit)."""

    tensor: str
    row: int
    column: int
    value: float


@dataclass(frozen=True, init=False)
class Experiment:
    """A sequence, the arguments of a recurrent layer, its weights and the way it is called.

    Field names are Keras's own where Keras has one. Every field's default and bounds stand here, those of a layer in
    `LayerArguments`, and nowhere else.
    Experiments that are equal give the same numbers to the bit: of a field and of a number set by hand, -0.0 is 0.0.

    >>> Experiment(units=2, return_sequences=True).shape
    (1, 6, 3)
    >>> Experiment(units=65)
    Traceback (most recent call last):
    lstm_core.refusal.Refusal: out_of_range (field=units, given=65, low=1, high=64)
    """

    # the sequence
    preset: str = option("words", choices=numbers.PRESETS)
    timesteps: int = option(6, low=1, high=MAX_TIMESTEPS)
    features: int = option(3, low=1, high=MAX_FEATURES)
    batch: int = option(1, low=1, high=MAX_BATCH)
    data_seed: int = option(0, low=0, high=999_999)
    sentence: str = option("the cat sat on the mat", longest=400)
    typed: str = option("0.1 0.2 0.3", longest=numbers.MAX_TEXT)
    # the layers, each with arguments of its own, and how they are called
    layers: tuple[LayerArguments, ...] = _DEFAULT_LAYERS
    training: bool = option(False)
    # the weights
    weights_seed: int = option(7, low=0, high=999_999)
    given_weights: str = option("", longest=MAX_PACKED)  # layers.packed.pack
    forget_bias: float | None = option(None, low=-10.0, high=10.0)
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

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        """(batch, timesteps, features) of the sequence."""
        if self.preset == "typed":
            batch, timesteps, features = numbers.parse_numbers(self.typed).shape
            return batch, timesteps, features
        timesteps = len(words_of(self.sentence)) if self.preset == "words" else self.timesteps
        return self.batch, timesteps, self.features

    @property
    def words(self) -> tuple[str, ...] | None:
        """The words that the time steps are, if they are words."""
        return words_of(self.sentence) if self.preset == "words" else None

    def data(self) -> Array:
        """Return the sequence, (batch, timesteps, features), float32."""
        batch, timesteps, features = self.shape
        if self.preset == "typed":
            return numbers.parse_numbers(self.typed)
        if self.preset == "words":
            words = words_of(self.sentence)
            return embed(words, batch=batch, features=features, seed=self.data_seed)
        return numbers.generate(self.preset, batch=batch, timesteps=timesteps, features=features, seed=self.data_seed)

    def weights(self) -> Weights:
        """Return the layer's weights: given or initialised, then the forget bias, then the numbers set by hand."""
        weights = self._given_weights() if self.given_weights else self._initial_weights()
        if self.forget_bias is not None and self.layer.use_bias and self.layer.has("unit_forget_bias"):
            weights = weights.replace_forget_bias(self.forget_bias)
        return weights.edited(tuple(edit for edit in self.edits if edit.tensor in WEIGHT_TENSORS))

    def _given_weights(self) -> Weights:
        features, units, use_bias = self._weights_fit
        return unpack(self.given_weights, self.layer.spec, features=features, units=units, use_bias=use_bias)

    def _initial_weights(self) -> Weights:
        return _drawn(
            self.layer.spec,
            features=self.shape[2],
            units=self.layer.units,
            kernel_initializer=self.layer.kernel_initializer,
            recurrent_initializer=self.layer.recurrent_initializer,
            bias_initializer=self.layer.bias_initializer,
            use_bias=self.layer.use_bias,
            unit_forget_bias=self.layer.unit_forget_bias,
            seed=self.weights_seed,
        )

    @property
    def _weights_fit(self) -> tuple[int, int, bool]:
        """What given weights have to fit."""
        return self.shape[2], self.layer.units, self.layer.use_bias

    def given_state(self) -> States | None:
        """Return the initial states given to the call, in Keras's order, each (batch, units), or None."""
        if not self.initial_state:
            return None
        states = {
            "h": np.full((self.shape[0], self.layer.units), self.initial_h, dtype=np.float32),
            "c": np.full((self.shape[0], self.layer.units), self.initial_c, dtype=np.float32),
        }
        for edit in self.edits:
            if edit.tensor in states:
                states[edit.tensor][edit.row, edit.column] = edit.value
        return tuple(states[name] for name in self.layer.spec.state_names)

    def step_mask(self) -> NDArray[np.bool_] | None:
        """Return the mask given to the call, (batch, timesteps), True = use, or None."""
        batch, timesteps, _ = self.shape
        return numbers.parse_masked_steps(self.mask, batch=batch, timesteps=timesteps)

    @property
    def draws_dropout(self) -> bool:
        """Whether a call draws dropout masks: some rate, and training."""
        return self.training and (self.layer.dropout > 0 or self.layer.recurrent_dropout > 0)

    def tensor_shape(self, tensor: str) -> tuple[int, int] | None:
        """Return rows and columns of a tensor that can be edited by hand, or None where there is none now."""
        batch, _, features = self.shape
        spec, units = self.layer.spec, self.layer.units
        shapes = spec.weight_shapes(features, units, use_bias=self.layer.use_bias)
        if self.initial_state:
            shapes |= dict.fromkeys(spec.state_names, (batch, units))
        if tensor not in shapes:
            return None
        *rows, columns = shapes[tensor]
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
        bare = replace(self, edits=(), given_weights="", **changes)
        if given is None:
            given = self.given_weights if bare._weights_fit == self._weights_fit else ""
        edits = tuple(edit for edit in edits if bare._holds(edit))
        return replace(bare, edits=edits, given_weights=given) if edits or given else bare

    def differs_from(self, other: Experiment) -> set[str]:
        """Return the names of the fields in which two experiments differ.

        >>> Experiment(units=2).differs_from(Experiment(units=3, stateful=True)) == {"units", "stateful"}
        True
        """
        return {name for name in FIELDS if getattr(self, name) != getattr(other, name)}

    def _holds(self, edit: Edit) -> bool:
        shape = self.tensor_shape(edit.tensor)
        whole = all(isinstance(place, int) and not isinstance(place, bool) for place in (edit.row, edit.column))
        return whole and shape is not None and 0 <= edit.row < shape[0] and 0 <= edit.column < shape[1]

    def _check_size(self) -> None:
        batch, timesteps, features = self.shape
        check_size(batch=batch, timesteps=timesteps, features=features, units=self.layer.units)

    def _refusals(self) -> list[tuple[str, Refusal]]:
        """Return what cannot stand though every field is within its bounds: what only makes sense together."""
        found: list[tuple[str, Refusal]] = []
        derived: dict[str, Callable[[], object]] = {
            "sentence" if self.preset == "words" else "typed": lambda: self.shape,
            "batch": self._check_size,
            "mask": self.step_mask,
            "given_weights": lambda: self.given_weights and self._given_weights(),
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


def _fields() -> dict[str, Field[Any]]:
    """Return every field by its flat name: the layer's initializers with the weights, its other arguments as a row."""
    names = list(_OWN)
    layers, weights = names.index("layers"), names.index("weights_seed")
    rows = [
        *names[:layers],
        *(name for name in ARGUMENTS if name not in INITIALIZER_ARGUMENTS),
        *names[layers + 1 : weights],
        *INITIALIZER_ARGUMENTS,
        *names[weights:],
    ]
    return {name: ARGUMENTS.get(name) or _OWN[name] for name in rows}


FIELDS: Mapping[str, Field[Any]] = _fields()
