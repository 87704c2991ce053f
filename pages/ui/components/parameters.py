"""Mounts the picture of a layer's parameters, lstm_core.figures.parameters."""

from __future__ import annotations

from lstm_core.assets import parts
from lstm_core.figures.parameters import parameters
from lstm_core.layers.spec import CellSpec
from lstm_core.text import Catalogue
from pages.ui.components.component import component

_parameters = component("parameters", parts("components/parameters/parameters"))


def draw_parameters(
    spec: CellSpec,
    t: Catalogue,
    *,
    features: int,
    units: int,
    use_bias: bool = True,
    bidirectional: bool = False,
    key: str = "parameters",
) -> None:
    """Draw a layer's weights as blocks by gate; a gate that is clicked is chosen in the cell's picture too."""
    picture = parameters(spec, t, features=features, units=units, use_bias=use_bias, bidirectional=bidirectional)
    _parameters(picture, key=key)
