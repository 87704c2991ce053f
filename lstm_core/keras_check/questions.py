"""What is asked of another process, why there may be no answer, and what an answer weighs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Reason = Literal[
    "killed", "timeout", "memory", "resources", "busy", "too_large", "given_up", "not_installed", "error", "stopped"
]
TROUBLES: tuple[Reason, ...] = ("killed", "timeout", "memory")
"""The reasons that a question has cost its process, which is then replaced."""
PASSING: tuple[Reason, ...] = (*TROUBLES, "resources", "busy")
"""The reasons after which it makes sense to ask again."""


class WorkerFailed(Exception):
    """A question that got no answer: `reason` as in `Reason`, `detail` in Python's words."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, eq=False)
class Question:
    """What to run, `function(*args)`, and what is known of it before: two with one `key` are the same question.

    `seconds` is what it is expected to take, `timeout` after how many its process is ended, `size` the bytes it holds.
    """

    key: Hashable
    function: Callable[..., Any]
    args: tuple[Any, ...]
    seconds: float
    timeout: float
    size: int = 0


def weight(value: Any) -> int:
    """Return the bytes that a value holds, about: its arrays, its texts, and a little for each thing.

    >>> weight("abc") < weight(np.zeros(1000, np.float32)) < weight((np.zeros(1000), "abc"))
    True
    """
    if isinstance(value, np.ndarray):
        return 200 + (value.base if isinstance(value.base, np.ndarray) else value).nbytes
    if isinstance(value, (str, bytes)):
        return 100 + len(value)
    if dataclasses.is_dataclass(value):
        return 100 + sum(weight(getattr(value, part.name)) for part in dataclasses.fields(value))
    if isinstance(value, Mapping):
        return 100 + sum(weight(key) + weight(held) for key, held in value.items())
    if isinstance(value, (tuple, list)):
        return 100 + sum(map(weight, value))
    return 50
