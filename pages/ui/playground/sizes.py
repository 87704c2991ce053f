"""Where a layer's parameters are, and its units against time steps: below the pictures, if someone asks for it."""

from __future__ import annotations

import streamlit as st

from lstm_core.layers.arguments import LayerArguments
from lstm_core.text import Catalogue


def draw_sizes(layer: LayerArguments, t: Catalogue, *, features: int, steps: int) -> None:
    """Draw the layer's weights as blocks, and the layer beside a number of steps, once the toggle is on."""
    if not st.toggle(t("pictures.sizes"), key="sizes_open"):
        return
    # Two scripts that the first page does not need
    from pages.ui.components.parameters import draw_parameters
    from pages.ui.components.units_steps import draw_units_steps

    left, right = st.columns(2, gap="medium")
    with left:
        draw_parameters(
            layer.spec,
            t,
            features=features,
            units=layer.units,
            use_bias=layer.use_bias,
            bidirectional=layer.bidirectional,
        )
    with right:
        if layer.bidirectional:
            st.caption(t("units_steps.one_direction"))
        draw_units_steps(layer.spec, t, features=features, units=layer.units, steps=steps, use_bias=layer.use_bias)
