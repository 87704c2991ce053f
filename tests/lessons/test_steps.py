"""One step at a time: T calls that hand on h and c are one call to the bit; what each mistake changes, as in Keras."""

import numpy as np
import pytest

from lstm_core.experiment import Experiment
from lstm_core.keras_check.tasks import draw_dropout_masks, show_script
from lstm_core.layers.trace import of_one_layer
from lstm_core.lessons import steps
from lstm_core.lessons.lesson import comments
from lstm_core.lessons.steps import Fed, Feeding
from lstm_core.run import run_experiment

SAY = comments("steps", "en")
QUIET = steps.plain(steps.BASE).changed(dropout=0.0)
TRAINING = steps.plain(steps.BASE).changed(training=True)
FEEDINGS = [Feeding(handed, kept) for handed in steps.HANDED for kept in (False, True)]
PLAIN = pytest.mark.parametrize(
    "experiment",
    [
        QUIET,
        QUIET.changed(preset="noise", timesteps=13, features=5, units=7, batch=3),
        QUIET.changed(activation="relu", recurrent_activation="hard_sigmoid", use_bias=False),
        QUIET.changed(units=12, forget_bias=-0.5),
    ],
    ids=["lesson", "batch", "activations", "by hand"],
)


def in_training() -> Fed:
    batch, timesteps, features = TRAINING.shape
    drawn = draw_dropout_masks(batch, features, TRAINING.units, TRAINING.dropout, 0.0, TRAINING.seed, timesteps)
    return steps.fed(TRAINING, masks=drawn)


def numbers(printed: str) -> list[float]:
    return [float(number) for number in printed.replace("[", " ").replace("]", " ").split()]


def by_keras(fed: Fed, source: str) -> None:
    """Keras's script prints h of each step as `fed` has it, and a largest difference that is its own."""
    shown = show_script(source)
    assert shown.error is None
    stepped, largest = shown.printed.split(SAY("largest_difference"))
    np.testing.assert_allclose(numbers(stepped), fed.stepped_h.transpose(1, 0, 2).ravel(), atol=6e-5)
    np.testing.assert_allclose(float(largest.split()[0]), fed.apart.max(), rtol=1e-3, atol=0)


@PLAIN
def test_handed_on_whole_t_calls_are_one_call_to_the_bit(experiment: Experiment) -> None:
    fed = steps.fed(experiment)
    assert np.array_equal(fed.stepped_h, fed.h)
    assert np.array_equal(fed.stepped_c, fed.c)
    assert np.array_equal(fed.h, run_experiment(experiment).trace["h"])
    assert fed.first is None


@PLAIN
@pytest.mark.parametrize("feeding", FEEDINGS, ids=str)
def test_keras_fed_so_gives_the_same_numbers(experiment: Experiment, feeding: Feeding) -> None:
    by_keras(steps.fed(experiment, feeding), steps.loop_script(experiment, feeding, SAY).source)


@pytest.mark.parametrize(
    ("feeding", "first"),
    [(Feeding("h"), 2), (Feeding("nothing"), 2), (Feeding("both", kept=True), 1), (Feeding("nothing", kept=True), 2)],
    ids=str,
)
def test_a_mistake_is_felt_from_the_first_step_that_misses_something(feeding: Feeding, first: int) -> None:
    fed = steps.fed(QUIET, feeding)
    assert fed.first == first
    assert (fed.apart[: first - 1] == 0).all()
    assert (fed.apart[first - 1 :] > 0).all()


def test_with_nothing_handed_on_the_same_word_gives_the_same_h_wherever_it_stands() -> None:
    assert QUIET.words is not None
    first, again = (step for step, word in enumerate(QUIET.words) if word == "the")
    stepped, right = steps.fed(QUIET, Feeding("nothing")).stepped_h, steps.fed(QUIET).stepped_h
    assert np.array_equal(stepped[first], stepped[again])
    assert not np.array_equal(right[first], right[again])


def test_in_training_keras_draws_a_mask_for_every_call_and_begins_with_that_of_the_one_call() -> None:
    fed = in_training()
    assert fed.mask is not None
    assert fed.masks is not None
    assert fed.masks.shape == TRAINING.shape[1:]
    assert set(np.unique(fed.masks)) == {0.0, 2.0}
    assert np.array_equal(fed.masks[0], fed.mask)
    assert fed.first == 1 + int((fed.masks != fed.mask).any(axis=1).argmax())
    assert fed.other_masks == sum(tuple(mask) != tuple(fed.mask) for mask in fed.masks) > 0
    by_keras(fed, steps.loop_script(TRAINING, steps.RIGHT, SAY).source)


def test_one_call_in_training_is_what_keras_gives_with_its_one_mask() -> None:
    batch, _, features = TRAINING.shape
    masks = draw_dropout_masks(batch, features, TRAINING.units, TRAINING.dropout, 0.0, TRAINING.seed)
    assert np.array_equal(in_training().h, run_experiment(TRAINING, of_one_layer(masks)).trace["h"])


def test_the_three_other_ways_give_what_one_call_gives() -> None:
    own, rnn, stateful, _ = steps.other_ways(steps.BASE, SAY)
    for script in (own, rnn):
        by_keras(steps.fed(QUIET), script.source)
    assert show_script(own.source).printed.splitlines()[-1] == "(None, 6, 2)"
    first, second, reset = show_script(stateful.source).printed.splitlines()
    assert first.endswith(": 0")
    assert reset.endswith(": 0")
    kept = steps.fed(QUIET, Feeding("both", kept=True)).apart.max()
    assert float(second.split()[-1]) == pytest.approx(kept, rel=1e-3)


def test_the_times_of_all_ways_are_measured() -> None:
    shown = show_script(steps.other_ways(steps.BASE, SAY)[-1].source)
    assert shown.error is None
    header, *lines = shown.printed.splitlines()
    assert header.split()[:2] == ["eager", "tf.function"]
    assert len(lines) == 5
    assert all(float(line.split()[place]) > 0 for line in lines for place in (0, 2, 4))


def test_the_answers_are_what_the_numbers_say() -> None:
    answers = {question.name: question.answer for question in steps.questions(run_experiment(steps.BASE))}
    assert answers["first"] == {1: "first", 2: "second", None: "never"}[steps.fed(QUIET, Feeding("h")).first]
    assert answers["same"] == ("same" if steps.fed(QUIET).first is None else "other")
    assert answers["dropout"] == ("new" if in_training().first else "same")
