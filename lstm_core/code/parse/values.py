"""The values that code names without being run: constants, arrays of NumPy's plain calls, and what is unknown."""

from __future__ import annotations

import ast
import base64
import binascii
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.parse.budget import spend
from lstm_core.code.parse.source import text_of
from lstm_core.limits import MAX_VALUES

Shape = tuple[int | None, ...]

MAX_LISTED = 100_000
"""Numbers in lists and arrays within lists, at most, counted wherever one is used again."""
MAX_REPEATED = 10_000
"""Items of a list that is repeated, as in `[0] * 8`, at most."""

MAX_WHOLE = 2**63


@dataclass(frozen=True, eq=False)
class Unknown:
    """A value that only running the code would tell: the part of the code that makes it, its shape if that is said."""

    node: ast.AST
    shape: Shape | None = None

    @property
    def text(self) -> str:
        """The code that makes it."""
        return text_of(self.node)


@dataclass(frozen=True)
class Name:
    """A name that the code does not define: of a library, such as `keras.layers.LSTM`, or missing."""

    path: str
    line: int

    @property
    def last(self) -> str:
        """The part behind the last dot."""
        return self.path.rpartition(".")[2]


class Generator:
    """`np.random.default_rng(seed)`, which draws on from call to call."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._draws = np.random.default_rng(seed)

    def uniform(self, low: object = 0.0, high: object = 1.0, size: object = None) -> NDArray[Any]:
        """Return numbers between `low` and `high`."""
        if not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
            raise NotKnown
        return self._draws.uniform(low, high, _afforded(size))

    def normal(self, loc: object = 0.0, scale: object = 1.0, size: object = None) -> NDArray[Any]:
        """Return normal numbers."""
        if not isinstance(loc, (int, float)) or not isinstance(scale, (int, float)):
            raise NotKnown
        return self._draws.normal(loc, scale, _afforded(size))

    def random(self, size: object = None) -> NDArray[Any]:
        """Return numbers from 0 to 1."""
        return self._draws.random(_afforded(size))


def _afforded(size: object) -> tuple[int, ...]:
    """Return the shape of numbers to be drawn, once what it takes is spent."""
    shape = shape_of(size)
    spend(math.prod(shape) // 40)
    return shape


class NotKnown(Exception):
    """The value cannot be told without running the code; its shape where that is said."""

    def __init__(self, shape: Shape | None = None) -> None:
        self.shape = shape


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number as Python writes one, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def numbers(value: object, dtype: object = None) -> NDArray[Any]:
    """Return constants, nested lists or an array as an array of numbers; NotKnown if they are anything else.

    >>> numbers([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    if isinstance(value, (str, bytes, Unknown, Name)) or value is None:
        raise NotKnown
    try:
        if not isinstance(value, np.ndarray):
            spend(made=8 * (MAX_LISTED - _count(value, MAX_LISTED)))
        array = np.asarray(value)
        if array.dtype.kind not in "biuf" or array.size > MAX_VALUES:
            raise NotKnown
        return array if dtype is None else array.astype(_dtype(dtype), copy=False)
    except (ValueError, TypeError, OverflowError):
        raise NotKnown from None


def _count(value: object, left: int) -> int:
    """Return how many of `left` numbers remain once lists within lists are written out, arrays in them too.

    NotKnown where they run out, and for what is no number.
    """
    if isinstance(value, (list, tuple)):
        if len(value) > left:
            raise NotKnown
        spend(1 + len(value) // 5)
        for item in value:
            left = _count(item, left - 1)
    elif isinstance(value, np.ndarray):
        spend(5)
        left -= value.size
    elif not isinstance(value, (int, float)):
        raise NotKnown
    if left < 0:
        raise NotKnown
    return left


def shape_of(value: object) -> tuple[int, ...]:
    """Return a shape of at most four whole numbers; NotKnown for anything else, with the shape if too large."""
    sizes = (value,) if is_whole(value) else value if isinstance(value, (tuple, list)) else (None,)
    if len(sizes) > 4 or not all(isinstance(size, int) and size >= 0 for size in sizes):
        raise NotKnown
    whole = tuple(int(size) for size in sizes)
    if math.prod(whole) > MAX_VALUES:
        raise NotKnown(whole)
    return whole


def _dtype(value: object) -> np.dtype[Any]:
    name = value if isinstance(value, str) else value.last if isinstance(value, Name) else ""
    if name.lstrip("<=") in ("float32", "f4"):
        return np.dtype(np.float32)
    if name in ("float64", "float", "f8", "double"):
        return np.dtype(np.float64)
    if name in ("int32", "int64", "int"):
        return np.dtype(np.int64)
    if name in ("bool", "bool_"):
        return np.dtype(np.bool_)
    raise NotKnown


def _filled(fill: float) -> Callable[..., NDArray[Any]]:
    return lambda shape, dtype="float64": np.full(shape_of(shape), fill, _dtype(dtype))


def _full(shape: object, fill_value: object, dtype: object = "float64") -> NDArray[Any]:
    return np.full(shape_of(shape), numbers(fill_value).reshape(()), _dtype(dtype))


def _arange(start: object, stop: object = None, step: object = 1, dtype: object = None) -> NDArray[Any]:
    first, last = (0, start) if stop is None else (start, stop)
    values = [number for number in (first, last, step) if isinstance(number, (int, float))]
    if len(values) < 3 or not values[2] or not (values[1] - values[0]) / values[2] <= MAX_VALUES:
        raise NotKnown
    kind = None if dtype is None else _dtype(dtype)
    made = np.arange(*values)
    return made if kind is None else made.astype(kind)


def _linspace(start: object, stop: object, num: object = 50, *, dtype: object = "float64") -> NDArray[Any]:
    if not isinstance(start, (int, float)) or not isinstance(stop, (int, float)):
        raise NotKnown
    return np.linspace(start, stop, math.prod(shape_of(num)), dtype=_dtype(dtype))


def _like(fill: float) -> Callable[..., NDArray[Any]]:
    return lambda array, dtype="float64": np.full(numbers(array).shape, fill, _dtype(dtype))


def _reshape(array: object, *shape: object, newshape: object = None) -> NDArray[Any]:
    sizes = newshape if newshape is not None else shape[0] if len(shape) == 1 else shape
    wanted = sizes if isinstance(sizes, (tuple, list)) else (sizes,)
    if len(wanted) > 4 or not all(isinstance(size, int) for size in wanted):
        raise NotKnown
    return numbers(array).reshape(wanted)


def _expand_dims(array: object, axis: object = 0) -> NDArray[Any]:
    if not isinstance(axis, int):
        raise NotKnown
    return np.expand_dims(numbers(array), axis)


def _from_buffer(data: object, dtype: object = "float64") -> NDArray[Any]:
    if not isinstance(data, bytes):
        raise NotKnown
    return np.frombuffer(data, dtype=_dtype(dtype))


def _decoded(text: object) -> bytes:
    if not isinstance(text, (str, bytes)):
        raise NotKnown
    spend(made=len(text))
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise NotKnown from None


def _transpose(array: object, *axes: Any) -> NDArray[Any]:
    order = axes[0] if len(axes) == 1 and isinstance(axes[0], (tuple, list)) else axes
    return numbers(array).transpose(order or None)


CALLS: Mapping[str, Callable[..., Any]] = {
    "array": numbers,
    "asarray": numbers,
    "constant": numbers,
    "convert_to_tensor": numbers,
    "float32": lambda value: numbers(value, "float32"),
    "cast": numbers,
    "zeros": _filled(0.0),
    "ones": _filled(1.0),
    "full": _full,
    "arange": _arange,
    "linspace": _linspace,
    "zeros_like": _like(0.0),
    "ones_like": _like(1.0),
    "reshape": _reshape,
    "expand_dims": _expand_dims,
    "transpose": _transpose,
    "frombuffer": _from_buffer,
    "b64decode": _decoded,
}
"""Calls of NumPy, and of their namesakes in keras.ops and TensorFlow, whose result is known from their arguments."""

METHODS: Mapping[str, Callable[..., Any]] = {
    "reshape": _reshape,
    "astype": numbers,
    "transpose": _transpose,
    "numpy": numbers,
    "copy": numbers,
    "tolist": numbers,
}
"""Methods of an array whose result is known."""

_DRAWS = ("rand", "randn", "random", "random_sample", "normal", "uniform", "standard_normal", "randint", "integers")


def drawn(name: str, arguments: list[object], named: Mapping[str, object]) -> NotKnown | None:
    """Return the NotKnown of a call that draws numbers by chance, with their shape; None for any other call."""
    if name not in _DRAWS:
        return None
    size = named.get("size", named.get("shape"))
    if name in ("rand", "randn"):
        size = tuple(arguments)
    if size is None:
        size = next((value for value in arguments if isinstance(value, (tuple, list))), None)
    try:
        return NotKnown(shape_of(size))
    except NotKnown as unknown:
        return unknown


_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "Add": lambda a, b: a + b,
    "Sub": lambda a, b: a - b,
    "Mult": lambda a, b: a * b,
    "Div": lambda a, b: a / b,
}


def combined(sign: str, left: object, right: object) -> object:
    """Return a sum, difference, product or quotient of numbers and arrays; NotKnown for anything else.

    >>> combined("Mult", 4, 8)
    32
    """
    if sign not in _SIGNS:
        raise NotKnown
    if sign == "Mult" and isinstance(left, list) and is_whole(right) and len(left) * right <= MAX_REPEATED:
        return left * right
    plain = not (isinstance(left, np.ndarray) or isinstance(right, np.ndarray))
    if plain and not all(isinstance(value, (int, float)) for value in (left, right)):
        raise NotKnown
    try:
        if not plain and math.prod(np.broadcast_shapes(numbers(left).shape, numbers(right).shape)) > MAX_VALUES:
            raise NotKnown
        with np.errstate(all="ignore"):
            result = _SIGNS[sign](left, right) if plain else numbers(_SIGNS[sign](numbers(left), numbers(right)))
    except (ValueError, TypeError, ArithmeticError):
        raise NotKnown from None
    if isinstance(result, int) and abs(result) >= MAX_WHOLE:
        raise NotKnown
    return result
