"""A run is held against what Keras computed: every value that the page shows, and nothing that Keras threw away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_core.cell import lstm_step
from lstm_core.engine import QUANTITIES
from lstm_core.experiment import Experiment
from lstm_core.keras_values import Evidence, KerasTrace, ScriptRun, Versions
from lstm_core.run import Run, run_experiment
from lstm_core.verify import TOLERANCE, compare, difference, evidence_task

STATES = ("h", "c")
ALL = Experiment(return_sequences=True, return_state=True, preset="noise", timesteps=5, features=2, batch=2, units=3)
RETURNED = ("output", "state_h", "state_c")


def evidence_like(run: Run) -> Evidence:
    """What a Keras that computes exactly as we do would say; the arrays are its own, to be spoilt."""
    values = {output.name: output.array.copy() for output in run.outputs}
    quantities = {name: getattr(run.trace, name).copy() for name in QUANTITIES}
    return Evidence(ScriptRun("as printed", values), KerasTrace(quantities), Versions("3.0", "2.0", "3.11"))


# ---- one difference ----


@pytest.mark.parametrize(
    ("ours", "keras", "expected"),
    [
        ([0.5, -0.25], [0.5, 0.25], 0.5),  # up to 1 the difference counts as it is
        ([1.0], [1.5], 1 / 3),  # above, in proportion to Keras's value
        ([300.0, 0.0], [200.0, 0.25], 0.5),  # the largest one, wherever it stands
        ([np.inf, -np.inf, np.nan, -0.0], [np.inf, -np.inf, np.nan, 0.0], 0.0),  # the same, though beyond float32
        ([np.inf], [3e38], np.inf),
        ([np.nan], [0.0], np.inf),
        ([0.0], [np.nan], np.inf),
        ([np.inf], [-np.inf], np.inf),
    ],
)
def test_a_difference_is_absolute_up_to_one_and_relative_above(
    ours: list[float], keras: list[float], expected: float
) -> None:
    assert difference(np.float32(ours), np.float32(keras)) == pytest.approx(expected)


def test_another_shape_is_no_agreement_even_where_numpy_could_stretch_it() -> None:
    assert difference(np.zeros((1, 3), np.float32), np.zeros(3, np.float32)) == np.inf
    assert difference(np.zeros((2, 3), np.float32), np.zeros((1, 3), np.float32)) == np.inf


def test_arrays_without_values_do_not_differ() -> None:
    assert difference(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32)) == 0


@given(hnp.arrays(np.float32, hnp.array_shapes(max_side=4), elements=st.floats(width=32)))
def test_an_array_agrees_with_itself_and_not_with_a_neighbour(array: np.ndarray) -> None:
    assert difference(array, array.copy()) == 0
    finite = np.isfinite(array) & (np.abs(array) < 1e30)
    with np.errstate(over="ignore"):
        moved = np.where(finite, np.nextafter(array, np.float32(np.inf)), array)
    assert (difference(moved, array) > 0) == finite.any()


# ---- a whole run ----


def test_the_same_numbers_agree_and_are_keras_own() -> None:
    run = run_experiment(ALL)
    evidence = evidence_like(run)
    agreement = compare(run, evidence)
    assert (agreement.worst, agreement.agrees) == (0.0, True)
    assert all(given is evidence.script.values[name] for given, name in zip(agreement.returned, RETURNED, strict=True))
    assert (agreement.printed, agreement.keras, agreement.tensorflow) == ("as printed", "3.0", "2.0")


@pytest.mark.parametrize("name", QUANTITIES)
def test_a_difference_in_one_number_of_the_trace_is_found_and_named(name: str) -> None:
    run = run_experiment(ALL)
    evidence = evidence_like(run)
    evidence.trace.quantities[name][3, 1, 2] = 0.9 - (getattr(run.trace, name)[3, 1, 2] > 0)
    agreement = compare(run, evidence)
    assert agreement.where == name
    assert agreement.worst > 0.1
    assert not agreement.agrees


@pytest.mark.parametrize("name", RETURNED)
def test_a_difference_in_one_number_that_the_script_returned_is_found_and_named(name: str) -> None:
    run = run_experiment(ALL)
    evidence = evidence_like(run)
    evidence.script.values[name].flat[-1] += 0.5
    agreement = compare(run, evidence)
    assert (agreement.where, agreement.agrees) == (name, False)


def test_only_what_the_flags_return_is_asked_of_the_script() -> None:
    run = run_experiment(ALL.changed(return_state=False))
    assert set(evidence_like(run).script.values) == {"output"}
    assert compare(run, evidence_like(run)).agrees


def test_the_largest_of_several_differences_counts() -> None:
    run = run_experiment(ALL)
    evidence = evidence_like(run)
    evidence.trace.quantities["f"][0] += 1e-4
    evidence.trace.quantities["o"][0] += 1e-3
    assert compare(run, evidence).where == "o"


@pytest.mark.parametrize(("off", "agrees"), [(TOLERANCE / 2, True), (TOLERANCE * 2, False)])
def test_agreement_ends_at_the_tolerance(off: float, agrees: bool) -> None:
    run = run_experiment(ALL)
    evidence = evidence_like(run)
    evidence.trace.quantities["i"][0, 0, 0] += off
    assert compare(run, evidence).agrees is agrees


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("name", QUANTITIES)
def test_at_a_masked_step_the_states_count_and_the_gates_that_keras_threw_away_do_not(
    name: str, go_backwards: bool
) -> None:
    run = run_experiment(ALL.changed(mask="2; -", go_backwards=go_backwards))
    processed = run.trace.time_index.tolist().index(1)  # step 2

    def agrees_if_spoilt_in(row: int) -> bool:
        evidence = evidence_like(run)
        evidence.trace.quantities[name][processed, row, :] = np.nan
        return compare(run, evidence).agrees

    assert agrees_if_spoilt_in(0) is (name not in STATES)
    assert not agrees_if_spoilt_in(1)  # the row that uses step 2


def test_where_every_step_is_masked_the_states_alone_are_compared() -> None:
    run = run_experiment(ALL.changed(mask="1-5"))
    assert compare(run, evidence_like(run)).agrees


# ---- rounding that grows ----

GROWING = Experiment(
    preset="ramp", timesteps=12, features=1, units=2, return_sequences=True,
    activation="linear", recurrent_activation="linear", recurrent_initializer="ones", forget_bias=1.5,
)  # fmt: skip


def rounding_otherwise(run: Run, *, error: float) -> Evidence:
    """A Keras that computes each step as we do, but for an error, relative to c, that it makes at every step."""
    h, c = run.trace.h0, run.trace.c0
    steps = []
    for x in run.trace.inputs.transpose(1, 0, 2):
        step = lstm_step(x, h, c, run.weights, run.experiment.activation, run.experiment.recurrent_activation)
        steps.append(step._replace(c=step.c * np.float32(1 + error)))
        h, c = step.h, steps[-1].c
    quantities = {name: np.stack([getattr(step, name) for step in steps]) for name in QUANTITIES}
    values = {"output": quantities["h"].transpose(1, 0, 2)}
    return Evidence(ScriptRun("", values), KerasTrace(quantities), Versions("3.0", "2.0", "3.11"))


def test_rounding_that_grows_over_many_steps_is_agreement_if_every_single_step_agrees() -> None:
    run = run_experiment(GROWING)
    agreement = compare(run, rounding_otherwise(run, error=1e-6))
    assert agreement.worst > TOLERANCE
    assert agreement.one_step is not None
    assert agreement.one_step <= TOLERANCE
    assert agreement.agrees


def test_an_error_that_every_step_makes_anew_is_no_rounding() -> None:
    run = run_experiment(GROWING)
    assert not compare(run, rounding_otherwise(run, error=1e-3)).agrees


def test_the_question_to_keras_holds_the_very_arrays_of_the_run() -> None:
    experiment = ALL.changed(mask="1", initial_state=True, initial_h=0.5, calls=3, stateful=True, reset_before=(3,))
    script, call = evidence_task(experiment)
    run = run_experiment(experiment)
    compile(script, "script", "exec")
    np.testing.assert_array_equal(call.x, run.trace.inputs)
    np.testing.assert_array_equal(call.mask, run.trace.mask)
    np.testing.assert_array_equal(call.initial_state, (run.trace.h0, run.trace.c0))
    assert call.weights.kernel.tobytes() == run.weights.kernel.tobytes()
    assert (call.calls, call.reset_before) == (3, (2,))  # counted from 0 there
