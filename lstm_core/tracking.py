"""Which unit's memory follows what a task could have it keep in mind, and how closely: measured, never assumed."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lstm_core.experiment import Experiment
from lstm_core.layers.ends import embedding
from lstm_core.layers.model_weights import ModelWeights
from lstm_core.run import model_called
from lstm_core.tasks.task import Steps

SAMPLES = 64
"""Fresh sequences that it is measured on."""
SEED = 2_000
FOLLOWS = 0.9
"""From this correlation on a unit is said to follow."""


class Follower(NamedTuple):
    """The unit that follows a quantity most closely: its state by name, its number from 1, and the correlation."""

    tracked: str
    state: str
    unit: int
    r: float

    @property
    def follows(self) -> bool:
        """Whether that is close enough to say so."""
        return abs(self.r) >= FOLLOWS


def followers(experiment: Experiment, *, backward: bool = False) -> tuple[Follower, ...]:
    """Return for each quantity that the experiment's task could have a layer track the unit that follows it most.

    Measured is the memory of the first layer, or of its `backward` direction: c of an LSTM, else h, over all steps of
    fresh sequences, with the weights as they are.
    """
    task = experiment.task
    if task is None or not task.tracked:
        return ()
    alike = experiment.changed(sentence=task.opens_with, edits=experiment.edits, held=(), mask="", calls=1, batch=1)
    return _measured(alike, backward)


@lru_cache(maxsize=16)
def _measured(experiment: Experiment, backward: bool) -> tuple[Follower, ...]:
    task = experiment.task
    assert task is not None
    rng, weights = np.random.default_rng(SEED), experiment.model_weights()
    sequences = [task.sample(rng) for _ in range(SAMPLES)]
    layer = experiment.layers[0]
    state = layer.spec.states_drawn[0]
    memory = np.concatenate([_memory(experiment, weights, steps, state, backward) for steps in sequences])  # (steps, U)
    found = []
    for name, of in task.tracked.items():
        wanted = np.concatenate([of(steps) for steps in sequences])
        r = [_correlation(memory[:, unit], wanted) for unit in range(memory.shape[1])]
        best = int(np.argmax(np.abs(r)))
        found.append(Follower(name, state, best + 1, r[best]))
    return tuple(found)


def _memory(experiment: Experiment, weights: ModelWeights, steps: Steps, state: str, backward: bool) -> np.ndarray:
    task = experiment.task
    assert task is not None
    x = task.encode(steps)[None]
    if weights.embeddings is not None:
        x, _ = embedding(x[:, :, 0].astype(np.intp), weights.embeddings, mask_zero=False)
    trace = model_called(experiment, weights, x).layers[0].directions[int(backward)].trace
    memory: np.ndarray = trace.in_time_order(state)[:, 0]
    return memory


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    if not a.std() or not b.std():
        return 0.0
    return float(np.corrcoef(a.astype(float), b.astype(float))[0, 1])
