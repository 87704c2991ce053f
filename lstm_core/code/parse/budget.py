"""What reading a script may cost, counted before it is done: any text is harmless, however it is written.

One budget holds for a whole reading: all statements in all rounds of loops, and what is made of the arrays afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from lstm_core.refusal import Refusal

MAX_WORK = 60_000
"""Steps of a reading, at most; one takes about a microsecond."""
MAX_MB = 24
"""Megabytes of arrays, lists and decoded text that a reading makes, at most, whether or not it keeps them."""


class Spent(Exception):
    """The budget is used up; `refusal` says what of and where. No ValueError, so that nobody takes it for NumPy's."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


class Budget:
    """What is left for one reading; `line` is the line that it has come to."""

    def __init__(self) -> None:
        self.line = 1
        self._work = MAX_WORK
        self._bytes = MAX_MB * 1_000_000

    def spend(self, work: int, made: int = 0) -> None:
        """Take steps, and bytes about to be made, from what is left; Spent where that is not enough."""
        self._work -= work
        self._bytes -= made
        if self._work < 0:
            raise Spent(Refusal("code_much_work", line=self.line, high=MAX_WORK))
        if self._bytes < 0:
            raise Spent(self.too_large())

    def too_large(self) -> Refusal:
        """Return the refusal of what takes too much memory."""
        return Refusal("code_much_data", line=self.line, high=MAX_MB)


_of_this_reading: ContextVar[Budget] = ContextVar("budget")


@contextmanager
def budgeted() -> Iterator[Budget]:
    """Give what is read inside a budget of its own.

    >>> with budgeted() as budget:
    ...     spend(made=25_000_000)
    Traceback (most recent call last):
    lstm_core.code.parse.budget.Spent: code_much_data (line=1, high=24)
    """
    budget = Budget()
    token = _of_this_reading.set(budget)
    try:
        yield budget
    finally:
        _of_this_reading.reset(token)


def spend(work: int = 1, made: int = 0) -> None:
    """Spend from the budget of this reading; outside of one nothing is counted."""
    budget = _of_this_reading.get(None)
    if budget is not None:
        budget.spend(work, made)
