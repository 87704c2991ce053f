"""A field's value <-> the text that it is in a link; long text is packed."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from dataclasses import Field
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import numpy as np

from lstm_core.fields import FIELDS, Edit
from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import parse_number

MAX_UNPACKED = 200_000
"""Longest text of one value, in characters."""
_PACKED = "~"
_PACK_FROM = 60
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def write(value: object) -> str:
    """Return the text of a field's value.

    >>> write(True), write((2, 3)), write(0.5), write(None)
    ('1', '2,3', '0.5', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, tuple) and value and isinstance(value[0], Edit):
        text = ";".join(f"{e.tensor}.{e.row}.{e.column}={_shortest(e.value)}" for e in value)
        return pack(text)
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    return pack(value) if isinstance(value, str) else repr(value)


def read(f: Field[Any], text: str) -> Any:
    """Return the value that a text has in a field.

    Raises:
        Refusal: for what is none; whether the field may have it is for the field to say.
    """
    default = f.default
    if _HALF_CHARACTER.search(text):  # no address can carry one, and nothing can write it
        raise Refusal("link_damaged")
    if f.name in ("edits", "held"):
        return tuple(_read_edit(part, f.name) for part in unpack(text).split(";") if part)
    if isinstance(default, bool):
        if text not in ("0", "1"):
            raise Refusal("not_a_choice", given=text[:40], choices="0, 1")
        return text == "1"
    if isinstance(default, tuple):
        bounds = {"low": 2, "high": FIELDS["calls"].metadata["high"]}  # reset_before: calls, from the second on
        return tuple(_whole(part, bounds) for part in text.split(",") if part)
    if isinstance(default, int):
        return _whole(text, f.metadata)
    if default is None and not text:
        return None
    if isinstance(default, float) or default is None:
        return parse_number(text)
    return unpack(text)


def _read_edit(text: str, name: str) -> Edit:
    place, _, value = text.partition("=")
    parts = place.rsplit(".", 2)
    if len(parts) != 3 or not all(_is_whole(part) for part in parts[1:]):
        raise Refusal(f"{name}_not_understood", given=text[:40])
    return Edit(parts[0], int(parts[1]), int(parts[2]), parse_number(value))


def _whole(text: str, bounds: Mapping[str, Any]) -> int:
    if not _is_whole(text):
        raise Refusal("not_a_whole_number", given=text[:40], low=bounds["low"], high=bounds["high"])
    return int(text)


def _is_whole(text: str) -> bool:
    """Return whether a text is a whole number of digits alone, and not longer than any that a link holds."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def _shortest(value: float) -> str:
    """Return the shortest text of a float, without the exponent's padding."""
    return np.format_float_positional(value, trim="-") if 1e-6 <= abs(value) < 1e9 else repr(value)


@lru_cache(maxsize=8)  # of long text, at every rerun of the page
def pack(text: str) -> str:
    """Return text as it is, or compressed behind `~` where that is shorter in a URL."""
    if len(text) >= _PACK_FROM or text.startswith(_PACKED):
        packed = _PACKED + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
        if len(packed) < len(quote(text)) or text.startswith(_PACKED):
            return packed
    return text


def unpack(text: str) -> str:
    """Return what was packed; Refusal `link_damaged` where that cannot be told."""
    if not text.startswith(_PACKED):
        return text
    try:
        raw = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(raw, MAX_UNPACKED)
        if not unpacker.eof:
            raise Refusal("link_damaged")
        return unpacked.decode()
    except (binascii.Error, zlib.error, ValueError) as error:
        raise Refusal("link_damaged") from error
