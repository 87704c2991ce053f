"""A script, statement by statement -> its first LSTM and how that is called: followed, never run."""

from __future__ import annotations

import ast
import sys
from itertools import islice
from typing import Any

import numpy as np

from lstm_core.code.parse.budget import Budget
from lstm_core.code.parse.calls import OUR_FUNCTIONS, OUR_LINES, OUR_NODES, Calls
from lstm_core.code.parse.parts import Output
from lstm_core.code.parse.source import text_of
from lstm_core.code.parse.values import Name, NotKnown, Unknown, is_whole, numbers
from lstm_core.fields import FIELDS
from lstm_core.refusal import Refusal

MAX_CALLS = FIELDS["calls"].metadata["high"]
MAX_ROUNDS = 100
"""Rounds of loops that are followed, over the whole script."""

QUIET = (
    "print",
    "set_printoptions",
    "set_random_seed",
    "seed",
    "display",
    "show",
    "summary",
    "compile",
    "append",
    "__init__",
)
"""Calls that do nothing to the picture, so that nothing need be said of them."""


class Script(Calls):
    """A script that is being read."""

    def __init__(self, tree: ast.Module, budget: Budget) -> None:
        super().__init__(budget)
        self._rounds = 0
        self._asides: list[ast.FunctionDef | ast.ClassDef] = []
        self.follow(tree.body)
        while self.layer is None and self._asides:  # a layer that a function or a class makes
            aside = self._asides.pop(0)
            if isinstance(aside, ast.FunctionDef):
                self._take_defaults(aside.args)
            self.follow(aside.body)
        self.names.clear()  # arrays that no call was given need not be held any longer

    def follow(self, body: list[ast.stmt]) -> None:
        """Follow statements in their order."""
        for statement in body:
            self._follow(statement)

    def _follow(self, statement: ast.stmt) -> None:
        self.budget.line = statement.lineno
        self.budget.spend(1)
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self._import(statement)
        elif isinstance(statement, ast.Assign):
            value = self.value(statement.value)
            for target in statement.targets:
                self._assign(target, value)
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            self._assign(statement.target, self.value(statement.value))
        elif isinstance(statement, (ast.Expr, ast.Return)) and statement.value:
            self._expression(statement.value)
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            self._define(statement)
        elif isinstance(statement, ast.For):
            self._loop(statement)
        elif isinstance(statement, ast.If):
            self._choose(statement)
        elif isinstance(statement, (ast.With, ast.Try)):
            self.follow(statement.body)
        elif not isinstance(statement, ast.Pass):
            self.note("read_over", statement.lineno, given=text_of(statement))

    def _import(self, statement: ast.Import | ast.ImportFrom) -> None:
        for alias in statement.names:
            if isinstance(statement, ast.ImportFrom):
                self.names[alias.asname or alias.name] = Name(
                    f"{statement.module or ''}.{alias.name}", statement.lineno
                )
            elif alias.asname:
                self.names[alias.asname] = Name(alias.name, statement.lineno)

    def _expression(self, node: ast.expr) -> None:
        value = self.value(node)
        if isinstance(value, Unknown) and isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called not in QUIET:
                self.note("read_over", node.lineno, given=value.text)

    def _assign(self, target: ast.expr, value: object) -> None:
        if isinstance(target, ast.Name):
            self.unshared.discard(target.id)
            self.names[target.id] = value
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            self.names[f"{target.value.id}.{target.attr}"] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target, value)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            self._put(target, target.value.id, value)

    def _unpack(self, target: ast.Tuple | ast.List, value: object) -> None:
        count = len(target.elts)
        starred = any(isinstance(item, ast.Starred) for item in target.elts)
        if isinstance(value, Output) and not starred and value.layer is self.layer and count != value.layer.returned:
            returned = value.layer.returned
            code = "code_unpack_one" if returned == 1 else "code_unpack"
            raise Refusal(code, line=target.lineno, given=count, expected=returned)
        parts = list(value) if isinstance(value, (list, tuple)) and len(value) == count and not starred else None
        for number, item in enumerate(target.elts):
            self._assign(item, parts[number] if parts else Unknown(item))

    def _put(self, target: ast.Subscript, name: str, value: object) -> None:
        """Put a value into a part of an array, as `mask[0, 2:4] = False` does: into a copy where others hold it."""
        array = self.names.get(name)
        if not isinstance(array, np.ndarray):
            return
        try:
            place = self.place(target.slice)
            if name not in self.unshared:
                self.budget.spend(1 + array.size // 1000, array.nbytes)
                self.names[name] = array = array.copy()
                self.unshared.add(name)
            self.budget.spend(1 + array[place].size // 500)
            array[place] = numbers(value)
        except (NotKnown, ValueError, IndexError, OverflowError, TypeError):
            self.names[name] = Unknown(target, array.shape)

    def _define(self, statement: ast.FunctionDef | ast.ClassDef) -> None:
        known = OUR_FUNCTIONS.get(ast.dump(statement)) if self._is_small(statement) else None
        if known is not None:
            self.names[statement.name] = known
            return
        self._asides.append(statement)
        if isinstance(statement, ast.ClassDef):
            self._asides += [part for part in statement.body if isinstance(part, ast.FunctionDef)]

    def _is_small(self, statement: ast.stmt) -> bool:
        """Whether a definition is no larger than ours are, which is told without looking at all of a large one."""
        if (statement.end_lineno or 0) - statement.lineno > OUR_LINES:
            return False
        self.budget.spend(OUR_NODES)
        return sum(1 for _ in islice(ast.walk(statement), OUR_NODES)) < OUR_NODES

    def _take_defaults(self, arguments: ast.arguments) -> None:
        for argument in (*arguments.args, *arguments.kwonlyargs):
            self.names[argument.arg] = Name(argument.arg, argument.lineno)
        for argument, default in zip(reversed(arguments.args), reversed(arguments.defaults), strict=False):
            self.names[argument.arg] = self.value(default)

    def _loop(self, statement: ast.For) -> None:
        """Follow a loop over numbers as often as it calls or resets the layer; any other body once."""
        values = self._looped(statement.iter)
        for number, value in enumerate(values):
            before = len(self.calls) + len(self.resets)
            calls = len(self.calls)
            self._assign(statement.target, value)
            self.follow(statement.body)
            self._rounds += 1
            if number == 0 and len(self.calls) > calls:
                planned = calls + (len(self.calls) - calls) * len(values)
                if planned > MAX_CALLS:
                    raise Refusal(
                        "out_of_range", field="calls", line=statement.lineno, given=planned, low=1, high=MAX_CALLS
                    )
            if len(self.calls) + len(self.resets) == before or self._rounds > MAX_ROUNDS:
                break

    def _looped(self, node: ast.expr) -> range | list[Any]:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            ends = [self.value(item) for item in node.args]
            if 1 <= len(ends) <= 3 and all(is_whole(end) for end in ends) and (len(ends) < 3 or ends[2]):
                return range(*ends)[: sys.maxsize]
        value = self.value(node)
        return value if isinstance(value, list) else [Unknown(node)]

    def _choose(self, statement: ast.If) -> None:
        holds = self._condition(statement.test)
        self.follow(statement.orelse if holds is False else statement.body)

    def _condition(self, node: ast.expr) -> bool | None:
        """Return whether a comparison of whole numbers holds, such as `call in [2, 3]`; None where it is not known."""
        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            value = self.value(node)
            return value if isinstance(value, bool) else None
        left, right = self.value(node.left), self.value(node.comparators[0])
        if not is_whole(left):
            return None
        if isinstance(node.ops[0], ast.In) and isinstance(right, (list, tuple)):
            self.budget.spend(len(right) // 5)
            return left in [item for item in right if is_whole(item)]
        if not is_whole(right):
            return None
        holds = {ast.Eq: left == right, ast.NotEq: left != right, ast.Gt: left > right, ast.Lt: left < right}
        return holds.get(type(node.ops[0]))
