"""Whether the text of a tensor can be promised before Keras has computed it: only where rounding cannot change it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.agreement import largest_difference
from lstm_core.keras_check.rounding import MAX_TOLERANCE, USUAL, outputs_settled, rounding
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.outputs import printed
from lstm_core.layers.trace import DropoutMasks, of_one_layer
from lstm_core.run import Run, run_experiment
from tests.experiments import CELL_NAMES, experiments
from tests.layers import ACTIVATION_PAIRS

GROWING = Experiment(
    preset="noise", timesteps=40, features=2, units=3, activation="relu", recurrent_initializer="he_normal",
    kernel_initializer="he_normal", forget_bias=3.0, return_sequences=True,
)  # fmt: skip


def one_ulp_away(run: Run) -> tuple[np.ndarray, ...]:
    """The states (T, B, U) of the last call, as plain float32 steps give them from an x with other last bits."""
    layer, spec = run.experiment.layer, run.trace.spec
    states = tuple(run.trace.start[name] for name in spec.state_names)
    taken = {name: getattr(layer, name) for name in {gate.activation for gate in spec.gates}}
    steps = []
    x = run.trace.inputs[:, run.trace.time_index].transpose(1, 0, 2)
    used = None if run.trace.mask is None else run.trace.mask[:, run.trace.time_index].T[:, :, None]
    with np.errstate(all="ignore"):
        for number, x_t in enumerate(np.where(x == 0, x, np.nextafter(x, np.float32(np.inf)))):  # a zero is exact
            step = spec.step(x_t, *states, run.weights, **taken)
            states = tuple(
                getattr(step, name) if used is None else np.where(used[number], getattr(step, name), old)
                for name, old in zip(spec.state_names, states, strict=True)
            )
            steps.append(states)
    return tuple(np.stack(state) for state in zip(*steps, strict=True))


def test_an_ordinary_experiment_rounds_as_usual_and_its_text_is_promised_at_once() -> None:
    for experiment in (Experiment(), Experiment(return_state=True, units=16), Experiment(preset="sine", timesteps=40)):
        run = run_experiment(experiment)
        assert rounding(run) < USUAL
    assert outputs_settled(run_experiment(Experiment()))


def test_where_rounding_grows_the_text_waits_for_keras() -> None:
    run = run_experiment(GROWING)
    assert rounding(run) > MAX_TOLERANCE
    assert not outputs_settled(run)
    short = run_experiment(GROWING.changed(timesteps=1))
    assert rounding(short) < USUAL


def test_large_terms_that_cancel_leave_rounding_of_their_own_size() -> None:
    cancelling = Experiment(preset="typed", typed="4000 -4000;", units=1, kernel_initializer="ones")
    assert rounding(run_experiment(cancelling)) > 1e-4
    assert not outputs_settled(run_experiment(cancelling))
    assert rounding(run_experiment(cancelling.changed(typed="2 -2;"))) < USUAL


def test_numbers_by_hand_wait_where_they_magnify_rounding() -> None:
    by_hand = Experiment(
        preset="typed", typed="0.3 0.2", units=2, activation="linear", initial_state=True, return_state=True,
        edits=(Edit("c", 0, 0, 1e4), Edit("recurrent_kernel", 0, 1, -3000.0), Edit("recurrent_kernel", 1, 1, 3000.0)),
    )  # fmt: skip
    assert not outputs_settled(run_experiment(by_hand))


def test_zeros_of_relu_may_be_minus_zeros_but_zeros_of_a_mask_are_none() -> None:
    relu = Experiment(
        preset="typed", typed="1 1", units=1, activation="relu", kernel_initializer="ones", use_bias=False,
        return_sequences=True,
    )  # fmt: skip
    assert outputs_settled(run_experiment(relu))
    masked = run_experiment(relu.changed(mask="1", zero_output_for_mask=True))
    assert masked.outputs[0].array[0, 0] == 0
    assert outputs_settled(masked)
    dead = run_experiment(relu.changed(typed="-1 -2"))
    assert not dead.outputs[0].array.any()
    assert not outputs_settled(dead)


def test_past_the_end_of_float32_nothing_is_promised() -> None:
    run = run_experiment(GROWING.changed(recurrent_activation="linear", recurrent_initializer="ones", timesteps=30))
    assert not np.isfinite(run.trace["h"]).all()
    assert rounding(run) == np.inf


def test_a_run_too_long_to_try_is_not_promised() -> None:
    assert rounding(run_experiment(Experiment(preset="sine", timesteps=301))) == np.inf
    assert rounding(run_experiment(Experiment(preset="sine", timesteps=100, stateful=True, calls=4))) == np.inf
    assert rounding(run_experiment(Experiment(preset="sine", timesteps=100, stateful=True, calls=4, reset_before=(4,))))


def test_rounding_of_calls_before_counts_where_their_state_is_kept() -> None:
    once = GROWING.changed(timesteps=12)
    alone, kept = (run_experiment(once.changed(stateful=True, calls=calls)) for calls in (1, 4))
    reset = run_experiment(once.changed(stateful=True, calls=4, reset_before=(4,)))
    assert rounding(kept) > rounding(alone)
    assert rounding(reset) == rounding(alone)


def test_dropout_masks_count_of_the_call_they_belong_to() -> None:
    experiment = GROWING.changed(timesteps=12, dropout=0.5, training=True, stateful=True, calls=2)
    large, none = of_one_layer(DropoutMasks(np.full((1, 1, 2), scale, np.float32), None) for scale in (1e6, 0.0))
    first, last = (rounding(run_experiment(experiment, masks)) for masks in ((large, none), (none, large)))
    neither = rounding(run_experiment(experiment, (none, none)))
    assert neither < first
    assert neither < last


def test_rounding_that_grows_in_one_layer_of_a_model_is_rounding_of_the_model() -> None:
    calm = LayerArguments(return_sequences=True, units=3)
    model = GROWING.changed(layers=(calm, calm))
    usual = rounding(run_experiment(model))
    assert usual < USUAL
    grown = GROWING.layer
    below = run_experiment(GROWING.changed(layers=(grown, calm)))
    assert rounding(below) > MAX_TOLERANCE
    assert not outputs_settled(below)
    for layers in ((calm, grown), (calm, replace(grown, bidirectional=True, merge_mode="sum"))):
        assert rounding(run_experiment(GROWING.changed(layers=layers))) > 2 * usual


def test_a_dense_layer_whose_terms_cancel_makes_its_prediction_wait() -> None:
    model = Experiment(units=1, head="dense")
    run = run_experiment(model)
    assert outputs_settled(run)
    h = float(run.outputs[0].array[0, 0])
    cancelling = model.changed(edits=(Edit("head_kernel", 0, 0, 1e5), Edit("head_bias", 0, 0, -1e5 * h)))
    assert rounding(run_experiment(cancelling)) > MAX_TOLERANCE
    assert not outputs_settled(run_experiment(cancelling))


def test_a_model_counts_the_steps_of_all_its_layers_before_it_is_tried() -> None:
    layer = LayerArguments(return_sequences=True)
    long = Experiment(preset="sine", timesteps=151)
    assert rounding(run_experiment(long)) < USUAL
    assert rounding(run_experiment(long.changed(layers=(layer, layer)))) == np.inf


CELLS = {
    "LSTM": {"cell": "LSTM"},
    "GRU": {"cell": "GRU"},
    "GRU, reset before": {"cell": "GRU", "reset_after": False},
    "SimpleRNN": {"cell": "SimpleRNN"},
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize(("activation", "recurrent_activation"), ACTIVATION_PAIRS)
def test_what_is_tried_out_is_what_the_layer_computes(
    cell: dict[str, object], activation: str, recurrent_activation: str
) -> None:
    """Another sound computation is no further away than was said, and not far nearer either."""
    for changes in ({}, {"mask": "2, 5-6; 1", "go_backwards": True, "initial_state": True, "initial_c": 0.5}):
        experiment = Experiment(
            preset="noise", timesteps=12, features=3, batch=2, units=4, bias_initializer="random_normal",
            activation=activation, recurrent_activation=recurrent_activation, **cell, **changes,
        )  # fmt: skip
        run = run_experiment(experiment)
        names = run.trace.spec.state_names
        if not all(np.isfinite(run.trace[name]).all() for name in names):
            assert rounding(run) == np.inf
            continue
        states = zip(one_ulp_away(run), names, strict=True)
        apart = max(largest_difference(state, run.trace[name]) for state, name in states)
        assert apart <= 2 * rounding(run) <= 100 * max(apart, 1e-7)


@settings(max_examples=100)
@given(experiments(CELL_NAMES).filter(lambda experiment: not experiment.draws_dropout))
def test_a_promised_text_is_that_of_any_other_sound_computation(experiment: Experiment) -> None:
    run = run_experiment(experiment.changed(calls=1, reset_before=(), return_sequences=True, return_state=True))
    if not outputs_settled(run):
        return
    for state, output in zip(one_ulp_away(run), run.outputs[1:], strict=True):
        assert printed(state[-1]) == printed(output.array)
