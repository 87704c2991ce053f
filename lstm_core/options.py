"""Fields with bounds: how a default and what may stand in its place are declared, and checked."""

from __future__ import annotations

from dataclasses import Field, field
from typing import Any

import numpy as np

from lstm_core.refusal import Refusal


def option(default: Any, **bounds: Any) -> Any:
    """Declare a field of a dataclass with its bounds: `low` and `high`, or `choices`, or `longest` for text.

    With `parsed_by` it is text that this function turns into the one way to write it, or refuses; `choices` are then
    texts to choose from, not all there are.
    """
    return field(default=default, metadata=bounds)


def check(f: Field[Any], value: object) -> Refusal | None:
    """Return why a value does not fit a field's own bounds, or None.

    >>> from lstm_core.fields import FIELDS
    >>> print(check(FIELDS["dropout"], 1.5))
    out_of_range (field=dropout, given=1.5, low=0.0, high=0.95)
    """
    bounds = f.metadata
    if value is None and f.default is None:
        return None
    if "parsed_by" in bounds:
        try:
            bounds["parsed_by"](value)
        except Refusal as refusal:
            return Refusal(refusal.code, field=f.name, **refusal.facts)
    elif "choices" in bounds:
        if value not in bounds["choices"]:
            return Refusal("not_a_choice", field=f.name, given=value, choices=", ".join(bounds["choices"]))
    elif "longest" in bounds:
        if not isinstance(value, str) or len(value) > bounds["longest"]:
            given = len(value) if isinstance(value, str) else value
            return Refusal("too_long", field=f.name, given=given, high=bounds["longest"])
    elif "low" in bounds:
        kind = int if isinstance(f.default, int) else (int, float)
        if isinstance(value, bool) or not isinstance(value, kind) or not bounds["low"] <= value <= bounds["high"]:
            return Refusal("out_of_range", field=f.name, given=value, low=bounds["low"], high=bounds["high"])
        if value and not np.float32(value):
            return Refusal("too_small", field=f.name, given=value)
    elif isinstance(f.default, bool) and not isinstance(value, bool):
        return Refusal("not_a_choice", field=f.name, given=value, choices="True, False")
    return None


def plain(f: Field[Any], value: Any) -> Any:
    """Return a value as a field keeps it, so that what is equal is the same to the bit: floats, and no -0.0 beside 0.0;
    text as it is written in one way.

    >>> from lstm_core.fields import FIELDS
    >>> plain(FIELDS["dropout"], 0), plain(FIELDS["units"], 4)
    (0.0, 4)
    """
    if "parsed_by" in f.metadata:
        return f.metadata["parsed_by"](value)
    is_number = f.default is None or isinstance(f.default, float)
    return float(value) + 0.0 if is_number and value is not None else value
