"""The picture of a layer's parameters: its blocks have the sizes of the weights, its formula adds up to their count."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from lstm_core import text
from lstm_core.figures.parameters import count_parameters, parameters, said
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.spec import LSTM, CellSpec

ENGLISH = text.load("en")
# Of another cell only what sizes depend on: how many gates, and rows of the bias
THREE_GATES = replace(LSTM, name="GRU", gates=LSTM.gates[:3], bias_rows=2)
ONE_GATE = replace(LSTM, name="SimpleRNN", gates=LSTM.gates[2:3])


def worth(formula: str) -> int:
    """What a formula's left side comes to."""
    left = formula.partition("=")[0].replace(",", "").replace("×", "*")
    assert re.fullmatch(r"[\d +*()]+", left)
    return int(eval(left))


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("use_bias", [False, True])
@pytest.mark.parametrize("spec", [LSTM, THREE_GATES, ONE_GATE], ids=lambda spec: spec.name)
def test_the_formula_of_any_cell_adds_up_to_what_it_says_and_to_the_blocks(
    spec: CellSpec, use_bias: bool, bidirectional: bool
) -> None:
    for features, units in [(1, 1), (8, 32), (3, 256)]:
        sizes = {"features": features, "units": units, "use_bias": use_bias, "bidirectional": bidirectional}
        drawn = parameters(spec, ENGLISH, **sizes)
        total = count_parameters(spec, **sizes)
        assert worth(said(drawn["formula"])) == total
        assert said(drawn["formula"]).endswith(f"= {total:,}")
        counts = [int(tensor["count"].replace(",", "")) for tensor in drawn["tensors"]]
        assert sum(counts) * (2 if bidirectional else 1) == total
        for gate in drawn["gates"]:
            formula, count, of = re.fullmatch(r".+: (.+) = ([\d,]+) of ([\d,]+) parameters\.", gate["said"]).groups()
            assert worth(formula) == int(count.replace(",", ""))
            assert int(count.replace(",", "")) * len(spec.gates) == total == int(of.replace(",", ""))


def test_the_count_is_that_of_the_weights_themselves() -> None:
    weights = initial_weights(features=3, units=5, seed=1)
    assert count_parameters(LSTM, features=3, units=5) == weights.parameters
    tensors = parameters(LSTM, ENGLISH, features=3, units=5)["tensors"]
    arrays = [weights.kernel, weights.recurrent_kernel, weights.bias]
    assert [tensor["shape"] for tensor in tensors] == [str(array.shape) for array in arrays if array is not None]


@pytest.mark.parametrize("spec", [LSTM, THREE_GATES], ids=lambda spec: spec.name)
def test_a_block_has_the_rows_of_its_array_and_a_column_a_unit(spec: CellSpec) -> None:
    drawn = parameters(spec, ENGLISH, features=3, units=5)
    for tensor, shape in zip(drawn["tensors"], spec.weight_shapes(3, 5).values(), strict=True):
        of_block = math.prod(int(side) for side in tensor["size"].split(" × "))
        assert of_block * len(spec.gates) == math.prod(shape)
        assert tensor["rows"] == (shape[0] if len(shape) > 1 else 1)


def test_each_row_of_a_second_bias_has_a_name() -> None:
    bias = parameters(THREE_GATES, ENGLISH, features=4, units=5)["tensors"][-1]
    assert (bias["shape"], bias["rowNames"]) == ("(2, 15)", ["input", "recurrent"])


def test_gates_stand_in_the_order_of_the_columns_in_their_own_colours() -> None:
    drawn = parameters(LSTM, ENGLISH, features=3, units=2)["gates"]
    assert [(gate["name"], gate["colour"]) for gate in drawn] == [(gate.name, gate.colour) for gate in LSTM.gates]


def test_a_layer_without_a_bias_has_two_rows_of_blocks() -> None:
    drawn = parameters(LSTM, ENGLISH, features=3, units=2, use_bias=False)
    assert [tensor["name"] for tensor in drawn["tensors"]] == ["kernel", "recurrent_kernel"]
    assert said(drawn["formula"]) == "4 × 2 × (3 + 2) = 40"
