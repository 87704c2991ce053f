"""What differs between two runs: arguments, returned tensors, values inside, code."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_core import compare
from lstm_core.code import codegen
from lstm_core.experiment import Experiment
from lstm_core.figures.comparison import comparison_figure
from lstm_core.figures.text import FigureText
from lstm_core.run import Run, run_experiment
from lstm_core.text import load

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
