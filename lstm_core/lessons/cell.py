"""Lesson 2, inside the cell: an impulse is written into c, and the forget gate decides how long it stays."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lstm_core.codegen import Say, exact
from lstm_core.experiment import Edit, Experiment
from lstm_core.lessons.lesson import Question, Script
from lstm_core.run import Run

BASE = Experiment(
    preset="impulse",
    timesteps=20,
    features=1,
    units=1,
    return_sequences=True,
    return_state=True,
    recurrent_initializer="zeros",
    forget_bias=2.0,
    edits=(
        Edit("kernel", 0, 0, 3.0),  # i: the impulse opens the input gate
        Edit("kernel", 0, 1, 0.0),  # f: the input has no say in forgetting
        Edit("kernel", 0, 2, 2.0),  # c~: the impulse is what is written
        Edit("kernel", 0, 3, 0.0),  # o
        Edit("bias", 0, 3, 1.0),  #    o: most of c is shown
    ),
)
"""After the impulse nothing more is written: x is 0 and h has no way back in, so c only fades, by f at each step."""

SWITCH = {"shut": -6.0, "half": 0.0, "open": 6.0}
"""The forget gate's bias for three positions of the gate."""

ASKED_STEPS = 4


def forget(run: Run) -> float:
    """Return the forget gate of unit 1 at the second step, after the impulse."""
    return float(run.trace.f[1, 0, 0])


def half_life(f: float) -> float:
    """Return the steps after which f * f * ... is one half; 0 for a shut gate, infinite for one that is wholly open.

    >>> half_life(0.5), round(half_life(0.9), 2), half_life(1.0)
    (1.0, 6.58, inf)
    """
    if f <= 0:
        return 0.0
    return math.inf if f >= 1 else math.log(0.5) / math.log(f)


def expected(run: Run) -> NDArray[np.float64]:
    """Return what c would be, (T,), if the forget gate of the second step held for all that follow."""
    first = float(run.trace.c[0, 0, 0])
    return np.array([first * forget(run) ** steps for steps in range(len(run.trace.c))])


def halved_at(run: Run) -> int | None:
    """Return the first step, from 1, at which c is at most half of what the impulse wrote; None if none is."""
    c = np.abs(run.trace.c[:, 0, 0])
    below = np.flatnonzero(c <= c[0] / 2)
    return int(below[0]) + 1 if len(below) else None


def fade_question() -> Question:
    """How much is left when the gate is half open? A half of a half of a half of a half."""
    return Question("fade", ("half", "none", "sixteenth"), "sixteenth", {"steps": ASKED_STEPS})


def bias_question() -> Question:
    """What does a larger forget bias do? The name misleads: an open forget gate keeps."""
    return Question("bias", ("faster", "slower", "more"), "slower")


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks."""
    return bias_question(), fade_question()


def scripts(experiment: Experiment, say: Say) -> tuple[Script, ...]:
    """Return the code of this lesson: the impulse and the layer on screen."""
    return (Script("cell", exact(experiment, say)),)
