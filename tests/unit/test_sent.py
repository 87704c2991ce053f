"""What of large arrays goes to the browser: never more than the bounds, the arrays' own numbers, and what was asked."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import orjson
import pytest

from lstm_core.experiment import Experiment
from lstm_core.figures.comparison import comparison_figure
from lstm_core.figures.lens import payload
from lstm_core.figures.sent import CODES, Around, Part, Place, Span, coded, means, of_all_units, span_of
from lstm_core.figures.text import FigureText
from lstm_core.figures.theme import Scale
from lstm_core.figures.time_figure import time_figure
from lstm_core.run import Run, run_experiment
from lstm_core.text import load

TEXT = FigureText(**load("en").section("figure"))
MAX_CHARTS_BYTES = 270_000


def ran(**arguments: Any) -> Run:
    return run_experiment(Experiment(preset="noise", **arguments))


@pytest.fixture(scope="module")
def long() -> Run:
    """As long as can be, with as many units as version 1 had."""
    return ran(timesteps=1000, features=5, units=64, return_sequences=True)


def values(trace: dict[str, Any]) -> np.ndarray:
    """A heatmap's values: rows and columns as they were sent."""
    packed, shape = base64.b64decode(trace["z"]["bdata"]), [int(size) for size in trace["z"]["shape"].split(",")]
    if trace["z"]["dtype"] == "f4":
        return np.frombuffer(packed, "<f4").reshape(shape)
    levels = np.frombuffer(packed, "<u2").reshape(shape).astype(float)
    return trace["zmin"] + levels / (CODES - 1) * (trace["zmax"] - trace["zmin"])


def heatmaps(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {trace["meta"]["quantity"]: trace for trace in figure["data"] if trace["type"] == "heatmap"}


@pytest.mark.parametrize("rows", [1, 7, 43, 44, 45, 387, 1792])
@pytest.mark.parametrize("steps", [1, 17, 200, 250, 999, 1000])
def test_every_span_covers_its_steps_with_whole_columns_within_the_bounds(steps: int, rows: int) -> None:
    for first in range(1, steps + 1, 13):
        for last in range(first, steps + 1, 17):
            span = span_of(steps, rows, Part(steps, first, last))
            columns = -(-(span.last - span.first + 1) // span.size)
            assert span.first <= first
            assert last <= span.last <= steps
            assert columns * rows <= (44_000 if span.size == 1 else 88_000)
            assert span.size == 1 or columns <= 200
            assert (span.first - 1) % span.size == 0
            assert span.last % span.size == 0 or span.last == steps


def test_what_is_small_is_sent_whole_whatever_was_asked_for() -> None:
    figure = time_figure(ran(units=4).trace, row=0, outputs=(), text=TEXT, part=Part(6, 2, 3))
    assert figure["meta"]["sent"] is None


def test_a_long_sequence_goes_as_means_of_the_traces_own_steps(long: Run) -> None:
    figure = time_figure(long.trace, row=0, outputs=long.outputs, text=TEXT, part=Part())
    size = figure["meta"]["sent"]["size"]
    assert figure["meta"]["sent"] == {"first": 1, "last": 1000, "size": size}
    assert size > 1
    for quantity in ("f", "c", "h"):
        sent, own = values(heatmaps(figure)[quantity]), long.trace.in_time_order(quantity)[:, 0].T.astype(float)
        expected = np.stack([own[:, at : at + size].mean(axis=1) for at in range(0, 1000, size)], axis=1)
        reach = heatmaps(figure)[quantity]["zmax"] - heatmaps(figure)[quantity]["zmin"]
        np.testing.assert_allclose(sent, expected, rtol=0, atol=reach / 65_000 / 2 + 1e-7)


def test_the_steps_that_were_asked_for_are_the_traces_own_to_the_bit(long: Run) -> None:
    figure = time_figure(long.trace, row=0, outputs=long.outputs, text=TEXT, part=Part(1000, 401, 440))
    assert figure["meta"]["sent"] == {"first": 401, "last": 440, "size": 1}
    for quantity, trace in heatmaps(figure).items():
        own = long.trace.inputs[0] if quantity == "x" else long.trace.in_time_order(quantity)[:, 0]
        np.testing.assert_array_equal(values(trace), own.T[:, 400:440])


@pytest.mark.parametrize("part", [Part(), Part(250, 1, 250), Part(250, 100, 123), Part(250, 50, 180)])
def test_the_largest_charts_stay_under_their_share_of_what_a_change_sends(part: Part) -> None:
    run = ran(timesteps=250, features=256, units=256, return_sequences=True)
    figure = time_figure(run.trace, row=0, outputs=run.outputs, text=TEXT, part=part)
    assert len(orjson.dumps(figure)) <= MAX_CHARTS_BYTES


def test_two_long_runs_beside_each_other_are_bounded_too(long: Run) -> None:
    other = ran(timesteps=1000, features=5, units=64, weights_seed=8)
    figure = comparison_figure(long, other, "h", row=0, text=TEXT, part=Part())
    assert len(orjson.dumps(figure)) <= MAX_CHARTS_BYTES
    assert figure["meta"]["sent"]["size"] > 1


def test_a_file_has_every_number(long: Run) -> None:
    figure = time_figure(long.trace, row=0, outputs=long.outputs, text=TEXT)
    assert figure["meta"]["sent"] is None
    np.testing.assert_array_equal(values(heatmaps(figure)["o"]), long.trace["o"][:, 0].T)


def test_colours_and_heights_are_those_of_the_whole_sequence_whatever_part_is_sent(long: Run) -> None:
    whole = time_figure(long.trace, row=0, outputs=long.outputs, text=TEXT)
    part = time_figure(long.trace, row=0, outputs=long.outputs, text=TEXT, part=Part(1000, 401, 440))
    assert part["layout"] == whole["layout"]
    assert part["meta"] | {"sent": None} == whole["meta"]
    for quantity, trace in heatmaps(part).items():
        assert trace | {"z": None} == heatmaps(whole)[quantity] | {"z": None}


def test_a_mean_over_what_is_no_number_stays_none_and_infinity_its_own() -> None:
    grid = np.array([[1, np.nan, np.inf, 2, -np.inf, 0, np.inf, -np.inf]], np.float32)
    found = means(grid, Span(1, 8, 2))
    np.testing.assert_array_equal(found, [[np.nan, np.inf, -np.inf, np.nan]])
    codes = np.frombuffer(base64.b64decode(coded(found, Scale(-1.0, 1.0, ()))), "<u2")
    assert codes.tolist() == [65_535, 65_534, 65_533, 65_535]


@pytest.mark.parametrize(
    "told", [None, "x", {}, {"steps": 9, "first": 0, "last": 4}, {"steps": 9, "first": 5, "last": 4}, {"steps": True}]
)
def test_what_is_no_part_of_a_sequence_is_no_wish(told: Any) -> None:
    assert Part.told(told) == Part()


# ---- the moving picture ----

CELLS: list[dict[str, Any]] = [
    {"cell": "LSTM"},
    {"cell": "GRU"},
    {"cell": "GRU", "reset_after": False},
    {"cell": "SimpleRNN"},
]
MAX_LENS_BYTES = 200_000


def unpacked(text: str, rows: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(rows, -1)


@pytest.mark.parametrize("cell", CELLS, ids=str)
@pytest.mark.parametrize("place", [Place(), Place(1, 1, 1), Place(100, 30, 100), Place(7, 256, 200)])
def test_around_a_place_the_moving_picture_has_the_runs_own_numbers(cell: dict[str, Any], place: Place) -> None:
    run = ran(timesteps=250, features=40, units=256, **cell)
    drawn, trace = payload(run, load("en"), row=0, place=place), run.trace
    part = Around(**drawn["sent"])
    steps, units = np.array(part.steps) - 1, slice(part.first - 1, part.last)
    at = place.step or 250  # where nothing is said, the picture opens at the last step
    assert {step for step in (at - 1, at, at + 1) if 1 <= step <= 250} <= set(part.steps)
    assert part.first <= (place.unit or 1) <= part.last
    np.testing.assert_array_equal(unpacked(drawn["values"]["x"], len(steps)), trace.inputs[0, steps])
    for name in trace.spec.shown:
        own = trace.in_time_order(name)[steps, 0]
        expected = own if name in of_all_units(trace.spec) else own[:, units]
        np.testing.assert_array_equal(unpacked(drawn["values"][name], len(steps)), expected)
    gates = len(trace.spec.gates)
    for sent, weights in ((drawn["kernel"], run.weights.kernel), (drawn["recurrent"], run.weights.recurrent_kernel)):
        expected = weights.reshape(len(weights), gates, 256)[:, :, units].reshape(len(weights), -1)
        np.testing.assert_array_equal(unpacked(sent, len(weights)), expected)


@pytest.mark.parametrize("cell", CELLS, ids=str)
@pytest.mark.parametrize(
    "sizes",
    [
        {"timesteps": 1000, "units": 64, "features": 64},
        {"timesteps": 1000, "units": 256, "features": 256},
        {"timesteps": 1000, "units": 1, "features": 256},
        {"timesteps": 1000, "units": 256, "features": 1},
        {"timesteps": 2, "units": 256, "features": 256},
    ],
    ids=str,
)
def test_the_largest_moving_pictures_stay_under_their_share(cell: dict[str, Any], sizes: dict[str, Any]) -> None:
    run = ran(**sizes, **cell, return_sequences=True, return_state=True)
    for place in (Place(), Place(500, 100, 30)):
        assert len(orjson.dumps(payload(run, load("ko"), row=0, place=place))) <= MAX_LENS_BYTES


@pytest.mark.parametrize("place", [Place(), Place(3, 2, 3)])
def test_a_small_moving_picture_is_sent_whole_wherever_it_stands(place: Place) -> None:
    run = ran(timesteps=50, features=3, units=32)
    assert payload(run, load("en"), row=0, place=place) == payload(run, load("en"), row=0)


def test_the_overview_is_the_whole_h_in_means() -> None:
    run = ran(timesteps=1000, features=1, units=64)
    drawn = payload(run, load("en"), row=0, place=Place())["overview"]
    h = run.trace["h"][:, 0].reshape(100, 10, 16, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(unpacked(drawn["values"], 100), h, rtol=0, atol=1e-6)


@pytest.mark.parametrize("go_backwards", [False, True])
def test_it_is_told_when_each_units_memory_begins(go_backwards: bool) -> None:
    run = ran(timesteps=6, units=3, mask="1-2, 6", go_backwards=go_backwards)
    begins = payload(run, load("en"), row=0)["begins"]
    first = 5 if go_backwards else 3
    assert begins == {"c": [first] * 3, "h": [first] * 3}
    silent = ran(timesteps=6, units=2, kernel_initializer="zeros", recurrent_initializer="zeros", use_bias=False)
    assert payload(silent, load("en"), row=0)["begins"] == {"c": [0, 0], "h": [0, 0]}


@pytest.mark.parametrize("told", [None, "x", {}, {"step": 1, "unit": 2}, {"step": 1.0, "unit": 2, "seen": 3}])
def test_what_is_no_place_is_none(told: Any) -> None:
    assert Place.told(told) == Place()
