"""Expressions of a script -> values: constants, names, arrays and parts of them."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from lstm_core.code.parse.budget import Budget
from lstm_core.code.parse.layer import Given
from lstm_core.code.parse.parts import Method, Note
from lstm_core.code.parse.values import MAX_WHOLE, Name, NotKnown, Unknown, combined, is_whole, numbers
from lstm_core.refusal import Refusal

MAX_NOTES = 30


class Expressions:
    """What the names of a script stand for, and how its expressions are read; `called` says what a call gives."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.names: dict[str, object] = {}
        self.unshared: set[str] = set()
        """Names of arrays that nothing else holds, so that numbers can be put into them."""
        self.notes: list[Note] = []

    def note(self, code: str, line: int, **facts: object) -> None:
        """Keep a note, once."""
        note = Note(code, line, facts)
        if note not in self.notes and len(self.notes) < MAX_NOTES:
            self.notes.append(note)

    def value(self, node: ast.expr) -> Any:
        """Return the value of an expression; Unknown where only running the code would tell."""
        self.budget.line = node.lineno
        self.budget.spend(1)
        try:
            value = self._value(node)
            if not isinstance(node, (ast.Name, ast.Attribute)):  # those make nothing
                if isinstance(value, np.ndarray):
                    self.budget.spend(1 + value.size // 100, value.nbytes)
                elif isinstance(value, (list, tuple)):
                    self.budget.spend(1 + len(value) // 100, 64 + 8 * len(value))
            return value
        except NotKnown as unknown:
            return Unknown(node, unknown.shape)
        except Refusal:
            raise
        except (TypeError, ValueError, ArithmeticError, IndexError):  # NumPy's, of values that do not go together
            return Unknown(node)

    def given(self, node: ast.expr) -> Given:
        """Return the value of an expression with its line and text."""
        return Given(self.value(node), node)

    def _value(self, node: ast.expr) -> object:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, int) and abs(node.value) >= MAX_WHOLE:
                raise NotKnown
            return node.value
        if isinstance(node, ast.Name):
            self.unshared.discard(node.id)
            return self.names[node.id] if node.id in self.names else Name(node.id, node.lineno)
        if isinstance(node, (ast.List, ast.Tuple)):
            values = [self.value(item) for item in node.elts]
            return values if isinstance(node, ast.List) else tuple(values)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.value(node.operand)
            return -value if isinstance(value, (int, float)) else -numbers(value)
        if isinstance(node, ast.BinOp):
            return combined(type(node.op).__name__, self.value(node.left), self.value(node.right))
        if isinstance(node, ast.Subscript):
            return self._part(self.value(node.value), node.slice)
        if isinstance(node, ast.Call):
            return self.called(node)
        raise NotKnown

    def called(self, node: ast.Call) -> object:
        """Return what a call gives; NotKnown where only running it would tell."""
        raise NotKnown

    def _attribute(self, node: ast.Attribute) -> object:
        if isinstance(node.value, ast.Name) and f"{node.value.id}.{node.attr}" in self.names:
            return self.names[f"{node.value.id}.{node.attr}"]
        value = self.value(node.value)
        if isinstance(value, Name):
            return Name(f"{value.path}.{node.attr}", value.line)
        if isinstance(value, np.ndarray) and node.attr in ("shape", "T"):
            return value.shape if node.attr == "shape" else value.T
        return Method(value, node.attr)

    def _part(self, value: Any, index: ast.expr) -> object:
        place = self.place(index)
        if isinstance(value, np.ndarray):
            return numbers(value[place])
        if isinstance(value, (list, tuple)) and is_whole(place):
            return value[place]
        raise NotKnown

    def place(self, index: ast.expr) -> Any:
        """Return what stands between the square brackets; NotKnown unless it is made of numbers, slices and None."""
        if isinstance(index, ast.Tuple):
            return tuple(self.place(item) for item in index.elts)
        if isinstance(index, ast.Slice):
            ends = [None if end is None else self.value(end) for end in (index.lower, index.upper, index.step)]
            if all(end is None or is_whole(end) for end in ends):
                return slice(*ends)
            raise NotKnown
        value = self.value(index)
        if isinstance(value, Name) and value.last == "newaxis":
            return None
        if value is None or value is Ellipsis or is_whole(value):
            return value
        raise NotKnown
