"""The Keras code of lesson 4: single steps fed by a loop, by a custom layer, by RNN, by a stateful layer."""

from __future__ import annotations

import textwrap

from lstm_core.code.codegen import layer_arguments, prepared
from lstm_core.code.statements import Say
from lstm_core.experiment import Experiment
from lstm_core.layers.outputs import PRECISION

TIMED_STEPS = 6
"""Steps up to which times are measured: writing a graph of many calls takes seconds."""
SHORT = 60
"""Numbers up to which the sequence is written without a line for each step, in lines of WIDTH characters."""
WIDTH = 60
TURNS = 12
"""How often each way is timed, at most."""

OWN_LAYER_NAME = "OneStepAtATime"
OWN_LAYER = """class OneStepAtATime(keras.layers.Layer):
    def __init__(self, units, dropout=0.0, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.lstm = keras.layers.LSTM(units, return_state=True, dropout=dropout, seed=seed)

    def build(self, input_shape):
        batch, timesteps, features = input_shape
        self.lstm.build((batch, 1, features))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:2], self.lstm.units)

    def call(self, x, training=False):
        # {local}
        h = c = keras.ops.zeros((keras.ops.shape(x)[0], self.lstm.units))
        outputs = []
        for t in range(x.shape[1]):
            output, h, c = self.lstm(x[:, t:t + 1, :], initial_state=[h, c], training=training)
            outputs.append(output)
        return keras.ops.stack(outputs, axis=1)  # (batch, timesteps, units)
"""


def loop(experiment: Experiment, say: Say, *, handed: str, kept: bool) -> str:
    """Return the script that calls a layer once a step; `handed` and `kept` as in `steps.Feeding`."""
    batch, timesteps, features = experiment.shape
    training = ", training=True" if experiment.training else ""
    state = {"both": "[h, c]", "h": "[h, zeros]"}.get(handed)
    given, note = (f", initial_state={state}", "") if state else ("", f"  # {say('no_state')}")
    body = [
        "outputs = []",
        f"for t in range({timesteps}):",
        f"    output, h, c = step(x[:, t:t + 1]{given}{training}){note}",
        "    outputs.append(output)",
    ]
    if kept:
        body = [f"for reading in (1, 2):  # {say('kept')}", *(f"    {line}" for line in body)]
    return "\n".join(
        [
            _begin(experiment, say).rstrip("\n"),
            f"one_call = layer(x{training}).numpy()",
            "",
            f"# {say('second_layer')}",
            f"step = keras.layers.LSTM({_arguments(experiment, return_state=True)})",
            f"step.build(({batch}, 1, {features}))",
            "step.set_weights(layer.get_weights())",
            f'h = c = zeros = np.zeros(({batch}, {experiment.layer.units}), dtype="float32")',
            *body,
            *_shown("np.stack(outputs, axis=1)", say),
        ]
    )


def own_layer(experiment: Experiment, say: Say) -> str:
    """Return the article's custom layer, repaired, beside one call, and in a model."""
    return "\n".join(
        [
            _begin(experiment, say).rstrip("\n"),
            "one_call = layer(x).numpy()",
            "",
            "",
            OWN_LAYER.format(local=say("local")),
            "",
            f"own = OneStepAtATime({experiment.layer.units})",
            "own.build(x.shape)",
            "own.set_weights(layer.get_weights())",
            *_shown("own(x).numpy()", say),
            f"# {say('in_a_model')}",
            "inputs = keras.Input(x.shape[1:])",
            "model = keras.Model(inputs, own(inputs))",
            "print(model.output_shape)",
            "",
        ]
    )


def rnn_cell(experiment: Experiment, say: Say) -> str:
    """Return the script with the cell of one step, over which `RNN` loops."""
    return "\n".join(
        [
            _begin(experiment, say).rstrip("\n"),
            "one_call = layer(x).numpy()",
            "",
            f"# {say('cell')}",
            f"cell = keras.layers.LSTMCell({_arguments(experiment)})",
            "rnn = keras.layers.RNN(cell, return_sequences=True)",
            "rnn.build(x.shape)",
            "rnn.set_weights(layer.get_weights())",
            *_shown("rnn(x).numpy()", say),
        ]
    )


def stateful(experiment: Experiment, say: Say) -> str:
    """Return the script with a layer that keeps its state between calls, with and without `reset_state()`."""
    batch, timesteps, features = experiment.shape
    return "\n".join(
        [
            _begin(experiment, say).rstrip("\n"),
            "one_call = layer(x).numpy()",
            "",
            f"step = keras.layers.LSTM({_arguments(experiment, stateful=True)})",
            f"step.build(({batch}, 1, {features}))",
            "step.set_weights(layer.get_weights())",
            "",
            "",
            "def read():",
            f"    return np.stack([step(x[:, t:t + 1]) for t in range({timesteps})], axis=1)",
            "",
            "",
            _difference("first_batch", "read()", say),
            _difference("second_batch", "read()", say),
            "step.reset_state()",
            _difference("after_reset", "read()", say),
            "",
        ]
    )


def times(experiment: Experiment, say: Say) -> str:
    """Return the script that measures all ways: called plainly, and as a graph, whose first call writes it."""
    batch, timesteps, features = experiment.shape
    units, steps = experiment.layer.units, min(timesteps, TIMED_STEPS)
    return f"""import time

import keras
import numpy as np
import tensorflow as tf


{OWN_LAYER.format(local=say("local"))}

x = tf.zeros(({batch}, {steps}, {features}))  # {say("any_numbers")}
step = keras.layers.LSTM({units}, return_state=True)
keeping = keras.layers.LSTM({units}, stateful=True)


def loop(x):
    h = c = keras.ops.zeros(({batch}, {units}))
    outputs = []
    for t in range({steps}):
        output, h, c = step(x[:, t:t + 1], initial_state=[h, c])
        outputs.append(output)
    return keras.ops.stack(outputs, axis=1)


def stateful(x):
    keeping.reset_state()
    return keras.ops.stack([keeping(x[:, t:t + 1]) for t in range({steps})], axis=1)


ways = {{
    "LSTM, {say("one_call")}": keras.layers.LSTM({units}, return_sequences=True),
    "RNN(LSTMCell)": keras.layers.RNN(keras.layers.LSTMCell({units}), return_sequences=True),
    "initial_state": loop,
    "OneStepAtATime": OneStepAtATime({units}),
    "stateful=True": stateful,
}}


def measured(ways):
    times = {{name: [] for name in ways}}
    began = time.perf_counter()
    for turn in range({TURNS}):
        if turn > 3 and time.perf_counter() - began > 1:
            break  # {say("enough")}
        for name, way in ways.items():  # {say("in_turn")}
            start = time.perf_counter()
            way(x)
            times[name].append(1000 * (time.perf_counter() - start))
    return times


eager = measured(ways)
graphs = measured({{name: tf.function(way, autograph=False) for name, way in ways.items()}})
print("   eager   tf.function   1st call")
for name in ways:
    first, *others = graphs[name]
    print(f"{{np.median(eager[name][1:]):5.1f}} ms {{np.median(others):10.2f}} ms {{first:7.0f}} ms   {{name}}")
"""


def _begin(experiment: Experiment, say: Say) -> str:
    """Return how each script begins; a short sequence is wrapped into few lines, to leave the eye to what follows."""
    begin, x = prepared(experiment, say, seeded=True), experiment.data()
    if x.size > SHORT:
        return begin
    imports, _, rest = begin.partition(f"# {say('sequence')}")
    _, blank, rest = rest.partition("\n\n")
    numbers = textwrap.wrap(", ".join(map(str, x.ravel())), WIDTH)
    lines = "\n".join(f"    {line}" for line in numbers)
    sequence = f'x = np.array([\n{lines},\n], dtype="float32").reshape{x.shape}  # (batch, timesteps, features)'
    return f"{imports}{sequence}{blank}{rest}"


def _arguments(experiment: Experiment, **flags: bool) -> str:
    """Return what goes into the brackets of a layer of single steps: no sequence comes out of it."""
    arguments = layer_arguments(experiment.changed(return_sequences=False)) | flags
    named = [f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}" for name, value in arguments.items()]
    return ", ".join([str(experiment.layer.units), *named])


def _shown(stepped: str, say: Say) -> list[str]:
    """Return the lines that print what came of the steps, and how far that is from one call."""
    return [
        f"stepped = {stepped}",
        f"print(stepped.round({PRECISION}))",
        _difference("largest_difference", "stepped", say),
        "",
    ]


def _difference(comment: str, stepped: str, say: Say) -> str:
    """Return the line that prints how far the steps are from one call: 0 only if they are the same to the last bit."""
    return f'print(f"{say(comment)} {{np.abs({stepped} - one_call).max():.4g}}")'
