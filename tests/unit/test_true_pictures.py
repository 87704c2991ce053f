"""Every sentence under the charts, in their notes and about two runs is true of the numbers."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings

from lstm_core import text
from lstm_core.compare import compared, furthest, returned_tensors, same_inside
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.figures.comparison import comparison_figure
from lstm_core.figures.summary import summary
from lstm_core.figures.text import FigureText
from lstm_core.figures.time_figure import time_figure
from lstm_core.run import Run
from tests.experiments import CELL_NAMES, MASKS, experiments, run_any, same

WORDS = FigureText(**text.load("en").section("figure"))
SHAPING = (
    "preset",
    "timesteps",
    "features",
    "batch",
    "sentence",
    "typed",
    "units",
    "given_weights",
    "edits",
    "use_bias",
)
OF_WEIGHTS = ("cell", "reset_after")  # weights fit their own cell alone


# ---- two runs side by side ----


def test_a_difference_that_is_not_a_number_is_a_difference() -> None:
    kwargs = {"preset": "typed", "activation": "linear", "recurrent_activation": "linear", "units": 1}
    finite = run_any(Experiment(**kwargs, typed="0.1 0.1 0.1"))
    infinite = run_any(Experiment(**kwargs, typed="0.1 3e38 3e38"))
    assert not np.isfinite(infinite.trace["c"]).all()
    place = furthest(finite, infinite, "c", row=0)
    assert place is not None
    assert not np.isfinite(infinite.trace["c"][place.step - 1, 0, place.unit - 1])
    assert place.apart == np.inf


def test_numbers_that_are_too_far_apart_for_float32_are_told_how_far() -> None:
    ones = (Edit("bias", 0, 0, 1.0), *(Edit("kernel", 0, column, 0.0) for column in (0, 1, 3)))  # i = 1, c = c~
    kwargs = {"preset": "typed", "typed": "3e38", "units": 1, "activation": "linear", "recurrent_activation": "linear"}
    a, b = (
        run_any(Experiment(**kwargs, return_state=True, edits=(*ones, Edit("kernel", 0, 2, way))))
        for way in (1.0, -1.0)
    )
    assert a.trace["c"][0, 0, 0] == np.float32(3e38) == -b.trace["c"][0, 0, 0]
    place = furthest(a, b, "c", row=0)
    assert place is not None
    assert place.apart == pytest.approx(6e38)
    assert returned_tensors(a, b)[2].apart == pytest.approx(6e38)
    assert "c differs most at step 1 in unit 1: by 6e+38." in comparison(a, b, "c")


def comparison(a: Run, b: Run, quantity: str, row: int = 0) -> str:
    return str(comparison_figure(a, b, quantity, row=row, text=WORDS)["meta"]["summary"])


@settings(max_examples=40, deadline=None)
@given(experiments(CELL_NAMES), experiments(CELL_NAMES))
def test_what_is_said_of_a_difference_is_true(one: Experiment, other: Experiment) -> None:
    shaping = (*SHAPING, *(OF_WEIGHTS if one.given_weights or one.edits else ()))
    other = other.changed(**{name: getattr(one, name) for name in shaping}, mask=one.mask)
    a, b = run_any(one), run_any(other)
    assert same_inside(a, b) == (
        a.trace.spec is b.trace.spec
        and all(same(a.trace.in_time_order(name), b.trace.in_time_order(name)) for name in a.trace.spec.quantities)
    )
    for quantity, row in product(compared(a, b), range(one.shape[0])):
        grids = [run.trace.in_time_order(quantity)[:, row].astype(float) for run in (a, b)]
        said = comparison(a, b, quantity, row)
        symbol = re.escape({"candidate": "c~", "h_tilde": "h~"}.get(quantity, quantity))
        if re.fullmatch(rf"At every step and unit shown, {symbol} is the same number in A and B\.", said):
            assert same(*grids)
            continue
        match = re.fullmatch(
            rf"{symbol} (?:differs most )?at step (\d+) in unit (\d+)(?:: by (\S+)| is inf or nan in A or B, .*)\.",
            said,
        )
        assert match, said
        first, second = (grid[int(match[1]) - 1, int(match[2]) - 1] for grid in grids)
        if match[3]:
            assert abs(first - second) == pytest.approx(float(match[3]), rel=0.01)
            assert abs(first - second) == np.abs(grids[0] - grids[1]).max()
        else:
            assert not (np.isfinite(first) and np.isfinite(second))
            assert first != second


# ---- the charts' sentence and notes ----

NUMBER = r"(-?[\d.]+(?:e[-+]\d+)?|-?inf)"
FURTHEST = NUMBER.replace("(", "(?P<number>", 1)


def near(value: float, said: str) -> bool:
    """Whether a number as it is said is the value, rounded to the digits said; none is made 0 or 1 by it."""
    if "inf" in said:
        return value == float(said)
    digits, _, exponent = said.partition("e")
    half = 0.5 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    rounded = float(said) in (0, 1, -1) and value != float(said)
    return abs(value - float(said)) <= half * (1 + 1e-6) and not rounded


KEEPS = {"LSTM": ("f", "The forget gate"), "GRU": ("z", "The update gate"), "SimpleRNN": None}
MEMORY = {
    "c": {
        "furthest": rf"unit (?P<unit>\d+)'s cell state goes furthest, to {FURTHEST} at step (?P<step>\d+)",
        "furthest_step": rf"the cell state goes furthest at step (?P<step>\d+), to {FURTHEST}",
        "zero": "the cell state stays at 0",
        "falls": "the cell state is 0 from the first step that counts",
        "nan": "the cell state is nan at some steps",
    },
    "h": {
        "furthest": rf"h goes furthest in unit (?P<unit>\d+), to {FURTHEST} at step (?P<step>\d+)",
        "furthest_step": rf"h goes furthest at step (?P<step>\d+), to {FURTHEST}",
        "zero": "h stays at 0",
        "falls": "h is 0 from the first step that counts",
        "nan": "h is nan at some steps",
    },
}
MASKED = {"c": "Every step is masked: h and c stay as they were.", "h": "Every step is masked: h stays as it was."}


def assert_summary_holds(run: Run, row: int) -> str:
    """Check the sentence under the charts of a batch row, and return what it says of the memory."""
    trace = run.trace
    said = summary(trace, row, WORDS)
    used = np.ones(trace.steps, bool) if trace.mask is None else trace.mask[row]
    memory = trace.spec.states_drawn[0]
    state = trace.in_time_order(memory)[:, row]
    if said == MASKED[memory]:
        assert not used.any()
        assert same(state, np.tile(trace.start[memory][row], (len(state), 1)))
        return "masked"
    keeps = KEEPS[trace.spec.name]
    if keeps is None:
        assert ";" not in said
        return assert_memory_holds(run, row, used, said.rstrip("."))
    gate, _, cell = said.rstrip(".").partition("; ")
    assert_gate_holds(trace.in_time_order(keeps[0])[used, row], gate, keeps[1])
    return assert_memory_holds(run, row, used, cell)


def assert_gate_holds(kept: np.ndarray, gate: str, name: str) -> None:
    low, high = float(kept.min()), float(kept.max())
    gate = gate.replace(", which keeps the old h,", "")
    if match := re.fullmatch(rf"{name} stays between {NUMBER} and {NUMBER}", gate):
        assert low < high
        assert near(low, match[1])
        assert near(high, match[2])
    elif match := re.fullmatch(rf"{name} stays (at|close to) {NUMBER}", gate):
        assert near(low, match[2])
        assert near(high, match[2])
        assert (match[1] == "at") == (low == high)
    else:
        assert gate == f"{name} is inf or nan at some steps"
        assert not np.isfinite(kept).all()


def assert_memory_holds(run: Run, row: int, used: np.ndarray, said: str) -> str:
    trace = run.trace
    memory = trace.spec.states_drawn[0]
    state = trace.in_time_order(memory)[:, row]
    ((kind, match),) = ((kind, found) for kind, text in MEMORY[memory].items() if (found := re.fullmatch(text, said)))
    sizes = np.abs(state[used])
    if kind == "furthest":
        unit, step = int(match["unit"]) - 1, int(match["step"]) - 1
        assert abs(state[step, unit]) == sizes.max()
        assert used[step]
        assert near(float(state[step, unit]), match["number"])
        assert (np.delete(sizes, unit, axis=1) < sizes.max()).all()
    elif kind == "furthest_step":
        step = int(match["step"]) - 1
        assert used[step]
        assert sizes.max() in np.abs(state[step])
        assert any(near(float(value), match["number"]) for value in state[step])
    elif kind == "zero":
        assert not state.any()
        assert not trace.start[memory][row].any()
    elif kind == "falls":
        assert not state[used].any()
    else:
        assert np.isnan(state[used]).any()
    return kind


@settings(max_examples=80, deadline=None)
@given(experiments(CELL_NAMES))
def test_the_charts_sentence_is_true_of_any_experiment(experiment: Experiment) -> None:
    run = run_any(experiment)
    for row in range(experiment.shape[0]):
        assert_summary_holds(run, row)


@pytest.mark.parametrize(
    "changes",
    [
        {"forget_bias": 6.0},  # a gate of 0.9975 is not one of 1.00
        {"forget_bias": 10.0, "kernel_initializer": "zeros", "recurrent_initializer": "zeros"},
        {"forget_bias": -10.0},
        {"preset": "typed", "typed": "0.001 0.002", "forget_bias": 0.0},  # not one number, but one when rounded
        {"recurrent_activation": "relu", "initial_state": True, "initial_c": 3.0, "mask": "1-2"},
        {"activation": "relu", "recurrent_activation": "relu", "kernel_initializer": "zeros", "use_bias": False},
        {"kernel_initializer": "ones", "recurrent_initializer": "ones"},  # all units are the same
        {"units": 1},
        {"preset": "typed", "typed": "1 3e38 3e38", "activation": "linear", "recurrent_activation": "linear"},
    ],
)
def test_the_charts_sentence_is_true_at_the_edges(changes: dict[str, object]) -> None:
    assert_summary_holds(run_any(Experiment(**{"preset": "noise", "units": 3, **changes})), 0)


def test_the_charts_sentence_is_true_of_every_cell() -> None:
    zeros = {"kernel_initializer": "zeros", "recurrent_initializer": "zeros"}
    met = set()
    for cell, changes in product(
        ({"cell": "GRU"}, {"cell": "GRU", "reset_after": False}, {"cell": "SimpleRNN"}),
        (
            {"preset": "noise", "bias_initializer": "random_normal"},
            {"preset": "noise", "units": 1, "mask": "1-2"},
            {"preset": "noise", "mask": "1-6", "timesteps": 6, "initial_state": True, "initial_h": 0.5},
            {"preset": "noise", "edits": (Edit("bias", 0, 0, 6.0),)},
            zeros | {"initial_state": True, "initial_h": 3.0, "activation": "relu", "recurrent_activation": "relu"},
            zeros,
            {"preset": "typed", "typed": "1 3e38 3e38", "activation": "linear", "recurrent_activation": "linear"},
        ),
    ):
        met.add(assert_summary_holds(run_any(Experiment(**{"units": 3, **cell, **changes})), 0))
    assert met == {"masked", *MEMORY["h"]}


@pytest.mark.parametrize("mask", MASKS)
def test_the_note_over_h_names_the_zeros_that_are_no_h(mask: str) -> None:
    base = Experiment(preset="noise", timesteps=6, features=2, units=2, batch=2, mask=mask)
    switches = ("return_sequences", "go_backwards", "zero_output_for_mask", "unroll")
    for values in product((False, True), repeat=len(switches)):
        run = run_any(base.changed(**dict(zip(switches, values, strict=True)), initial_state=True, initial_h=0.5))
        array = run.outputs[0].array
        if array.ndim == 2:
            array = array[:, None]
        times = run.trace.time_index[-array.shape[1] :] + 1
        for row in range(2):
            figure = time_figure(run.trace, row=row, outputs=run.outputs, text=WORDS)
            notes = next(
                one["notes"] for one in figure["meta"]["panels"] if one["kind"] == "heatmap" and one["name"] == WORDS.h
            )
            zeros = sorted(int(step) for step, values in zip(times, array[row], strict=True) if not values.any())
            masked = [] if run.trace.mask is None else (np.flatnonzero(~run.trace.mask[row]) + 1).tolist()
            said = [note for note in notes if note.startswith("output: zeros")]
            if not zeros:
                assert said == []
            elif zeros == masked:
                assert said == ["output: zeros at masked steps, not an h"]
            else:
                (note,) = said
                steps = [[int(end) for end in part.split("–")] for part in note.partition("at step ")[2].split(", ")]
                assert [step for first, *last in steps for step in range(first, (last or [first])[0] + 1)] == zeros
