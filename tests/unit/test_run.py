"""Several calls of one layer: what is kept between them, what is not, and what the page shows of the last."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given, settings

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.messages import layer_call
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.spec import LSTM
from lstm_core.layers.trace import DropoutMasks, Masks, of_one_layer
from lstm_core.run import Run, front_mask, front_mask_unseen, run_experiment
from tests.experiments import CELL_NAMES, experiments
from tests.layers import run_lstm

BASE = Experiment(preset="noise", timesteps=5, features=2, batch=2, units=3, stateful=True, calls=3)


def run(**changes: object) -> Run:
    return run_experiment(BASE.changed(**changes))


def starts(done: Run) -> list[str]:
    return [call.start for call in done.calls]


@pytest.mark.parametrize("mask", ["", "2", "1-2; 5"])
@pytest.mark.parametrize("go_backwards", [False, True])
def test_stateful_calls_in_a_row_are_one_call_over_the_sequences_in_a_row(go_backwards: bool, mask: str) -> None:
    done = run(go_backwards=go_backwards, mask=mask)
    experiment = done.experiment
    used = experiment.step_mask()
    whole = run_lstm(
        np.concatenate([experiment.data()] * 3, axis=1),
        experiment.weights(),
        go_backwards=go_backwards,
        mask=None if used is None else np.concatenate([used] * 3, axis=1),
    )
    assert starts(done) == ["zeros", "kept", "kept"]
    for number, call in enumerate(done.calls, start=1):
        np.testing.assert_allclose(call.end["h"], whole["h"][5 * number - 1], atol=1e-6)
        np.testing.assert_allclose(call.end["c"], whole["c"][5 * number - 1], atol=1e-6)
    for name in LSTM.quantities:
        np.testing.assert_allclose(done.trace[name], whole[name][10:], atol=1e-6)


def test_without_stateful_every_call_begins_anew_and_is_the_same() -> None:
    done = run(stateful=False)
    assert starts(done) == ["zeros"] * 3
    first, *others = done.calls
    assert all(
        call.end["h"].tobytes() == first.end["h"].tobytes() and call.end["c"].tobytes() == first.end["c"].tobytes()
        for call in others
    )


def test_reset_state_puts_zeros_back_before_the_calls_it_names() -> None:
    done = run(reset_before=(3,))
    assert starts(done) == ["zeros", "kept", "reset"]
    np.testing.assert_array_equal(done.calls[2].end["h"], done.calls[0].end["h"])
    assert not np.array_equal(done.calls[1].end["h"], done.calls[0].end["h"])
    assert not done.trace.start["h"].any()


def test_a_given_state_comes_before_a_kept_one() -> None:
    done = run(initial_state=True, initial_h=0.5, initial_c=-1.0, reset_before=(2,))
    assert starts(done) == ["given"] * 3
    assert (done.trace.start["h"] == 0.5).all()
    assert (done.trace.start["c"] == -1.0).all()
    np.testing.assert_array_equal(done.calls[2].end["h"], done.calls[0].end["h"])


def test_a_number_of_the_given_state_set_by_hand_counts_in_its_place() -> None:
    done = run(initial_state=True, initial_c=2.0, edits=(Edit("c", 1, 2, -3.0), Edit("h", 0, 0, 0.25)))
    assert done.trace.start["c"].tolist() == [[2.0, 2.0, 2.0], [2.0, 2.0, -3.0]]
    assert done.trace.start["h"].tolist() == [[0.25, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_what_is_shown_is_the_last_call() -> None:
    done = run(return_state=True)
    np.testing.assert_array_equal(done.calls[-1].end["h"], done.trace["h"][-1])
    np.testing.assert_array_equal(done.outputs[2].array, done.calls[-1].end["c"])
    np.testing.assert_array_equal(done.trace.start["h"], done.calls[1].end["h"])


# ---- dropout ----

DROPOUT = BASE.changed(dropout=0.5, training=True, calls=2)


def drawn(value: float) -> Masks:
    return of_one_layer([DropoutMasks(np.full((1, 2, 2), value, np.float32), None)])[0]


def test_dropout_needs_the_masks_of_keras_for_each_call() -> None:
    for masks in (None, (), (drawn(1.0),)):
        with pytest.raises(ValueError, match="masks for each of 2 calls"):
            run_experiment(DROPOUT, masks)


def test_each_call_gets_its_own_masks() -> None:
    kept = run_experiment(DROPOUT, (drawn(1.0), drawn(1.0)))
    np.testing.assert_array_equal(kept.trace["h"], run_experiment(DROPOUT.changed(training=False)).trace["h"])
    second_silent = run_experiment(DROPOUT, (drawn(1.0), drawn(0.0)))
    np.testing.assert_array_equal(second_silent.calls[0].end["h"], kept.calls[0].end["h"])
    assert not np.array_equal(second_silent.calls[1].end["h"], kept.calls[1].end["h"])
    assert second_silent.trace.dropout_mask is not None
    assert not second_silent.trace.dropout_mask.any()


@pytest.mark.parametrize("changes", [{"training": False}, {"dropout": 0.0}])
def test_without_training_or_a_rate_no_masks_are_needed(changes: dict[str, object]) -> None:
    assert run_experiment(DROPOUT.changed(**changes)).trace.dropout_mask is None


# ---- any experiment ----


@settings(max_examples=60)
@given(experiments(CELL_NAMES))
def test_any_experiment_runs_and_its_states_are_where_it_says(experiment: Experiment) -> None:
    with np.errstate(all="ignore"):  # activations without bounds may overflow
        done = run_experiment(experiment.changed(training=False))
    batch, timesteps, _ = experiment.shape
    assert done.trace["h"].shape == (timesteps, batch, experiment.units)
    assert len(done.calls) == experiment.calls
    for name in experiment.layer.spec.state_names:
        assert done.calls[-1].end[name].tobytes() == done.trace[name][-1].tobytes()
    for number, call in enumerate(done.calls[1:], start=2):
        if call.start in ("zeros", "reset", "given"):
            assert call.end["h"].tobytes() == done.calls[0].end["h"].tobytes()
        else:
            assert number not in experiment.reset_before
            assert experiment.stateful


@settings(max_examples=60)
@given(experiments(CELL_NAMES))
def test_keras_is_asked_for_exactly_what_was_run(experiment: Experiment) -> None:
    call = layer_call(experiment)
    assert call.x.tobytes() == experiment.data().tobytes()
    arrays = zip(astuple(call.weights), astuple(experiment.weights()), strict=True)
    assert all(np.array_equal(ours, theirs) for ours, theirs in arrays)
    assert call.arguments == experiment.layer
    assert (call.training, call.calls) == (experiment.training, experiment.calls)
    assert (call.mask is None) == (not experiment.mask.strip())
    assert (call.initial_state is not None) == experiment.initial_state
    assert [number + 1 for number in call.reset_before] == list(experiment.reset_before)


BOTH = LayerArguments(bidirectional=True, return_state=True)


@pytest.mark.parametrize(
    ("layers", "head", "opened", "named"),
    [
        ((LayerArguments(return_state=True),), "none", Opened(1), [("output", 1), ("state_h", 2), ("state_c", 3)]),
        ((BOTH,), "none", Opened(1), [("output", 0), ("forward_h", 2), ("forward_c", 3)]),
        ((BOTH,), "none", Opened(1, True), [("output", 0), ("backward_h", 4), ("backward_c", 5)]),
        (
            (replace(BOTH, merge_mode="None"),),
            "none",
            Opened(1, True),
            [("backward_output", 2), ("backward_h", 5), ("backward_c", 6)],
        ),
        ((LayerArguments(return_sequences=True), LayerArguments()), "none", Opened(1), [("output", 0)]),
        ((LayerArguments(return_sequences=True), LayerArguments()), "none", Opened(2), [("output", 1)]),
        ((LayerArguments(cell="GRU", return_state=True),), "dense", Opened(1), [("output", 0), ("state_h", 2)]),
    ],
)
def test_of_a_layer_in_a_model_what_the_model_returns_has_the_models_names_and_places_and_the_rest_is_handed_on(
    layers: tuple[LayerArguments, ...], head: str, opened: Opened, named: list[tuple[str, int]]
) -> None:
    run = run_experiment(Experiment(layers=layers, head=head)).open(opened)
    assert [(output.name, output.order) for output in run.outputs_in_model] == named
    returned = {one.name: one.array for one in run.returned}
    for output, own in zip(run.outputs_in_model, run.outputs, strict=True):
        assert output.array is own.array
        if output.order:
            assert returned[output.name] is own.array
            assert list(returned).index(output.name) == output.order - 1


@pytest.mark.parametrize(
    "front",
    [
        {"front": "masking", "mask_value": 0.5},
        {"front": "embedding", "mask_zero": True, "input_dim": 2},
    ],
)
def test_the_mask_of_the_front_is_told_as_the_layers_have_it_and_where_the_first_does_not(
    front: dict[str, object],
) -> None:
    typed = {"preset": "typed", "typed": "1 0 1 0" if front["front"] == "embedding" else "1 0.5 1 0.5"}
    two = (LayerArguments(return_sequences=True), LayerArguments(cell="GRU"))
    model = Experiment(layers=two, **typed, **front)
    told = front_mask(model)
    assert told is not None
    assert told.tolist() == [[True, False, True, False]]
    for called, seen in ((model, True), (model.changed(initial_state=True), False)):
        first, second = (run_experiment(called).open(Opened(k)).trace.mask for k in (1, 2))
        assert second is not None
        assert np.array_equal(second, told)
        assert (first is not None) == seen
        assert front_mask_unseen(called) == (not seen)
    called = model.changed(initial_state=True, mask="1")
    assert not front_mask_unseen(called)
    assert run_experiment(called).trace.mask.tolist() == [[False, True, True, True]]
    assert front_mask(model.changed(front="none")) is None
    assert front_mask(model.changed(typed="1 1 1 1")) is None
