"""An impulse in c fades as f, f * f, f * f * f, ...: the half-life that the forget gate gives is the curve's own."""

import math
import re

import numpy as np
import pytest

from lstm_core.experiment import Experiment
from lstm_core.figures.chain import chain
from lstm_core.keras_worker import show_script
from lstm_core.lessons import cell
from lstm_core.lessons.lesson import comments
from lstm_core.run import run_experiment

SAY = comments("cell", "en")
WORDS = dict.fromkeys(("alt", "kept", "lost", "written", "axis"), "")


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


@pytest.mark.parametrize("bias", [-6.0, -1.0, 0.0, 1.0, 2.0, 6.0])
def test_c_is_the_impulse_times_a_power_of_the_forget_gate(bias: float) -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=bias))
    assert cell.forget(run) == pytest.approx(sigmoid(bias), abs=1e-6)
    written = sigmoid(6) * math.tanh(2)  # i * c~ at the impulse
    np.testing.assert_allclose(run.trace.c[:, 0, 0], written * sigmoid(bias) ** np.arange(20), atol=1e-6)
    np.testing.assert_allclose(run.trace.c[:, 0, 0], cell.expected(run), atol=cell.SAME)


def test_the_input_gate_opens_for_the_impulse_and_for_nothing_else() -> None:
    trace = run_experiment(cell.BASE).trace
    assert trace.i[0, 0, 0] > 0.99
    assert trace.i[1:].max() < 0.01


@pytest.mark.parametrize("bias", [-1.0, 0.5, 1.0, 2.0])
def test_the_curve_is_halved_when_the_half_life_is_over(bias: float) -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=bias))
    assert cell.facts(run)["halved"] == math.ceil(cell.half_life(cell.forget(run)))


def test_after_each_half_life_one_half_of_the_half_is_left() -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=2.0))
    f = sigmoid(2)
    assert [f**life for life in cell.half_lives(run)] == pytest.approx([1 / 2, 1 / 4, 1 / 8], abs=1e-6)


def test_half_lives_beyond_the_sequence_or_shorter_than_a_step_are_not_marked() -> None:
    counts = [len(cell.half_lives(run_experiment(cell.BASE.changed(forget_bias=at)))) for at in cell.SWITCH.values()]
    assert counts == [1, 3, 0]  # shut: under a step; half: a step each; open: 280 steps


def test_a_wide_open_gate_keeps_the_impulse_for_the_whole_sequence() -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=cell.SWITCH["open"]))
    assert cell.facts(run)["halved"] is None
    assert run.trace.c[-1, 0, 0] > 0.95 * run.trace.c[0, 0, 0]


def test_a_gate_that_moves_is_told_from_one_that_stands() -> None:
    assert cell.facts(run_experiment(cell.BASE))["apart"] < cell.SAME
    assert cell.facts(run_experiment(Experiment(preset="noise", timesteps=9)))["apart"] > cell.SAME


def test_the_output_gate_hides_h_and_leaves_every_c_as_it_is() -> None:
    opened, shut = (run_experiment(cell.with_output_bias(cell.BASE, cell.SWITCH[at])).trace for at in ("open", "shut"))
    assert np.array_equal(opened.c, shut.c)
    assert opened.h[0, 0, 0] > 0.7
    assert np.abs(shut.h).max() < 0.002


def test_a_switch_of_the_output_gate_changes_one_bias_and_knows_where_it_stands() -> None:
    changed = cell.with_output_bias(cell.BASE, cell.SWITCH["half"])
    assert cell.position(cell.output_bias(changed)) == "half"
    table, before = (cell.weight_table(experiment.weights())[0] for experiment in (changed, cell.BASE))
    assert np.argwhere(table != before).tolist() == [[2, 3]]
    assert len(changed.edits) == len(cell.BASE.edits)


def test_the_band_loses_at_each_gate_what_c_loses() -> None:
    trace = run_experiment(Experiment(preset="noise", timesteps=9, initial_state=True, initial_c=0.5)).trace
    steps = chain(trace, text=WORDS)["steps"]
    assert steps[0]["before"] == 0.5
    for step, after in zip(steps, trace.c[:, 0, 0], strict=True):
        assert step["after"] == after
        assert step["kept"] + step["written"] == pytest.approx(after, abs=1e-6)


def test_keras_cell_called_step_by_step_prints_the_c_of_the_picture() -> None:
    shown = show_script(cell.memory_script(cell.BASE, SAY).source)
    head, *rows = shown.printed.splitlines()
    numbers = [[float(number) for number in row.split()] for row in rows]
    assert shown.error is None
    assert [float(number) for number in re.findall(r"\d+\.\d+", head)] == [0.7311, 2.21]
    run = run_experiment(cell.BASE)
    np.testing.assert_allclose([row[1] for row in numbers], run.trace.c[:, 0, 0], atol=6e-5)
    np.testing.assert_allclose([row[2] for row in numbers], cell.expected(run), atol=6e-5)
