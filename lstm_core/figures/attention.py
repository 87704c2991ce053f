"""The picture of attention over time, as plain data: h of every step, its score and weight, and the context."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from lstm_core.figures.theme import QUANTITY_COLOURS, colour_scale
from lstm_core.lessons.attention import Attention

MOST_STEPS = 24
"""Longer sentences are not drawn: the picture would be all scrolling."""


def attention_picture(
    found: Attention, *, labels: Sequence[str], times: Iterable[int], scale: float, text: Mapping[str, str]
) -> dict[str, Any]:
    """The picture of one query's attention; `labels` name the steps, `times` number them, `text` are its words by name.

    >>> from lstm_core.lessons.attention import attend
    >>> found = attend(np.float32([1]), np.float32([[0.5], [0.25]]))
    >>> picture = attention_picture(found, labels=["a", "b"], times=[1, 2], scale=1.0, text={})
    >>> picture["values"], picture["scores"], picture["largest"]
    ([[0.5], [0.25]], [0.5, 0.25], 0)
    """
    shades = colour_scale("h", np.vstack([found.values, found.query[None]]))
    return {
        "labels": list(labels),
        "times": [int(time) for time in times],
        "query": found.query.tolist(),
        "values": found.values.tolist(),
        "scores": found.scores.tolist(),
        "weights": found.weights.tolist(),
        "context": found.context.tolist(),
        "largest": found.largest,
        "scale": scale,
        "colour": QUANTITY_COLOURS["h"],
        "shades": {"zmin": shades.low, "zmax": shades.high, "colorscale": shades.plotly()},
        "text": dict(text),
    }
