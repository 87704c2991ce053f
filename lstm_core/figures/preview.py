"""A sequence before it is used, as plain data: each feature's course over the steps and its first numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lstm_core.sequences.numbers import Array, shortest

MAX_SHOWN_FEATURES, MAX_ROWS, FIRST_STEPS = 8, 8, 5
"""Features, batch rows and numbers of each feature that are shown."""


def preview(data: Array, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return what is shown of the first features of a sequence (batch, timesteps, features).

    `lines` are the feature's values, batch row by batch row; `first` the first numbers of the first row.

    >>> from lstm_core.sequences.numbers import parse_numbers
    >>> [feature] = preview(parse_numbers("0.1 -2 3"))
    >>> feature["name"], feature["first"], feature["smallest"], feature["largest"]
    ('x1', '0.1  -2  3', '-2', '3')
    """
    _, timesteps, features = data.shape
    labels = names or [f"x{feature + 1}" for feature in range(features)]
    more = " …" if timesteps > FIRST_STEPS else ""
    shown = []
    for feature in range(min(features, MAX_SHOWN_FEATURES)):
        values = data[:, :, feature]
        low, high = values.min(), values.max()
        shown.append(
            {
                "name": labels[feature],
                "lines": values[:MAX_ROWS].tolist(),
                "low": float(low),
                "high": float(high),
                "first": "  ".join(map(shortest, values[0, :FIRST_STEPS])) + more,
                "smallest": shortest(low),
                "largest": shortest(high),
            }
        )
    return shown
