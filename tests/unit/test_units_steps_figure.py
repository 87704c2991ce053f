"""Units against time steps: parameters follow units and features, and never the steps."""

from __future__ import annotations

from typing import Any

import pytest

from lstm_core import text
from lstm_core.figures.units_steps import MOST, units_steps
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.spec import LSTM


def drawn(language: str = "en", **given: Any) -> dict[str, Any]:
    return units_steps(LSTM, text.load(language), **({"features": 3, "units": 4, "steps": 6} | given))


@pytest.mark.parametrize("features", [1, 3])
def test_for_each_number_of_units_the_count_is_that_of_real_weights(features: int) -> None:
    counts = drawn(features=features)["parameters"]
    assert counts == [
        initial_weights(features=features, units=units, seed=1).parameters for units in range(1, MOST + 1)
    ]
    assert drawn(features=features, steps=1)["parameters"] == counts


def test_without_a_bias_a_gate_has_one_number_less_for_each_unit() -> None:
    less = [a - b for a, b in zip(drawn()["parameters"], drawn(use_bias=False)["parameters"], strict=True)]
    assert less == [4 * units for units in range(1, MOST + 1)]


def test_it_begins_with_the_layer_that_is_there_as_far_as_it_can_be_drawn() -> None:
    assert drawn(units=4, steps=6)["begins"] == {"units": 4, "steps": 6}
    assert drawn(units=64, steps=1000)["begins"] == {"units": MOST, "steps": MOST}
