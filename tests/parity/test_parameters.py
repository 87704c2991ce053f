"""The parameters that the picture counts are those that Keras counts."""

import pytest

from lstm_core import text
from lstm_core.figures.parameters import count_parameters, parameters
from lstm_core.layers.spec import GRU, GRU_RESET_BEFORE, LSTM, SIMPLE_RNN

SPECS = {("LSTM", True): LSTM, ("GRU", True): GRU, ("GRU", False): GRU_RESET_BEFORE, ("SimpleRNN", True): SIMPLE_RNN}
LAYERS = [
    ("LSTM", 8, 32, {}),
    ("LSTM", 1, 1, {}),
    ("LSTM", 3, 256, {}),
    ("LSTM", 3, 4, {"use_bias": False}),
    ("LSTM", 5, 6, {"bidirectional": True}),
    ("GRU", 4, 5, {}),
    ("GRU", 4, 5, {"reset_after": False}),
    ("GRU", 7, 2, {"use_bias": False}),
    ("GRU", 2, 9, {"bidirectional": True}),
    ("GRU", 2, 9, {"bidirectional": True, "reset_after": False}),
    ("SimpleRNN", 6, 3, {}),
    ("SimpleRNN", 6, 3, {"use_bias": False}),
    ("SimpleRNN", 1, 8, {"bidirectional": True, "use_bias": False}),
]


@pytest.mark.parametrize(("cell", "features", "units", "more"), LAYERS)
def test_the_count_and_the_shapes_are_keras_own(cell, features, units, more):
    import keras

    arguments = dict(more)
    bidirectional = arguments.pop("bidirectional", False)
    layer = getattr(keras.layers, cell)(units, **arguments)
    layer = keras.layers.Bidirectional(layer) if bidirectional else layer
    layer.build((None, None, features))

    spec = SPECS[cell, arguments.pop("reset_after", True)]
    sizes = {"features": features, "units": units, "bidirectional": bidirectional, **arguments}
    assert count_parameters(spec, **sizes) == layer.count_params()
    shapes = [tensor["shape"] for tensor in parameters(spec, text.load("en"), **sizes)["tensors"]]
    assert shapes * (2 if bidirectional else 1) == [str(array.shape) for array in layer.get_weights()]
