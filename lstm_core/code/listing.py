"""What a code box shows of a script: what it is about is marked, the data that it begins with are folded away."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import NamedTuple, TypeGuard

from lstm_core.text import Catalogue

FEW = 6
"""A beginning of up to so many lines is shown."""
MODULES = ("np", "base64")
"""What data are made with."""


class Fold(NamedTuple):
    """Lines `first` to `end` of a script, from 0 and without `end`, and the names that they give something."""

    first: int
    end: int
    names: tuple[str, ...]


def marked(source: str, about: Collection[str]) -> tuple[int, ...]:
    """Return the lines of a script, from 0, that have any of these pieces of text.

    >>> marked("h = step(x, h)", ("step(",))
    (0,)
    """
    return tuple(number for number, line in enumerate(source.splitlines()) if any(piece in line for piece in about))


def folds(source: str, *, known: Collection[str] = (), about: Collection[str] = ()) -> tuple[Fold, ...]:
    """Return the folds of a script: imports and data that it begins with, if they are long, and the `known` classes.

    No line that it is `about`, as in `marked`, is folded away.
    """
    statements, shown = ast.parse(source).body, marked(source, about)
    names = list(MODULES)
    begin = 0
    while begin < len(statements) and _is_data(statements[begin], names) and not _holds(statements[begin], shown):
        names += _given(statements[begin])
        begin += 1
    found = []
    if begin < len(statements) and begin and _end(statements[begin - 1]) > FEW:
        found.append(Fold(0, _end(statements[begin - 1]), ("import", *dict.fromkeys(names[len(MODULES) :]))))
    for statement in statements[begin:]:
        if isinstance(statement, ast.ClassDef) and statement.name in known and not _holds(statement, shown):
            found.append(Fold(statement.lineno - 1, _end(statement), (f"class {statement.name}",)))
    lines = source.splitlines()
    return tuple(fold._replace(end=_past_empty(lines, fold.end)) for fold in found)


def code_box(
    source: str, t: Catalogue, *, label: str, folded: Collection[Fold] = (), about: Collection[str] = ()
) -> dict[str, object]:
    """Return what the browser needs to draw a script under a label, with a button that copies all of it."""
    return {
        "source": source,
        "folds": [
            [fold.first, fold.end, t("code.folded", names=", ".join(fold.names), count=fold.end - fold.first)]
            for fold in folded
        ],
        "marked": marked(source, about),
        "label": label,
        "copy": t("code.copy"),
        "copied": t("page.copied"),
    }


def _is_data(statement: ast.stmt, names: Collection[str]) -> bool:
    """Whether a statement imports, or makes data of nothing but NumPy and the data before it."""
    if isinstance(statement, ast.Import):
        return True
    if not isinstance(statement, ast.Assign | ast.FunctionDef):
        return False
    used = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    own = {node.id for node in used if _is_stored(node)}
    own |= {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}
    return own.union(names) >= {node.id for node in used}


def _given(statement: ast.stmt) -> list[str]:
    """Return the names that a statement gives something."""
    if isinstance(statement, ast.FunctionDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [node.id for target in targets for node in ast.walk(target) if _is_stored(node)]


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _holds(statement: ast.stmt, lines: Collection[int]) -> bool:
    return any(statement.lineno <= line + 1 <= _end(statement) for line in lines)


def _end(statement: ast.stmt) -> int:
    assert statement.end_lineno is not None  # it was parsed
    return statement.end_lineno


def _past_empty(lines: list[str], end: int) -> int:
    while end < len(lines) and not lines[end].strip():
        end += 1
    return end
