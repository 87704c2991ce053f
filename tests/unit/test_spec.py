"""A cell's spec is true: its quantities, activations and equations are those of the step that computes it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from lstm_core.experiment import Experiment
from lstm_core.layers.activations import activation_named
from lstm_core.layers.lstm import LSTMStep
from lstm_core.layers.spec import CELLS, LSTM, QUANTITIES
from lstm_core.run import run_experiment

ROOT = Path(__file__).parents[2]
ACTIVATIONS = {"activation": "relu", "recurrent_activation": "hard_sigmoid"}  # told apart by their numbers
RUN = run_experiment(Experiment(preset="noise", timesteps=5, units=3, batch=2, **ACTIVATIONS))
OPERATIONS = {"×": np.multiply, "+": np.add}
NAMES = "|".join([*LSTM.gate_names, "c~", *LSTM.state_names])
A_LIST = re.compile(rf"""(?:["'](?:{NAMES})["']\s*,\s*){{1,}}["'](?:{NAMES})["']""")


def test_a_trace_keeps_what_a_step_computes_in_its_order():
    assert LSTM.quantities == LSTMStep._fields


def numbers(name: str) -> np.ndarray:
    """A quantity of every step (T, B, U): of the trace, of the step before, or a product that an equation makes."""
    trace = RUN.trace
    if name.endswith("_before"):
        state = name.removesuffix("_before")
        return np.concatenate([trace.start[state][None], trace[state][:-1]])
    equation = {one.result: one for one in LSTM.equations}.get(name)
    return trace[name] if equation is None or equation.traced else made(equation.right)


def made(right: tuple[str, ...]) -> np.ndarray:
    first, *rest = right
    value = numbers(first).astype(np.float64)
    for operation, operand in zip(rest[::2], rest[1::2], strict=True):
        value = OPERATIONS[operation](value, numbers(operand))
    return value


@pytest.mark.parametrize("equation", LSTM.equations, ids=lambda equation: equation.result)
def test_each_equation_gives_the_numbers_of_the_trace(equation):
    value = made(equation.right)
    if equation.activation:
        value = activation_named(ACTIVATIONS[equation.activation])(value)
    np.testing.assert_allclose(numbers(equation.result), value, rtol=1e-6, atol=1e-6)


def test_each_gate_is_its_activation_of_its_own_columns():
    for before, after, which in LSTM.activations:
        expected = activation_named(ACTIVATIONS[which])(RUN.trace[before])
        np.testing.assert_allclose(RUN.trace[after], expected, rtol=1e-6, atol=1e-6)
    weights, x = RUN.weights, RUN.trace.inputs[:, 0]
    for gate in LSTM.gates:
        columns = LSTM.columns_of(gate.role, weights.units)
        z = x @ weights.kernel[:, columns] + weights.bias[columns]
        np.testing.assert_allclose(RUN.trace[gate.z][0], z, rtol=1e-5, atol=1e-6)


def test_the_weights_have_the_shapes_that_the_spec_gives():
    found = {name: getattr(RUN.weights, name).shape for name in ("kernel", "recurrent_kernel", "bias")}
    assert found == LSTM.weight_shapes(3, 3)


def test_every_quantity_has_a_colour_of_its_own():
    colours = [quantity.colour for quantity in QUANTITIES.values()]
    assert len(set(colours)) == len(colours)
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in colours)


def test_a_quantity_that_several_cells_have_is_the_same_in_all():
    quantities = [quantity for cell in CELLS for quantity in (*cell.gates, *cell.states)]
    assert all(QUANTITIES[quantity.name] == quantity for quantity in quantities)


def test_states_and_gates_are_listed_nowhere_else():
    sources = [*(ROOT / "lstm_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    sources += [path for path in (ROOT / "assets").rglob("*.js") if "vendor" not in path.parts]
    listed = {
        path.relative_to(ROOT).as_posix(): found.group()
        for path in sources
        if path.name != "spec.py"
        for found in A_LIST.finditer(_without_doctests(path.read_text("utf-8")))
    }
    assert listed == {}


def _without_doctests(source: str) -> str:
    return re.sub(r'""".*?"""', "", source, flags=re.DOTALL)
