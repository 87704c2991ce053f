"""Air passengers: next month's number from those of twelve months, learned from the first years, tested on the last.

The series is Box and Jenkins's (1976, "Time Series Analysis", Series G): international airline passengers, in
thousands, each month from January 1949 to December 1960.
"""

from __future__ import annotations

import numpy as np

from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import parse_number, shortest
from lstm_core.tasks.task import Array, Batch, Steps, Task

_SERIES = """
112 118 132 129 121 135 148 148 136 119 104 118
115 126 141 135 125 149 170 170 158 133 114 140
145 150 178 163 172 178 199 199 184 162 146 166
171 180 193 181 183 218 230 242 209 191 172 194
196 196 236 235 229 243 264 272 237 211 180 201
204 188 235 227 234 264 302 293 259 229 203 229
242 233 267 269 270 315 364 347 312 274 237 278
284 277 317 313 318 374 413 405 355 306 271 306
315 301 356 348 355 422 465 467 404 347 305 336
340 318 362 348 363 435 491 505 404 359 310 337
360 342 406 396 420 472 548 559 463 407 362 405
417 391 419 461 472 535 622 606 508 461 390 432
"""
SERIES = np.array(_SERIES.split(), np.float32)
"""Thousands of passengers, 144 months."""
FIRST_YEAR, YEARS_LEARNED = 1949, 9
WINDOW = 12
LEARNED = 12 * YEARS_LEARNED
"""Months to learn from: those up to December 1957; the others are the test."""
MEAN, DEVIATION = (float(f(SERIES[:LEARNED])) for f in (np.mean, np.std))
"""Of the months to learn from alone."""
MOST = 100_000.0


def standardised(passengers: Array) -> Array:
    """Return thousands of passengers in deviations from the mean of the years learned from."""
    return ((passengers - np.float32(MEAN)) / np.float32(DEVIATION)).astype(np.float32)


def thousands(prediction: Array) -> Array:
    """Return what a model says in thousands of passengers.

    >>> bool(np.allclose(thousands(standardised(SERIES)), SERIES))
    True
    """
    return prediction * np.float32(DEVIATION) + np.float32(MEAN)


def read(text: str) -> Steps:
    """Return the numbers of passengers in a text, one a month.

    >>> read("112, 118 132")
    ('112', '118', '132')
    """
    steps = tuple(text.replace(",", " ").split())
    if not steps:
        raise Refusal("no_numbers")
    for place, step in enumerate(steps, start=1):
        if not 0 <= parse_number(step, step=place) <= MOST:
            raise Refusal("passengers_out_of_range", given=step, high=f"{MOST:g}")
    return steps


def encode(steps: Steps) -> Array:
    """Return the months standardised, (T, 1)."""
    return standardised(np.array([[float(step)] for step in steps], np.float32))


def window(month: int) -> str:
    """Return the text of the twelve months before a month, from 0 for January 1949.

    >>> window(12)
    '112 118 132 129 121 135 148 148 136 119 104 118'
    """
    return " ".join(map(shortest, SERIES[month - WINDOW : month]))


def windows(first: int, last: int) -> Batch:
    """Return the twelve months before each month from `first` on and before `last`, and that month, standardised."""
    z = standardised(SERIES)
    months = range(first, last)
    return Batch(np.stack([z[m - WINDOW : m, None] for m in months]), np.stack([z[m : m + 1] for m in months]))


def draw(rng: np.random.Generator, rows: int) -> Batch:
    """Return windows of the years to learn from."""
    x, y = windows(WINDOW, LEARNED)
    chosen = rng.integers(0, len(x), rows)
    return Batch(x[chosen], y[chosen])


def sample(rng: np.random.Generator) -> Steps:
    """Return twelve months of the years to test on."""
    return read(window(int(rng.integers(LEARNED + WINDOW, len(SERIES)))))


def rules() -> dict[str, Array]:
    """Return what rules that anyone knows say of each month of the test, in thousands.

    "last" says the month before again, "year" the same month a year before, "mean" that of the months to learn from.

    >>> {rule: float(said[0]) for rule, said in rules().items() if rule != "mean"}
    {'last': 336.0, 'year': 315.0}
    """
    months = np.arange(LEARNED, len(SERIES))
    mean = np.full(len(months), MEAN, np.float32)
    return {"last": SERIES[months - 1], "year": SERIES[months - 12], "mean": mean}


def simple_rules() -> dict[str, float]:
    """Return by how many thousand passengers these rules are off, on average over the months of the test.

    >>> {rule: round(error, 1) for rule, error in simple_rules().items()}
    {'last': 42.3, 'year': 35.9, 'mean': 197.6}
    """
    return {rule: float(np.abs(said - SERIES[LEARNED:]).mean()) for rule, said in rules().items()}


def last_month(steps: Steps) -> Array:
    """Return each month's own number, (T,)."""
    return np.array([float(step) for step in steps], np.float32)


def mean_so_far(steps: Steps) -> Array:
    """Return the mean of the months so far, (T,).

    >>> mean_so_far(("1", "3")).tolist()
    [1.0, 2.0]
    """
    months = last_month(steps)
    mean: Array = (np.cumsum(months) / np.arange(1, len(months) + 1)).astype(np.float32)
    return mean


PASSENGERS = Task(
    name="passengers",
    opens_with=window(LEARNED + 7),
    features=1,
    classes=("next month",),
    loss="mean_squared_error",
    every_step=False,
    read=read,
    encode=encode,
    draw=draw,
    sample=sample,
    text=" ".join,
    tracked={"last_month": last_month, "mean_so_far": mean_so_far},
)
