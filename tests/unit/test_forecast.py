"""The forecasts of the passengers, beside what came true: the model's own, and those of simple rules."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_core.figures.forecast import forecast
from lstm_core.forecast import TRUE, forecasts
from lstm_core.tasks.passengers import LEARNED, SERIES, simple_rules
from lstm_core.tasks.trained import trained
from lstm_core.text import load


def test_the_models_error_is_that_of_its_manifest_and_the_rules_errors_are_those_that_are_told() -> None:
    model, *others = forecasts()
    assert model.error == pytest.approx(trained("passengers").score, abs=0.01)
    assert {one.name: one.error for one in others} == pytest.approx(simple_rules())


def test_each_rule_says_what_its_name_says() -> None:
    said = {one.name: one.values for one in forecasts()}
    np.testing.assert_array_equal(said["last"], SERIES[LEARNED - 1 : -1])
    np.testing.assert_array_equal(said["year"], SERIES[LEARNED - 12 : -12])
    np.testing.assert_allclose(said["mean"], np.full(len(TRUE), SERIES[:LEARNED].mean()), rtol=1e-6)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_line_is_named_and_the_best_comes_first(language: str) -> None:
    picture = forecast(load(language))
    true, *lines = picture["lines"]
    assert true["values"] == TRUE.tolist()
    errors = [float(np.abs(np.array(line["values"]) - TRUE).mean()) for line in lines]
    assert errors == sorted(errors)
    for line, error in zip(lines, errors, strict=True):
        assert line["label"]
        assert f"{error:.1f}" in line["off"]
    assert picture["years"] == [1958, 1959, 1960]
