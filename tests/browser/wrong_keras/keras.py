"""Put in front of the real one on PYTHONPATH: a Keras whose LSTM cell returns h a thousandth too large."""

import sys
from pathlib import Path

here = str(Path(__file__).parent)
sys.path = [folder for folder in sys.path if folder != here]
del sys.modules["keras"]
import keras  # noqa: E402  the real one, which takes this one's name

computed = keras.layers.LSTMCell.call


def call(self, inputs, states, training=False):
    h, (_, c) = computed(self, inputs, states, training=training)
    h = h * 1.001
    return h, [h, c]


keras.layers.LSTMCell.call = call
