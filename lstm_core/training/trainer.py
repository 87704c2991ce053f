"""The loop that trains: draw a batch, run the model, pass the loss back, take a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from lstm_core.experiment import Experiment
from lstm_core.layers.ends import embedding, masking
from lstm_core.layers.model_weights import ModelWeights, model_weights
from lstm_core.layers.trace import BoolArray, IntArray
from lstm_core.layers.weights import Float32Array
from lstm_core.options import option
from lstm_core.run import ModelCalled, model_called
from lstm_core.tasks.task import Batch, Task
from lstm_core.training.head_loss import head_loss
from lstm_core.training.model_gradients import model_gradients
from lstm_core.training.optimizers import Adam, clipped


@dataclass(frozen=True)
class Training:
    """How a model is trained: Adam with global_clipnorm 1 unless it is said otherwise."""

    learning_rate: float = option(0.01)
    global_clipnorm: float = option(1.0)
    batch: int = option(32)
    steps: int = option(800)
    data_seed: int = option(1)


def train(experiment: Experiment, task: Task, training: Training) -> Iterator[tuple[float, ModelWeights]]:
    """Yield the loss of each step's batch, and the weights after the step; the model begins with the experiment's own.

    Where the task says something at every step, the model is called with return_sequences.

    Raises:
        ValueError: for a model that cannot be trained as Keras would.
    """
    _check(experiment)
    experiment, weights = as_trained(experiment, task), experiment.model_weights()
    shapes = {name: array.shape for name, array in weights.tensors.items()}
    vector = np.concatenate([array.ravel() for array in weights.tensors.values()])
    adam = Adam(learning_rate=training.learning_rate, size=len(vector))
    rng = np.random.default_rng(training.data_seed)
    for _ in range(training.steps):
        batch = task.draw(rng, training.batch)
        called, mask, indices = call(experiment, weights, batch)
        loss, d_sums = head_loss(task.loss, experiment.head_activation, weights, called, batch.y, mask)
        found = model_gradients(experiment, weights, called, d_sums, indices)
        gradient = np.concatenate([array.ravel() for array in found.weights.values()])
        vector = vector - adam.step(clipped(gradient, training.global_clipnorm))
        weights = model_weights(_parts(vector, shapes), experiment.layers)
        yield loss, weights


def _check(experiment: Experiment) -> None:
    """Refuse what Keras would train otherwise than `train` does."""
    refused = {
        "has no head": experiment.head == "none",
        "draws dropout masks": experiment.draws_dropout,
        "is stateful": any(layer.stateful for layer in experiment.layers),
        "is given an initial state": experiment.initial_state,
        "is given a mask": bool(experiment.mask.strip()),
    }
    for what, holds in refused.items():
        if holds:
            raise ValueError(f"the model {what}; to be trained it must not be so; change that first")


def as_trained(experiment: Experiment, task: Task) -> Experiment:
    """Return the model as it is called to learn a task: its last layer with sequences or not, as the task asks."""
    *below, last = experiment.layers
    return experiment.changed(layers=(*below, replace(last, return_sequences=task.every_step)))


class Called(NamedTuple):
    """One call of a model on a batch, the mask (B, T) of its front, and the indices (B, T) of an Embedding there."""

    called: ModelCalled
    mask: BoolArray | None = None
    indices: IntArray | None = None


def call(experiment: Experiment, weights: ModelWeights, batch: Batch) -> Called:
    """Return one call of a model on a batch."""
    x, mask, indices = batch.x, None, None
    if weights.embeddings is not None:
        indices = batch.x[:, :, 0].astype(np.intp)
        x, mask = embedding(indices, weights.embeddings, mask_zero=experiment.mask_zero)
    elif experiment.front == "masking":
        x, mask = masking(batch.x, experiment.mask_value)
    return Called(model_called(experiment, weights, x, mask), mask, indices)


def _parts(vector: Float32Array, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Float32Array]:
    sizes = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])
    parts = np.split(vector, sizes[:-1])
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}
