"""`make examples`: trains every example from its seeds, and keeps what it has learned in assets/trained."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from importlib.metadata import version
from time import perf_counter
from types import MappingProxyType

import numpy as np

from lstm_core.examples import UNTRAINED_EXAMPLES
from lstm_core.experiment import Experiment
from lstm_core.layers.model_weights import ModelWeights
from lstm_core.layers.packed import pack_tensors
from lstm_core.tasks.passengers import DEVIATION, LEARNED, SERIES, windows
from lstm_core.tasks.registry import TASKS
from lstm_core.tasks.task import Array, Batch, Task
from lstm_core.tasks.trained import Trained, keep
from lstm_core.training.trainer import Training, as_trained, call, train

FRESH_SEED = 1_000
"""Seed of the draw that a model is judged by. What a task can draw may be little, and have been learned from too."""
FRESH_BATCHES = 40

TRAININGS: Mapping[str, tuple[int, Training]] = MappingProxyType(
    {
        "counting": (6, Training(learning_rate=0.02, steps=1500)),
        "switch": (1, Training(learning_rate=0.02, steps=600)),
        "reviews_en": (3, Training(learning_rate=0.02, steps=400)),
        "reviews_ko": (1, Training(learning_rate=0.02, steps=600)),
        "letters_en": (1, Training(learning_rate=0.01, steps=600)),
        "letters_ko": (1, Training(learning_rate=0.01, steps=600)),
        "passengers": (1, Training(learning_rate=0.01, steps=800)),
    }
)
"""For each example the seed of its weights, and how it is trained."""


def made(name: str) -> Trained:
    """Return an example's model, trained."""
    task, (weights_seed, training) = TASKS[name], TRAININGS[name]
    model = as_trained(UNTRAINED_EXAMPLES[name].changed(weights_seed=weights_seed), task)
    *_, (loss, weights) = train(model, task, training)
    score, baseline = judged(model, weights, task)
    shapes = {tensor: array.shape for tensor, array in weights.tensors.items()}
    packed = pack_tensors(weights.tensors.values())
    return Trained(
        weights_seed=weights_seed,
        **asdict(training),
        loss=round(loss, 4),
        score=round(score, 4),
        baseline=round(baseline, 4),
        keras=version("keras"),
        shapes=shapes,
        packed=packed,
    )


def training_of(kept: Trained) -> Training:
    """Return how a model was trained, from what is kept of it."""
    return Training(**{field.name: getattr(kept, field.name) for field in fields(Training)})


def judged(model: Experiment, weights: ModelWeights, task: Task) -> tuple[float, float]:
    """Return how well a model does on sequences drawn by another seed, and the best answer that looks at none of them.

    Of a task with classes the share of right answers, where there is a right one; else the mean absolute error in
    thousands of passengers. Passengers are judged by months that the model did not learn from; what counting and
    letters draw was learned from too: eight strings, pieces of one text.
    """
    rng = np.random.default_rng(FRESH_SEED)
    if task.loss == "mean_squared_error":
        fresh = [windows(LEARNED, len(SERIES))]
    else:
        fresh = [task.draw(rng, 32) for _ in range(FRESH_BATCHES)]
    said = [_said(model, weights, batch) for batch in fresh]
    if task.loss == "mean_squared_error":
        (y,), (prediction,) = [batch.y for batch in fresh], said
        return float(np.abs(prediction - y).mean() * DEVIATION), float(np.abs(y).mean() * DEVIATION)
    right = [_chosen(prediction) for prediction in said]
    wanted = [_chosen(batch.y) for batch in fresh]
    decided = np.concatenate([(batch.y != 0.5).any(axis=-1).ravel() for batch in fresh])
    found, wanted_all = (np.concatenate([one.ravel() for one in several])[decided] for several in (right, wanted))
    most_frequent = np.bincount(wanted_all).max() / len(wanted_all)
    return float((found == wanted_all).mean()), float(most_frequent)


def _said(model: Experiment, weights: ModelWeights, batch: Batch) -> Array:
    prediction = call(model, weights, batch).called.prediction
    assert prediction is not None
    return prediction


def _chosen(said: Array) -> np.ndarray:
    """Return the class that is said: the most likely one, or of one class whether it is likelier than not."""
    return said.argmax(axis=-1) if said.shape[-1] > 1 else (said[..., 0] > 0.5).astype(int)


def _main(names: Sequence[str]) -> None:
    """Train the examples of these names, all of them if there is none, and print a table of what came of it."""
    unknown = sorted(set(names) - set(TRAININGS))
    if unknown:
        sys.exit(f"There is no example named {', '.join(unknown)}; there are {', '.join(TRAININGS)}.")
    print(_ROW.format("example", "steps", "seconds", "loss", "score", "baseline"))
    for name in names or TRAININGS:
        began = perf_counter()
        one = made(name)
        seconds = f"{perf_counter() - began:.1f}"
        keep(name, one)
        print(_ROW.format(name, one.steps, seconds, one.loss, one.score, one.baseline), flush=True)
    print(
        "score: the share of right answers on sequences drawn by another seed; of passengers the mean error in "
        "thousands, in months not learned from\n"
        "baseline: that of the best answer that looks at no sequence"
    )


_ROW = "{:<12}{:>7}{:>10}{:>10}{:>10}{:>10}"

if __name__ == "__main__":
    _main(sys.argv[1:])
