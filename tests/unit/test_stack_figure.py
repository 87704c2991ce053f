"""The grid of a stack holds each layer's own h, and says where every h goes."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.figures.stack import MAX_VALUES, StackedHead, StackedLayer, chosen, stack
from lstm_core.figures.stacked import stacked
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.outputs import layer_outputs
from lstm_core.run import run_experiment
from tests.layers import run_lstm

ENGLISH = text.load("en")


def noise(steps: int = 5, units: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(steps, units)).astype(np.float32)


def unpacked(values: str, columns: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(values), "<f4").reshape(-1, columns)


def test_each_direction_of_each_layer_has_its_own_h() -> None:
    states = [(noise(seed=1),), (noise(seed=2), noise(seed=3))]
    drawn = stack([StackedLayer("a", states[0]), StackedLayer("b", states[1], merge_mode="sum")], ENGLISH)
    for layer, own in zip(drawn["layers"], states, strict=True):
        for direction, h in zip(layer["directions"], own, strict=True):
            np.testing.assert_array_equal(unpacked(direction["values"], direction["columns"]), h)


@pytest.mark.parametrize("go_backwards", [False, True])
def test_an_h_arrives_where_the_layers_output_has_it(go_backwards: bool) -> None:
    weights = initial_weights(features=2, units=3, seed=1)
    x = np.random.default_rng(0).normal(size=(1, 5, 2)).astype(np.float32)
    trace = run_lstm(x, weights, go_backwards=go_backwards)
    h = trace.in_time_order("h")[:, 0]
    drawn = stack([StackedLayer("LSTM(3)", (h,), go_backwards=go_backwards)], ENGLISH)["layers"][0]
    (output,) = layer_outputs(trace, LayerArguments(go_backwards=go_backwards, return_sequences=True))
    np.testing.assert_array_equal(output.array[0][np.array(drawn["places"]) - 1], h)
    (last,) = layer_outputs(trace, LayerArguments(go_backwards=go_backwards))
    np.testing.assert_array_equal(last.array[0], h[drawn["directions"][0]["last"] - 1])


def test_all_layers_have_one_scale_that_holds_every_h() -> None:
    scale = stack([StackedLayer("a", (noise(),)), StackedLayer("b", (3 * noise(seed=1),))], ENGLISH)["scale"]
    assert scale["zmax"] == -scale["zmin"] == pytest.approx(float(np.abs(3 * noise(seed=1)).max()))


def test_a_stack_too_large_for_stripes_has_the_mean_size_of_h_in_each_cell() -> None:
    h = noise(1000, MAX_VALUES // 1000 + 1)
    drawn = stack([StackedLayer("LSTM(13)", (h,))], ENGLISH)
    (direction,) = drawn["layers"][0]["directions"]
    np.testing.assert_allclose(unpacked(direction["values"], 1)[:, 0], np.abs(h).mean(axis=1), rtol=1e-6)
    assert ENGLISH("stack.mean") in drawn["notes"]
    assert ENGLISH("stack.stripes") in stack([StackedLayer("LSTM(12)", (h[:, :12],))], ENGLISH)["notes"]


def test_the_largest_stack_is_sent_in_few_bytes() -> None:
    h = noise(1000, 64)
    layers = [StackedLayer("b", (h, h), merge_mode="concat", masked=tuple(range(1, 1001)))] * 4
    drawn = stack(layers, ENGLISH, head=StackedHead("Dense(1)", noise(1000, 1)), labels=["word"] * 1000)
    assert len(json.dumps(drawn)) < 150_000


@pytest.mark.parametrize("outputs", [13, 256])
def test_a_head_too_large_for_stripes_has_the_means_of_neighbours_and_says_so(outputs: int) -> None:
    predictions = noise(1000, outputs)
    drawn = stack([StackedLayer("a", (noise(1000, 2),))], ENGLISH, head=StackedHead("Dense", predictions))
    together = -(-outputs // 12)
    expected = [predictions[:, at : at + together].mean(axis=1) for at in range(0, outputs, together)]
    np.testing.assert_allclose(unpacked(drawn["head"]["values"], len(expected)).T, expected, rtol=0, atol=1e-6)
    assert ENGLISH("stack.head_mean", name="Dense", count=together) in drawn["notes"]
    assert drawn["head"]["scale"]["zmax"] == pytest.approx(float(np.abs(predictions).max()))
    small = stack([StackedLayer("a", (noise(1000, 2),))], ENGLISH, head=StackedHead("Dense", predictions[:, :12]))
    np.testing.assert_array_equal(unpacked(small["head"]["values"], 12), predictions[:, :12])
    assert "neighbouring" not in " ".join(small["notes"])


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize(("merge_mode", "key"), [("concat", "two_ends"), (None, "two_outputs")])
def test_what_a_bidirectional_layer_returns_without_sequences_is_said(
    language: str, merge_mode: str | None, key: str
) -> None:
    t = text.load(language)
    layer = StackedLayer("B", (noise(), noise()), return_sequences=False, merge_mode=merge_mode)
    assert stack([layer], t)["notes"][1:] == [t(f"stack.{key}", name="B", forward=5, backward=1)]
    assert stack([StackedLayer("B", (noise(), noise()), merge_mode=merge_mode)], t)["notes"][1:] == []


def test_a_layer_in_the_middle_that_reads_backwards_is_said_and_one_that_hands_on_its_last_h_alone_is_not() -> None:
    backwards = StackedLayer("first", (noise(),), go_backwards=True)
    last = StackedLayer("second", (noise(),), go_backwards=True, return_sequences=False)
    notes = stack([backwards, last], ENGLISH)["notes"]
    assert notes[1:] == [ENGLISH("stack.backwards", name="first", last=5)]


def test_zeros_are_handed_on_at_masked_steps_where_keras_has_zeros() -> None:
    one, two = (noise(),), (noise(), noise())
    plain = StackedLayer("plain", one, masked=(1, 2))
    zero = StackedLayer("zero", one, masked=(1, 2), zero_output_for_mask=True)
    both = StackedLayer("both", two, masked=(1, 2), merge_mode="sum")
    end = StackedLayer("end", two, masked=(1, 2), merge_mode="sum", return_sequences=False, zero_output_for_mask=True)
    drawn = stack([plain, zero, both, end], ENGLISH)
    assert [layer["zeros"] for layer in drawn["layers"]] == [[], [1, 2], [1, 2], []]
    assert drawn["notes"][1:3] == [ENGLISH("stack.masked_steps"), ENGLISH("stack.zeros", names="zero, both")]
    assert stack([plain, end], ENGLISH)["notes"][1:2] == [ENGLISH("stack.masked_steps")]
    assert ENGLISH("stack.zeros", names="plain") not in stack([plain, end], ENGLISH)["notes"]
    assert ENGLISH("stack.masked_steps") not in stack([StackedLayer("plain", one)], ENGLISH)["notes"]


@pytest.mark.parametrize("states", [(), (noise(),) * 3, (noise(5), noise(6)), (noise()[0],)], ids=str)
def test_states_that_are_not_those_of_one_or_two_directions_are_refused(states: tuple[np.ndarray, ...]) -> None:
    with pytest.raises(ValueError, match="steps, units"):
        StackedLayer("LSTM(3)", states)


def test_two_directions_that_both_read_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match="Keras has no such layer"):
        StackedLayer("Bidirectional(LSTM(3))", (noise(), noise()), go_backwards=True)


def test_a_models_rows_have_short_names_and_the_states_that_their_layers_return() -> None:
    layers = (
        LayerArguments(return_sequences=True, bidirectional=True),
        LayerArguments(return_sequences=True, return_state=True),
        LayerArguments(cell="GRU", return_state=True, reset_after=False),
    )
    drawn, head, front = stacked(run_experiment(Experiment(layers=layers)), row=0)
    assert [layer.name for layer in drawn] == ["Bidirectional(LSTM(4))", "LSTM(4)", "GRU(4)"]
    assert [layer["returned"] for layer in stack(drawn, ENGLISH)["layers"]] == ["", "h, c", "h"]
    assert (head, front) == (None, "")


def test_of_what_a_browser_tells_only_a_cell_of_the_stack_is_taken() -> None:
    layers = [StackedLayer("a", (noise(),)), StackedLayer("b", (noise(), noise()))]
    assert chosen({"layer": 1, "direction": 1, "step": 5}, layers) == (1, 1, 5)
    wrong = [
        None, 3, [], {}, {"layer": 0}, {"layer": 0, "direction": 1, "step": 1}, {"layer": 2, "direction": 0, "step": 1},
        {"layer": 0, "direction": 0, "step": 0}, {"layer": 0, "direction": 0, "step": 6},
        {"layer": -1, "direction": 0, "step": 1}, {"layer": True, "direction": 0, "step": 1},
        {"layer": "1", "direction": 0, "step": 1}, {"layer": 1.0, "direction": 0, "step": 1},
    ]  # fmt: skip
    assert [told for told in wrong if chosen(told, layers) is not None] == []
