"""Passengers of the years that the model was not trained on, and who comes how close: plain data for the browser."""

from __future__ import annotations

from typing import Any

from lstm_core.forecast import TRUE, forecasts
from lstm_core.tasks.passengers import FIRST_YEAR, LEARNED, SERIES
from lstm_core.text import Catalogue


def forecast(t: Catalogue) -> dict[str, Any]:
    """Return the true numbers and each forecast of them, a line each, named with the error; best first.

    >>> from lstm_core.text import load
    >>> [line["off"] for line in forecast(load("en"))["lines"]]
    ['', 'off by 25.7', 'off by 35.9', 'off by 42.3', 'off by 197.6']
    """
    text = t.section("forecast")
    true = {"name": "true", "label": text["true"], "off": "", "values": TRUE.tolist()}
    lines = [
        {
            "name": one.name,
            "label": text[one.name],
            "off": t("forecast.off", error=f"{one.error:.1f}"),
            "values": [round(value, 1) for value in one.values.tolist()],
        }
        for one in sorted(forecasts(), key=lambda one: one.error)
    ]
    said = "; ".join(f"{line['label']} {line['off']}" for line in lines)
    return {
        "years": list(range(FIRST_YEAR + LEARNED // 12, FIRST_YEAR + len(SERIES) // 12)),
        "lines": [true, *lines],
        "text": {"title": text["title"], "note": text["note"], "alt": t("forecast.alt", said=said)},
    }
