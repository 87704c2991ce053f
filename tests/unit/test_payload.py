"""What the moving picture draws is the trace, number for number, and the wires are what the layer returns."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import orjson
import pytest

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.figures.lens import most_happens, payload, spec_facts
from lstm_core.figures.theme import QUANTITY_COLOURS
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.spec import LSTM
from lstm_core.layers.trace import DropoutMasks, of_one_layer
from lstm_core.run import Run, run_experiment
from lstm_core.text import LANGUAGES, load

MAX_BYTES = 100_000


def ran(**arguments: Any) -> Run:
    return run_experiment(Experiment(preset="noise", timesteps=6, features=3, units=4, **arguments))


def drawn(run: Run, *, row: int = 0, language: str = "en") -> Any:
    return orjson.loads(orjson.dumps(payload(run, load(language), row=row)))


def unpacked(text: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("quantity", LSTM.shown)
def test_each_quantity_is_the_traces_own_in_time_order(quantity: str, go_backwards: bool) -> None:
    run = ran(batch=3, go_backwards=go_backwards)
    in_time_order = np.empty((6, 4), np.float32)
    in_time_order[run.trace.time_index] = run.trace[quantity][:, 2]
    np.testing.assert_array_equal(unpacked(drawn(run, row=2)["values"][quantity], 6, 4), in_time_order)


def test_the_river_reaches_as_far_as_the_units_memory_or_a_third_of_the_largest() -> None:
    run = ran(batch=2, edits=(Edit("bias", 0, 8, 9.0), Edit("bias", 0, 4, 9.0)))  # unit 1 writes all it can
    largest = np.abs(run.trace["c"][:, 1]).max(axis=0)
    assert largest.min() < largest.max() / 3 < np.sort(largest)[-1]
    assert drawn(run, row=1)["reach"] == pytest.approx(np.maximum(largest, largest.max() / 3))
    still = ran(cell="GRU", kernel_initializer="zeros", bias_initializer="zeros")
    assert drawn(still)["reach"] == [1.0] * 4


@pytest.mark.parametrize("go_backwards", [False, True])
def test_most_happens_where_the_first_units_memory_changes_most(go_backwards: bool) -> None:
    run = ran(batch=2, go_backwards=go_backwards, initial_state=True, initial_c=0.3)
    c = run.trace.in_time_order("c")[:, 1, 0]
    before = np.append(c[1:], np.float32(0.3)) if go_backwards else np.insert(c[:-1], 0, np.float32(0.3))
    assert most_happens(run.trace, 1) == int(np.abs(c - before).argmax()) + 1
    assert most_happens(ran(kernel_initializer="zeros", bias_initializer="zeros").trace, 0) == 1


def test_input_weights_and_the_state_before_are_the_runs_own() -> None:
    run = ran(batch=2, initial_state=True, initial_h=0.5, initial_c=-2.0)
    picture = drawn(run, row=1)
    np.testing.assert_array_equal(unpacked(picture["values"]["x"], 6, 3), run.trace.inputs[1])
    np.testing.assert_array_equal(unpacked(picture["kernel"], 3, 16), run.weights.kernel)
    np.testing.assert_array_equal(unpacked(picture["recurrent"], 4, 16), run.weights.recurrent_kernel)
    np.testing.assert_array_equal(unpacked(picture["bias"], 16), run.weights.bias)
    np.testing.assert_array_equal(unpacked(picture["before"]["h"], 4), run.trace.start["h"][1])
    np.testing.assert_array_equal(unpacked(picture["before"]["c"], 4), run.trace.start["c"][1])
    assert picture["start"] == "given"


@pytest.mark.parametrize(
    "cell", [{}, {"cell": "GRU"}, {"cell": "GRU", "reset_after": False}, {"cell": "SimpleRNN"}], ids=str
)
def test_the_picture_of_any_cell_has_its_spec_its_quantities_its_states_and_its_weights(cell: dict[str, Any]) -> None:
    run = ran(**cell, initial_state=True, initial_h=0.5, bias_initializer="random_normal", activation="relu")
    picture, spec = drawn(run), run.trace.spec
    assert picture["spec"] == orjson.loads(orjson.dumps(spec_facts(spec)))
    assert list(picture["values"]) == ["x", *spec.shown]
    for name in spec.shown:
        np.testing.assert_array_equal(unpacked(picture["values"][name], 6, 4), run.trace[name][:, 0])
    assert list(picture["before"]) == list(spec.state_names)
    np.testing.assert_array_equal(unpacked(picture["before"]["h"], 4), run.trace.start["h"][0])
    assert run.weights.bias is not None
    weights = run.weights
    for name, array in (("kernel", weights.kernel), ("recurrent", weights.recurrent_kernel), ("bias", weights.bias)):
        np.testing.assert_array_equal(unpacked(picture[name], *array.shape), array)
    assert picture["activation"] == "relu"
    assert picture["text"]["cell"]["layer"].endswith(f"{spec.name} layer")


@pytest.mark.parametrize(
    ("opened", "named"),
    [
        (Opened(1), "Layer 1: Bidirectional(LSTM(4)), forward"),
        (Opened(1, True), "Layer 1: Bidirectional(LSTM(4)), backward"),
        (Opened(2), "Layer 2: GRU(4)"),
    ],
)
def test_a_layer_of_a_model_is_named_with_its_direction_and_a_layer_by_itself_is_not(
    opened: Opened, named: str
) -> None:
    layers = LayerArguments(return_sequences=True, bidirectional=True), LayerArguments(cell="GRU")
    assert drawn(run_experiment(Experiment(layers=layers)).open(opened))["named"] == named
    assert drawn(ran())["named"] is None


def test_without_a_bias_there_is_none() -> None:
    assert drawn(ran(use_bias=False))["bias"] is None


def test_dropout_factors_are_those_of_the_batch_row() -> None:
    experiment = Experiment(
        preset="noise", timesteps=2, features=3, units=2, batch=2, dropout=0.5, recurrent_dropout=0.5, training=True
    )
    generator = np.random.default_rng(0)
    masks = DropoutMasks(
        dropout=generator.choice([0.0, 2.0], (1, 2, 3)).astype(np.float32),
        recurrent_dropout=generator.choice([0.0, 2.0], (4, 2, 2)).astype(np.float32),
    )
    picture = drawn(run_experiment(experiment, of_one_layer([masks])), row=1)
    np.testing.assert_array_equal(unpacked(picture["inputMask"], 1, 3), masks.dropout[:, 1])
    np.testing.assert_array_equal(unpacked(picture["recurrentMask"], 4, 2), masks.recurrent_dropout[:, 1])


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("return_state", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("masking", [{}, {"mask": "1,4,6"}, {"mask": "1,4,6", "zero_output_for_mask": True}])
def test_each_wire_carries_the_returned_row_of_its_place(
    return_sequences: bool, return_state: bool, go_backwards: bool, masking: dict[str, Any]
) -> None:
    run = ran(return_sequences=return_sequences, return_state=return_state, go_backwards=go_backwards, **masking)
    outputs = drawn(run)["outputs"]
    assert [(o["order"], o["name"], o["shape"]) for o in outputs] == [
        (k, o.name, str(o.array.shape)) for k, o in enumerate(run.outputs, start=1)
    ]
    for wires, output in zip(outputs, run.outputs, strict=True):
        rows = output.array[0].reshape(-1, 4)
        assert len(wires["steps"]) == len(rows)
        grid = run.trace.in_time_order(wires["quantity"])[:, 0]
        for step, row in zip(wires["steps"], rows, strict=True):
            leaves = np.zeros(4) if step in wires["zeros"] else grid[step - 1]
            np.testing.assert_array_equal(row, leaves)


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        ({}, "zeros"),
        ({"calls": 2}, "zeros"),
        ({"calls": 2, "stateful": True}, "kept"),
        ({"calls": 2, "stateful": True, "reset_before": (2,)}, "reset"),
    ],
)
def test_the_start_of_the_last_call_is_named(arguments: dict[str, Any], start: str) -> None:
    picture = drawn(ran(**arguments))
    assert picture["start"] == start
    assert picture["call"] == arguments.get("calls", 1)


def test_masked_steps_are_those_of_the_row_and_words_are_labels() -> None:
    run = ran(batch=2, mask="-;2,3")
    assert drawn(run, row=0)["masked"] == []
    assert drawn(run, row=1)["masked"] == [2, 3]
    labelled = payload(run, load("en"), row=0, labels=tuple("abcdef"))
    assert labelled["labels"] == tuple("abcdef")


def test_colours_are_the_themes() -> None:
    picture = drawn(ran())
    assert picture["colours"] == QUANTITY_COLOURS
    assert (picture["scales"]["h"]["zmin"], picture["scales"]["h"]["zmax"]) == (-1.0, 1.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_fifty_steps_of_thirty_two_units_are_at_most_100_kilobytes(language: str) -> None:
    run = run_experiment(
        Experiment(preset="noise", timesteps=50, features=3, units=32, return_sequences=True, return_state=True)
    )
    assert len(orjson.dumps(payload(run, load(language), row=0))) <= MAX_BYTES
