"""What a script is made of, as far as it concerns the layer."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lstm_core.code.parse.layer import Given
from lstm_core.code.parse.values import Shape


class Note(NamedTuple):
    """Something that was read over, or kept as it was: a text's key, the line (0 for none), the facts it names."""

    code: str
    line: int
    facts: Mapping[str, object]


@dataclass(eq=False)
class Layer:
    """An `LSTM(...)` in the code; `two_ways` inside a `Bidirectional`."""

    arguments: dict[str, Given]
    node: ast.Call
    weights: Given | None = None
    two_ways: bool = False

    @property
    def line(self) -> int:
        """The line that makes it."""
        return self.node.lineno

    @property
    def returned(self) -> int:
        """How many tensors a call of it gives back."""
        given = self.arguments.get("return_state")
        if given is None or not isinstance(given.value, (bool, int)) or not given.value:
            return 1
        return 5 if self.two_ways else 3


@dataclass(eq=False)
class Symbol:
    """A `keras.Input`: its shape, the batch first, as far as it is known."""

    shape: Shape | None
    line: int


@dataclass(frozen=True, eq=False)
class CallOf:
    """One call of the layer: its line, and what it is given."""

    line: int
    data: Given | None
    state: Given | None = None
    mask: Given | None = None
    training: Given | None = None

    @property
    def trains(self) -> object:
        """What `training` is: False where it is left out or None, as for a layer that is called by itself."""
        given = self.training.value if self.training else None
        return False if given is None else given


@dataclass(frozen=True, eq=False)
class Output:
    """What a call of the layer gives back."""

    layer: Layer


@dataclass(eq=False)
class Model:
    """A model: its inputs in order, and the call of the layer in it."""

    inputs: list[object] = field(default_factory=list)
    call: CallOf | None = None


@dataclass(frozen=True, eq=False)
class Method:
    """A method of a value, not called yet."""

    of: object
    name: str
