"""The table of the playground's controls: which fields they set, in which group and row, and when they are there.

`pages/ui/playground/controls.py` draws by it, and it says which change redraws the sidebar: one of a field that a
condition here reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.sequences.numbers import PRESETS
from lstm_core.tasks.registry import TASKS

Seen = Experiment | SimpleNamespace
"""What has every field as an attribute, those of a layer as the opened layer has them."""
MAX_TYPED = 20_000  # characters that are still sent to the browser, to be changed there


@dataclass(frozen=True)
class When:
    """A condition on the value of one field, and on nothing else: so a change of that field alone can decide it."""

    field: str
    holds: Callable[[Any], bool]

    def __call__(self, seen: Seen) -> bool:
        return self.holds(getattr(seen, self.field))


@dataclass(frozen=True)
class Control:
    """The widget of one field."""

    field: str
    shown_if: When | tuple[When, ...] = ()
    """What has to hold, all of it, for the widget to be there."""
    hidden_if: tuple[When, ...] = ()
    """What, all of it together, leaves the widget nothing to set."""
    disabled_if: When | tuple[When, ...] = ()
    """What keeps it from being changed, any of it."""
    step: float | None = None
    """What a slider or a box of numbers moves by, where that is not Streamlit's own 1 or 0.01."""
    boxed: bool = False
    """Whether a number is typed into a box, though a slider would have room for its bounds."""

    def is_shown(self, seen: Seen) -> bool:
        hidden = bool(self.hidden_if) and all(condition(seen) for condition in self.hidden_if)
        return not hidden and all(condition(seen) for condition in _conditions(self.shown_if))

    def is_disabled(self, seen: Seen) -> bool:
        return any(condition(seen) for condition in _conditions(self.disabled_if))

    @property
    def conditions(self) -> tuple[When, ...]:
        """All that decides whether it is there and can be changed."""
        return (*_conditions(self.shown_if), *self.hidden_if, *_conditions(self.disabled_if))


def _conditions(given: When | tuple[When, ...]) -> tuple[When, ...]:
    return (given,) if isinstance(given, When) else given


def _cell_has(argument: str) -> When:
    """Return the condition that the layer's cell has an argument."""
    return When("cell", lambda cell: LayerArguments(cell=cell).has(argument))


Row = tuple[Control, ...]
"""Controls side by side, those of them that are shown."""

OF_NO_TASK = When("preset", lambda preset: preset in PRESETS)
GENERATED = When("preset", lambda preset: preset in PRESETS and preset not in ("typed", "words"))
NOT_TYPED = When("preset", lambda preset: preset in PRESETS and preset != "typed")
WORDS = When("preset", lambda preset: preset == "words")
TEXT = When("preset", lambda preset: preset == "words" or preset in TASKS)
RANDOM = When("preset", lambda preset: preset in ("words", "noise"))
TYPED = When("preset", lambda preset: preset == "typed")
TOO_LONG = When("typed", lambda text: len(text) > MAX_TYPED)
STATE_GIVEN = When("initial_state", bool)
SEVERAL_CALLS = When("calls", lambda calls: calls > 1)
WEIGHTS_GIVEN = When("given_weights", bool)
EMBEDS = When("front", lambda front: front == "embedding")
EMBEDDED_WORDS = (WORDS, EMBEDS)  # words go in as their numbers
MASKS = When("front", lambda front: front == "masking")
IN_BOTH_DIRECTIONS = When("bidirectional", bool)
HAS_HEAD = When("head", lambda head: head != "none")
NO_BIAS = When("use_bias", lambda use_bias: not use_bias)
NO_FORGET_GATE = When("cell", lambda cell: not LayerArguments(cell=cell).has("unit_forget_bias"))
HAS_C = When("cell", lambda cell: "c" in LayerArguments(cell=cell).spec.state_names)

GROUPS: dict[str, tuple[Row, ...]] = {
    "flags": ((Control("return_sequences"), Control("return_state"), Control("go_backwards"), Control("stateful")),),
    "sequence": (
        (Control("preset", shown_if=OF_NO_TASK),),
        (Control("typed", shown_if=TYPED, disabled_if=TOO_LONG), Control("sentence", shown_if=TEXT)),
        (Control("timesteps", shown_if=GENERATED),),
        (
            Control("features", shown_if=NOT_TYPED, hidden_if=EMBEDDED_WORDS, boxed=True),
            Control("batch", shown_if=NOT_TYPED),
        ),
        (Control("data_seed", shown_if=RANDOM, hidden_if=EMBEDDED_WORDS),),
    ),
    "size": ((Control("cell"),), (Control("units", boxed=True),)),
    "model": (
        (Control("bidirectional"),),
        (Control("merge_mode", shown_if=IN_BOTH_DIRECTIONS),),
        (Control("dropout_after", step=0.05),),
        (Control("front"),),
        (
            Control("input_dim", shown_if=EMBEDS),
            Control("output_dim", shown_if=EMBEDS, boxed=True),
        ),
        (Control("mask_zero", shown_if=EMBEDS), Control("mask_value", shown_if=MASKS, boxed=True)),
        (Control("head"),),
        (
            Control("head_units", shown_if=HAS_HEAD, boxed=True),
            Control("head_activation", shown_if=HAS_HEAD),
        ),
    ),
    "weights": (
        (Control("weights_seed", disabled_if=WEIGHTS_GIVEN),),
        (Control("kernel_initializer", disabled_if=WEIGHTS_GIVEN),),
        (Control("recurrent_initializer", disabled_if=WEIGHTS_GIVEN),),
        (Control("bias_initializer", disabled_if=WEIGHTS_GIVEN),),
        (Control("forget_bias", disabled_if=(NO_BIAS, NO_FORGET_GATE), step=0.1),),
    ),
    "call": (
        (Control("initial_state"),),
        (
            Control("initial_h", shown_if=STATE_GIVEN, step=0.1, boxed=True),
            Control("initial_c", shown_if=(STATE_GIVEN, HAS_C), step=0.1, boxed=True),
        ),
        (Control("mask"),),
        (Control("zero_output_for_mask"),),
        (Control("calls"),),
        (Control("reset_before", shown_if=SEVERAL_CALLS),),
    ),
    "dropout": (
        (Control("dropout", step=0.05),),
        (Control("recurrent_dropout", step=0.05),),
        (Control("seed"),),
        (Control("training"),),
    ),
    "layer": (
        (Control("activation"),),
        (Control("recurrent_activation", shown_if=_cell_has("recurrent_activation")),),
        (Control("use_bias"),),
        (Control("reset_after", shown_if=_cell_has("reset_after")),),
        (Control("unit_forget_bias", shown_if=_cell_has("unit_forget_bias"), disabled_if=WEIGHTS_GIVEN),),
        (Control("unroll"),),
    ),
}
"""The rows of each group, from above."""
FOLDED = ("model", "weights", "call", "dropout", "layer")
"""Groups of the sidebar that begin closed."""
DRAWN_ELSEWHERE = ("given_weights", "edits", "held")
"""Fields without a control of their own: uploaded weights (`pages/ui/bring`), and numbers in a table."""

CONTROLS = {control.field: control for rows in GROUPS.values() for row in rows for control in row}


SHAPING = frozenset(
    condition.field for control in CONTROLS.values() for condition in control.conditions if condition.field in CONTROLS
)
"""Fields of controls by which other controls come and go, or are disabled."""
