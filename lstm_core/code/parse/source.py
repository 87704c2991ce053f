"""Source text -> syntax tree, within limits that keep any text harmless: it is parsed, never compiled and never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lstm_core.code.parse.budget import spend
from lstm_core.refusal import Refusal

MAX_CHARACTERS = 300_000
MAX_TOKENS = 15_000
"""Names, numbers and signs outside strings, at most: what takes time and memory to parse."""
MAX_DEPTH = 40
"""Brackets within brackets, at most."""

_MAGIC = re.compile(r"^[%!].*", re.MULTILINE)
_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)")
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")  # NUL, and halves of surrogate pairs
_TOKENS = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<string>(?P<prefix>[A-Za-z]{0,2})(?:
        '''(?:[^'\\]++|\\.|'(?!''))*+(?:'''|\\?\Z)|\"\"\"(?:[^"\\]++|\\.|"(?!""))*+(?:\"\"\"|\\?\Z)
        |'(?:[^'\\\n]++|\\.)*+(?:'|\\?\Z|(?=\n))|"(?:[^"\\\n]++|\\.)*+(?:"|\\?\Z|(?=\n))))
    |(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<space>\s+)|\d[\w.]*|\w+|[^\w\s]""",
    re.VERBOSE | re.DOTALL,
)
"""Comments, strings and what else there is. What is not closed is read to the end, so that nothing is read twice."""
_IN_DOUBT = re.compile(r"(?P<open>[(\[{])|(?P<close>[)\]}])|\w+|[^\w\s]")
"""The same where strings cannot be told from code: from a formatted one on, whose end depends on Python's version."""
_LINE_BYTES = 1000
"""What the syntax of a line takes, of the few tokens that it may have where there are many lines."""
_LONGEST, _MOST_NODES = 60, 100
"""Characters that are quoted, and nodes of the syntax that are written out for them, at most."""


def parsed(source: str) -> ast.Module:
    r"""Return the syntax tree of source text.

    Raises:
        Refusal: `code_empty`, `too_long`, `code_too_much`, `code_too_deep`, `code_not_text` or `code_syntax`, with
            the `line`.

    >>> len(parsed("a = 1\nb = 2").body)
    2
    >>> parsed("LSTM(8")
    Traceback (most recent call last):
    lstm_core.refusal.Refusal: code_syntax (line=1, given=LSTM(8, detail='(' was never closed)
    """
    source = _without_notebook(source.removeprefix("\ufeff"))
    if not source.strip():
        raise Refusal("code_empty", line=1)
    if len(source) > MAX_CHARACTERS:
        raise Refusal("too_long", line=1, given=len(source), high=MAX_CHARACTERS)
    if odd := _NOT_TEXT.search(source):
        raise Refusal("code_not_text", line=source.count("\n", 0, odd.start()) + 1)
    _check_size(source)
    try:
        return ast.parse(source)
    except SyntaxError as error:
        lines = lines_of(source)
        number = min(max(error.lineno or 1, 1), len(lines))
        raise Refusal("code_syntax", line=number, given=shortened(lines[number - 1]), detail=error.msg) from None
    except (RecursionError, MemoryError):
        raise Refusal("code_too_deep", line=1, high=MAX_DEPTH) from None
    except ValueError:  # whatever else the parser cannot take
        raise Refusal("code_not_text", line=1) from None


def _without_notebook(source: str) -> str:
    """Return the code of a notebook or a console, its magic lines, prompts and printed lines emptied."""
    source = _MAGIC.sub("", source)
    if _PROMPT.match(source.lstrip()) is None:
        return source
    lines = source.split("\n")
    return "\n".join(line[4:] if _PROMPT.match(line) else "" for line in lines)


def lines_of(source: str) -> list[str]:
    r"""Return the lines of source text as Python counts them.

    >>> lines_of("a = 1\r\n  b")
    ['a = 1', '  b']
    """
    return re.split(r"\r\n|\r|\n", source.removeprefix("\ufeff"))


def shortened(text: str, longest: int = _LONGEST) -> str:
    """Return text on one line, cut where it is too long to be quoted."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def text_of(node: ast.AST) -> str:
    """Return the source of a syntax tree, short enough to be quoted: of a large one only the beginning is written."""
    left = [_MOST_NODES]
    head = _head(node, left)
    spend(3 * (_MOST_NODES - max(0, left[0])))
    try:
        return shortened(ast.unparse(head))
    except (ValueError, RecursionError):  # a whole number of too many digits
        return "…"


def _head(node: ast.AST, left: list[int]) -> ast.AST:
    """Return a copy of the first nodes of a syntax tree, `left[0]` of them, with an ellipsis for those behind."""
    if not node._fields:
        return node
    left[0] -= 1
    if isinstance(node, ast.expr) and left[0] < 0:
        return ast.Name("…", ast.Load())
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        return ast.Constant(node.value[: 2 * _LONGEST])
    fields: dict[str, object] = {}
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            items: list[object] = []
            for item in value:
                items.append(_head(item, left) if isinstance(item, ast.AST) else item)
                if left[0] < 0:
                    break
            fields[name] = items
        else:
            fields[name] = _head(value, left) if isinstance(value, ast.AST) else value
    return ast.copy_location(type(node)(**fields), node)


def _check_size(source: str) -> None:
    """Refuse what would take long to parse, or nests too deeply, before it is parsed."""
    depth = tokens = lines = 0
    for token in _tokens(source):
        kind = token.lastgroup
        tokens += kind not in ("space", "comment")
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "space":
            lines += "\n" in token[0]
        elif kind is None and not token[0].isascii():
            tokens += len(token[0]) // 4  # Python brings each of its letters to a normal form
        if depth > MAX_DEPTH or tokens > MAX_TOKENS:
            line = source.count("\n", 0, token.start()) + 1
            if depth > MAX_DEPTH:
                raise Refusal("code_too_deep", line=line, high=MAX_DEPTH)
            raise Refusal("code_too_much", line=line, high=MAX_TOKENS)
    spend(made=lines * _LINE_BYTES)


def _tokens(source: str) -> Iterator[re.Match[str]]:
    for token in _TOKENS.finditer(source):
        if "f" in (token["prefix"] or "").lower() and "{" in token[0]:
            yield from _IN_DOUBT.finditer(source, token.start())
            return
        yield token
