"""Pasted code against real Keras: what is read of it gives the numbers that running it gives; the hints are true."""

from __future__ import annotations

import inspect
import re
import warnings

import numpy as np
import pytest

from lstm_core.code.parse import read_code
from lstm_core.code.parse.layer import ALSO_TAKEN, ARGUMENTS, REMOVED, RENAMED
from lstm_core.experiment import Experiment
from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.run import run_experiment

SEEDED = (
    "kernel_initializer=keras.initializers.GlorotUniform(seed=5), "
    "recurrent_initializer=keras.initializers.Orthogonal(seed=3)"
)
SNIPPETS = {
    "a layer called on an array": f"""
x = (np.arange(8) / 4 - 1).reshape(2, 4, 1)
layer = keras.layers.LSTM(3, "relu", return_sequences=True, go_backwards=True, {SEEDED})
result = layer(x)
""",
    "a functional model with states": f"""
inputs, h, c = keras.Input((3, 2)), keras.Input((2,)), keras.Input((2,))
tensors = keras.layers.LSTM(2, return_state=True, {SEEDED})(inputs, initial_state=[h, c])
model = keras.Model([inputs, h, c], tensors)
x = np.random.default_rng(4).normal(0, 1, (1, 3, 2)).astype("float32")
result = model.predict([x, np.full((1, 2), 0.5), np.array([[-1.0, 2.0]])], verbose=0)
""",
    "a sequential model": f"""
units = 2
model = keras.Sequential()
model.add(keras.Input(shape=(3, 1)))
model.add(keras.layers.LSTM(units * 2, return_sequences=True, {SEEDED}))
result = model.predict(np.linspace(-1, 1, 3)[None, :, None], verbose=0)
""",
    "kept states and a mask for both rows": f"""
x = np.ones((2, 3, 1)) * 0.5
layer = keras.layers.LSTM(2, stateful=True, {SEEDED})
for step in range(3):
    if step == 1:
        layer.reset_state()
    result = layer(x, mask=np.array([[True, False, True]]))
""",
    "weights by hand": """
x = np.array([0.1, 0.2, 0.3]).reshape((1, 3, 1))
layer = keras.layers.LSTM(1, use_bias=False)
layer.build(x.shape)
layer.set_weights([np.array([[0.5, -0.5, 1, 2]]), -np.ones((1, 4))])
result = layer(x)
""",
}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of TensorFlow, not of ours
@pytest.mark.parametrize("name", SNIPPETS)
def test_what_is_read_gives_the_numbers_that_the_code_gives(name: str) -> None:
    import keras

    namespace = {"keras": keras, "np": np}
    exec(SNIPPETS[name], namespace)
    result = namespace["result"]
    tensors = list(result) if isinstance(result, (list, tuple)) else [result]
    read = read_code(SNIPPETS[name], Experiment(weights_seed=77)).experiment
    outputs = run_experiment(read).outputs
    assert len(outputs) == len(tensors)
    for ours, theirs in zip(outputs, tensors, strict=True):
        np.testing.assert_allclose(ours.array, np.asarray(theirs), atol=1e-6)


DROPPING = """
layer = keras.layers.LSTM(2, dropout=0.5, seed=1, {seeded})
inputs = keras.Input((3, 1))
model = keras.Model(inputs, layer(inputs{layer}))
x = np.array([0.5, -1, 2]).reshape(1, 3, 1)
result = model{call}
"""


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(
    "call", ["(x)", "(x, training=True)", "(x, training=False)", ".call(x)", ".predict(x)", ".predict_on_batch(x)"]
)
@pytest.mark.parametrize("layer", ["", ", training=True", ", training=False"])
def test_what_is_read_of_a_models_training_is_what_keras_does(layer: str, call: str) -> None:
    import keras

    source = DROPPING.format(seeded=SEEDED, layer=layer, call=call)
    namespace = {"keras": keras, "np": np}
    exec(source, namespace)
    read = read_code(source, Experiment(weights_seed=77)).experiment
    masks = draw_masks(*masks_task(read)) if read.draws_dropout else None
    (output,) = run_experiment(read, masks).outputs
    np.testing.assert_allclose(output.array, np.asarray(namespace["result"]), atol=1e-6)


def names_that_layers_take() -> set[str]:
    """Every name that any layer of Keras, now or once, takes in its brackets, and the strings Keras looks for there."""
    import keras

    found = {*REMOVED, *RENAMED, "initial_state", "mask", "training", "sequences"}
    for layer in vars(keras.layers).values():
        if inspect.isclass(layer):
            found |= inspect.signature(layer.__init__).parameters.keys()
    for part in (keras.layers.LSTM, keras.layers.RNN, keras.layers.Layer):
        for base in (part, *part.__mro__):
            if base.__module__.startswith("keras."):
                found |= set(re.findall(r"""kwargs\.(?:pop|get)\(\s*["'](\w+)""", inspect.getsource(base)))
    return found - {"self", "args", "kwargs"}


def test_keras_takes_just_the_arguments_that_are_taken_here() -> None:
    import keras

    names = names_that_layers_take()
    assert {*ARGUMENTS, *ALSO_TAKEN} <= names
    taken = set()
    for name in names:
        try:
            with warnings.catch_warnings(action="ignore"):
                keras.layers.LSTM(**({"units": 2} | {name: None}))
        except ValueError as error:
            if "Unrecognized keyword arguments" in str(error):
                continue
        except TypeError as error:
            if "multiple values for" in str(error) or "unexpected keyword" in str(error):
                continue
        taken.add(name)
    assert taken == {*ARGUMENTS, *ALSO_TAKEN}


@pytest.mark.parametrize("name", [*REMOVED, *RENAMED, "initial_state", "mask", "training"])
def test_keras_does_not_know_the_arguments_that_are_called_gone(name: str) -> None:
    import keras

    with pytest.raises(ValueError, match=f"Unrecognized keyword arguments passed to LSTM: .*{name}"):
        keras.layers.LSTM(2, **{name: 1})


def test_an_input_shape_still_works_with_a_warning() -> None:
    import keras

    with pytest.warns(UserWarning, match="Do not pass an `input_shape`"):
        keras.layers.LSTM(2, input_shape=(3, 1))


def test_keras_takes_no_list_for_a_sequence_and_one_mask_row_for_all() -> None:
    import keras

    with pytest.raises(ValueError, match="Only input tensors may be passed"):
        keras.layers.LSTM(2)([[[0.1], [0.2]]])
    one = np.array([[True, False]])
    layer = keras.layers.LSTM(2, return_sequences=True)
    x = np.ones((2, 2, 1), "float32")
    np.testing.assert_array_equal(layer(x, mask=one), layer(x, mask=np.repeat(one, 2, axis=0)))
