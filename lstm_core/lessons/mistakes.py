"""Lesson 8, the museum of mistakes: code that Keras refuses, its real message, and the mended code."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_core.code.statements import Say
from lstm_core.experiment import Experiment
from lstm_core.lessons.lesson import Question, Script
from lstm_core.run import Run

BASE = Experiment(preset="article", timesteps=3, features=1, units=2, return_state=True)

_BEGIN = """import keras
import numpy as np

x = np.array([0.1, 0.2, 0.3], dtype="float32").reshape(1, 3, 1)
"""


@dataclass(frozen=True)
class Exhibit:
    """A mistake: the lines that make it, and the lines that mend it; both go on from an `x` of shape (1, 3, 1).

    `causes` names what a learner may think is wrong: the first one is.
    """

    name: str
    broken: str
    mended: str
    causes: tuple[str, ...]

    def question(self) -> Question:
        """Return the question what is wrong here; its choices stand in the order of their names."""
        return Question(self.name, tuple(sorted(self.causes)), self.causes[0])

    def scripts(self) -> tuple[Script, Script]:
        """Return the script that fails, and the one that does not."""
        return (
            Script(f"{self.name}_broken", _BEGIN + self.broken, raises=True),
            Script(f"{self.name}_mended", _BEGIN + self.mended),
        )


EXHIBITS = (
    Exhibit(
        "ndim",
        'layer = keras.layers.LSTM(2, name="lstm")\nlayer(x[0])\n',
        'layer = keras.layers.LSTM(2, name="lstm")\nprint(layer(x[:1]).shape)\n',
        ("batch", "features", "units"),
    ),
    Exhibit(
        "two_values",
        "output, state = keras.layers.LSTM(2, return_state=True)(x)\n",
        "output, state_h, state_c = keras.layers.LSTM(2, return_state=True)(x)\n"
        "print(output.shape, state_h.shape, state_c.shape)\n",
        ("three", "sequences", "tuple"),
    ),
    Exhibit(
        "one_state",
        "h = np.zeros((1, 2))\nkeras.layers.LSTM(2)(x, initial_state=[h])\n",
        "h, c = np.zeros((1, 2)), np.zeros((1, 2))\nprint(keras.layers.LSTM(2)(x, initial_state=[h, c]).shape)\n",
        ("c_missing", "shape", "stateful"),
    ),
    Exhibit(
        "stateful",
        "inputs = keras.Input(shape=(3, 1))\nkeras.layers.LSTM(2, stateful=True)(inputs)\n",
        "inputs = keras.Input(batch_shape=(1, 3, 1))\nprint(keras.layers.LSTM(2, stateful=True)(inputs).shape)\n",
        ("batch_size", "sequences", "timesteps"),
    ),
    Exhibit(
        "other_batch",
        "layer = keras.layers.LSTM(2, stateful=True)\nlayer(x)\nlayer(np.repeat(x, 2, axis=0))\n",
        "layer = keras.layers.LSTM(2, stateful=True)\nfor sequence in np.repeat(x, 2, axis=0):\n"
        "    layer.reset_state()\n    print(layer(sequence[None]).shape)\n",
        ("kept", "repeat", "weights"),
    ),
    Exhibit(
        "batch_input_shape",
        "model = keras.Sequential([keras.layers.LSTM(2, stateful=True, batch_input_shape=(1, 3, 1))])\n",
        "inputs = keras.Input(batch_shape=(1, 3, 1))\n"
        "model = keras.Sequential([inputs, keras.layers.LSTM(2, stateful=True)])\nprint(model(x).shape)\n",
        ("removed", "order", "stateful"),
    ),
    Exhibit(
        "time_major",
        "layer = keras.layers.LSTM(2, time_major=True)\nlayer(x.transpose(1, 0, 2))\n",
        "time_first = x.transpose(1, 0, 2)\n"
        "layer = keras.layers.LSTM(2)\nprint(layer(time_first.transpose(1, 0, 2)).shape)\n",
        ("removed", "transpose", "sequences"),
    ),
    Exhibit(
        "reset_states",
        "inputs = keras.Input(batch_shape=(1, 3, 1))\n"
        "model = keras.Model(inputs, keras.layers.LSTM(2, stateful=True)(inputs))\n"
        "model(x)\nmodel.reset_states()\n",
        "inputs = keras.Input(batch_shape=(1, 3, 1))\n"
        "layer = keras.layers.LSTM(2, stateful=True)\nmodel = keras.Model(inputs, layer(inputs))\n"
        "first = model(x)\nlayer.reset_state()\nprint(np.array_equal(first, model(x)))\n",
        ("on_the_layer", "argument", "compile"),
    ),
    Exhibit(
        "use_cudnn",
        "keras.layers.LSTM(2, use_cudnn=True)(x)\n",
        'print(keras.layers.LSTM(2, use_cudnn="auto")(x).shape)\n',
        ("no_gpu", "units", "dtype"),
    ),
    Exhibit(
        "bidirectional",
        "h, c = np.zeros((1, 2)), np.zeros((1, 2))\n"
        "layer = keras.layers.Bidirectional(keras.layers.LSTM(2))\nlayer(x, initial_state=[h, c])\n",
        "h, c = np.zeros((1, 2)), np.zeros((1, 2))\n"
        "layer = keras.layers.Bidirectional(keras.layers.LSTM(2))\nprint(layer(x, initial_state=[h, c, h, c]).shape)\n",
        ("four", "shape", "wrapper"),
    ),
)
"""The mistakes in the order of the museum."""


VERSIONS = ("batch_size", "reset", "time_first", "hard_sigmoid", "predict", "mask")
"""Where code from articles about Keras 2 does something else in Keras 3, in the order of the table."""


def exhibit_named(name: str) -> Exhibit:
    """Return the exhibit of this name; KeyError if there is none.

    >>> exhibit_named("two_values").question().answer
    'three'
    """
    return {exhibit.name: exhibit for exhibit in EXHIBITS}[name]


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks: of every exhibit, what is wrong."""
    return tuple(exhibit.question() for exhibit in EXHIBITS)


def scripts(experiment: Experiment, say: Say) -> tuple[Script, ...]:
    """Return the code of this lesson: every exhibit, as it fails and mended."""
    return tuple(script for exhibit in EXHIBITS for script in exhibit.scripts())
