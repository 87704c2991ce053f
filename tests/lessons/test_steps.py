"""One step at a time: handed on whole it is one call to the bit; each way of getting it wrong shows where and why."""

import numpy as np
import pytest

from lstm_core.keras_worker import draw_dropout_masks, show_script
from lstm_core.lessons import steps
from lstm_core.lessons.lesson import comments
from lstm_core.run import run_experiment

SAY = comments("steps", "en")
SCRIPTS = {script.name: script for script in steps.scripts(steps.BASE, SAY)}


def test_handed_on_whole_t_calls_are_one_call_to_the_bit() -> None:
    one = steps.one_call(steps.BASE, "handed")
    assert np.array_equal(steps.step_by_step(steps.BASE, "handed"), one)
    assert np.array_equal(one, run_experiment(steps.BASE).trace.h[:, 0])


@pytest.mark.parametrize(("way", "first"), [("forgotten", 2), ("h_only", 2), ("kept", 1)])
def test_a_state_that_is_not_handed_on_as_it_should_is_felt_from_its_step_on(way: str, first: int) -> None:
    one, many = steps.one_call(steps.BASE, way), steps.step_by_step(steps.BASE, way)
    assert steps.first_difference(one, many) == first


def test_with_dropout_t_calls_draw_t_masks_and_one_call_draws_one() -> None:
    experiment = steps.with_dropout(steps.BASE)
    batch, timesteps, features = experiment.shape
    masks = draw_dropout_masks(batch, features, experiment.units, experiment.dropout, 0.0, experiment.seed, timesteps)
    rows = steps.mask_rows(masks)
    assert rows.shape == (timesteps, features)
    assert set(np.unique(rows)) <= {0.0, 2.0}
    assert len(np.unique(rows, axis=0)) > 1
    one, many = steps.one_call(experiment, "dropout", masks), steps.step_by_step(experiment, "dropout", masks)
    assert np.array_equal(one[0], many[0])  # the first call draws the mask that the one call draws
    assert not np.array_equal(one, many)


@pytest.mark.parametrize(("name", "differences"), [("by_hand", 1), ("custom_layer", 1), ("other_ways", 2)])
def test_in_keras_too_the_difference_is_nothing(name: str, differences: int) -> None:
    shown = show_script(SCRIPTS[name].source)
    assert shown.error is None
    assert shown.printed.splitlines()[-differences:] == ["0.0"] * differences


def test_the_times_of_four_ways_are_measured() -> None:
    shown = show_script(SCRIPTS["times"].source)
    assert shown.error is None
    assert [float(line.split()[-2]) > 0 for line in shown.printed.splitlines()] == [True] * 4
