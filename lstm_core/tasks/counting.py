"""Counting: has a string of a, then b, closed, with as many b as a?"""

from __future__ import annotations

import numpy as np

from lstm_core.tasks.symbols import one_hot, reader
from lstm_core.tasks.task import Array, Batch, Steps, Task

ALPHABET = "ab"
LENGTH = 16
"""Steps of the strings to learn from: 1 to 8 times a, then b to the end."""


def count(steps: Steps) -> Array:
    """Return how many a more than b there have been, (T,).

    >>> count(tuple("aab")).tolist()
    [1.0, 2.0, 1.0]
    """
    return np.cumsum([1 if step == "a" else -1 for step in steps], dtype=np.float32)


def draw(rng: np.random.Generator, rows: int) -> Batch:
    """Return strings of `LENGTH` letters, 1 to 8 times a, then b; a step's target is 1 where as many b as a stand."""
    opened = rng.integers(1, LENGTH // 2, rows, endpoint=True)
    step = np.arange(LENGTH)
    is_b = (step >= opened[:, None]).astype(np.float32)
    closed = step + 1 == 2 * opened[:, None]
    return Batch(np.stack((1 - is_b, is_b), axis=-1), closed[..., None].astype(np.float32))


def sample(rng: np.random.Generator) -> Steps:
    """Return one string as far as the step that closes it: 1 to 8 times a, then as many b."""
    opened = int(rng.integers(1, LENGTH // 2, endpoint=True))
    return tuple("a" * opened + "b" * opened)


COUNTING = Task(
    name="counting",
    opens_with="aaaabbbb",
    features=2,
    classes=("closed",),
    loss="binary_crossentropy",
    every_step=True,
    read=reader(ALPHABET),
    encode=one_hot(ALPHABET),
    draw=draw,
    sample=sample,
    text="".join,
    tracked={"count": count},
)
