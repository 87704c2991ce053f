"""Arrays that code gives, checked for the place they are given to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.parse.budget import spend
from lstm_core.code.parse.values import Name, NotKnown, Unknown, numbers
from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import Array


def array_of(value: object) -> NDArray[Any] | None:
    """Return an array, or nested lists of numbers as one; None for what is not known to be numbers."""
    try:
        return numbers(value)
    except NotKnown:
        return None


def float32(array: NDArray[Any], line: int) -> Array:
    """Return numbers as float32; Refusal `code_not_finite` for what it does not hold."""
    spend(array.size // 500, 0 if array.dtype == np.float32 else 4 * array.size)
    with np.errstate(all="ignore"):
        values = np.ascontiguousarray(array, dtype=np.float32)
    if not np.isfinite(values).all():
        raise Refusal("code_not_finite", line=line)
    return values


def fitted(what: str, array: NDArray[Any], shape: tuple[int, int], line: int) -> NDArray[Any]:
    """Return a state or a mask of this shape; a single row is taken for every batch row, as Keras does."""
    if array.shape == (1, shape[1]):
        array = np.repeat(array, shape[0], axis=0)
    check_shape(what, array, shape, line)
    return array


def check_shape(what: str, array: NDArray[Any], expected: tuple[int, ...], line: int) -> None:
    """Refuse an array of another shape than expected: `code_shape`."""
    if array.shape != expected:
        raise Refusal("code_shape", line=line, tensor=what, given=array.shape, expected=expected)


def alike(one: object, other: object) -> bool:
    """Whether two values of the code are the same, as far as can be told."""
    if one is other:
        return True
    first, second = array_of(one), array_of(other)
    if first is not None and second is not None:
        spend(1 + first.size // 500)
        return np.array_equal(first, second)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        spend(len(one))
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(not isinstance(a, (list, tuple)) and alike(a, b) for a, b in pairs)
    if isinstance(one, Name) and isinstance(other, Name):
        return one.path == other.path
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        return one.text == other.text
    return False
