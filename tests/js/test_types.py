"""The types that tsc checks the scripts with are those of what Python sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from lstm_core.assets import asset
from lstm_core.experiment import Experiment
from lstm_core.figures.forecast import forecast
from lstm_core.figures.lens import payload
from lstm_core.figures.parameters import parameters
from lstm_core.figures.stack import StackedHead, StackedLayer, stack
from lstm_core.figures.text import FigureText
from lstm_core.figures.time_figure import time_figure
from lstm_core.figures.units_steps import units_steps
from lstm_core.layers.spec import LSTM
from lstm_core.run import run_experiment
from lstm_core.text import load

RUN = run_experiment(Experiment(return_state=True, mask="2"))
PICTURE = payload(RUN, load("en"), row=0)
FIGURE = time_figure(RUN.trace, row=0, outputs=RUN.outputs, text=FigureText(**load("en").section("figure")))
PARAMETERS = parameters(LSTM, load("en"), features=3, units=2)
H = np.zeros((3, 2), np.float32)
STACK = stack([StackedLayer("Bidirectional(LSTM(2))", (H, H))], load("en"), head=StackedHead("Dense(2)", H))
FORECAST = forecast(load("en"))
SENT: dict[str, list[Mapping[str, Any]]] = {
    "Payload": [PICTURE],
    "SpecData": [PICTURE["spec"]],
    "Gate": PICTURE["spec"]["gates"],
    "Equation": list(PICTURE["spec"]["equations"].values()),
    "Output": PICTURE["outputs"],
    "Scale": list(PICTURE["scales"].values()),
    "Figure": [FIGURE],
    "FigureMeta": [FIGURE["meta"]],
    "Panel": FIGURE["meta"]["panels"],
    "ParametersData": [PARAMETERS],
    "ParametersGate": PARAMETERS["gates"],
    "ParametersTensor": PARAMETERS["tensors"],
    "FormulaToken": PARAMETERS["formula"],
    "StackData": [STACK],
    "StackedLayer": STACK["layers"],
    "StackDirection": STACK["layers"][0]["directions"],
    "StackHead": [STACK["head"]],
    "ForecastData": [FORECAST],
    "ForecastLine": FORECAST["lines"],
    "UnitsStepsData": [units_steps(LSTM, load("en"), features=3, units=2, steps=4)],
}


@pytest.mark.parametrize("name", SENT)
def test_a_type_has_every_field_that_python_sends_and_no_other(name: str) -> None:
    (body,) = re.findall(rf"^interface {name} \{{\n(.*?)^\}}", asset("types.d.ts"), re.MULTILINE | re.DOTALL)
    fields = dict(re.findall(r"^  (\w+)(\??):", body, re.MULTILINE))
    needed = {field for field, optional in fields.items() if not optional}
    for sent in SENT[name]:
        assert needed <= set(sent) <= set(fields)
