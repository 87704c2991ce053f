"""Lesson 2, inside the cell: an impulse is written into c, and the forget gate decides how long it stays."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.codegen import exact, prepared
from lstm_core.code.statements import Say
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.spec import LSTM
from lstm_core.layers.weights import Float32Array, Weights
from lstm_core.lessons.lesson import Question, Script, percent, told
from lstm_core.run import Run, run_experiment

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

SWITCHES: dict[str, dict[str, float]] = {
    "forget": {"shut": -6.0, "half": 0.0, "default": 1.0, "open": 6.0},
    "output": {"shut": -6.0, "half": 0.0, "open": 6.0},
}
"""The bias for each position of a gate's switch; `default` is the one that Keras begins with, where 0 is not."""
Story = Literal["single", "nothing", "steady", "disturbed"]
"""What becomes of c after the first step: there is no other, nothing to fade, it only fades, or more happens to it."""

ASKED_STEPS = 4
SAME = 1e-5
"""Difference, as a share of c, up to which two values are the same but for float32 rounding."""
LONG_LIFE = 100
MAX_MARKS = 3
"""How many half-lives in a row are marked."""
LINE_POINTS = 400
"""So many points make what is expected of c a smooth line."""
MAX_WEIGHTS = 60
"""Larger cells do not show their weights as a table."""
_without_warning = np.errstate(over="ignore", invalid="ignore")  # unbounded activations may reach inf, as in Keras


def position(gate: str, bias: float) -> str | None:
    """Return which position of a gate's switch a bias is, if it is one.

    >>> position("forget", 1.0), position("output", 1.0)
    ('default', None)
    """
    return next((name for name, at in SWITCHES[gate].items() if at == bias), None)


def bias_of(experiment: Experiment, gate: str) -> float:
    """Return a gate's bias for unit 1; 0 where the layer has none."""
    bias = experiment.weights().bias
    return 0.0 if bias is None else float(bias[LSTM.columns_of(gate, experiment.layer.units)][0])


def with_bias(experiment: Experiment, gate: str, bias: float) -> Experiment:
    """Return an experiment, which must have a bias, with this one in a gate of all units."""
    block = LSTM.columns_of(gate, experiment.layer.units)
    columns = range(block.start, block.stop)
    others = [edit for edit in experiment.edits if edit.tensor != "bias" or edit.column not in columns]
    return experiment.changed(edits=(*others, *(Edit("bias", 0, column, bias) for column in columns)))


def is_own(experiment: Experiment) -> bool:
    """Whether the lesson's words on its impulse hold: it differs from the lesson's own by no more than they allow for.

    >>> is_own(BASE.changed(forget_bias=2.0)), is_own(BASE.changed(preset="sine"))
    (True, False)
    """
    return experiment.shape[1] > 1 and not experiment.differs_from(BASE) - {"forget_bias", "timesteps"}


def used_step(run: Run) -> int | None:
    """Return the first step of row 1 that is not masked, in the order of processing, from 0, if there is one."""
    order = run.trace.time_index
    used = np.ones(len(order), bool) if run.trace.mask is None else run.trace.mask[0][order]
    return int(used.argmax()) if used.any() else None


def opens_at(experiment: Experiment) -> float:
    """Return the forget bias of the question on half-lives, half open; or the link's own, if it brings another."""
    bias = bias_of(experiment, "forget")
    return SWITCHES["forget"]["half"] if bias == BASE.layer.forget_bias else bias


def forget(run: Run) -> float:
    """Return the forget gate of unit 1 at the step after the impulse."""
    return float(run.trace["f"][:2, 0, 0][-1])


def half_life(f: float) -> float:
    """Return the steps after which f * f * ... is one half; 0 for a shut gate, infinite for one that is wholly open.

    >>> half_life(0.5), round(half_life(0.9), 2), half_life(1.0)
    (1.0, 6.58, inf)
    """
    if f <= 0:
        return 0.0
    return math.inf if f >= 1 else math.log(0.5) / math.log(f)


def half_lives(run: Run) -> list[float]:
    """Return after how many steps c should be 1/2, 1/4, 1/8, ...: those within the sequence that can be told apart.

    There are none where nothing is there to fade.
    """
    if story(run) in ("single", "nothing"):
        return []
    life = half_life(forget(run))
    most = MAX_MARKS if life >= 1 else 1
    return [life * times for times in range(1, most + 1) if 0 < life * times <= run.trace.steps - 1]


def expected(run: Run) -> NDArray[np.float64]:
    """Return what c would be, (T,), if the forget gate of the second step held for all that follow."""
    return _fading(run, np.arange(run.trace.steps))


def expected_line(run: Run) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the same as a smooth line through all half-lives: steps since the first, and values."""
    steps: NDArray[np.float64] = np.arange(run.trace.steps, dtype=float)
    if 0 < forget(run) < 1:
        fine = np.linspace(0, steps[-1], max(len(steps), LINE_POINTS))
        steps = np.unique(np.concatenate([steps, fine, half_lives(run)]))
    return steps, _fading(run, steps)


@_without_warning
def _fading(run: Run, steps: NDArray[Any]) -> NDArray[np.float64]:
    first: NDArray[np.float64] = float(run.trace["c"][0, 0, 0]) * np.float64(forget(run)) ** steps
    return first


def halved_after(run: Run) -> int | None:
    """Return after how many steps c is at most half of what the impulse wrote; None if that does not happen."""
    c = np.abs(run.trace["c"][:, 0, 0])
    below = np.flatnonzero(c <= c[0] / 2)
    return int(below[0]) if len(below) else None


@_without_warning
def story(run: Run) -> Story:
    """Return what there is to say of unit 1's c after the first step.

    >>> story(run_experiment(BASE)), story(run_experiment(BASE.changed(timesteps=1)))
    ('steady', 'single')
    """
    c, f = run.trace["c"][:, 0, 0], run.trace["f"][1:, 0, 0]
    if len(c) == 1:
        return "single"
    if c[0] == 0:
        return "nothing"
    still = np.ptp(f) <= SAME and 0 <= f[0] <= 1
    return "steady" if still and np.abs(c - expected(run)).max() <= SAME * abs(c[0]) else "disturbed"


@_without_warning
def facts(run: Run) -> dict[str, str | int | None]:
    """Return what the prose says of unit 1: its forget gate, what the first step wrote, and what is left of it."""
    c = run.trace["c"][:, 0, 0]
    f = forget(run)
    return {
        "f": told_for(f),
        "kept": percent(f),
        "lost": percent(1 - f),
        "life": told_life(f),
        "halved": halved_after(run),
        "first": told(float(c[0])),
        "last": told(float(c[-1])),
        "share": percent(float(c[-1] / c[0])) if c[0] else "",
        "steps": len(c) - 1,
        "apart": told(float(np.abs(c - expected(run)).max())),
    }


def told_life(f: float) -> str:
    """Return the half-life that a forget gate gives; the digits of a long one say nothing.

    >>> told_life(0.5), told_life(0.9975274)
    ('1.00', '280')
    """
    life = half_life(f)
    return f"{life:.2f}" if life < LONG_LIFE else f"{life:.0f}"


def told_for(f: float) -> str:
    """Return a forget gate with as many digits as it takes to come from them to its half-life.

    >>> told_for(0.73105860), told_for(0.9975274)
    ('0.7311', '0.99753')
    """
    texts = [told(f, least) for least in range(4, 10)]
    return next((text for text in texts if told_life(float(text)) == told_life(f)), texts[-1])


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
    columns = [f"{gate.symbol} {unit}" if weights.units > 1 else gate.symbol for gate in LSTM.gates for unit in units]
    rows = [name for name, tensor in tensors.items() for _ in tensor]
    return np.concatenate(list(tensors.values())), rows, columns


def fade_question() -> Question:
    """How much is left when the gate is half open? A half of a half of a half of a half."""
    return Question("fade", ("half", "none", "sixteenth"), "sixteenth", {"asked": ASKED_STEPS})


def bias_question() -> Question:
    """Ask: what does a larger forget bias do? The name misleads: an open forget gate keeps."""
    return Question("bias", ("faster", "slower", "more"), "slower")


def shown_question() -> Question:
    """Ask: what does c lose when the output gate shuts? Nothing."""
    return Question("shown", ("both", "only_h", "only_c"), "only_h")


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks."""
    return bias_question(), fade_question(), shown_question()


def memory_script(experiment: Experiment, say: Say) -> Script:
    """Return the script that calls the layer's cell step by step, for c at every step beside what is expected.

    Where c does not only fade, nothing is expected of it.
    """
    lines = [
        prepared(experiment, say),
        f'h = c = np.zeros(({experiment.shape[0]}, {experiment.layer.units}), dtype="float32")',
        "memory = []",
        "for t in range(x.shape[1]):",
        f"    _, (h, c) = layer.cell(x[:, t], [h, c])  # {say('one_step')}",
        "    memory.append(float(c[0, 0]))",
        "",
    ]
    fades = [
        f"f = memory[1] / memory[0]  # {say('kept')}",
        'print(f"f {f:.4f}, half-life {np.log(0.5) / np.log(f):.2f}")',
        "for t, c_t in enumerate(memory):",
        '    print(f"{t:2}  {c_t:.4f}  {memory[0] * f**t:.4f}")',
    ]
    plain = ["for t, c_t in enumerate(memory):", '    print(f"{t:2}  {c_t:.4f}")']
    run = run_experiment(experiment.changed(training=False))
    halves = story(run) == "steady" and 0 < forget(run) < 1
    lines += fades if halves else plain
    return Script("memory", "\n".join(lines) + "\n", about=("layer.cell(",))


def scripts(experiment: Experiment, say: Say) -> tuple[Script, ...]:
    """Return the code of this lesson: c at every step, and the layer on screen."""
    layer = Script("layer", exact(experiment, say), about=("layer.set_weights(", "= layer"))
    return memory_script(experiment, say), layer
