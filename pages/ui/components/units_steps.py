"""Mounts the picture of units against time steps, lstm_core.figures.units_steps."""

from __future__ import annotations

from lstm_core.assets import parts
from lstm_core.figures.units_steps import units_steps
from lstm_core.layers.spec import CellSpec
from lstm_core.text import Catalogue
from pages.ui.components.component import component

_units_steps = component("units_steps", parts("components/units_steps/units_steps"))


def draw_units_steps(
    spec: CellSpec,
    t: Catalogue,
    *,
    features: int,
    units: int,
    steps: int,
    use_bias: bool = True,
    key: str = "units_steps",
) -> None:
    """Draw a layer over time beside two sliders, which begin with its units and steps and move in the browser."""
    _units_steps(units_steps(spec, t, features=features, units=units, steps=steps, use_bias=use_bias), key=key)
