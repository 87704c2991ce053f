"""What the trained model says of each month of the years that it was not trained on, beside rules that anyone knows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from lstm_core.examples import example
from lstm_core.run import model_called, run_experiment
from lstm_core.tasks.passengers import LEARNED, SERIES, rules, thousands, windows
from lstm_core.tasks.task import Array

TRUE = SERIES[LEARNED:]
"""Thousands of passengers in those months."""


@dataclass(frozen=True)
class Forecast:
    """Thousands of passengers that one forecaster says, month by month, and by how many it is off on average."""

    name: str
    values: Array

    @property
    def error(self) -> float:
        """Return the mean absolute error, in thousands."""
        return float(np.abs(self.values - TRUE).mean())


@cache
def forecasts() -> tuple[Forecast, ...]:
    """Return the model's forecast, then those of the simple rules.

    >>> {one.name: round(one.error, 1) for one in forecasts()}
    {'model': 25.7, 'last': 42.3, 'year': 35.9, 'mean': 197.6}
    """
    model = example("passengers")
    said = model_called(model, run_experiment(model).model_weights, windows(LEARNED, len(SERIES)).x, None).prediction
    assert said is not None
    return (Forecast("model", thousands(said[:, 0])), *(Forecast(name, values) for name, values in rules().items()))
