"""The picture of a layer's parameters: its blocks have the sizes of the weights, its formula adds up to their count."""

from __future__ import annotations

import math
import re

import pytest

from lstm_core import text
from lstm_core.figures.parameters import count_parameters, parameters, said
from lstm_core.layers import spec as spec_module
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.spec import CELLS, GRU, LSTM, CellSpec

ENGLISH = text.load("en")


def worth(formula: str) -> int:
    """What a formula's left side comes to."""
    left = formula.partition("=")[0].replace(",", "").replace("×", "*")
    assert re.fullmatch(r"[\d +*()]+", left)
    return int(eval(left))


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("use_bias", [False, True])
@pytest.mark.parametrize("spec", CELLS, ids=lambda spec: f"{spec.name} {spec.bias_rows}")
def test_the_formula_of_any_cell_adds_up_to_what_it_says_and_to_the_blocks(
    spec: CellSpec, use_bias: bool, bidirectional: bool
) -> None:
    for features, units in [(1, 1), (8, 32), (3, 256)]:
        sizes = {"features": features, "units": units, "use_bias": use_bias, "bidirectional": bidirectional}
        drawn = parameters(spec, ENGLISH, **sizes)
        total = count_parameters(spec, **sizes)
        assert worth(said(drawn["formula"])) == total
        assert said(drawn["formula"]) == drawn["sum"]
        assert drawn["sum"].endswith(f"= {total:,}")
        counts = [int(tensor["count"].replace(",", "")) for tensor in drawn["tensors"]]
        assert sum(counts) * (2 if bidirectional else 1) == total
        for gate in drawn["gates"]:
            formula, count, of = re.fullmatch(r".+: (.+) = ([\d,]+) of ([\d,]+) parameters\.", gate["said"]).groups()
            assert worth(formula) == int(count.replace(",", ""))
            assert int(count.replace(",", "")) * len(spec.gates) == total == int(of.replace(",", ""))


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("LSTM", "4 × (5 × (4 + 5) + 5) = 200"),
        ("GRU", "3 × (5 × (4 + 5) + 2 × 5) = 165"),
        ("GRU_RESET_BEFORE", "3 × (5 × (4 + 5) + 5) = 150"),
        ("SIMPLE_RNN", "5 × (4 + 5) + 5 = 50"),
    ],
)
def test_the_formula_of_each_cell_is_that_of_its_weights(name: str, formula: str) -> None:
    drawn = parameters(getattr(spec_module, name), ENGLISH, features=4, units=5)
    assert said(drawn["formula"]) == formula


def test_the_count_is_that_of_the_weights_themselves() -> None:
    weights = initial_weights(features=3, units=5, seed=1)
    assert count_parameters(LSTM, features=3, units=5) == weights.parameters
    tensors = parameters(LSTM, ENGLISH, features=3, units=5)["tensors"]
    arrays = [weights.kernel, weights.recurrent_kernel, weights.bias]
    assert [tensor["shape"] for tensor in tensors] == [str(array.shape) for array in arrays if array is not None]


@pytest.mark.parametrize("spec", CELLS, ids=lambda spec: f"{spec.name} {spec.bias_rows}")
def test_a_block_has_the_rows_of_its_array_and_a_column_a_unit(spec: CellSpec) -> None:
    drawn = parameters(spec, ENGLISH, features=3, units=5)
    for tensor, shape in zip(drawn["tensors"], spec.weight_shapes(3, 5).values(), strict=True):
        of_line = math.prod(int(side) for side in tensor["size"].split(" × "))
        assert of_line * len(tensor["letters"]) * len(spec.gates) == math.prod(shape)
        assert tensor["rows"] == (shape[0] if len(shape) > 1 else 1)


def test_each_row_of_a_second_bias_has_a_name() -> None:
    bias = parameters(GRU, ENGLISH, features=4, units=5)["tensors"][-1]
    assert (bias["shape"], bias["rowNames"], bias["letters"]) == ("(2, 15)", ["input", "recurrent"], ("b", "rb"))


def test_gates_stand_in_the_order_of_the_columns_in_their_own_colours() -> None:
    drawn = parameters(LSTM, ENGLISH, features=3, units=2)["gates"]
    assert [(gate["name"], gate["colour"]) for gate in drawn] == [(gate.name, gate.colour) for gate in LSTM.gates]


def test_a_layer_without_a_bias_has_two_rows_of_blocks() -> None:
    drawn = parameters(LSTM, ENGLISH, features=3, units=2, use_bias=False)
    assert [tensor["name"] for tensor in drawn["tensors"]] == ["kernel", "recurrent_kernel"]
    assert said(drawn["formula"]) == "4 × 2 × (3 + 2) = 40"
