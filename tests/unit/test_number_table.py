"""Numbers set by hand: the table of any tensor of any layer shows its numbers, and what stands where."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.arguments import LayerArguments
from pages.ui.playground.number_table import gates_of, label, part
from tests.experiments import models, run_any

T = text.load("en")
MODEL = Experiment(
    front="embedding",
    layers=(
        LayerArguments(units=2, bidirectional=True, return_sequences=True),
        LayerArguments(units=3, cell="GRU"),
    ),
    head="dense",
    head_units=2,
    initial_state=True,
)


@settings(max_examples=40, deadline=None)
@given(models())
def test_the_tables_of_all_gates_side_by_side_are_the_tensor(experiment: Experiment) -> None:
    run = run_any(experiment)
    starts = {
        name + place.suffix: array
        for place in experiment.places
        if place.layer == 1
        for name, array in run.open(place).trace.start.items()
        if run.open(place).calls[-1].start == "given"
    }
    assert starts.keys() == experiment.state_shapes.keys()
    for tensor, array in (run.model_weights.tensors | starts).items():
        parts = [part(experiment, tensor, gate, T) for gate in range(max(1, len(gates_of(experiment, tensor))))]
        assert np.array_equal(np.concatenate([one.to_numpy() for one in parts], axis=1), np.atleast_2d(array))
        assert len({tuple(one.index) for one in parts}) == 1
        assert parts[0].index.is_unique


def test_each_layer_has_the_gates_of_its_own_cell_and_what_stands_around_has_none() -> None:
    assert gates_of(MODEL, "kernel") == gates_of(MODEL, "bias.1b") == ("i", "f", "c~", "o")
    assert gates_of(MODEL, "recurrent_kernel.2") == ("z", "r", "h~")
    for tensor in ("embeddings", "head_kernel", "head_bias", "h", "c.1b"):
        assert gates_of(MODEL, tensor) == ()


def test_the_two_bias_rows_of_a_gru_and_the_rows_of_an_embedding_are_named() -> None:
    assert list(part(MODEL, "bias.2", 0, T).index) == ["b: with x", "rb: with h"]
    assert list(part(MODEL, "embeddings", 0, T).index)[:2] == ["index 0", "index 1"]
    assert list(part(MODEL, "kernel", 0, T).index) == ["x1", "x2", "x3"]
    assert list(part(MODEL, "h.1b", 0, T).index) == ["row 1"]


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_tensor_of_a_model_has_a_label_of_its_own(language: str) -> None:
    tensors = [*MODEL.tensor_shapes, *MODEL.state_shapes]
    assert len({label(MODEL, tensor, text.load(language)) for tensor in tensors}) == len(tensors)


def test_a_layer_by_itself_needs_no_name_and_a_number_set_by_hand_is_in_its_table() -> None:
    assert label(Experiment(), "kernel", T) == "kernel: from x"
    assert label(MODEL, "kernel.1b", T) == "layer 1 backward · kernel: from x"
    edited = MODEL.changed(edits=(Edit("bias.2", 1, 4, 0.25),))
    assert part(edited, "bias.2", 1, T).loc["rb: with h", "2"] == 0.25
