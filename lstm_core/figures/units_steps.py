"""Units against time steps: what a layer of some units is over some steps, as plain data that the browser draws."""

from __future__ import annotations

from typing import Any

from lstm_core.figures.parameters import count_parameters
from lstm_core.layers.spec import CellSpec
from lstm_core.text import Catalogue

MOST = 12
"""Units, and time steps, that can be chosen: more are no clearer."""


def units_steps(
    spec: CellSpec, t: Catalogue, *, features: int, units: int, steps: int, use_bias: bool = True
) -> dict[str, Any]:
    """Return the picture that begins with a layer's units and the steps of its sequence, as far as there are so many.

    `parameters` has the count for each number of units, from 1 on; time steps do not come into it.

    >>> from lstm_core.layers.spec import LSTM
    >>> from lstm_core.text import load
    >>> drawn = units_steps(LSTM, load("en"), features=3, units=4, steps=50)
    >>> drawn["begins"], drawn["parameters"][:4]
    ({'units': 4, 'steps': 12}, [20, 48, 84, 128])
    """
    return {
        "cell": spec.name,
        "features": features,
        "most": MOST,
        "begins": {"units": min(units, MOST), "steps": min(steps, MOST)},
        "parameters": [
            count_parameters(spec, features=features, units=count, use_bias=use_bias) for count in range(1, MOST + 1)
        ],
        "rows": features + (spec.bias_rows if use_bias else 0),
        "gates": [gate.colour for gate in spec.gates],
        "colour": spec.states[0].colour,
        "text": t.section("units_steps"),
    }
