"""Lesson 2, inside the cell: an impulse is written into c, and the forget gate decides how long it stays."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lstm_core.codegen import Say, exact, prepared
from lstm_core.experiment import Edit, Experiment
from lstm_core.lessons.lesson import Question, Script
from lstm_core.run import Run
from lstm_core.weights import Float32Array, Weights

BASE = Experiment(
    preset="impulse",
    timesteps=20,
    features=1,
    units=1,
    return_sequences=True,
    return_state=True,
    kernel_initializer="zeros",
    recurrent_initializer="zeros",
    forget_bias=1.0,
    edits=(
        Edit("kernel", 0, 0, 12.0),  # i: opens for the impulse, and for nothing else
        Edit("bias", 0, 0, -6.0),
        Edit("kernel", 0, 2, 2.0),  # c~: the impulse is what is written
        Edit("bias", 0, 3, 6.0),  # o: open
    ),
)
"""After the impulse nothing more is written: x is 0 and h has no way back in, so c only fades, by f at each step."""

SWITCH = {"shut": -6.0, "half": 0.0, "open": 6.0}
"""The bias for three positions of a gate."""

ASKED_STEPS = 4
SAME = 1e-6
"""Difference up to which two values are the same but for float32 rounding."""
MOST_MARKS = 3
"""How many half-lives in a row are marked."""
MOST_WEIGHTS = 60
"""Larger cells do not show their weights as a table."""


def position(bias: float | None) -> str | None:
    """Return which position of the switch a bias is, if it is one.

    >>> position(0.0), position(1.5)
    ('half', None)
    """
    return next((name for name, at in SWITCH.items() if at == bias), None)


def output_bias(experiment: Experiment) -> float | None:
    """Return the output gate's bias if it is the same for all units."""
    bias = experiment.weights().bias
    gate = np.zeros(1) if bias is None else bias[3 * experiment.units :]
    return float(gate[0]) if (gate == gate[0]).all() else None


def with_output_bias(experiment: Experiment, bias: float) -> Experiment:
    """Return the experiment with this bias in the output gate of all units."""
    columns = range(3 * experiment.units, 4 * experiment.units)
    others = [edit for edit in experiment.edits if edit.tensor != "bias" or edit.column not in columns]
    return experiment.changed(edits=(*others, *(Edit("bias", 0, column, bias) for column in columns)))


def forget(run: Run) -> float:
    """Return the forget gate of unit 1 at the step after the impulse."""
    return float(run.trace.f[:2, 0, 0][-1])


def half_life(f: float) -> float:
    """Return the steps after which f * f * ... is one half; 0 for a shut gate, infinite for one that is wholly open.

    >>> half_life(0.5), round(half_life(0.9), 2), half_life(1.0)
    (1.0, 6.58, inf)
    """
    if f <= 0:
        return 0.0
    return math.inf if f >= 1 else math.log(0.5) / math.log(f)


def half_lives(run: Run) -> list[float]:
    """Return after how many steps c should be 1/2, 1/4, 1/8, ...: those within the sequence that can be told apart."""
    life = half_life(forget(run))
    most = MOST_MARKS if life >= 1 else 1
    return [life * times for times in range(1, most + 1) if 0 < life * times <= len(run.trace.c) - 1]


def expected(run: Run) -> NDArray[np.float64]:
    """Return what c would be, (T,), if the forget gate of the second step held for all that follow."""
    first = float(run.trace.c[0, 0, 0])
    return np.array([first * forget(run) ** steps for steps in range(len(run.trace.c))])


def halved_after(run: Run) -> int | None:
    """Return after how many steps c is at most half of what the impulse wrote; None if that does not happen."""
    c = np.abs(run.trace.c[:, 0, 0])
    below = np.flatnonzero(c <= c[0] / 2)
    return int(below[0]) if len(below) else None


def facts(run: Run) -> dict[str, float | int | None]:
    """Return what the prose says of unit 1: its forget gate, what the impulse wrote, and what is left of it."""
    c = run.trace.c[:, 0, 0]
    f = forget(run)
    return {
        "f": f,
        "lost": 1 - f,
        "life": half_life(f),
        "halved": halved_after(run),
        "first": float(c[0]),
        "last": float(c[-1]),
        "steps": len(c) - 1,
        "apart": float(np.abs(c - expected(run)).max()),
    }


def weight_table(weights: Weights) -> tuple[Float32Array, list[str], list[str]]:
    """Return all weights of a cell in one table, with the tensors as rows and gates and units as columns.

    >>> table, rows, columns = weight_table(BASE.weights())
    >>> table.shape, rows, columns
    ((3, 4), ['kernel', 'recurrent_kernel', 'bias'], ['i', 'f', 'c~', 'o'])
    """
    tensors = {"kernel": weights.kernel, "recurrent_kernel": weights.recurrent_kernel}
    if weights.bias is not None:
        tensors["bias"] = weights.bias[None]
    units = range(1, weights.units + 1)
    columns = [f"{gate} {unit}" if weights.units > 1 else gate for gate in ("i", "f", "c~", "o") for unit in units]
    rows = [name for name, tensor in tensors.items() for _ in tensor]
    return np.concatenate(list(tensors.values())), rows, columns


def fade_question() -> Question:
    """How much is left when the gate is half open? A half of a half of a half of a half."""
    return Question("fade", ("half", "none", "sixteenth"), "sixteenth", {"asked": ASKED_STEPS})


def bias_question() -> Question:
    """What does a larger forget bias do? The name misleads: an open forget gate keeps."""
    return Question("bias", ("faster", "slower", "more"), "slower")


def shown_question() -> Question:
    """What does c lose when the output gate shuts? Nothing."""
    return Question("shown", ("both", "only_h", "only_c"), "only_h")


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks."""
    return bias_question(), fade_question(), shown_question()


def memory_script(experiment: Experiment, say: Say) -> Script:
    """Return the script that calls the layer's cell step by step, for c at every step beside what is expected."""
    lines = [
        prepared(experiment, say),
        f'h = c = np.zeros(({experiment.shape[0]}, {experiment.units}), dtype="float32")',
        "memory = []",
        "for t in range(x.shape[1]):",
        f"    _, (h, c) = layer.cell(x[:, t], [h, c])  # {say('one_step')}",
        "    memory.append(float(c[0, 0]))",
        "",
        f"f = memory[1] / memory[0]  # {say('kept')}",
        'print(f"f {f:.4f}, half-life {np.log(0.5) / np.log(f):.2f}")',
        "for t, c_t in enumerate(memory):",
        '    print(f"{t:2}  {c_t:.4f}  {memory[0] * f**t:.4f}")',
    ]
    return Script("memory", "\n".join(lines) + "\n")


def scripts(experiment: Experiment, say: Say) -> tuple[Script, ...]:
    """Return the code of this lesson: c at every step, and the layer on screen."""
    return memory_script(experiment, say), Script("layer", exact(experiment, say))
