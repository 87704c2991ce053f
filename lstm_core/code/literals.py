"""NumPy arrays and functions as Python source that gives the same back, to the bit."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

MAX_LITERAL = 400
"""Numbers up to which an array is written out; longer ones are packed."""
LINE = 100
"""Longest line of numbers."""


def assignment(name: str, array: NDArray[np.float32 | np.intp], *, together: int, packed_note: str) -> str:
    """Return the assignment of an array, float32 or int32: as numbers, or packed (base64 of its bytes) if it is long.

    `together` numbers stand on a line: the units of one gate, the features of one step.
    """
    whole = np.issubdtype(array.dtype, np.integer)
    if array.size <= MAX_LITERAL:
        return f'{name} = np.array({literal(array, together)}, dtype="{"int32" if whole else "float32"}")'
    packed_as = "<i4" if whole else "<f4"
    packed = base64.b64encode(np.ascontiguousarray(array, dtype=packed_as).tobytes()).decode()
    wide = LINE - 6
    lines = "\n".join(f'    "{packed[first : first + wide]}"' for first in range(0, len(packed), wide))
    return (
        f"{name} = np.frombuffer(base64.b64decode(  # {packed_note} {array.shape}\n{lines}\n"
        f'), dtype="{packed_as}").reshape({array.shape})'
    )


def literal(array: NDArray[np.float32 | np.intp], together: int) -> str:
    """Return the array as nested lists whose numbers, read back, are the same to the bit.

    >>> print(literal(np.float32([[0.1, 2, 3, 4], [5, 6, 7, -8]]), 2))
    [
        [ 0.1,  2.0,
          3.0,  4.0],
        [ 5.0,  6.0,
          7.0, -8.0],
    ]
    """
    width = max(len(str(value)) for value in array.ravel())
    most = LINE // (width + 2)

    def nested(part: NDArray[np.float32 | np.intp], indent: str) -> str:
        if part.ndim == 2 and part.shape[1] == 1:  # single numbers need no line each
            numbers = [f"[{value!s:>{width}}]" for value in part[:, 0]]
            fits = max(1, (LINE - 16) // (width + 4))
            lines = [", ".join(numbers[first : first + fits]) for first in range(0, len(numbers), fits)]
            return "[\n" + "".join(f"{indent}    {line},\n" for line in lines) + f"{indent}]"
        if part.ndim > 1:
            rows = "".join(f"{indent}    {nested(row, indent + '    ')},\n" for row in part)
            return f"[\n{rows}{indent}]"
        numbers = [f"{value!s:>{width}}" for value in part]
        groups = [numbers[first : first + together] for first in range(0, len(numbers), together)]
        lines = [", ".join(group[first : first + most]) for group in groups for first in range(0, len(group), most)]
        return "[" + f",\n{indent} ".join(lines) + "]"

    return nested(array, "") if array.ndim > 1 else nested(array, "   ").replace("[", "[\n    ").replace("]", ",\n]")


def source_of(function: Callable[..., object]) -> str:
    """Return a function's own source without annotations and docstring: the script computes as the app does."""
    lines = inspect.getsource(function).rstrip().splitlines()
    signature = ", ".join(inspect.signature(function).parameters)
    docstring_end = next(number for number, line in enumerate(lines) if line.endswith('"""'))
    return "\n".join([f"def {function.__name__}({signature}):", *lines[docstring_end + 1 :]])
