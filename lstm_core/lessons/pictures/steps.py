"""One call over T steps above T calls over one step each: plain data, which the browser draws on one time axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.figures.theme import QUANTITY_COLOURS, colour_scale
from lstm_core.layers.spec import LSTM

Array = NDArray[np.float32]

TEXT = ("alt", "one_call", "calls", "one_mask", "masks", "line", "dots", "unit")
"""The words that the browser draws; `unit` keeps its {unit}."""


def feeding_figure(
    one_call: Mapping[str, Array],
    stepped: Mapping[str, Array],
    *,
    handed: Sequence[str],
    started: Sequence[str],
    masks: tuple[Array, Array] | None,
    labels: Sequence[str],
    text: Mapping[str, str],
) -> dict[str, Any]:
    """Return the picture of one batch row fed both ways.

    `one_call` and `stepped` have "h" and "c" as (T, U). `handed` are the states, "h" and "c", that a call of one
    step gets from the one before it; `started` those that the first call gets from a batch before. `masks` are the
    dropout mask of the one call (F,) and of each call of one step (T, F). `labels` stand under the steps; `text`
    has all of `TEXT`.

    >>> states = {"h": np.zeros((2, 1), np.float32), "c": np.ones((2, 1), np.float32)}
    >>> words = dict.fromkeys(TEXT, "")
    >>> shown = feeding_figure(states, states, handed="h", started="", masks=None, labels="ab", text=words)
    >>> shown["calls"]["c"], shown["handed"], shown["scales"]["c"]["zmax"]
    ([[1.0], [1.0]], ['h'], 1.0)
    """
    ways = {"once": one_call, "calls": stepped}
    scales = {
        name: colour_scale(name, np.concatenate([way[name] for way in ways.values()])) for name in LSTM.states_drawn
    }
    drawn: dict[str, Any] = {
        way: {name: states[name].astype(float).tolist() for name in LSTM.states_drawn} for way, states in ways.items()
    }
    if masks is not None:
        once, every = masks
        drawn["once"]["masks"] = np.broadcast_to(once, every.shape).astype(bool).tolist()
        drawn["calls"]["masks"] = every.astype(bool).tolist()
    return drawn | {
        "handed": list(handed),
        "started": list(started),
        "labels": list(labels),
        "colours": QUANTITY_COLOURS,
        "scales": {name: scale.drawn() for name, scale in scales.items()},
        "text": {name: text[name] for name in TEXT},
    }
