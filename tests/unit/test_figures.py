"""The picture holds the trace's numbers, marks what leaves the layer, and clips nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.colors
import pytest

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.figures import theme
from lstm_core.figures.summary import summary
from lstm_core.figures.text import FigureText
from lstm_core.figures.time_figure import time_figure
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.outputs import LayerOutput, layer_outputs
from lstm_core.layers.spec import QUANTITIES
from lstm_core.layers.trace import Trace
from lstm_core.layers.weights import Weights
from lstm_core.run import run_experiment
from tests.layers import run_lstm

ENGLISH = FigureText(**text.load("en").section("figure"))
HEATMAPS = ("x", "h", "c", "f", "i", "candidate", "o")
Run = Callable[..., Trace]


@pytest.fixture
def run() -> Run:
    """A layer run over noise: shape and arguments of `run_lstm` as given."""

    def run(batch: int = 1, steps: int = 6, features: int = 3, units: int = 4, **arguments: Any) -> Trace:
        x = np.random.default_rng(0).normal(size=(batch, steps, features)).astype(np.float32)
        return run_lstm(x, initial_weights(features=features, units=units, seed=7), **arguments)

    return run


def picture(trace: Trace, *, row: int = 0, sequences: bool = False, state: bool = False, **more: Any) -> Any:
    outputs = layer_outputs(trace, LayerArguments(return_sequences=sequences, return_state=state))
    return time_figure(trace, row=row, outputs=outputs, text=ENGLISH, **more)


def unpack(packed: dict[str, str]) -> np.ndarray:
    values = np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"])
    return values.reshape([int(size) for size in packed["shape"].split(",")]) if "shape" in packed else values


def heatmap(figure: Any, quantity: str) -> Any:
    return next(t for t in figure["data"] if t["type"] == "heatmap" and t["meta"]["quantity"] == quantity)


def panel(figure: Any, quantity: str, kind: str = "heatmap") -> Any:
    return next(p for p in figure["meta"]["panels"] if (p["kind"], p["quantity"]) == (kind, quantity))


def marked(figure: Any, quantity: str) -> dict[str, list[int]]:
    return {f"{mark['order']} {mark['name']}": mark["steps"] for mark in panel(figure, quantity)["marks"]}


# ---- the numbers ----


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("quantity", HEATMAPS)
def test_a_heatmap_is_the_trace_in_time_order_of_the_chosen_batch_row(
    run: Run, quantity: str, go_backwards: bool
) -> None:
    trace = run(batch=3, go_backwards=go_backwards)
    figure = picture(trace, row=2)
    if quantity == "x":
        expected = trace.inputs[2].T
    else:
        expected = np.empty((4, 6), np.float32)
        expected[:, trace.time_index] = trace[quantity][:, 2, :].T
    np.testing.assert_array_equal(unpack(heatmap(figure, quantity)["z"]), expected)


@pytest.mark.parametrize("quantity", ["h", "c"])
def test_there_is_one_line_a_unit_with_the_values_of_the_states_heatmap(run: Run, quantity: str) -> None:
    figure = picture(run(units=5, go_backwards=True))
    axis = panel(figure, quantity, "lines")["axis"]
    (lines,) = [drawn for drawn in figure["data"] if drawn["yaxis"] == axis]
    assert lines["meta"]["lines"] == heatmap(figure, quantity)["meta"]["grid"]
    assert len(set(lines["meta"]["light"])) == len(set(lines["meta"]["dark"])) == 5


@pytest.mark.parametrize(
    ("cell", "charts"),
    [
        ({"cell": "GRU"}, ("x", "h", "z", "r", "h_tilde")),
        ({"cell": "GRU", "reset_after": False}, ("x", "h", "z", "r", "h_tilde")),
        ({"cell": "SimpleRNN"}, ("x", "h", "h_tilde")),
    ],
    ids=["GRU", "reset before", "SimpleRNN"],
)
def test_the_charts_of_a_cell_are_its_input_its_states_and_its_gates(
    cell: dict[str, Any], charts: tuple[str, ...]
) -> None:
    run = run_experiment(Experiment(preset="noise", units=4, return_state=True, **cell))
    figure = time_figure(run.trace, row=0, outputs=run.outputs, text=ENGLISH)
    assert [(one["kind"], one["quantity"]) for one in figure["meta"]["panels"]] == [
        ("heatmap", "x"),
        ("lines", "h"),
        *(("heatmap", name) for name in charts[1:]),
    ]
    for name in charts[1:]:
        np.testing.assert_array_equal(unpack(heatmap(figure, name)["z"]), run.trace[name][:, 0].T)
        assert panel(figure, name)["carried"] == (name == "h")
    assert marked(figure, "h") == {"1 output": [run.trace.steps], "2 state_h": [run.trace.steps]}
    assert "As lines: h. As heatmaps: x, h, " in figure["meta"]["alt"]


def test_steps_are_numbered_from_one_on_one_shared_axis(run: Run) -> None:
    figure = picture(run())
    assert {(trace["x0"], trace["dx"]) for trace in figure["data"]} == {(1, 1)}
    assert figure["layout"]["xaxis"]["range"] == figure["layout"]["xaxis2"]["range"] == [0.5, 6.5]
    assert figure["layout"]["xaxis2"]["matches"] == "x"


def test_a_figure_is_json_without_nan(run: Run) -> None:
    json.dumps(picture(run(), sequences=True, state=True, labels=tuple("abcdef")), allow_nan=False)


def test_panels_stand_one_under_the_other(run: Run) -> None:
    panels = picture(run(units=64, steps=1000), labels=None)["meta"]["panels"]
    assert all(upper["top"] + upper["height"] < lower["title"] for upper, lower in pairwise(panels))
    assert all(one["title"] < one["top"] for one in panels)


@pytest.mark.parametrize("units", [1, 4, 16, 64])
def test_the_height_stays_bounded_with_many_units(run: Run, units: int) -> None:
    assert picture(run(units=units))["layout"]["height"] < 2800


# ---- what leaves the layer ----


@pytest.mark.parametrize("state", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
def test_the_marks_are_exactly_what_the_layer_returns(run: Run, sequences: bool, state: bool) -> None:
    figure = picture(run(), sequences=sequences, state=state)
    output = {"1 output": [1, 2, 3, 4, 5, 6] if sequences else [6]}
    assert marked(figure, "h") == output | ({"2 state_h": [6]} if state else {})
    assert marked(figure, "c") == ({"3 state_c": [6]} if state else {})


def test_only_h_and_c_ever_leave_the_layer(run: Run) -> None:
    figure = picture(run(), sequences=True, state=True)
    assert [p["quantity"] for p in figure["meta"]["panels"] if p.get("marks")] == ["h", "c"]


def test_a_layer_that_goes_backwards_ends_at_the_first_time_step(run: Run) -> None:
    figure = picture(run(go_backwards=True), state=True)
    assert marked(figure, "h") == {"1 output": [1], "2 state_h": [1]}
    assert ENGLISH.backwards in panel(figure, "x")["notes"]
    assert ENGLISH.backwards not in panel(picture(run()), "x")["notes"]


def test_marked_cells_hold_the_returned_values(run: Run) -> None:
    mask = np.array([[True, False, True, True, False, True], [False, True, True, False, True, False]])
    trace = run(batch=2, mask=mask, go_backwards=True)
    outputs = layer_outputs(trace, LayerArguments(return_sequences=True, return_state=True))
    for row in range(2):
        figure = time_figure(trace, row=row, outputs=outputs, text=ENGLISH)
        for output in outputs:
            assert_marks_hold(figure, output, row)


def assert_marks_hold(figure: Any, output: LayerOutput, row: int) -> None:
    grid = unpack(heatmap(figure, output.quantity)["z"])
    mark = next(m for m in panel(figure, output.quantity)["marks"] if m["name"] == output.name)
    returned = output.array[row].reshape(-1, output.array.shape[-1])
    left = {values.tobytes() for values in returned[output.steps[row] >= 0]}
    assert {grid[:, step - 1].tobytes() for step in mark["steps"]} == left


def test_zeros_that_a_mask_put_there_are_no_h_and_the_picture_says_so(run: Run) -> None:
    mask = np.array([[True, True, False, True, True, False]])
    figure = picture(run(mask=mask, zero_output_for_mask=True), sequences=True, state=True)
    assert marked(figure, "h") == {"1 output": [1, 2, 4, 5], "2 state_h": [6]}
    assert panel(figure, "h")["notes"] == [ENGLISH.masked_zeros.format(output="output")]
    assert panel(figure, "c")["notes"] == []


def test_masked_steps_are_said(run: Run) -> None:
    figure = picture(run(mask=np.array([[True, True, False, True, True, False]])))
    assert all(panel["masked"] == [3, 6] for panel in figure["meta"]["panels"])
    assert ENGLISH.c_masked_steps in panel(figure, "x")["notes"]
    assert all(panel["masked"] == [] for panel in picture(run())["meta"]["panels"])


# ---- colours ----


def test_the_light_diverging_ramp_is_plotlys_own() -> None:
    def numbers(colours: Any) -> list[tuple[float, ...]]:
        return [plotly.colors.hex_to_rgb(c) if c[0] == "#" else plotly.colors.unlabel_rgb(c) for c in colours]

    assert numbers(theme.LIGHT_DIVERGING) == numbers(plotly.colors.diverging.RdBu_r)


RAMPS = [
    pytest.param(getattr(theme.ramp_of(name), scheme), scheme, QUANTITIES[name].is_share, id=f"{name}-{scheme}")
    for name in QUANTITIES
    for scheme in ("light", "dark")
]


def shades(ramp: tuple[str, ...]) -> list[str]:
    """Return the colours that lie on a ramp, twenty from each of its own to the next."""
    return [theme.mix(a, b, part / 20) for a, b in pairwise(ramp) for part in range(20)] + [ramp[-1]]


@pytest.mark.parametrize(("ramp", "scheme", "is_gate"), RAMPS)
def test_lightness_alone_says_how_far_a_value_is_from_nothing(
    ramp: tuple[str, ...], scheme: str, is_gate: bool
) -> None:
    luminances = [luminance(colour) for colour in ramp]
    sides = [luminances] if is_gate else [luminances[len(ramp) // 2 :], luminances[len(ramp) // 2 :: -1]]
    for side in sides:
        away = np.diff(side)
        assert (away < 0).all() if scheme == "light" else (away > 0).all()
    nothing = sides[0][0]
    assert nothing > 0.9 if scheme == "light" else nothing < 0.03


@pytest.mark.parametrize(("ramp", "scheme", "is_gate"), RAMPS)
def test_a_number_is_read_on_every_colour_of_a_ramp(ramp: tuple[str, ...], scheme: str, is_gate: bool) -> None:
    for colour in shades(ramp):
        lightness = luminance(colour)
        assert max(1.05 / (lightness + 0.05), (lightness + 0.05) / 0.05) >= 4.5


def test_an_open_gate_has_the_gates_own_colour() -> None:
    for name, quantity in QUANTITIES.items():
        if quantity.is_share:
            ramp = theme.ramp_of(name)
            assert {ramp.light[-1], ramp.dark[-1]} == {quantity.colour.lower()}


def test_ranges_are_fixed_whatever_the_values(run: Run) -> None:
    figure = picture(run())
    ranges = {q: (heatmap(figure, q)["zmin"], heatmap(figure, q)["zmax"]) for q in HEATMAPS if q != "x"}
    assert ranges == dict.fromkeys("fio", (0, 1)) | dict.fromkeys(["h", "c", "candidate"], (-1, 1))
    assert panel(figure, "f")["legend"] == ["0 shut", "1 open"]
    assert panel(figure, "h")["legend"] == ["-1", "+1"]


def test_a_cell_state_beyond_one_widens_its_own_range_without_a_note(run: Run) -> None:
    state = (np.zeros((1, 4)), np.full((1, 4), 3.0))
    figure = picture(run(initial_state=state))
    limit = np.abs(unpack(heatmap(figure, "c")["z"])).max()
    assert limit > 1
    assert (heatmap(figure, "c")["zmin"], heatmap(figure, "c")["zmax"]) == (-limit, limit)
    assert panel(figure, "c")["notes"] == []


@pytest.mark.parametrize("quantity", HEATMAPS)
def test_no_value_is_clipped_when_an_activation_leaves_its_usual_range(run: Run, quantity: str) -> None:
    figure = picture(run(steps=20, activation="relu", recurrent_activation="linear"))
    shown = heatmap(figure, quantity)
    values = unpack(shown["z"])
    assert shown["zmin"] <= values.min()
    assert values.max() <= shown["zmax"]


def test_a_widened_range_is_said_and_stays_even_about_its_middle(run: Run) -> None:
    figure = picture(run(steps=20, recurrent_activation="linear"))
    shown = heatmap(figure, "f")
    assert shown["zmax"] > 1
    assert shown["zmin"] + shown["zmax"] == pytest.approx(1)
    low, high = panel(figure, "f")["legend"]
    assert panel(figure, "f")["notes"] == [ENGLISH.widened.format(low=low, high=high)]


def test_values_beyond_float32_are_said_and_spoil_no_range() -> None:
    ones = Weights(np.full((1, 4), 1e20, np.float32), np.ones((1, 4), np.float32), None)
    with np.errstate(all="ignore"):
        trace = run_lstm(np.ones((1, 3, 1)), ones, activation="linear", recurrent_activation="linear")
    assert not np.isfinite(trace["h"]).all()
    figure = picture(trace)
    json.dumps(figure, allow_nan=False)
    assert ENGLISH.not_finite in panel(figure, "h")["notes"]


@pytest.mark.parametrize("quantity", ["h", "c"])
@pytest.mark.parametrize("units", [1, 4, 64])
def test_lines_stand_out_from_a_light_and_from_a_dark_page(quantity: str, units: int) -> None:
    for colour in theme.line_colours(quantity, units):
        assert contrast(colour["light"], "#ffffff") >= 3
        assert contrast(colour["dark"], "#1b2129") >= 3


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = np.array(plotly.colors.hex_to_rgb(colour)) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


# ---- words ----


def test_words_of_a_user_never_reach_plotly_which_would_read_them_as_html(run: Run) -> None:
    labels = ("<b>cat</b>", "&lt;", "<img src=x>", "{step}", "", "고양이")
    figure = picture(run(), labels=labels)
    assert figure["meta"]["labels"] == list(labels)
    plotlys = json.dumps([figure["data"], figure["layout"]], ensure_ascii=False)
    assert not any(label in plotlys for label in labels if label)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_both_languages_have_every_word_of_the_picture_and_no_other(language: str) -> None:
    section = text.load(language).section("figure")
    assert set(section) == {field.name for field in fields(FigureText)}


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_sentence_says_the_range_of_the_forget_gate_and_the_furthest_cell_state(run: Run, language: str) -> None:
    trace = run(go_backwards=True)
    forget, state = trace["f"][:, 0], trace.in_time_order("c")[:, 0]
    step, unit = np.unravel_index(np.abs(state).argmax(), state.shape)
    words = FigureText(**text.load(language).section("figure"))
    said = summary(trace, 0, words)
    assert f"{forget.min():.2f}" in said
    assert f"{forget.max():.2f}" in said
    assert words.c_furthest.format(unit=unit + 1, value=f"{state[step, unit]:.2f}", step=step + 1) in said


def test_masked_steps_do_not_count_in_the_sentence(run: Run) -> None:
    mask = np.array([[True, False, False, False, False, False]])
    said = summary(run(mask=mask), 0, ENGLISH)
    assert said.endswith("at step 1.")
    assert summary(run(mask=np.zeros((1, 6), bool)), 0, ENGLISH) == ENGLISH.c_all_masked


def test_a_layer_of_zeros_is_said_to_stand_still() -> None:
    zeros = Weights(np.zeros((2, 12), np.float32), np.zeros((3, 12), np.float32), None)
    said = summary(run_lstm(np.ones((1, 4, 2)), zeros), 0, ENGLISH)
    assert said == "The forget gate stays at 0.50; the cell state stays at 0."
