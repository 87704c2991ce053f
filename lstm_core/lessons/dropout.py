"""Lesson 5, dropout and training: one mask a call, the same at every step, and only while training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.codegen import exact
from lstm_core.code.statements import Say
from lstm_core.experiment import Experiment
from lstm_core.layers.trace import DropoutMasks
from lstm_core.lessons.lesson import Question, Said, Script
from lstm_core.run import Run, run_experiment

Array = NDArray[np.float32]

BASE = Experiment(
    preset="noise", timesteps=5, features=4, units=3, batch=3, return_sequences=True, dropout=0.5, training=True
)


def without_dropout(experiment: Experiment) -> Run:
    """Return the run of the same layer with both rates at 0."""
    return run_experiment(experiment.changed(dropout=0.0, recurrent_dropout=0.0))


def not_training(experiment: Experiment) -> Run:
    """Return the run of the same layer called without training."""
    return run_experiment(experiment.changed(training=False))


def dropped_input(run: Run, row: int = 0) -> Array:
    """Return what the first gate reads of x in a batch row, (F, T): each feature times its factor, at every step."""
    mask = run.trace.dropout_mask
    factors = np.ones(run.trace.inputs.shape[2], np.float32) if mask is None else mask[0, row]
    return np.ascontiguousarray((run.trace.inputs[row] * factors).T)


def drawn_rate(experiment: Experiment) -> float:
    """Return the rate at which this lesson draws masks itself: the page's, or 0.5 where that is 0."""
    return experiment.layer.dropout or BASE.layer.dropout


def same_rows(masks: Sequence[DropoutMasks]) -> bool:
    """Whether all calls drew the same input masks."""
    drawn = [mask.dropout for mask in masks]
    return all(np.array_equal(drawn[0], other) for other in drawn[1:] if drawn[0] is not None and other is not None)


def why_no_masks(experiment: Experiment) -> str:
    """Return the block that says why a call of the experiment, as it was chosen, has no masks of x to show."""
    if not experiment.layer.dropout:
        return "rate_0"
    return "masks_awaited" if experiment.training else "not_training"


def told_calls(experiment: Experiment, masks: Sequence[DropoutMasks]) -> list[Said]:
    """Return what to say of two calls' masks: their rate, where it is not the page's, and whether they differ."""
    rate: list[Said] = [] if experiment.layer.dropout else [("other_rate", {"rate": drawn_rate(experiment)})]
    return [*rate, ("same_masks" if same_rows(masks) else "calls", {})]


def shape_question(experiment: Experiment) -> Question:
    """Which shape has the mask of x? One factor for each sample and feature, none for time."""
    batch, timesteps, features = experiment.shape
    return Question(
        "shape",
        ("every_step", "sample", "feature"),
        "sample",
        {"batch": batch, "timesteps": timesteps, "features": features},
    )


def training_question() -> Question:
    """Ask: what does dropout do without training? Nothing."""
    return Question("training", ("drops", "scales", "nothing"), "nothing")


def calls_question() -> Question:
    """Ask: does a second call with the same x give the same h? Not while training: it draws another mask."""
    return Question("calls", ("same", "other"), "other")


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks."""
    return shape_question(run.experiment), training_question(), calls_question()


def masks_script(experiment: Experiment, say: Say) -> Script:
    """Return the script that asks Keras's cell for its masks, as the layer does in each call."""
    batch, _, features = experiment.shape
    return Script(
        "masks",
        f"""import keras
import numpy as np

np.set_printoptions(precision=4, suppress=True)
cell = keras.layers.LSTMCell({experiment.layer.units}, dropout={drawn_rate(experiment)}, seed={experiment.layer.seed})
x_t = np.ones(({batch}, {features}), dtype="float32")  # {say("one_step")}
first = cell.get_dropout_mask(x_t)
print(first.numpy())
print(cell.get_dropout_mask(x_t) is first)  # {say("next_step")}
cell.reset_dropout_mask()  # {say("call_over")}
print(cell.get_dropout_mask(x_t).numpy())
""",
        about=("get_dropout_mask(", "reset_dropout_mask("),
    )


def scripts(experiment: Experiment, say: Say) -> tuple[Script, ...]:
    """Return the code of this lesson: the masks themselves, and the layer on screen."""
    layer = Script("layer", exact(experiment, say), about=("dropout=", "training=True"))
    return masks_script(experiment, say), layer
