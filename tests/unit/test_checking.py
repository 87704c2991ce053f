"""What pages ask Keras is one question for all who ask the same, with what it costs known before."""

from __future__ import annotations

from concurrent.futures import Future

from lstm_core.experiment import Experiment
from lstm_core.keras_check.costs import of_check, steps_within
from lstm_core.keras_check.office import MAX_SECONDS
from lstm_core.keras_check.questions import WorkerFailed
from lstm_core.keras_check.worker import KerasWorker
from lstm_core.layers.arguments import LayerArguments
from lstm_core.lessons.lesson import Script
from pages.ui.keras.checking import Asked, Checks

NOISE = Experiment(preset="noise", timesteps=1000)


def test_sessions_that_show_the_same_wait_for_one_answer() -> None:
    checks = Checks(KerasWorker())
    dropout = Experiment(dropout=0.5, training=True)
    script = Script("one", "print(1)")
    for ask in (
        lambda owner: checks.agreement(Experiment(), owner),
        lambda owner: checks.masks(dropout, owner),
        lambda owner: checks.script(script, owner),
    ):
        assert ask("ann") is ask("bob")
    assert checks.agreement(Experiment(units=5), "ann") is not checks.agreement(Experiment(), "ann")
    assert checks.masks(dropout.changed(go_backwards=True), "ann") is checks.masks(dropout, "ann")
    assert checks.worker.office.waiting == 4


def test_an_experiment_that_is_too_dear_is_not_asked_and_the_largest_single_call_is() -> None:
    checks = Checks(KerasWorker())
    largest = NOISE.changed(batch=4, units=64, features=32, recurrent_dropout=0.5, training=True, unroll=True)
    assert of_check(largest) < MAX_SECONDS
    assert not checks.agreement(largest, "ann").done()
    failure = checks.agreement(largest.changed(calls=8, stateful=True), "ann").exception(0)
    assert isinstance(failure, WorkerFailed)
    assert failure.reason == "too_large"


def test_a_page_goes_on_waiting_only_where_an_answer_may_still_come() -> None:
    for reason, waits in (("busy", True), ("killed", True), ("too_large", False), ("given_up", False)):
        failure = WorkerFailed(reason, "")  # type: ignore[arg-type]
        assert Asked(NOISE, None, None, None, failure, ()).waits == waits
        assert Asked(NOISE, None, failure, None, None, ()).waits == waits
        assert Asked(NOISE, None, None, None, failure, (Future(),)).waits  # dropout masks come all the same


def test_a_model_costs_more_than_its_first_layer_and_less_than_three_times_a_layer_for_each() -> None:
    several = tuple(LayerArguments(return_sequences=True, cell=cell) for cell in ("LSTM", "GRU", "SimpleRNN"))
    for timesteps in (10, 300):
        alone = [of_check(Experiment(preset="noise", timesteps=timesteps, layers=(layer,))) for layer in several]
        model = of_check(Experiment(preset="noise", timesteps=timesteps, layers=several))
        assert sum(alone) < model < 3 * sum(alone)


def test_both_directions_of_a_bidirectional_cost_and_so_many_steps_fit_as_are_said() -> None:
    one = NOISE.changed(layers=(LayerArguments(return_sequences=True), LayerArguments()))
    both = NOISE.changed(layers=(LayerArguments(return_sequences=True), LayerArguments(bidirectional=True)))
    assert of_check(both) > 1.3 * of_check(one)
    steps = steps_within(3.0, both)
    assert of_check(both.changed(timesteps=steps)) <= 3.0 < of_check(both.changed(timesteps=steps + 1))
