"""A task: sequences that a learner can type, what a model is to say of them, what it could keep in mind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Steps = tuple[str, ...]
"""What stands at each time step, as a learner types it: a letter, a word, a number."""
Loss = Literal["binary_crossentropy", "categorical_crossentropy", "mean_squared_error"]
"""What the training makes small, by its name in Keras."""


class Batch(NamedTuple):
    """Sequences and what is to be said of them.

    `x` (B, T, F); `y` (B, T, K) where something is to be said at every step, else (B, K).
    """

    x: Array
    y: Array


@dataclass(frozen=True)
class Task:
    """What a model can learn.

    Args:
        name: As the fields `preset` and `trained` of an experiment have it.
        opens_with: The text that a learner meets first.
        features: Numbers at a step, F.
        classes: What each of the head's units stands for.
        loss: What the training makes small.
        every_step: Whether something is to be said at every step, or at the end alone.
        read: Text -> steps. Refusal for what is none, by name.
        encode: Steps -> (T, F).
        draw: Sequences with their targets, fresh from a generator: so many of one length.
        sample: One sequence, fresh from a generator, as one types it.
        text: Steps -> the text that `read` makes them of.
        tracked: What could be kept in mind, by name: steps -> one number a step, (T,).
        language: The language that its sequences are of; "" for none.
    """

    name: str
    opens_with: str
    features: int
    classes: tuple[str, ...]
    loss: Loss
    every_step: bool
    read: Callable[[str], Steps]
    encode: Callable[[Steps], Array]
    draw: Callable[[np.random.Generator, int], Batch]
    sample: Callable[[np.random.Generator], Steps]
    text: Callable[[Steps], str]
    tracked: Mapping[str, Callable[[Steps], Array]]
    language: str = ""
    label: Callable[[str], str] = str
    """How a step is written where it stands alone."""
    words: tuple[str, ...] = ()
    """All that it knows, where those are words."""
