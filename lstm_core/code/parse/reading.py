"""A script that has been followed, and the experiment on the page -> the experiment that the code is."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.parse.arrays import alike, array_of, check_shape, fitted, float32
from lstm_core.code.parse.budget import Spent, budgeted
from lstm_core.code.parse.layer import READ, Given, fields_of, seeds_of
from lstm_core.code.parse.naming import drawn_weights, masked_steps, sequence_fields, state_fields, with_weights
from lstm_core.code.parse.parts import CallOf, Layer, Note, Symbol
from lstm_core.code.parse.script import MAX_CALLS, Script
from lstm_core.code.parse.source import MAX_DEPTH, lines_of, parsed, shortened
from lstm_core.code.parse.values import Name, Unknown, is_whole
from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, Edit
from lstm_core.layers.arguments import INITIALIZER_ARGUMENTS
from lstm_core.layers.spec import STATES
from lstm_core.layers.weights import WEIGHT_TENSORS
from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import Array

UNREMARKABLE = ("name", "trainable")
"""Arguments that are read over without a word."""
CALL_FIELDS = ("initial_state", "initial_h", "initial_c", "training", "calls", "reset_before")


class Reading(NamedTuple):
    """The experiment that code is, and what was read over or kept as it was on the page."""

    experiment: Experiment
    notes: tuple[Note, ...]


def read_code(source: str, base: Experiment) -> Reading:
    """Read Keras code, a single `LSTM(...)` or a whole script, as an experiment. The code is never run.

    The layer's arguments are the code's, or Keras's defaults. What the code does not tell (the sequence, the weights,
    how the layer is called) stays as in `base`, with a note. Numbers that `base` has by a preset or a seed keep that
    name; others become typed numbers, given weights, and numbers set by hand.

    What holds for the scripts that `lstm_core.code.codegen` writes of any experiment, up to `MAX_CHARACTERS`:
    - Exact and Essential, read upon the experiment itself, are that experiment.
    - Exact, read upon any experiment, gives one whose Exact script is the same text: data, weights, states and masks
      to the bit, arguments, calls, resets. Presets that are not drawn and weights of small seeds get their names again;
      a sentence and larger seeds stand in no script, which has their numbers.
      An experiment has no -0.0 in a state, and code that gives one is read as 0.0.
    - Essential, read upon any experiment, gives the arguments, the shape, and the weights where it names their seeds.

    >>> reading = read_code("LSTM(8, return_sequences=True)", Experiment())
    >>> reading.experiment.units, reading.experiment.return_sequences, [note.code for note in reading.notes]
    (8, True, ['kept'])

    Raises:
        Refusal: with the `line`; nothing else, whatever the text.
    """
    with budgeted() as budget:
        try:
            script = Script(parsed(source), budget)
            if script.layer is None:
                raise script.instead[0] if script.instead else _no_layer(source)
            return _Reader(script, script.layer, base.alone("LSTM")).read()
        except Spent as spent:
            raise spent.refusal from None
        except MemoryError:
            raise budget.too_large() from None
        except RecursionError:
            raise Refusal("code_too_deep", line=1, high=MAX_DEPTH) from None


def _no_layer(source: str) -> Refusal:
    lines = lines_of(source)
    first = next((number for number, text in enumerate(lines, start=1) if text.strip()), 1)
    return Refusal("code_no_lstm", line=first, given=shortened(lines[first - 1]))


class _Reader:
    """Puts together the changes to `base`; `lines` says which line of the code gives a field."""

    def __init__(self, script: Script, layer: Layer, base: Experiment) -> None:
        self.script, self.layer, self.base = script, layer, base
        self.arguments = layer.arguments
        self.lines = {name: self.arguments[name].line for name in READ if name in self.arguments}
        self.kept: list[str] = []

    def read(self) -> Reading:
        fields = fields_of(self.arguments)
        self._look_over_arguments(fields)
        calls = self.script.calls or ([self.script.wiring] if self.script.wiring else [])
        call = self._same(calls)
        data = self._data(call)
        sequence = self._sequence(call, data)
        plain = self._changed(self.base, edits=(), mask="", reset_before=(), **(fields | sequence))
        plain = self._changed(plain, **self._call(plain, call, len(calls)))
        plain, state = self._state(plain, call)
        experiment = self._weights(plain)
        edits = (*experiment.edits, *state)
        if sorted(edits) == sorted(self.base.edits):
            edits = self.base.edits
        experiment = self._changed(experiment, edits=edits)
        return Reading(experiment, self._notes())

    def _changed(self, experiment: Experiment, **changes: Any) -> Experiment:
        """Change an experiment; a refusal names the line that the field is from."""
        try:
            return experiment.changed(**changes)
        except Refusal as refusal:
            line = self.lines.get(str(refusal.facts.get("field")), self.layer.line)
            raise Refusal(refusal.code, **{"line": line, **refusal.facts}) from None

    def _note(self, code: str, line: int, **facts: object) -> None:
        self.script.note(code, line, **facts)

    def _notes(self) -> tuple[Note, ...]:
        for other in self.script.instead:
            if other.code in ("code_other_layer", "code_lstm_by_other_name"):
                self._note("other_layer", int(str(other.facts["line"])), given=other.facts["given"])
        kept = [Note("kept", 0, {"what": tuple(self.kept)})] if self.kept else []
        return (*sorted(self.script.notes, key=lambda note: note.line), *kept)

    def _look_over_arguments(self, fields: dict[str, Any]) -> None:
        for name, given in self.arguments.items():
            if name in ("input_shape", "input_dim"):
                self._note("input_shape", given.line, given=name)
            elif name not in READ and name not in UNREMARKABLE and given.value is not None:
                if name == "use_cudnn" and given.value is not True:
                    continue  # "auto" and False are the same here: Keras is on the CPU
                self._note("left_out", given.line, given=name)
        if (fields["dropout"] or fields["recurrent_dropout"]) and "seed" not in fields:
            self._note("seed_open", self.layer.line, given=self.base.layer.seed)

    # ---- the calls ----

    def _same(self, given: list[CallOf]) -> CallOf | None:
        """Return what all calls are given, for the page calls the layer with the same each time."""
        for call in given[1:]:
            first = given[0]
            pairs = zip((first.data, first.state, first.mask), (call.data, call.state, call.mask), strict=True)
            fed_alike = all(alike(one and one.value, other and other.value) for one, other in pairs)
            if not fed_alike or not alike(first.trains, call.trains):
                known = isinstance(first.trains, bool) and isinstance(call.trains, bool)
                code = "code_calls_differ_training" if fed_alike and known else "code_calls_differ"
                raise Refusal(code, line=call.line)
        if len(given) > MAX_CALLS:
            line = given[MAX_CALLS].line
            raise Refusal("out_of_range", field="calls", line=line, given=len(given), low=1, high=MAX_CALLS)
        return given[0] if given else None

    def _call(self, plain: Experiment, call: CallOf | None, calls: int) -> dict[str, Any]:
        if call is None:
            self.kept.append("call")
            same_steps = plain.shape[:2] == self.base.shape[:2]
            return {name: getattr(self.base, name) for name in CALL_FIELDS} | (
                {"mask": self.base.mask} if same_steps else {}
            )
        resets = tuple(number for number in self.script.resets if 2 <= number <= calls)
        training = call.trains
        if isinstance(training, (Name, Unknown)):
            self._note("training_open", call.line)
        return {
            "calls": calls,
            "reset_before": resets,
            "training": training is True or (is_whole(training) and training == 1),
            "mask": self._mask(plain, call.mask),
        }

    def _mask(self, plain: Experiment, given: Given | None) -> str:
        if given is None or given.value is None:
            return "" if self.base.mask.strip() else self.base.mask
        self.lines["mask"] = given.line
        same_steps = plain.shape[:2] == self.base.shape[:2]
        mask = array_of(given.value)
        if mask is None:
            self._note("mask_open", given.line, given=given.text)
            return self.base.mask if same_steps else ""
        used = fitted("mask", mask, plain.shape[:2], given.line).astype(np.bool_)
        ours = self.base.step_mask()
        if ours is not None and np.array_equal(used, ours):
            return self.base.mask
        return masked_steps(used)

    def _state(self, plain: Experiment, call: CallOf | None) -> tuple[Experiment, list[Edit]]:
        """Return the experiment with its initial states, and the numbers of them that are set by hand."""
        held = [edit for edit in self.base.edits if edit.tensor in STATES and plain.shape[0] > edit.row]
        held = [edit for edit in held if edit.column < plain.layer.units]
        given = call.state if call else None
        if call is None:
            return plain, held if plain.initial_state else []
        if given is None or given.value is None:
            return self._changed(plain, initial_state=False), []
        self.lines |= dict.fromkeys(("initial_h", "initial_c", "edits"), given.line)
        kept = self._changed(plain, initial_state=True)
        states = self._states(given)
        if states is None:
            self._note("state_open", given.line, given=given.text)
            return kept, held
        sizes = plain.shape[0], plain.layer.units
        h, c = (float32(fitted("initial_state", state, sizes, given.line), given.line) + 0 for state in states)
        ours = self._changed(kept, edits=tuple(held)).given_state()
        if ours and (ours[0].tobytes(), ours[1].tobytes()) == (h.tobytes(), c.tobytes()):
            return kept, held
        fields, edits = state_fields((h, c))
        return self._changed(kept, **fields), edits

    def _states(self, given: Given) -> list[NDArray[Any]] | None:
        """Return the arrays of h and c, or None where the code does not tell them."""
        value = given.value
        if isinstance(value, (Name, Unknown)):
            return None
        count = len(value) if isinstance(value, (list, tuple)) else 1
        if not isinstance(value, (list, tuple)) or count not in ((2, 4) if self.layer.two_ways else (2,)):
            raise Refusal("code_state_count", line=given.line, given=count)
        states = [array_of(part) for part in value[:2]]
        known = [state for state in states if state is not None]
        return known if len(known) == 2 else None

    # ---- the sequence ----

    def _data(self, call: CallOf | None) -> NDArray[Any] | None:
        return array_of(call.data.value) if call and call.data else None

    def _sequence(self, call: CallOf | None, data: NDArray[Any] | None) -> dict[str, Any]:
        line = call.data.line if call and call.data else self.layer.line
        self.lines |= dict.fromkeys(("timesteps", "features", "batch", "typed", "preset"), line)
        if data is not None:
            if call and call.data and isinstance(call.data.value, (list, tuple)):
                raise Refusal("code_list", line=line)
            if data.ndim != 3:
                raise Refusal("code_ndim", line=line, given=data.shape, axes=data.ndim)
            for what, size in zip(("batch", "timesteps", "features"), data.shape, strict=True):
                if not 1 <= size <= FIELDS[what].metadata["high"]:
                    bounds = FIELDS[what].metadata
                    raise Refusal("out_of_range", field=what, line=line, given=size, low=1, high=bounds["high"])
            try:
                return sequence_fields(float32(data, line), self.base, self.script.seeds)
            except Refusal as refusal:
                raise Refusal(refusal.code, **{"line": line, **refusal.facts}) from None
        self.kept.append("sequence")
        shape = self._shape(call, line)
        ours = self.base.shape
        batch, timesteps, features = (mine if size is None else size for size, mine in zip(shape, ours, strict=True))
        if (batch, timesteps, features) == ours:
            return {}
        self.kept.remove("sequence")
        self._note("shape_only", line, given=(batch, timesteps, features))
        sizes: dict[str, Any] = {"batch": batch, "timesteps": timesteps, "features": features}
        is_text = self.base.words is not None
        if (
            self.base.preset == "typed"
            or (is_text and timesteps != ours[1])
            or (self.base.task and features != ours[2])
        ):
            sizes["preset"] = "noise"
        return sizes

    def _shape(self, call: CallOf | None, line: int) -> tuple[int | None, int | None, int | None]:
        """Return what the code says of the sequence's shape: None for what it does not say."""
        value = call.data.value if call and call.data else None
        shape = value.shape if isinstance(value, (Symbol, Unknown)) else None
        if shape is None and (named := self.arguments.get("input_shape")) and isinstance(named.value, (tuple, list)):
            shape = (None, *named.value)
        if shape is None and self.script.symbols:
            shape = self.script.symbols[0].shape
        if shape is None:
            kernel = self._given_weights()
            return None, None, int(kernel["kernel"].shape[0]) if kernel else None
        sizes = tuple(size if is_whole(size) else None for size in shape)
        if len(sizes) != 3:
            raise Refusal("code_ndim", line=line, given=sizes, axes=len(sizes))
        return sizes

    # ---- the weights ----

    def _weights(self, plain: Experiment) -> Experiment:
        """Return the experiment with the weights that the code gives or draws by seeds; else with the base's."""
        own = {name: getattr(plain, name) for name in INITIALIZER_ARGUMENTS}
        as_base = {name: getattr(self.base, name) for name in INITIALIZER_ARGUMENTS}
        given = self._given_weights()
        if given is not None and self.layer.weights is not None:
            self.lines["edits"] = self.layer.weights.line
            shapes = plain.layer.spec.weight_shapes(plain.shape[2], plain.layer.units)
            for name, array in given.items():
                check_shape(name, array, shapes[name], self.layer.weights.line)
            return self._named(self._changed(plain, **as_base), given)
        if not any(name in self.arguments for name in INITIALIZER_ARGUMENTS):
            self.kept.append("weights")
            held = tuple(edit for edit in self.base.edits if edit.tensor in WEIGHT_TENSORS)
            return self._changed(plain, **as_base, edits=held)
        seeds = seeds_of(self.arguments, self.base.weights_seed)
        first = next(name for name in INITIALIZER_ARGUMENTS if name in self.arguments)
        self.lines["weights_seed"] = self.arguments[first].line
        drawn = self._changed(plain, given_weights="", **own, weights_seed=seeds[0], forget_bias=None)
        return self._named(drawn, drawn_weights(drawn, seeds))

    def _named(self, plain: Experiment, weights: dict[str, Array]) -> Experiment:
        try:
            return with_weights(plain, self.base, weights)
        except Refusal as refusal:
            raise Refusal(refusal.code, **{"line": self.lines.get("edits", self.layer.line), **refusal.facts}) from None

    def _given_weights(self) -> dict[str, Array] | None:
        given = self.layer.weights
        if given is None:
            return None
        if not isinstance(given.value, (list, tuple)):
            self._note("weights_open", given.line)
            return None
        use_bias = bool(fields_of(self.arguments)["use_bias"])
        names = WEIGHT_TENSORS if use_bias else WEIGHT_TENSORS[:2]
        if len(given.value) != len(names):
            raise Refusal("code_weights_count", line=given.line, given=len(given.value), names=", ".join(names))
        arrays = [array_of(part) for part in given.value]
        known = {
            name: float32(array, given.line) for name, array in zip(names, arrays, strict=True) if array is not None
        }
        if len(known) < len(names):
            self._note("weights_open", given.line)
            return None
        return known
