"""A model of the next letter writes on: each letter that it draws goes in as the next one."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.model_weights import Opened, is_state
from lstm_core.layers.trace import States
from lstm_core.predictions import Array
from lstm_core.run import model_called
from lstm_core.tasks.task import Steps


def writes(experiment: Experiment) -> bool:
    """Whether a model says of every letter how likely it is to come next, and reads forward alone."""
    task = experiment.task
    return (
        task is not None
        and task.loss == "categorical_crossentropy"
        and experiment.head_activation == "softmax"
        and experiment.head_units == len(task.classes)
        and not any(layer.bidirectional or layer.go_backwards for layer in experiment.layers)
    )


@lru_cache(maxsize=64)
def written(experiment: Experiment, letters: int, *, temperature: float, seed: int) -> Steps:
    """Return so many letters that the model writes behind its sequence; () for one that does not.

    Each is drawn from the shares p as p ** (1 / temperature), made to add up to 1; at temperature 0 the likeliest is
    taken. After each call the layers go on with the states that it ended with.
    """
    task = experiment.task
    if task is None or not writes(experiment):
        return ()
    going_on = tuple(replace(layer, stateful=True) for layer in experiment.layers)
    going = replace(
        experiment, layers=going_on, mask="", initial_state=False, edits=_of_weights(experiment), held=(), batch=1
    )
    weights, rng = going.model_weights(), np.random.default_rng(seed)
    kept: dict[Opened, States] = {}
    x, found = task.encode(task.read(experiment.sentence))[None], list[str]()
    for number in range(1, letters + 1):
        called = model_called(going, weights, x, number=number, kept=kept)
        assert called.prediction is not None
        shares = called.prediction.reshape(-1, len(task.classes))[-1]
        kept = {Opened(k): layer.directions[0].trace.end for k, layer in enumerate(called.layers, start=1)}
        found.append(task.classes[_drawn(shares, temperature, rng)])
        x = task.encode((found[-1],))[None]
    return tuple(found)


def _of_weights(experiment: Experiment) -> tuple[Edit, ...]:
    return tuple(edit for edit in experiment.edits if not is_state(edit.tensor))


def _drawn(shares: Array, temperature: float, rng: np.random.Generator) -> int:
    """Return which class is drawn.

    >>> _drawn(np.float32([0.2, 0.5, 0.3]), 0.0, np.random.default_rng(0))
    1
    """
    if not temperature:
        return int(shares.argmax())
    with np.errstate(divide="ignore"):
        logits = np.log(shares.astype(np.float64)) / temperature
    raised = np.exp(logits - logits.max())
    return int(rng.choice(len(shares), p=raised / raised.sum()))
