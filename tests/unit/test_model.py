"""A model as a list of layers: links, numbers set by hand and given weights go with their layers."""

import numpy as np
import pytest
from hypothesis import given, settings

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.packed import pack_tensors
from lstm_core.limits import MAX_LAYERS
from lstm_core.model import layer_code, rows, with_layer, with_layer_moved, without_layer
from lstm_core.refusal import Refusal
from lstm_core.run import run_experiment
from lstm_core.share.link import decode, encode
from tests.experiments import models

THREE = Experiment(
    layers=(
        LayerArguments(units=2, return_sequences=True),
        LayerArguments(units=3, cell="GRU", return_sequences=True),
        LayerArguments(units=3, cell="GRU"),
    )
)


@settings(max_examples=150)
@given(models())
def test_any_model_opens_again_from_its_link(model: Experiment) -> None:
    link = encode(model)
    assert not link.left_out
    opened = decode(link.parameters)
    assert not opened.refusals
    assert opened.experiment == model


@settings(max_examples=60)
@given(models())
def test_a_list_of_any_model_has_the_shape_and_the_parameters_of_each_layer(model: Experiment) -> None:
    listed = rows(model)
    assert sum(row.parameters for row in listed) == model.model_weights().parameters
    run = run_experiment(model.changed(training=False))
    for number, called in enumerate(run.last.layers, start=1):
        (row,) = (row for row in listed if row.number == number)
        assert {array.shape for array in called.handed_on} == {row.shape}
    if run.last.prediction is not None:
        assert listed[-1].shape == run.last.prediction.shape


@settings(max_examples=60)
@given(models().filter(lambda model: len(model.layers) < MAX_LAYERS))
def test_a_layer_can_be_added_behind_any_and_taken_out_again(model: Experiment) -> None:
    for after in range(1, len(model.layers) + 1):
        added = with_layer(model, after)
        assert len(added.layers) == len(model.layers) + 1
        back = without_layer(added, after + 1)
        assert [layer.units for layer in back.layers] == [layer.units for layer in model.layers]
        assert back.layers[-1].return_sequences == model.layers[-1].return_sequences


def test_a_fifth_layer_and_the_only_one_are_neither_added_nor_taken_out() -> None:
    four = with_layer(THREE, 3)
    with pytest.raises(Refusal, match="out_of_range"):
        with_layer(four, 4)
    assert without_layer(Experiment(), 1) == Experiment()


def test_a_layer_that_is_gone_meanwhile_is_neither_moved_nor_taken_out_and_one_behind_it_comes_last() -> None:
    for by in (-1, 1):
        assert with_layer_moved(THREE, 4, by) == THREE
    assert without_layer(THREE, 4) == THREE
    assert with_layer(THREE, 4) == with_layer(THREE, 3)


def test_numbers_set_by_hand_go_with_their_layer() -> None:
    edits = (Edit("bias", 0, 1, 0.5), Edit("kernel.2", 0, 1, 0.25), Edit("kernel.3", 0, 1, 0.75))
    model = THREE.changed(edits=edits)
    assert {edit.tensor: edit.value for edit in without_layer(model, 1).edits} == {"kernel": 0.25, "kernel.2": 0.75}
    swapped = with_layer_moved(model, 3, by=-1)
    assert {edit.tensor: edit.value for edit in swapped.edits} == {"bias": 0.5, "kernel.3": 0.25, "kernel.2": 0.75}


def test_given_weights_stay_with_the_layers_that_they_still_fit() -> None:
    weights = THREE.changed(weights_seed=99).model_weights()
    model = THREE.changed(given_weights=pack_tensors(weights.tensors.values()))
    swapped = with_layer_moved(model, 2, by=1).model_weights()
    for mine, other in ((0, 0), (1, 2), (2, 1)):
        np.testing.assert_array_equal(
            swapped.layers[mine][0].recurrent_kernel, weights.layers[other][0].recurrent_kernel
        )
    np.testing.assert_array_equal(swapped.layers[1][0].bias, weights.layers[2][0].bias)


def test_code_of_a_layer_has_what_is_not_keras_own() -> None:
    layer = LayerArguments(cell="SimpleRNN", recurrent_activation="relu", dropout=0.5, return_state=True)
    assert layer_code(layer) == "SimpleRNN(4, return_state=True, dropout=0.5)"


@pytest.mark.parametrize(
    ("parameters", "codes", "fields"),
    [
        ({"cell.2": "GRU"}, ["needs_sequences"], ["return_sequences"]),
        ({"units.2": "8"}, ["link_no_layer"], [None]),
        ({"cell.2": "GRU", "return_sequences": "1", "units.3": "8"}, ["link_no_layer"], [None]),
        ({"cell.2": "LSTN", "return_sequences": "1"}, ["not_a_choice"], ["cell.2"]),
        ({"cell.2": "GRU", "return_sequences": "1", "units.2": "9999"}, ["out_of_range"], ["units.2"]),
        ({"bidirectional": "1", "go_backwards": "1"}, ["both_backwards"], ["go_backwards"]),
        ({"bidirectional": "1", "merge_mode": "None", "head": "dense"}, ["two_tensors"], ["merge_mode"]),
        ({"front": "embedding", "preset": "sine", "features": "1"}, ["not_indices"], ["front"]),
        ({"front": "embedding", "input_dim": "2"}, ["index_beyond"], ["input_dim"]),
    ],
)
def test_what_a_link_says_that_cannot_be_is_put_right_one_by_one_and_told(
    parameters: dict[str, str], codes: list[str], fields: list[str | None]
) -> None:
    opened = decode(parameters)
    assert [refusal.code for refusal in opened.refusals] == codes
    assert [refusal.facts.get("field") for refusal in opened.refusals] == fields
    run_experiment(opened.experiment)
