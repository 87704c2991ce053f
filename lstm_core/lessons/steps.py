"""Lesson 4, one step at a time: h and c handed on through initial_state, and the ways in which that goes wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_core.codegen import Say
from lstm_core.engine import run_lstm
from lstm_core.experiment import Experiment
from lstm_core.keras_worker import DropoutMasks
from lstm_core.lessons.lesson import Question, Script
from lstm_core.run import Run

Array = NDArray[np.float32]

BASE = Experiment(preset="noise", timesteps=6, features=3, units=2, return_sequences=True)
WAYS = ("handed", "forgotten", "h_only", "kept", "dropout")
"""h and c handed on; neither; h alone; begun with what the batch before left behind; right, but with dropout."""
DROPOUT = 0.5


def with_dropout(experiment: Experiment) -> Experiment:
    """Return the experiment in training with dropout, called once for each of its steps: a mask is drawn every time."""
    return experiment.changed(dropout=DROPOUT, training=True, calls=experiment.shape[1])


def step_by_step(experiment: Experiment, way: str, masks: Sequence[DropoutMasks] | None = None) -> Array:
    """Return h of every step, (T, U), of batch row 0, when the layer is called once for each step in one of `WAYS`.

    `masks` are Keras's own, one for each step; they are needed for `dropout`.
    """
    x, weights = experiment.data(), experiment.weights()
    batch = len(x)
    zeros = np.zeros((batch, experiment.units), np.float32)

    def pass_over(h: Array, c: Array) -> tuple[list[Array], Array, Array]:
        said = []
        for step in range(x.shape[1]):
            given = {"forgotten": (zeros, zeros), "h_only": (h, zeros)}.get(way, (h, c))
            mask = masks[step].dropout if way == "dropout" and masks else None
            trace = run_lstm(x[:, step : step + 1], weights, initial_state=given, dropout_mask=mask)
            h, c = trace.h[-1], trace.c[-1]
            said.append(h[0])
        return said, h, c

    said, h, c = pass_over(zeros, zeros)
    if way == "kept":
        said, _, _ = pass_over(h, c)
    return np.stack(said)


def one_call(experiment: Experiment, way: str, masks: Sequence[DropoutMasks] | None = None) -> Array:
    """Return h of every step, (T, U), of batch row 0, from one call over the sequence: with dropout, with one mask."""
    mask = masks[0].dropout if way == "dropout" and masks else None
    trace = run_lstm(experiment.data(), experiment.weights(), dropout_mask=mask)
    return np.ascontiguousarray(trace.h[:, 0])


def first_difference(one: Array, other: Array) -> int | None:
    """Return the first step, from 1, at which h differs in any bit, or None.

    >>> first_difference(np.float32([[1], [2]]), np.float32([[1], [3]]))
    2
    """
    differs = (one != other).any(axis=1)
    return int(differs.argmax()) + 1 if differs.any() else None


def mask_rows(masks: Sequence[DropoutMasks]) -> Array:
    """Return what x is multiplied by, (calls, F), in batch row 0: a row for each call."""
    return np.stack([mask.dropout[0, 0] for mask in masks if mask.dropout is not None])


def same_question(experiment: Experiment) -> Question:
    """Is h after T calls of one step what it is after one call? Yes, if h and c are handed on."""
    return Question("same", ("same", "close", "other"), "same", {"timesteps": experiment.shape[1]})


def h_only_question(experiment: Experiment) -> Question:
    """Which step is the first to go wrong if c is not handed on? The second: the first begins with zeros anyway."""
    wrong = first_difference(one_call(experiment, "h_only"), step_by_step(experiment, "h_only"))
    return Question("h_only", ("first", "second", "never"), {1: "first", 2: "second"}.get(wrong or 0, "never"))


def dropout_question(experiment: Experiment) -> Question:
    """Do T calls with dropout equal one? No: each call draws a mask of its own."""
    return Question("dropout", ("same", "masks"), "masks", {"timesteps": experiment.shape[1]})


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks."""
    experiment = run.experiment
    return same_question(experiment), h_only_question(experiment), dropout_question(experiment)


_BEGIN = """import keras
import numpy as np

x = np.random.default_rng({seed}).uniform(-1, 1, {shape}).astype("float32")
layer = keras.layers.LSTM({units}, return_sequences=True)
layer.build(x.shape)
"""

_LOOP = """
state, outputs = None, []
for t in range(x.shape[1]):
    h, *state = step(x[:, t : t + 1], initial_state=state)  # {handed_on}
    outputs.append(h)
"""

_LAYER = """
class StepByStep(keras.layers.Layer):
    def __init__(self, units, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.lstm = keras.layers.LSTM(units, return_state=True, dropout=dropout)

    def build(self, shape):
        self.lstm.build((shape[0], 1, shape[2]))

    def call(self, data, training=False):
        state, outputs = None, []  # {local}
        for t in range(data.shape[1]):
            h, *state = self.lstm(data[:, t : t + 1], initial_state=state, training=training)
            outputs.append(h)
        return keras.ops.stack(outputs, axis=1)  # {tensor}


own = StepByStep({units})
own.build(x.shape)
own.lstm.set_weights(layer.get_weights())
"""

_OTHERS = """
rnn = keras.layers.RNN(keras.layers.LSTMCell({units}), return_sequences=True)
rnn.build(x.shape)
rnn.set_weights(layer.get_weights())

keeping = keras.layers.LSTM({units}, stateful=True)
keeping.build((x.shape[0], 1, x.shape[2]))
keeping.set_weights(layer.get_weights())


def one_by_one():
    keeping.reset_state()  # {next_batch}
    return np.stack([keeping(x[:, t : t + 1]) for t in range(x.shape[1])], axis=1)
"""

_TIMES = """
import statistics
import time


def milliseconds(function, turns=15):
    function()
    taken = []
    for _ in range(turns):
        began = time.perf_counter()
        function()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


print(f"one call         {milliseconds(lambda: layer(x)):6.1f} ms")
print(f"RNN(LSTMCell)    {milliseconds(lambda: rnn(x)):6.1f} ms")
print(f"custom layer     {milliseconds(lambda: own(x)):6.1f} ms")
print(f"stateful, steps  {milliseconds(one_by_one):6.1f} ms")
"""


def scripts(experiment: Experiment, say: Say) -> tuple[Script, ...]:
    """Return the code of this lesson: by hand, as a layer, the two other ways, and the times of all four."""
    units = experiment.units
    begin = _BEGIN.format(seed=experiment.data_seed, shape=experiment.shape, units=units)
    layer = _LAYER.format(units=units, local=say("local"), tensor=say("tensor"))
    others = _OTHERS.format(units=units, next_batch=say("next_batch"))
    step = (
        f"step = keras.layers.LSTM({units}, return_state=True)\n"
        "step.build((x.shape[0], 1, x.shape[2]))\n"
        "step.set_weights(layer.get_weights())\n"
    )
    by_hand = f"{begin}\n{step}{_LOOP.format(handed_on=say('handed_on'))}"
    apart = "print(np.abs({} - layer(x)).max())\n"
    return (
        Script("by_hand", f"{by_hand}\n{apart.format('np.stack(outputs, axis=1)')}"),
        Script("custom_layer", f"{begin}\n{layer}\nprint(own(x).shape)\n{apart.format('own(x)')}"),
        Script("other_ways", f"{begin}\n{others}\n\n{apart.format('rnn(x)')}{apart.format('one_by_one()')}"),
        Script("times", f"{begin}\n{layer}{others}\n{_TIMES}", measures=True),
    )
