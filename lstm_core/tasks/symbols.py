"""Sequences of symbols out of a small alphabet, one-hot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lstm_core.limits import MAX_TIMESTEPS
from lstm_core.refusal import Refusal
from lstm_core.tasks.task import Array, Steps


def reader(alphabet: Sequence[str]) -> Callable[[str], Steps]:
    """Return what splits text into symbols of an alphabet; white space between them is left out.

    >>> reader("ab")("aa b")
    ('a', 'a', 'b')
    >>> reader("ab")("abc")
    Traceback (most recent call last):
    lstm_core.refusal.Refusal: unknown_symbols (given=c, known=a b)
    """

    def read(text: str) -> Steps:
        return known(tuple(text.replace(" ", "")), alphabet)

    return read


def known(steps: Steps, alphabet: Sequence[str]) -> Steps:
    """Return the steps as they are, if there are some, not too many, and all of the alphabet.

    Raises:
        Refusal: `no_words`, `too_many`, or `unknown_symbols` with those that are unknown.
    """
    if not steps:
        raise Refusal("no_words")
    if len(steps) > MAX_TIMESTEPS:
        raise Refusal("too_many", what="timesteps", given=len(steps), high=MAX_TIMESTEPS)
    unknown = dict.fromkeys(step for step in steps if step not in alphabet)
    if unknown:
        raise Refusal("unknown_symbols", given=" ".join([*unknown][:6]), known=" ".join(alphabet))
    return steps


def one_hot(alphabet: Sequence[str]) -> Callable[[Steps], Array]:
    """Return what makes a 1 in its symbol's place of each step, (T, symbols).

    >>> one_hot("ab")(("b", "a")).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    rows = dict(zip(alphabet, np.eye(len(alphabet), dtype=np.float32), strict=True))

    def encode(steps: Steps) -> Array:
        return np.stack([rows[step] for step in steps])

    return encode
