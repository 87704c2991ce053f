"""The snippet for the learner's notebook, run with real Keras, makes a file that gives the layer's own weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lstm_core.layers.packed import pack, unpack_tensors
from lstm_core.layers.spec import LSTM
from lstm_core.refusal import Refusal
from lstm_core.share.weights_file import read_npz, snippet


@pytest.mark.parametrize("use_bias", [True, False])
def test_the_snippet_makes_a_file_of_the_layers_own_weights(
    use_bias: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    layer = keras.layers.LSTM(3, use_bias=use_bias, name="lstm", bias_initializer="random_normal")
    model = keras.Sequential([keras.Input((4, 2)), layer, keras.layers.Dense(1)])
    monkeypatch.chdir(tmp_path)
    exec(snippet("its name"), {"model": model})
    found = read_npz((tmp_path / "lstm_weights.npz").read_bytes())
    ours = unpack_tensors(pack(found.weights), LSTM.weight_shapes(2, 3, use_bias=use_bias))
    theirs = layer.get_weights()
    for one, other in zip(ours.values(), theirs, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of TensorFlow, not of ours
@pytest.mark.parametrize(("name", "code"), [("model.keras", "weights_keras"), ("model.weights.h5", "weights_h5")])
def test_what_keras_saves_itself_is_refused_for_what_it_is(name: str, code: str, tmp_path: Path) -> None:
    import keras

    model = keras.Sequential([keras.Input((4, 2)), keras.layers.LSTM(3)])
    (model.save_weights if name.endswith(".weights.h5") else model.save)(tmp_path / name)
    with pytest.raises(Refusal) as caught:
        read_npz((tmp_path / name).read_bytes())
    assert caught.value.code == code
