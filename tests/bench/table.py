"""The one table of `make bench`: what was measured, against what, and whether the aim is reached."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Figure(NamedTuple):
    """One line: `target` None is for information; `detail` says what the value was made of."""

    what: str
    value: float
    unit: str
    target: float | None
    at_most: bool
    detail: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the aim is reached, if there is one."""
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target


def at_least(what: str, value: float, target: float | None, detail: str = "", *, unit: str = "x") -> Figure:
    """Return a line that wants a large value."""
    return Figure(what, value, unit, target, at_most=False, detail=detail)


def at_most(what: str, value: float, target: float | None, detail: str = "", *, unit: str) -> Figure:
    """Return a line that wants a small value."""
    return Figure(what, value, unit, target, at_most=True, detail=detail)


def print_table(figures: Sequence[Figure]) -> int:
    """Print all lines as a table of Markdown, as the README has it; return the exit code: 0 if all aims are reached."""
    print(f"\n{machine()}\n\n| | measured | aim | |\n|---|---|---|---|")
    for figure in figures:
        missed = " (not reached)" if figure.reached is False else ""
        bound = "at most " if figure.at_most else ""
        aim = "" if figure.target is None else f"{bound}{number(figure.target)}{figure.unit}"
        print(f"| {figure.what} | {number(figure.value)}{figure.unit}{missed} | {aim} | {figure.detail} |", flush=True)
    return int(any(figure.reached is False for figure in figures))


def number(value: float) -> str:
    """Return a number in few digits.

    >>> number(651.2), number(8.244), number(0.444), number(5.6e-7)
    ('651', '8.24', '0.444', '5.6e-07')
    """
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.0f}"


def percentile_95(values: Sequence[float]) -> float:
    """Return the value that 95 % of `values` stay under."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def machine() -> str:
    """Return this machine's name: processor, cores, Python."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"
