"""What each part of the cell does, a card for each, as plain data that the browser lays out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lstm_core.figures.theme import GATES, QUANTITY_COLOURS
from lstm_core.layers.rnn import Trace

PARTS = {"i": "i", "candidate": "c~", "f": "f", "o": "o"}
"""The parts and their symbols, in the order in which an impulse meets them."""


def gates(
    trace: Trace, *, steps: Sequence[int], labels: Sequence[str], text: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """The values of unit 1 of the first batch row at some steps, from 0: a card each with its `name` and `idea`.

    >>> from lstm_core.experiment import Experiment
    >>> from lstm_core.run import run_experiment
    >>> words = {part: {"name": part, "idea": ""} for part in PARTS}
    >>> cards = gates(run_experiment(Experiment()).trace, steps=[0], labels=["step 1"], text=words)["cards"]
    >>> [(card["symbol"], card["low"]) for card in cards]
    [('i', 0), ('c~', -1), ('f', 0), ('o', 0)]
    """

    def card(part: str, symbol: str) -> dict[str, Any]:
        values = getattr(trace, part)[:, 0, 0]
        return {
            "symbol": symbol,
            **text[part],
            "colour": QUANTITY_COLOURS[part],
            "low": 0 if part in GATES else -1,
            "bars": [{"label": label, "value": float(values[step])} for step, label in zip(steps, labels, strict=True)],
        }

    return {"cards": [card(part, symbol) for part, symbol in PARTS.items()]}
