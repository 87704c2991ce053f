"""A switch: which of two pulses came last?"""

from __future__ import annotations

import numpy as np

from lstm_core.tasks.symbols import known
from lstm_core.tasks.task import Array, Batch, Steps, Task

A, B, NOTHING = "A", "B", "-"
LENGTH = 20
RATE = 0.15
"""How often a step has a pulse; the first one always has."""


def read(text: str) -> Steps:
    """Return the steps of text, A and B in small letters too.

    >>> read("a--B")
    ('A', '-', '-', 'B')
    """
    return known(tuple(text.replace(" ", "").upper()), (A, B, NOTHING))


def encode(steps: Steps) -> Array:
    """Return a 1 at a pulse, (T, 2): the first number is A's, the second B's.

    >>> encode(("A", "-", "B")).tolist()
    [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]
    """
    return np.array([[step == A, step == B] for step in steps], np.float32)


def last_pulse(steps: Steps) -> Array:
    """Return the pulse that came last, (T,): 1 for A, -1 for B, 0 before any.

    >>> last_pulse(("-", "B", "-", "A")).tolist()
    [0.0, -1.0, -1.0, 1.0]
    """
    last, found = 0, []
    for step in steps:
        last = {A: 1, B: -1}.get(step, last)
        found.append(last)
    return np.array(found, np.float32)


def draw(rng: np.random.Generator, rows: int) -> Batch:
    """Return sequences of `LENGTH` steps; the target of each step is 1 where B came last."""
    pulse = rng.random((rows, LENGTH)) < RATE
    pulse[:, 0] = True
    is_b = rng.random((rows, LENGTH)) < 0.5
    x = np.stack((pulse & ~is_b, pulse & is_b), axis=-1).astype(np.float32)
    latest = np.maximum.accumulate(np.where(pulse, np.arange(LENGTH), 0), axis=1)
    return Batch(x, np.take_along_axis(is_b, latest, axis=1)[..., None].astype(np.float32))


def sample(rng: np.random.Generator) -> Steps:
    """Return one sequence to learn from."""
    (x,), _ = draw(rng, 1)
    return tuple(A if a else B if b else NOTHING for a, b in x)


SWITCH = Task(
    name="switch",
    opens_with="A-----B-----A---",
    features=2,
    classes=("B came last",),
    loss="binary_crossentropy",
    every_step=True,
    read=read,
    encode=encode,
    draw=draw,
    sample=sample,
    text="".join,
    tracked={"last_pulse": last_pulse},
)
