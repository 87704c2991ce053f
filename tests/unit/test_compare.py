"""What differs between two runs: arguments, returned tensors, values inside, code."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_core import compare
from lstm_core.code import codegen
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.figures.comparison import comparison_figure
from lstm_core.figures.text import FigureText
from lstm_core.layers.arguments import CELL_NAMES, LayerArguments
from lstm_core.run import Run, run_experiment
from lstm_core.text import load
from tests.experiments import models

ENGLISH = FigureText(**load("en").section("figure"))
BASE = Experiment(units=2)


def runs(**changes: object) -> tuple[Run, Run]:
    return run_experiment(BASE), run_experiment(BASE.changed(**changes))


def test_only_arguments_in_use_are_named() -> None:
    other = BASE.changed(typed="1 2", timesteps=9, initial_h=0.5, units=3)
    assert [argument.name for argument in compare.differing_arguments(BASE, other)] == ["units"]
    assert compare.differing_arguments(BASE, BASE) == ()


@pytest.mark.parametrize("flag", ["return_sequences", "return_state"])
def test_a_flag_changes_tensors_and_nothing_inside(flag: str) -> None:
    a, b = runs(**{flag: True})
    assert compare.same_inside(a, b)
    assert all(compare.furthest(a, b, quantity, row=0) is None for quantity in compare.compared(a, b))
    tensors = {tensor.name: tensor for tensor in compare.returned_tensors(a, b)}
    if flag == "return_sequences":
        assert tensors["output"] == ("output", (1, 2), (1, 6, 2), None)
    else:
        assert tensors["output"].apart == 0
        assert [(tensors[name].a, tensors[name].b) for name in ("state_h", "state_c")] == [(None, (1, 2))] * 2


def test_a_tensor_is_as_far_apart_as_its_values() -> None:
    a, b = runs(forget_bias=3.0)
    (tensor,) = compare.returned_tensors(a, b)
    assert tensor.apart == pytest.approx(np.abs(a.trace["h"][-1] - b.trace["h"][-1]).max())


def test_differences_stand_in_time_order_where_the_layer_goes_backwards() -> None:
    a, b = runs(go_backwards=True)
    apart = compare.b_minus_a(a, b, "h", row=0)
    assert apart.shape == (2, 6)
    for step in range(6):
        assert np.array_equal(apart[:, step], b.trace["h"][5 - step, 0] - a.trace["h"][step, 0])
    place = compare.furthest(a, b, "h", row=0)
    assert place is not None
    assert place.apart == np.abs(apart).max() == abs(apart[place.unit - 1, place.step - 1])


def test_the_same_inf_or_nan_is_no_difference() -> None:
    kwargs = {"preset": "typed", "typed": "3e38 3e38 3e38", "activation": "linear", "recurrent_activation": "linear"}
    a, b = run_experiment(BASE.changed(**kwargs)), run_experiment(BASE.changed(**kwargs, return_state=True))
    assert not np.isfinite(a.trace["h"]).all()
    assert not compare.b_minus_a(a, b, "h", row=0).any()


def test_other_sizes_have_no_difference_cell_by_cell() -> None:
    a, b = runs(units=3)
    assert not compare.same_grid(a, b)
    with pytest.raises(ValueError, match="2 units"):
        compare.b_minus_a(a, b, "h", row=0)


def test_the_diff_turns_the_code_of_a_into_that_of_b() -> None:
    a, b = (codegen.essential(BASE.changed(return_state=on), str) for on in (False, True))
    diff = compare.code_diff(a, b).splitlines()
    assert any(line.startswith("+") and "return_state=True" in line for line in diff)
    assert {line[1:] for line in diff if line.startswith("-")} <= set(a.splitlines())
    assert {line[1:] for line in diff if line.startswith("+")} <= set(b.splitlines())
    assert compare.code_diff(a, a) == ""


def test_the_figure_shows_a_b_and_their_difference_on_scales_of_their_own() -> None:
    a, b = runs(forget_bias=3.0, return_sequences=True)
    figure = comparison_figure(a, b, "h", row=0, text=ENGLISH)
    first, second, third = figure["data"]
    assert (first["zmin"], first["zmax"]) == (second["zmin"], second["zmax"]) == (-1, 1)
    assert third["zmax"] == np.abs(a.trace["h"] - b.trace["h"]).max() == -third["zmin"]
    names = [panel["name"] for panel in figure["meta"]["panels"]]
    assert names == ["A · h, hidden state", "B · h, hidden state", "B − A · h, hidden state"]
    marks = [[mark["steps"] for mark in panel.get("marks", [])] for panel in figure["meta"]["panels"]]
    assert marks == [[[6]], [[1, 2, 3, 4, 5, 6]], []]
    place = compare.furthest(a, b, "h", row=0)
    assert place is not None
    assert f"step {place.step} in unit {place.unit}" in figure["meta"]["summary"]


def test_other_units_stand_beside_each_other_and_other_steps_do_not() -> None:
    figure = comparison_figure(*runs(units=3), "c", row=0, text=ENGLISH)
    assert [panel["rows"] for panel in figure["meta"]["panels"]] == [2, 3]
    with pytest.raises(ValueError, match="time steps"):
        comparison_figure(*runs(sentence="two words"), "c", row=0, text=ENGLISH)


def test_two_cells_are_compared_by_what_both_have() -> None:
    lstm, gru, before, plain = (
        run_experiment(Experiment(units=3, **cell))
        for cell in ({}, {"cell": "GRU"}, {"cell": "GRU", "reset_after": False}, {"cell": "SimpleRNN"})
    )
    assert compare.compared(lstm, gru) == compare.compared(plain, lstm) == ("h",)
    assert compare.compared(gru, before) == ("h", "z", "r", "h_tilde")
    assert compare.compared(gru, plain) == ("h", "h_tilde")
    figure = comparison_figure(lstm, gru, "h", row=0, text=ENGLISH)
    assert [one["quantity"] for one in figure["meta"]["panels"]] == ["h"] * 3


def test_what_only_one_of_two_cells_has_is_a_difference_inside() -> None:
    lstm, gru = (run_experiment(Experiment(units=3, **cell)) for cell in ({}, {"cell": "GRU"}))
    assert {"c", "f", "z", "h_tilde", "h"} <= compare.changed_inside(lstm, gru)


# ---- models ----


def test_a_field_of_a_further_layer_is_named_with_its_layer_and_a_layer_that_one_lacks_as_a_whole() -> None:
    first, second = LayerArguments(units=2, return_sequences=True), LayerArguments(units=2, cell="GRU")
    two = BASE.changed(layers=(first, second))
    other = two.changed(layers=(first, dataclasses.replace(second, units=3)))
    assert compare.differing_arguments(two, other) == (("units.2", 2, 3),)
    assert compare.differing_arguments(BASE, two) == (("return_sequences", False, True), ("layers.2", None, second))
    assert compare.differing_arguments(two, BASE)[-1] == ("layers.2", second, None)


def test_what_the_cell_the_front_and_the_head_do_not_have_is_not_in_use() -> None:
    other = BASE.changed(merge_mode="sum", reset_after=False, input_dim=5, head_units=3, mask_value=1.0, mask_zero=True)
    assert compare.differing_arguments(BASE, other) == ()
    wrapped = {"cell": "GRU", "bidirectional": True, "front": "masking", "head": "dense"}
    names = {one.name for one in compare.differing_arguments(BASE.changed(**wrapped), other.changed(**wrapped))}
    assert names == {"merge_mode", "reset_after", "mask_value", "head_units"}


def test_tensors_of_models_are_compared_by_the_names_they_return_under() -> None:
    layers = LayerArguments(units=2, return_sequences=True, return_state=True), LayerArguments(units=2)
    one, two = (run_experiment(BASE.changed(layers=layers, head=head)) for head in ("none", "dense"))
    tensors = compare.returned_tensors(one, two)
    assert [(tensor.name, tensor.apart) for tensor in tensors] == [
        ("output", None),
        ("state_h_1", 0.0),
        ("state_c_1", 0.0),
        ("prediction", None),
    ]
    assert compare.same_inside(one, two)
    assert not compare.same_inside(one, run_experiment(BASE.changed(layers=layers[:1])))


def test_a_change_of_the_upper_layer_alone_is_no_sameness_inside() -> None:
    layers = LayerArguments(units=2, return_sequences=True), LayerArguments(units=2)
    one = BASE.changed(layers=layers)
    a, b = run_experiment(one), run_experiment(one.changed(edits=(Edit("bias.2", 0, 0, 9.0),)))
    assert compare.changed_inside(a, b) == set()  # in the first layer, which is opened
    assert not compare.same_inside(a, b)


@settings(max_examples=60, deadline=None)
@given(models(), st.sampled_from(CELL_NAMES), st.data())
def test_no_other_number_of_units_has_parameters_as_near(model: Experiment, cell: str, data: st.DataObject) -> None:
    layer = data.draw(st.integers(1, len(model.layers)))
    found = compare.units_for_equal_parameters(model, cell, layer)
    wanted = model.model_weights().parameters

    def parameters(units: int) -> int:
        layers = list(model.layers)
        layers[layer - 1] = dataclasses.replace(layers[layer - 1], cell=cell, units=units)
        return model.changed(layers=tuple(layers), given_weights="").model_weights().parameters

    assert parameters(found.units) == found.parameters
    for units in {1, max(1, found.units - 1), found.units + 1}:
        apart = abs(parameters(units) - wanted), units
        assert apart >= (abs(found.parameters - wanted), found.units)


def test_of_two_numbers_of_units_that_are_as_near_it_is_the_fewer_and_there_are_at_most_256() -> None:
    lstm = Experiment(units=6, features=6, preset="noise")  # 4 (6 (6 + 6) + 6) = 312; 14 units have 294, 15 have 330
    assert compare.units_for_equal_parameters(lstm, "SimpleRNN") == (14, 294)
    gru = Experiment(units=4, features=4, preset="noise", cell="GRU")  # 3 (4 (4 + 4) + 2 * 4) = 120; 3: 96, 4: 144
    assert compare.units_for_equal_parameters(gru, "LSTM") == (3, 96)
    large = Experiment(units=256, features=1, preset="noise")
    assert compare.units_for_equal_parameters(large, "SimpleRNN").units == 256


def test_the_numbers_say_parameters_the_length_of_the_last_h_and_how_far_h_is_apart() -> None:
    a, b = runs(cell="GRU")
    found = compare.in_numbers(a, b, row=0)
    assert found.parameters == (48, 42)  # 4 (2 (3 + 2) + 2), and 3 (2 (3 + 2) + 2 * 2)
    ends = [np.sqrt((run.trace["h"][-1, 0].astype(float) ** 2).sum()) for run in (a, b)]
    assert found.norms == pytest.approx(ends)
    assert found.apart == np.abs(a.trace["h"].astype(float) - b.trace["h"]).max()
    assert compare.in_numbers(*runs(units=3), row=0).apart is None
    assert compare.in_numbers(*runs(return_state=True), row=0).apart == 0
