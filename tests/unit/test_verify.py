"""A run is held against what Keras computed: every value that the page shows, and nothing that Keras threw away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.agreement import STEP_TOLERANCE, TOLERANCE, compare, evidence_task, largest_difference
from lstm_core.keras_check.messages import CheckedCall, Evidence, KerasTrace, ScriptRun, Versions
from lstm_core.layers.lstm import lstm_step
from lstm_core.layers.outputs import printed
from lstm_core.layers.spec import LSTM
from lstm_core.layers.trace import DropoutMasks
from lstm_core.run import Run, run_experiment

STATES = ("h", "c")
ALL = Experiment(return_sequences=True, return_state=True, preset="noise", timesteps=5, features=2, batch=2, units=3)
RETURNED = ("output", "state_h", "state_c")


def evidence_like(run: Run) -> Evidence:
    """What a Keras that computes exactly as we do would say; the arrays are its own, to be spoilt."""
    values = {output.name: output.array.copy() for output in run.outputs}
    quantities = {name: run.trace[name].copy() for name in LSTM.quantities}
    masks = DropoutMasks(run.trace.dropout_mask, run.trace.recurrent_dropout_mask)
    trace = KerasTrace(quantities, (run.trace.start["h"].copy(), run.trace.start["c"].copy()), masks)
    return Evidence(ScriptRun("as printed", values), before_of(run), trace, Versions("3.0", "2.0", "3.11"))


def before_of(run: Run) -> tuple[CheckedCall, ...]:
    """The calls before the last that kept their state for it, without an error in any number."""
    calls = run.calls[:-1] if run.calls[-1].start == "kept" else ()
    start = np.zeros_like(run.trace.start["h"]), np.zeros_like(run.trace.start["c"])
    before = []
    for call in calls:
        before.append(CheckedCall(start, (call.end["h"], call.end["c"]), DropoutMasks(None, None), 0.0))
        start = call.end["h"], call.end["c"]
    return tuple(before)


# ---- one largest_difference ----


@pytest.mark.parametrize(
    ("ours", "keras", "expected"),
    [
        ([0.5, -0.25], [0.5, 0.25], 0.5),  # up to 1 the largest_difference counts as it is
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
    assert largest_difference(np.float32(ours), np.float32(keras)) == pytest.approx(expected)


def test_another_shape_is_no_agreement_even_where_numpy_could_stretch_it() -> None:
    assert largest_difference(np.zeros((1, 3), np.float32), np.zeros(3, np.float32)) == np.inf
    assert largest_difference(np.zeros((2, 3), np.float32), np.zeros((1, 3), np.float32)) == np.inf


def test_arrays_without_values_do_not_differ() -> None:
    assert largest_difference(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32)) == 0


@given(hnp.arrays(np.float32, hnp.array_shapes(max_side=4), elements=st.floats(width=32)))
def test_an_array_agrees_with_itself_and_not_with_a_neighbour(array: np.ndarray) -> None:
    assert largest_difference(array, array.copy()) == 0
    finite = np.isfinite(array) & (np.abs(array) < 1e30)
    with np.errstate(over="ignore"):
        moved = np.where(finite, np.nextafter(array, np.float32(np.inf)), array)
    assert (largest_difference(moved, array) > 0) == finite.any()


# ---- a whole run ----


def test_the_same_numbers_agree_and_are_keras_own() -> None:
    run = run_experiment(ALL)
    evidence = evidence_like(run)
    agreement = compare(run, evidence)
    assert (agreement.worst, agreement.agrees) == (0.0, True)
    assert agreement.returned == tuple(printed(evidence.script.values[name]) for name in RETURNED)
    assert (agreement.keras, agreement.tensorflow) == ("3.0", "2.0")


@pytest.mark.parametrize("name", LSTM.quantities)
def test_a_difference_in_one_number_of_the_trace_is_found_and_named(name: str) -> None:
    run = run_experiment(ALL)
    evidence = evidence_like(run)
    evidence.trace.quantities[name][3, 1, 2] = 0.9 - (run.trace[name][3, 1, 2] > 0)
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


@pytest.mark.parametrize(("off", "agrees"), [(TOLERANCE / 2, True), (TOLERANCE * 10, False)])
def test_agreement_ends_at_the_tolerance(off: float, agrees: bool) -> None:
    run = run_experiment(ALL)
    evidence = evidence_like(run)
    evidence.trace.quantities["i"][0, 0, 0] += off
    assert compare(run, evidence).agrees is agrees


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("name", LSTM.quantities)
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
    h, c = run.trace.start["h"], run.trace.start["c"]
    steps = []
    for x in run.trace.inputs.transpose(1, 0, 2):
        with np.errstate(over="ignore", invalid="ignore"):
            step = lstm_step(x, h, c, run.weights, run.experiment.activation, run.experiment.recurrent_activation)
        steps.append(step._replace(c=step.c * np.float32(1 + error)))
        h, c = step.h, steps[-1].c
    quantities = {name: np.stack([getattr(step, name) for step in steps]) for name in LSTM.quantities}
    values = {"output": quantities["h"].transpose(1, 0, 2)}
    trace = KerasTrace(quantities, (run.trace.start["h"], run.trace.start["c"]), DropoutMasks(None, None))
    return Evidence(ScriptRun("", values), (), trace, Versions("3.0", "2.0", "3.11"))


def test_rounding_that_grows_over_many_steps_is_agreement_if_every_single_step_agrees() -> None:
    run = run_experiment(GROWING)
    agreement = compare(run, rounding_otherwise(run, error=1e-6))
    assert agreement.worst > 1e-5
    assert agreement.one_step is not None
    assert agreement.one_step <= STEP_TOLERANCE
    assert agreement.verdict == "agrees_stepwise"


@pytest.mark.parametrize("error", [1e-5, 1e-3])
def test_an_error_that_every_step_makes_anew_is_no_rounding(error: float) -> None:
    run = run_experiment(GROWING)
    assert compare(run, rounding_otherwise(run, error=error)).verdict == "disagrees"


@pytest.mark.parametrize("name", LSTM.quantities)
def test_where_rounding_grows_a_wrong_number_is_still_found(name: str) -> None:
    run = run_experiment(GROWING)
    evidence = rounding_otherwise(run, error=1e-6)
    evidence.trace.quantities[name][6] *= np.float32(1 + 1e-4)
    assert not compare(run, evidence).agrees


def test_where_rounding_grows_the_returned_tensor_is_still_held_against_the_states() -> None:
    run = run_experiment(GROWING.changed(mask="1-2", zero_output_for_mask=True))
    evidence = evidence_like(run)
    evidence.trace.quantities["tanh_c"][5] *= np.float32(1 + 1.5e-6)  # differs, but by no more than a step may
    evidence.trace.quantities["h"][5:] *= np.float32(1 + 1.5e-6)
    evidence.script.values["output"][:, 5:] *= np.float32(1 + 1.5e-6)
    assert compare(run, evidence).verdict == "agrees_stepwise"
    evidence.script.values["output"][:, 0] = run.trace["h"][2]
    assert not compare(run, evidence).agrees


def test_a_sum_whose_large_terms_cancel_is_measured_by_the_terms() -> None:
    experiment = Experiment(
        preset="typed", typed="4000 -4000;", units=1, kernel_initializer="ones", bias_initializer="zeros",
    )  # fmt: skip
    run = run_experiment(experiment)
    assert run.trace["z_i"].item() == 0
    for off, agrees in ((2e-3, True), (4e-2, False)):  # of 8000
        evidence = evidence_like(run)
        q = evidence.trace.quantities
        q["z_i"] += np.float32(off)
        q["i"][:] = 1 / (1 + np.exp(-q["z_i"]))
        q["c"][:] = q["f"] * run.trace.start["c"] + q["i"] * q["candidate"]
        q["tanh_c"][:] = np.tanh(q["c"])
        q["h"][:] = q["o"] * q["tanh_c"]
        evidence.script.values["output"][:] = q["h"][-1]
        assert compare(run, evidence).agrees is agrees, off


BEYOND = Experiment(
    preset="typed", typed="1 1 1 1 1 1 1 1 1", units=1, return_sequences=True, activation="linear",
    edits=(Edit("kernel", 0, 2, 1e6),), recurrent_activation="linear", recurrent_initializer="ones",
)  # fmt: skip


def test_past_the_end_of_float32_one_may_have_inf_where_the_other_has_none() -> None:
    run = run_experiment(BEYOND)
    assert not np.isfinite(run.trace["c"]).all()
    agreement = compare(run, rounding_otherwise(run, error=1e-6))
    assert agreement.agrees
    evidence = evidence_like(run)
    first = int(np.isinf(run.trace["c"]).argmax())
    evidence.trace.quantities["c"][first] = 3.3e38
    assert compare(run, evidence).verdict == "agrees_beyond"
    evidence.trace.quantities["c"][0] = np.inf
    assert compare(run, evidence).verdict == "disagrees"


# ---- calls in a row, where values are too far apart to tell by themselves ----

KEPT = GROWING.changed(stateful=True, calls=3, timesteps=5)


def grown(run: Run) -> Evidence:
    """A Keras whose last number is off by more than values may be, and by no more than a step may."""
    evidence = evidence_like(run)
    evidence.trace.quantities["h"][-1] *= np.float32(1 + 1.5e-6)
    evidence.script.values["output"][:, -1] *= np.float32(1 + 1.5e-6)
    return evidence


def test_each_call_must_begin_with_what_the_one_before_it_left() -> None:
    run = run_experiment(KEPT)
    evidence = grown(run)
    assert compare(run, evidence).verdict == "agrees_stepwise"
    first, second = evidence.before
    h, c = second.start
    for before in (
        (first, second._replace(start=(h * np.float32(1.001), c))),
        (first, second._replace(start=(h * 0, c * 0))),
        (first, second._replace(end=first.end)),
        (first._replace(error=1e-4), second),
        (first._replace(masks=DropoutMasks(np.ones((1, 1, 1), np.float32), None)), second),
    ):
        assert not compare(run, replace(evidence, before=before)).agrees


def test_a_call_said_to_begin_with_zeros_or_a_given_state_must() -> None:
    for experiment in (GROWING, GROWING.changed(initial_state=True, initial_c=0.01, timesteps=9)):
        run = run_experiment(experiment)
        evidence = grown(run)
        assert compare(run, evidence).verdict == "agrees_stepwise"
        h, c = evidence.trace.start
        other = replace(evidence.trace, start=(h, c + np.float32(1e-6)))
        assert not compare(run, replace(evidence, trace=other)).agrees


def test_the_question_to_keras_holds_the_very_arrays_of_the_run() -> None:
    experiment = ALL.changed(mask="1", initial_state=True, initial_h=0.5, calls=3, stateful=True, reset_before=(3,))
    script, call = evidence_task(experiment)
    run = run_experiment(experiment)
    compile(script, "script", "exec")
    np.testing.assert_array_equal(call.x, run.trace.inputs)
    np.testing.assert_array_equal(call.mask, run.trace.mask)
    np.testing.assert_array_equal(call.initial_state, (run.trace.start["h"], run.trace.start["c"]))
    for ours, asked in zip(vars(run.weights).values(), vars(call.weights).values(), strict=True):
        assert ours.tobytes() == asked.tobytes()
    namespace: dict[str, Any] = {}
    exec(script.partition("layer = ")[0], namespace)
    for name, ours in vars(run.weights).items():
        np.testing.assert_array_equal(np.asarray(namespace[name], np.float32), ours)
    np.testing.assert_array_equal(namespace["x"], call.x)
    assert (call.calls, call.reset_before) == (3, (2,))  # counted from 0 there
