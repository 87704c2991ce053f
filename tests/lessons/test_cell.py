"""An impulse in c fades as f, f * f, f * f * f, ...: the half-life that the forget gate gives is the curve's own."""

import math
import re

import numpy as np
import pytest

from lstm_core.experiment import Experiment
from lstm_core.keras_check.tasks import show_script
from lstm_core.lessons import cell
from lstm_core.lessons.lesson import comments
from lstm_core.lessons.pictures.chain import chain
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
    np.testing.assert_allclose(run.trace["c"][:, 0, 0], written * sigmoid(bias) ** np.arange(20), atol=1e-6)
    np.testing.assert_allclose(run.trace["c"][:, 0, 0], cell.expected(run), atol=1e-6)


def test_the_input_gate_opens_for_the_impulse_and_for_nothing_else() -> None:
    trace = run_experiment(cell.BASE).trace
    assert trace["i"][0, 0, 0] > 0.99
    assert trace["i"][1:].max() < 0.01


@pytest.mark.parametrize("bias", [-1.0, 0.5, 1.0, 2.0])
def test_the_curve_is_halved_when_the_half_life_is_over(bias: float) -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=bias))
    assert cell.facts(run)["halved"] == math.ceil(cell.half_life(cell.forget(run)))


def test_after_each_half_life_one_half_of_the_half_is_left() -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=2.0))
    f = sigmoid(2)
    assert [f**life for life in cell.half_lives(run)] == pytest.approx([1 / 2, 1 / 4, 1 / 8], abs=1e-6)


def test_half_lives_beyond_the_sequence_or_shorter_than_a_step_are_not_marked() -> None:
    turned = [cell.with_bias(cell.BASE, "forget", at) for at in cell.SWITCHES["forget"].values()]
    # shut: under a step; half: a step each; Keras's default: 2.2 steps each; open: 280 steps
    assert [len(cell.half_lives(run_experiment(experiment))) for experiment in turned] == [1, 3, 3, 0]


@pytest.mark.parametrize("bias", [-6.0, -2.0, -0.5, 0.0, 1.0, 2.0])
@pytest.mark.parametrize("timesteps", [2, 20, 1000])
def test_each_half_life_is_marked_on_the_line_that_is_drawn(bias: float, timesteps: int) -> None:
    run = run_experiment(cell.BASE.changed(timesteps=timesteps, forget_bias=bias))
    steps, values = cell.expected_line(run)
    for k, life in enumerate(cell.half_lives(run), start=1):
        np.testing.assert_allclose(np.interp(life, steps, values), run.trace["c"][0, 0, 0] / 2**k, rtol=1e-6)
    np.testing.assert_allclose(np.interp(np.arange(timesteps), steps, values), run.trace["c"][:, 0, 0], atol=1e-5)


def test_a_wide_open_gate_keeps_the_impulse_for_the_whole_sequence() -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=cell.SWITCHES["forget"]["open"]))
    assert cell.facts(run)["halved"] is None
    assert run.trace["c"][-1, 0, 0] > 0.95 * run.trace["c"][0, 0, 0]


@pytest.mark.parametrize(
    ("experiment", "story"),
    [
        (cell.BASE, "steady"),
        (cell.BASE.changed(forget_bias=10.0, timesteps=1000), "steady"),
        (cell.BASE.changed(forget_bias=-10.0), "steady"),
        (cell.BASE.changed(timesteps=2), "steady"),
        (cell.BASE.changed(timesteps=1), "single"),
        (cell.BASE.changed(mask="1"), "nothing"),
        (cell.BASE.changed(go_backwards=True), "nothing"),
        (cell.BASE.changed(mask="3"), "disturbed"),
        (cell.BASE.changed(preset="sine"), "nothing"),
        (Experiment(preset="noise", timesteps=9), "disturbed"),
        (cell.BASE.changed(recurrent_activation="linear", forget_bias=2.0), "disturbed"),
    ],
)
def test_a_memory_that_only_fades_is_told_from_every_other(experiment: Experiment, story: str) -> None:
    assert cell.story(run_experiment(experiment)) == story


@pytest.mark.parametrize("bias", [-10.0, -6.0, -0.3, 0.0, 1.0, 2.0, 6.0, 10.0])
@pytest.mark.parametrize("timesteps", [2, 20, 300])
def test_what_is_said_of_a_fading_memory_is_what_its_own_numbers_give(bias: float, timesteps: int) -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=bias, timesteps=timesteps))
    said, c = cell.facts(run), run.trace["c"][:, 0, 0].astype(float)
    f = float(str(said["f"]))
    kept, lost, share = (float(str(said[name]).removesuffix("%")) / 100 for name in ("kept", "lost", "share"))
    assert 0 < f < 1
    assert 0 < kept < 1
    assert kept + lost == pytest.approx(1, abs=1e-9)
    assert kept == pytest.approx(sigmoid(bias), abs=5.1e-5)
    assert cell.told_life(f) == said["life"]
    assert math.log(0.5) / math.log(sigmoid(bias)) == pytest.approx(float(str(said["life"])), rel=1e-3, abs=0.0051)
    assert share == pytest.approx(c[-1] / c[0], abs=5.1e-5)
    assert share > 0 or c[-1] == 0
    assert float(str(said["last"])) == pytest.approx(c[-1], abs=5.1e-5)
    halved = said["halved"]
    assert (halved is None) == (c[-1] > c[0] / 2)
    assert halved is None or c[halved] <= c[0] / 2 < c[halved - 1]


def test_the_output_gate_hides_h_and_leaves_every_c_as_it_is() -> None:
    biases = (cell.SWITCHES["output"][at] for at in ("open", "shut"))
    opened, shut = (run_experiment(cell.with_bias(cell.BASE, "output", bias)).trace for bias in biases)
    assert np.array_equal(opened["c"], shut["c"])
    assert opened["h"][0, 0, 0] > 0.7
    assert np.abs(shut["h"]).max() < 0.002


@pytest.mark.parametrize(("gate", "column"), [("forget", 1), ("output", 3)])
def test_a_switch_changes_one_bias_and_knows_where_it_stands(gate: str, column: int) -> None:
    for position, bias in cell.SWITCHES[gate].items():
        changed = cell.with_bias(cell.BASE, gate, bias)
        assert cell.position(gate, cell.bias_of(changed, gate)) == position
        table, before = (cell.weight_table(experiment.weights())[0] for experiment in (changed, cell.BASE))
        assert all(place == [2, column] for place in np.argwhere(table != before).tolist())
        back = cell.with_bias(changed, gate, cell.bias_of(cell.BASE, gate))
        assert np.array_equal(cell.weight_table(back.weights())[0], before)


def test_the_switch_of_the_forget_gate_has_a_position_for_keras_own_bias() -> None:
    assert cell.position("forget", cell.bias_of(cell.BASE, "forget")) == "default"
    assert cell.position("forget", cell.bias_of(Experiment(), "forget")) == "default"


def test_the_band_loses_at_each_gate_what_c_loses() -> None:
    trace = run_experiment(Experiment(preset="noise", timesteps=9, initial_state=True, initial_c=0.5)).trace
    steps = chain(trace, text=WORDS)["steps"]
    assert steps[0]["before"] == 0.5
    for step, after in zip(steps, trace["c"][:, 0, 0], strict=True):
        assert step["after"] == after
        assert step["kept"] + step["written"] == pytest.approx(after, abs=1e-6)


def test_keras_cell_called_step_by_step_prints_the_c_of_the_picture() -> None:
    shown = show_script(cell.memory_script(cell.BASE, SAY).source)
    head, *rows = shown.printed.splitlines()
    numbers = [[float(number) for number in row.split()] for row in rows]
    assert shown.error is None
    assert [float(number) for number in re.findall(r"\d+\.\d+", head)] == [0.7311, 2.21]
    run = run_experiment(cell.BASE)
    np.testing.assert_allclose([row[1] for row in numbers], run.trace["c"][:, 0, 0], atol=6e-5)
    np.testing.assert_allclose([row[2] for row in numbers], cell.expected(run), atol=6e-5)


@pytest.mark.parametrize("changes", [{"timesteps": 1}, {"mask": "1"}, {"preset": "sine"}, {"forget_bias": 10.0}])
def test_the_script_also_runs_where_c_does_not_fade(changes: dict[str, object]) -> None:
    experiment = cell.BASE.changed(**changes)
    shown = show_script(cell.memory_script(experiment, SAY).source)
    assert shown.error is None
    assert len([line for line in shown.printed.splitlines() if line[:2].strip().isdigit()]) == experiment.shape[1]
