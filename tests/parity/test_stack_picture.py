"""Where the grid of a stack says that an h goes, Keras has it."""

import numpy as np
import pytest

from lstm_core import text
from lstm_core.figures.stack import StackedLayer, stack

X = np.random.default_rng(0).normal(size=(1, 5, 2)).astype(np.float32)


def in_order_of_the_input(layer):
    """A layer's h of every step, (T, units), as the steps stand in what it reads."""
    h = np.asarray(layer(X))[0]
    return h[::-1] if layer.go_backwards else h


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "SimpleRNN"])
def test_both_directions_of_a_bidirectional_layer_arrive_where_keras_has_them(cell):
    import keras

    inner = getattr(keras.layers, cell)(3, return_sequences=True)
    layer = keras.layers.Bidirectional(inner, merge_mode=None)
    sequences = [np.asarray(output)[0] for output in layer(X)]
    directions = (layer.forward_layer, layer.backward_layer)
    states = tuple(in_order_of_the_input(one) for one in directions)

    drawn = StackedLayer("Bidirectional", states)
    places = np.array(stack([drawn], text.load("en"))["layers"][0]["places"]) - 1
    for k, own in enumerate(directions):
        assert own.go_backwards == drawn.reads_backwards(k)
        np.testing.assert_allclose(sequences[k][places], states[k], rtol=0, atol=1e-6)
        own.return_sequences = False
        last = np.asarray(own(X))[0]
        np.testing.assert_allclose(states[k][drawn.last_step(k) - 1], last, rtol=0, atol=1e-6)


@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize("zero_output_for_mask", [True, False])
def test_zeros_are_handed_on_of_the_masked_steps_of_which_keras_has_zeros(zero_output_for_mask, return_sequences):
    import keras

    mask = np.array([[True, False, True, True, False]])
    masked = (2, 5)
    arguments = {"return_sequences": return_sequences, "zero_output_for_mask": zero_output_for_mask}
    plain = keras.layers.LSTM(3, **arguments)
    both = keras.layers.Bidirectional(keras.layers.LSTM(3, **arguments), merge_mode="concat")
    for layer, states in [(plain, (X[0],)), (both, (X[0], X[0]))]:
        drawn = StackedLayer("", states, masked=masked, **arguments)
        output = np.asarray(layer(X, mask=mask))[0]
        steps = range(1, 6) if return_sequences else (5,)  # of a last output the last step decides
        zeros = [step for step, h in zip(steps, np.atleast_2d(output), strict=True) if not h.any()]
        assert zeros == [step for step in drawn.zeros if step in steps]


def test_keras_has_no_bidirectional_layer_of_one_that_reads_backwards():
    import keras

    with pytest.raises(ValueError, match="different `go_backwards`"):
        keras.layers.Bidirectional(keras.layers.LSTM(3, go_backwards=True))
