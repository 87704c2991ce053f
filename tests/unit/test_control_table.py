"""The table of controls: it has every field, and says which changes redraw the sidebar."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_core.examples import example
from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS
from lstm_core.layers.arguments import FLAGS
from lstm_core.layers.packed import pack
from lstm_core.sequences.numbers import as_typed
from lstm_core.text import load
from pages.ui.playground.control_table import (
    CONTROLS,
    DRAWN_ELSEWHERE,
    FOLDED,
    GROUPS,
    SHAPING,
    Control,
    When,
)

OF_A_CELL = {"recurrent_activation", "unit_forget_bias"}
EXAMPLE = example("counting")
WORDS, TYPED = Experiment(), Experiment(preset="typed")


def test_every_field_of_an_experiment_has_one_control_or_is_drawn_elsewhere() -> None:
    fields = [control.field for rows in GROUPS.values() for row in rows for control in row]
    assert sorted([*fields, *DRAWN_ELSEWHERE]) == sorted(FIELDS)
    assert tuple(control.field for row in GROUPS["flags"] for control in row) == FLAGS


def test_the_fields_that_redraw_the_sidebar_are_those_that_conditions_read() -> None:
    assert {"preset", "typed", "initial_state", "calls", "use_bias", "cell"} | {
        *("front", "head", "bidirectional"),
    } == SHAPING


def test_every_group_that_folds_has_a_name_in_the_catalogue() -> None:
    assert set(FOLDED) < GROUPS.keys()
    for name in FOLDED:
        assert load("en")(f"groups.{name}")


@pytest.mark.parametrize(
    ("experiment", "there"),
    [
        (WORDS, {"preset", "sentence", "features", "batch", "data_seed"}),
        (TYPED, {"preset", "typed"}),
        (EXAMPLE, {"sentence", "head_units", "head_activation"}),
        (Experiment(preset="ramp"), {"preset", "timesteps", "features", "batch"}),
        (Experiment(preset="noise"), {"preset", "timesteps", "features", "batch", "data_seed"}),
        (
            WORDS.changed(initial_state=True),
            {"preset", "sentence", "features", "batch", "data_seed", "initial_h", "initial_c"},
        ),
        (WORDS.changed(front="embedding"), {"preset", "sentence", "batch", "input_dim", "output_dim", "mask_zero"}),
        (WORDS.changed(calls=2), {"preset", "sentence", "features", "batch", "data_seed", "reset_before"}),
    ],
)
def test_what_is_there_only_sometimes_is_there_where_it_means_something(
    experiment: Experiment, there: set[str]
) -> None:
    sometimes = [control for control in CONTROLS.values() if control.shown_if and control.field not in OF_A_CELL]
    assert {control.field for control in sometimes if control.is_shown(experiment)} == there


@pytest.mark.parametrize(
    ("experiment", "disabled"),
    [
        (WORDS, set()),
        (WORDS.changed(use_bias=False), {"forget_bias"}),
        (TYPED.changed(typed=as_typed(np.full((1, 1000, 9), 0.25, np.float32))), {"typed"}),
        (
            WORDS.changed(given_weights=pack(WORDS.weights())),
            {
                "weights_seed",
                "kernel_initializer",
                "recurrent_initializer",
                "bias_initializer",
                "unit_forget_bias",
            },
        ),
    ],
    ids=["words", "no bias", "long", "given weights"],
)
def test_what_changes_nothing_cannot_be_changed(experiment: Experiment, disabled: set[str]) -> None:
    assert {control.field for control in CONTROLS.values() if control.is_disabled(experiment)} == disabled


@pytest.mark.parametrize(
    ("cell", "hidden", "disabled"),
    [
        ("LSTM", set(), set()),
        ("GRU", {"unit_forget_bias", "initial_c"}, {"forget_bias"}),
        ("SimpleRNN", {"recurrent_activation", "unit_forget_bias", "initial_c"}, {"forget_bias"}),
    ],
)
def test_what_a_cell_does_not_have_is_hidden_or_cannot_be_changed(
    cell: str, hidden: set[str], disabled: set[str]
) -> None:
    experiment = Experiment(cell=cell, initial_state=True)
    of_cells = OF_A_CELL | {"initial_h", "initial_c", "forget_bias", "use_bias"}
    controls = [control for control in CONTROLS.values() if control.field in of_cells]
    assert {control.field for control in controls if not control.is_shown(experiment)} == hidden
    assert {control.field for control in controls if control.is_disabled(experiment)} == disabled


def test_a_condition_reads_the_field_that_it_names() -> None:
    control = Control("sentence", shown_if=When("units", lambda units: units > 4))
    assert [control.is_shown(Experiment(units=units)) for units in (4, 5)] == [False, True]
