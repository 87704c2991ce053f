"""The chain of c as a band: what comes in at each step, what the forget gate lets through, what is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_core.figures.theme import QUANTITY_COLOURS
from lstm_core.layers.trace import Trace


def chain(trace: Trace, *, text: Mapping[str, str]) -> dict[str, Any]:
    """Return unit 1 of the first batch row, in processing order: c before and after, f, and f * c, i * c~ a step.

    `text` has `alt`, `kept`, `lost`, `written` (with {value}) and `axis`.

    >>> from lstm_core.experiment import Experiment
    >>> from lstm_core.run import run_experiment
    >>> words = dict.fromkeys(("alt", "kept", "lost", "written", "axis"), "")
    >>> first, second, *_ = chain(run_experiment(Experiment()).trace, text=words)["steps"]
    >>> first["before"], second["before"] == first["after"]
    (0.0, True)
    """
    c, f, i, candidate = trace["c"][:, 0, 0], trace["f"][:, 0, 0], trace["i"][:, 0, 0], trace["candidate"][:, 0, 0]
    before = np.concatenate([trace.start["c"][0, :1], c[:-1]])
    with np.errstate(over="ignore", invalid="ignore"):  # unbounded activations may reach inf
        kept, written = f * before, i * candidate
    columns = {
        "before": before,
        "f": f,
        "kept": kept,
        "written": written,
        "after": c,
        "step": trace.time_index + 1,
    }
    return {
        "steps": [
            dict(zip(columns, map(float, values), strict=True)) for values in zip(*columns.values(), strict=True)
        ],
        "colours": QUANTITY_COLOURS,
        "text": dict(text),
    }
