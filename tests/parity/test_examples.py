"""Every example against real Keras: what its model says, on what it opens with and on fresh sequences."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_core.examples import UNTRAINED_EXAMPLES, example
from lstm_core.keras_check.check import check
from lstm_core.predictions import predictions
from lstm_core.run import run_experiment
from lstm_core.tasks.registry import TASKS


@pytest.mark.parametrize("name", UNTRAINED_EXAMPLES)
def test_keras_computes_an_example_the_same(name: str) -> None:
    task, rng = TASKS[name], np.random.default_rng(11)
    for sentence in (task.opens_with, task.text(task.sample(rng)), task.text(task.sample(rng))):
        assert check(example(name).changed(sentence=sentence)).agrees


@pytest.mark.parametrize("name", ["reviews_en", "reviews_ko", "passengers"])
def test_what_is_said_after_a_step_is_what_keras_says_of_the_beginning(name: str) -> None:
    task = TASKS[name]
    found = predictions(run_experiment(example(name)))
    assert found is not None
    steps = task.read(task.opens_with)
    for end in (1, len(steps) // 2, len(steps) - 1):
        beginning = run_experiment(example(name).changed(sentence=task.text(steps[:end])))
        assert beginning.last.prediction is not None
        assert check(beginning.experiment).agrees
        assert found[end - 1] == pytest.approx(beginning.last.prediction, abs=1e-6)
