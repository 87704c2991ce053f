"""Mounts the chart of forecasts, lstm_core.figures.forecast."""

from __future__ import annotations

from lstm_core.assets import parts
from lstm_core.figures.forecast import forecast
from lstm_core.text import Catalogue
from pages.ui.components.component import component

_forecast = component("forecast", parts("components/forecast/forecast"))


def draw_forecast(t: Catalogue) -> None:
    """Draw how close the trained model and simple rules come to the passengers of years that it was not trained on."""
    _forecast(forecast(t), key="forecast")
