"""Sequences: typed or generated, always float32 of shape (batch, timesteps, features)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import compress
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from lstm_core.limits import MAX_BATCH, MAX_FEATURES, MAX_TIMESTEPS
from lstm_core.refusal import Refusal

Array = NDArray[np.float32]
Times = NDArray[np.int64]
Signal = NDArray[np.float64]

MAX_TEXT = 1_048_576
"""Characters of typed numbers and bytes of a table, at most: 1 MB."""

_TOO_LARGE = float(np.finfo(np.float32).max) + 2.0**103  # half a step further float32 rounds to infinity
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NUMBERS_ONLY = re.compile(r"[0-9.eE+-]*")
_PARTS = re.compile(r"[,\s]+")
_TIGHT_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_TOGETHER = 1000
"""Numbers that are looked at together when the first bad number is looked for."""
_STEP_BREAK = re.compile(r"[;\n]")
_ROW_BREAK = re.compile(r"\n[ \t]*\n")


def impulse(t: Times) -> Signal:
    """One at the first step, then zeros."""
    return np.where(t == 0, 1.0, 0.0)


def step(t: Times) -> Signal:
    """Zeros for three steps, then ones."""
    return np.where(t >= 3, 1.0, 0.0)


def ramp(t: Times) -> Signal:
    """From zero, up by a tenth at each step."""
    return np.maximum(t, 0) / 10


def sine(t: Times) -> Signal:
    """Return a sine wave with a period of twelve steps."""
    return np.sin(2 * np.pi * t / 12)


SIGNALS: dict[str, Callable[[Times], Signal]] = {
    "impulse": impulse,
    "step": step,
    "ramp": ramp,
    "sine": sine,
}
PRESETS = ("words", "article", *SIGNALS, "noise", "typed")


def delayed_time(batch: int, timesteps: int, features: int) -> Times:
    """Return the time index (batch, timesteps, features): each further row and feature lags by one step.

    >>> delayed_time(1, 3, 2)[0].tolist()
    [[0, -1], [1, 0], [2, 1]]
    """
    row = np.arange(batch)[:, None, None]
    t = np.arange(timesteps)[None, :, None]
    feature = np.arange(features)[None, None, :]
    return t - row - feature


def generate(preset: str, *, batch: int, timesteps: int, features: int, seed: int = 0) -> Array:
    """Return a generated sequence, (batch, timesteps, features), float32.

    `article` counts 0.1, 0.2, 0.3, ... and reshapes, as the article does; `noise` is uniform on -1..1 by `seed`;
    the others are `SIGNALS`, each further batch row and feature one step later.

    >>> generate("article", batch=1, timesteps=3, features=1).tolist()
    [[[0.10000000149011612], [0.20000000298023224], [0.30000001192092896]]]
    """
    shape = (batch, timesteps, features)
    if preset == "article":
        return (np.arange(1, batch * timesteps * features + 1) / 10).astype(np.float32).reshape(shape)
    if preset == "noise":
        return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)
    return SIGNALS[preset](delayed_time(*shape)).astype(np.float32)


@lru_cache(maxsize=8)
def parse_numbers(text: str) -> Array:
    r"""Return typed numbers as (batch, timesteps, features), float32, read-only.

    A semicolon or a new line ends a time step, spaces or commas separate features, an empty line begins the next batch
    row. A row without semicolons or further lines is a sequence of one feature.

    >>> parse_numbers("0.1 0.2 0.3").shape, parse_numbers("1 2; 3 4; 5 6").shape, parse_numbers("1\n2\n\n3\n4").shape
    ((1, 3, 1), (1, 3, 2), (2, 2, 1))

    Raises:
        Refusal: `no_numbers`, `ambiguous_comma`, `not_a_number`, `too_large`, `too_small`, `ragged`, `too_many`;
            the facts name the place: `row`, `step` and `position`, counted from 1.
    """
    if not text.strip():
        raise Refusal("no_numbers")
    readings = comma_readings(text)
    if readings is not None:
        raise Refusal("ambiguous_comma", given=_shortened(text), decimal=readings[0], features=readings[1])
    single = ";" not in text  # a line may then be a sequence of one feature
    rows = [_steps(part, single=single) for part in _ROW_BREAK.split(text.strip())]
    _check_count("batch", len(rows), MAX_BATCH)
    for steps in rows:
        _check_count("timesteps", len(steps), MAX_TIMESTEPS)
        _check_count("features", max(map(len, steps)), MAX_FEATURES)
    shape = len(rows), len(rows[0]), len(rows[0][0])
    numbers = float32_of([token for steps in rows for step in steps for token in step])
    if numbers is None:
        _refuse_token(rows)
    for row, steps in enumerate(rows, start=1):
        if len(steps) != shape[1]:
            raise Refusal("ragged_rows", row=row, given=len(steps), expected=shape[1])
        for index, step in enumerate(steps, start=1):
            if len(step) != shape[2]:
                raise Refusal("ragged_steps", row=row, step=index, given=len(step), expected=shape[2])
    numbers = numbers.reshape(shape)
    numbers.flags.writeable = False
    return numbers


def as_typed(data: Array) -> str:
    r"""Return sequences (batch, timesteps, features) as one types them; `parse_numbers` gives the same back.

    >>> as_typed(np.float32([[[0.1], [2]]])), as_typed(np.float32([[[1, 2], [3, 4]]])), as_typed(np.float32([[[1, 2]]]))
    ('0.1 2', '1 2\n3 4', '1 2;')
    """
    _, timesteps, features = data.shape
    end = ";" if timesteps == 1 and features > 1 else ""  # one line of numbers would be one feature
    between = "\n" if features > 1 else " "
    rows = (between.join(" ".join(map(shortest, step)) for step in row) + end for row in data)
    return "\n\n".join(rows)


def shortest(value: np.float32) -> str:
    """Return the shortest text that float32 reads as the same number.

    >>> shortest(np.float32(0.1)), shortest(np.float32(-3)), shortest(np.float32(1e20))
    ('0.1', '-3', '1e+20')
    """
    return str(value).removesuffix(".0")


def float32_of(tokens: Sequence[str]) -> Array | None:
    """Return plain decimal numbers as float32, or None where `parse_number` would refuse one of them.

    >>> float32_of(["1", "-.5"]), float32_of(["1", "nan"])
    (array([ 1. , -0.5], dtype=float32), None)
    """
    if _NUMBERS_ONLY.fullmatch("".join(tokens)) is None:  # so that float() cannot find nan, 1_000 or Arabic digits
        return None
    try:
        values = np.array(list(map(float, tokens)))
    except ValueError:
        return None
    if not (np.abs(values) < _TOO_LARGE).all():
        return None
    numbers = values.astype(np.float32)
    return None if any(map(_has_digits, {*compress(tokens, (numbers == 0).tolist())})) else numbers


def first_refused(tokens: Sequence[str]) -> int:
    """Return the place, from 0, of the first token that `parse_number` refuses, where there is one.

    >>> first_refused(["1", "x", "3", "y"])
    1
    """
    for start in range(0, len(tokens), _TOGETHER):
        some = tokens[start : start + _TOGETHER]
        if float32_of(some) is None:
            return next(place for place, token in enumerate(some, start) if float32_of([token]) is None)
    raise AssertionError("every token is a number")


def comma_readings(text: str) -> tuple[str, str] | None:
    """Return both readings of text whose commas may be decimal, or None where there is no doubt.

    >>> comma_readings("0,1; 0,2")
    ('0.1; 0.2', '0 1; 0 2')
    >>> comma_readings("1, 2; 3, 4") is None and comma_readings("1,2,3") is None and comma_readings("0.1,0.2") is None
    True
    """
    if "." in text or "," not in text:
        return None
    tokens = re.split(r"[\s;]+", text.strip(" \t\n;"))
    if not all(_TIGHT_COMMA.fullmatch(token) for token in tokens if "," in token):
        return None
    return text.strip().replace(",", "."), text.strip().replace(",", " ")


def parse_masked_steps(text: str, *, batch: int, timesteps: int) -> NDArray[np.bool_] | None:
    """Return the mask (batch, timesteps), True = use, from masked steps such as "5-6" or, a row each, "5-6; 3-6; -".

    One list counts for every batch row; `-` is a row with nothing masked. Empty text is no mask at all (None).

    >>> parse_masked_steps("1, 3-4", batch=1, timesteps=4).tolist()
    [[False, True, False, False]]

    Raises:
        Refusal: `mask_not_understood`, `mask_step_out_of_range` or `mask_rows`.
    """
    if not text.strip():
        return None
    rows = text.split(";")
    if len(rows) not in (1, batch):
        raise Refusal("mask_rows", given=len(rows), batch=batch)
    mask = np.ones((batch, timesteps), dtype=np.bool_)
    for index, row in enumerate(rows):
        target = mask if len(rows) == 1 else mask[index : index + 1]
        for part in re.split(r"[,\s]+", row.strip()):
            if part == "-":
                continue
            found = re.fullmatch(r"([0-9]{1,4})(?:-([0-9]{1,4}))?", part)
            if found is None:
                raise Refusal("mask_not_understood", given=_shortened(part))
            first, last = int(found[1]), int(found[2] or found[1])
            if not 1 <= first <= last <= timesteps:
                raise Refusal("mask_step_out_of_range", given=part, high=timesteps)
            target[:, first - 1 : last] = False
    return mask


def parse_number(token: str, **place: object) -> float:
    """Return a decimal number that float32 can hold.

    >>> parse_number("1e-3"), parse_number("-.5")
    (0.001, -0.5)

    Raises:
        Refusal: `not_a_number`, `too_large`, `too_small`, with `given` and the facts of `place`.
    """
    if _NUMBER.fullmatch(token) is None:
        raise Refusal("not_a_number", given=_shortened(token), **place)
    value = float(token)
    if abs(value) >= _TOO_LARGE:
        raise Refusal("too_large", given=_shortened(token), **place)
    if np.float32(value) == 0 and _has_digits(token):
        raise Refusal("too_small", given=_shortened(token), **place)
    return value


def _has_digits(token: str) -> bool:
    """Whether a decimal number has a digit other than 0 before its exponent, and so is not 0 however small it is."""
    return token.lower().partition("e")[0].strip("+-.0") != ""


def _steps(text: str, *, single: bool) -> list[list[str]]:
    """Return the tokens of each step of one batch row; with `single`, one line is a sequence of one feature."""
    tokens = [[token for token in _PARTS.split(part) if token] for part in _STEP_BREAK.split(text) if part.strip()]
    if not any(tokens):
        raise Refusal("no_numbers")
    return [[token] for token in tokens[0]] if single and len(tokens) == 1 else tokens


def _refuse_token(rows: list[list[list[str]]]) -> NoReturn:
    """Raise the refusal of the first token that is not a plain number, with its place."""
    left = first_refused([token for steps in rows for step in steps for token in step])
    for row, steps in enumerate(rows, start=1):
        for index, step in enumerate(steps, start=1):
            if left < len(step):
                parse_number(step[left], row=row, step=index, position=left + 1)
            left -= len(step)
    raise AssertionError("every token is a number")


def _check_count(what: str, given: int, high: int) -> None:
    if given > high:
        raise Refusal("too_many", what=what, given=given, high=high)


def _shortened(text: str, longest: int = 40) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
