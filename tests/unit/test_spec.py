"""A cell's spec is true: its quantities, activations and equations are those of the step that computes it."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from lstm_core.layers.activations import activation_named
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.spec import (
    BEFORE,
    CELLS,
    GRU,
    GRU_RESET_BEFORE,
    LSTM,
    QUANTITIES,
    REST,
    SIMPLE_RNN,
    CellSpec,
    Quantity,
)
from lstm_core.layers.weights import Float32Array, Weights

ROOT = Path(__file__).parents[2]
ACTIVATIONS = {"activation": "relu", "recurrent_activation": "hard_sigmoid"}  # told apart by their numbers
BATCH, FEATURES, UNITS = 2, 3, 4
OKABE_ITO = {"#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#000000"}
OPERATIONS = {"×": np.multiply, "+": np.add}
CELL_NAMES = {cell.name for cell in CELLS}
NAMES = "|".join({*(name for cell in CELLS for name in (*cell.gate_names, *cell.state_names)), "c~", "h~"})
A_LIST = re.compile(rf"""(?:["'](?:{NAMES})["']\s*,\s*){{1,}}["'](?:{NAMES})["']""")


class Step:
    """One step of a cell on random numbers: its weights, and every quantity by name, with x and the states before."""

    def __init__(self, spec: CellSpec) -> None:
        draw = np.random.default_rng(1)
        shapes = spec.weight_shapes(FEATURES, UNITS).values()
        self.weights = Weights(*(draw.normal(size=shape) for shape in shapes))
        self.x = draw.normal(size=(BATCH, FEATURES)).astype(np.float32)
        before = [draw.normal(size=(BATCH, UNITS)).astype(np.float32) for _ in spec.states]
        taken = {name: ACTIVATIONS[name] for name in {gate.activation for gate in spec.gates}}
        self.made = spec.step(self.x, *before, self.weights, **taken)
        self.given = {name + BEFORE: state for name, state in zip(spec.state_names, before, strict=True)}
        self.equations = {one.result: one for one in spec.equations}

    def numbers(self, name: str) -> Float32Array:
        """A quantity (B, U): of the step, of the step before, or a product that an equation makes."""
        if name.startswith(REST):
            return 1 - self.numbers(name.removeprefix(REST))
        if name in self.given:
            return self.given[name]
        equation = self.equations.get(name)
        return getattr(self.made, name) if equation is None or equation.traced else self.right_of(name)

    def right_of(self, name: str) -> Float32Array:
        """What the equation of this name says."""
        equation = self.equations[name]
        first, *rest = equation.right
        value = self.numbers(first)
        for operation, operand in zip(rest[::2], rest[1::2], strict=True):
            value = OPERATIONS[operation](value, self.numbers(operand))
        return activation_named(ACTIVATIONS[equation.activation])(value) if equation.activation else value


each_cell = pytest.mark.parametrize("spec", CELLS, ids=["LSTM", "GRU", "GRU_RESET_BEFORE", "SIMPLE_RNN"])


@each_cell
def test_a_trace_keeps_what_a_step_computes_in_its_order(spec):
    assert spec.quantities == Step(spec).made._fields


@each_cell
def test_each_equation_gives_the_numbers_of_the_step(spec):
    step = Step(spec)
    for equation in spec.equations:
        if equation.traced:
            value = step.right_of(equation.result)
            np.testing.assert_allclose(step.numbers(equation.result), value, rtol=1e-6, atol=1e-6)


@each_cell
def test_what_a_step_keeps_beside_gates_has_an_equation_or_is_a_gates_product(spec):
    made = set(spec.quantities) - {name for gate in spec.gates for name in (gate.z, gate.name, gate.product)}
    assert made == {one.result for one in spec.equations if one.traced}


@each_cell
def test_each_gate_is_its_activation_of_its_own_columns(spec):
    step = Step(spec)
    for before, after, which in spec.activations:
        expected = activation_named(ACTIVATIONS[which])(step.numbers(before))
        np.testing.assert_allclose(step.numbers(after), expected, rtol=1e-6, atol=1e-6)
    weights = step.weights
    bias, recurrent_bias = weights.bias if spec.bias_rows == 2 else (weights.bias, np.zeros_like(weights.bias))
    for gate in spec.gates:
        columns = spec.columns_of(gate.role, UNITS)
        product = step.numbers(gate.reads) @ weights.recurrent_kernel[:, columns] + recurrent_bias[columns]
        if gate.product:
            np.testing.assert_allclose(step.numbers(gate.product), product, rtol=1e-5, atol=1e-5)
        if gate.reset:
            product *= step.numbers(gate.reset)
        z = step.x @ weights.kernel[:, columns] + bias[columns] + product
        np.testing.assert_allclose(step.numbers(gate.z), z, rtol=1e-5, atol=1e-5)


@each_cell
def test_each_quantity_of_a_cell_has_a_colour_of_its_own_of_okabe_and_ito(spec):
    colours = [quantity.colour for quantity in (*spec.gates, *spec.states)]
    assert len(set(colours)) == len(colours)
    assert set(colours) <= OKABE_ITO


@pytest.mark.parametrize(("lstm", "gru"), [("f", "z"), ("candidate", "h_tilde"), ("o", "r"), ("h", "h")])
def test_quantities_of_two_cells_share_a_colour_where_they_do_the_same(lstm, gru):
    assert QUANTITIES[lstm].colour == QUANTITIES[gru].colour


def test_a_layer_has_the_spec_of_its_cell():
    of = {
        (cell, after): LayerArguments(cell=cell, reset_after=after).spec
        for cell in CELL_NAMES
        for after in (True, False)
    }
    assert of["GRU", True] is GRU
    assert of["GRU", False] is GRU_RESET_BEFORE
    assert {of["LSTM", True], of["LSTM", False]} == {LSTM}
    assert {of["SimpleRNN", True], of["SimpleRNN", False]} == {SIMPLE_RNN}


def test_a_quantity_that_several_cells_have_is_the_same_in_all():
    quantities = [quantity for cell in CELLS for quantity in (*cell.gates, *cell.states)]
    for quantity in quantities:
        other = QUANTITIES[quantity.name]
        assert all(getattr(other, f.name) == getattr(quantity, f.name) for f in fields(Quantity))


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
