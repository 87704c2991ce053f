"""What each part of the cell does, a card for each, as plain data that the browser lays out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lstm_core.layers.spec import LSTM, QUANTITIES
from lstm_core.layers.trace import Trace


def gates(
    trace: Trace, *, steps: Sequence[int], labels: Sequence[str], text: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Return the values of unit 1 of the first batch row at some steps, from 0: a card each with its `name`
    and `idea`, in the order in which an impulse meets them.

    >>> from lstm_core.experiment import Experiment
    >>> from lstm_core.run import run_experiment
    >>> words = {part: {"name": part, "idea": ""} for part in LSTM.gate_names}
    >>> cards = gates(run_experiment(Experiment()).trace, steps=[0], labels=["step 1"], text=words)["cards"]
    >>> [(card["symbol"], card["low"]) for card in cards]
    [('i', 0.0), ('c~', -1.0), ('f', 0.0), ('o', 0.0)]
    """

    def card(part: str) -> dict[str, Any]:
        of, values = QUANTITIES[part], trace[part][:, 0, 0]
        return {
            "symbol": of.symbol,
            **text[part],
            "colour": of.colour,
            "low": of.low,
            "bars": [{"label": label, "value": float(values[step])} for step, label in zip(steps, labels, strict=True)],
        }

    return {"cards": [card(part) for part in LSTM.gates_in_use]}
