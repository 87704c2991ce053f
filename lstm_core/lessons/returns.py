"""Lesson 3, return_sequences and return_state: four cases, the article's figures, the c that never comes back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.statements import Say
from lstm_core.experiment import Experiment
from lstm_core.layers.trace import Masks
from lstm_core.lessons.article import BIAS, CASES, SEQUENCE, Case
from lstm_core.lessons.lesson import Question, Script
from lstm_core.run import Run, run_experiment

FOUR = ((False, False), (True, False), (False, True), (True, True))
"""(return_sequences, return_state) of the four cases, in the article's order."""


def cases(experiment: Experiment, masks: Sequence[Masks] | None = None) -> tuple[Run, ...]:
    """Return the runs of the four cases on the same weights and the same sequence, with the same dropout masks."""
    return tuple(
        run_experiment(experiment.changed(return_sequences=sequences, return_state=state), masks)
        for sequences, state in FOUR
    )


def last_output(run: Run) -> NDArray[np.float32]:
    """Return the output of the last step processed, (units,), of batch row 0."""
    output = run.outputs[0].array
    row: NDArray[np.float32] = output[0, -1] if output.ndim == 3 else output[0]
    return row


def shapes_question(experiment: Experiment) -> Question:
    """Ask: what does the layer return with both flags set? The sequence, then the last h, then the last c."""
    batch, timesteps, features = experiment.shape
    facts = {"batch": batch, "timesteps": timesteps, "features": features, "units": experiment.layer.units}
    return Question("shapes", ("two", "three", "every_c", "one"), "three", facts)


def twice_question(run: Run) -> Question:
    """Ask: does `state_h` say anything that the output of the last step does not? It depends on masks."""
    same = bool(np.array_equal(last_output(run), run.trace["h"][-1, 0], equal_nan=True))
    answer = "same" if same else "different"
    return Question("twice", ("same", "different"), answer, {"units": run.experiment.layer.units})


def backwards_question(experiment: Experiment) -> Question:
    """Which word's h comes first in the output of a layer that goes backwards? The last one's."""
    timesteps = experiment.shape[1]
    return Question("backwards", ("first", "last"), "last", {"timesteps": timesteps, "last": timesteps - 1})


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks."""
    return shapes_question(run.experiment), twice_question(run), backwards_question(run.experiment)


def article_script(case: Case, say: Say) -> Script:
    """Return the script that prints the article's figures of a case, to the last digit."""
    flags = [name for name in ("return_sequences", "return_state") if getattr(case, name)]
    arguments = ", ".join(["1", *(f"{flag}=True" for flag in flags)])
    shown = ["for tensor in model.predict(data, verbose=0):", "    print(tensor)"]
    lines = [
        "import keras",
        "import numpy as np",
        "",
        f"data = np.array({list(SEQUENCE)}).reshape(1, 3, 1)",
        "inputs = keras.Input(shape=(3, 1))",
        f"layer = keras.layers.LSTM({arguments})",
        "model = keras.Model(inputs, layer(inputs))",
        f"# {say('fitted')}",
        "layer.set_weights([",
        f"    np.array([{list(case.kernel)}]),",
        f"    np.array([{list(case.recurrent_kernel)}]),",
        f"    np.array({list(BIAS)}),",
        "])",
        *(shown if case.return_state else ["print(model.predict(data, verbose=0))"]),
    ]
    return Script(f"article_{case.name}", "\n".join(lines) + "\n", about=("keras.layers.LSTM(",))


def every_c_script(experiment: Experiment, say: Say) -> Script:
    """Return the script of a layer that gives c at every step, which `LSTM` never does."""
    case = CASES[-1]
    return Script(
        "every_c",
        f"""import keras
import numpy as np


class ShowingCell(keras.layers.LSTMCell):
    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        self.output_size = 2 * units  # {say("output_size")}

    def call(self, inputs, states, training=False):
        h, (h, c) = super().call(inputs, states, training=training)
        return keras.ops.concatenate([h, c], axis=-1), [h, c]  # {say("h_and_c")}


x = np.array({list(SEQUENCE)}, dtype="float32").reshape(1, 3, 1)
cell = ShowingCell(1)
layer = keras.layers.RNN(cell, return_sequences=True)
layer.build(x.shape)
layer.set_weights([  # {say("fitted")}
    np.array([{list(case.kernel)}]),
    np.array([{list(case.recurrent_kernel)}]),
    np.array({list(BIAS)}),
])
np.set_printoptions(precision=4, suppress=True)
print(layer(x).numpy())
""",
        about=("self.output_size", "keras.ops.concatenate(", "keras.layers.RNN("),
    )


def scripts(experiment: Experiment, say: Say) -> tuple[Script, ...]:
    """Return the code of this lesson: the article's four cases, and c at every step."""
    return (*(article_script(case, say) for case in CASES), every_c_script(experiment, say))
