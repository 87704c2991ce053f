"""Seeded weights are those of real Keras: uniform ones bit for bit, normal and orthogonal ones to 1e-6."""

import numpy as np
import pytest

from lstm_core.layers import philox
from lstm_core.layers.initializers import ALIASES, BIAS_INITIALIZERS, INITIALIZERS, MAX_SEED, chosen, initial_weights
from lstm_core.layers.spec import GRU, GRU_RESET_BEFORE, SIMPLE_RNN

SEEDS = (0, 7, 12345, MAX_SEED)
MATRICES = ((1, 4), (3, 20), (5, 4), (4, 28), (7, 28), (64, 256))  # (5, 4): a kernel taller than wide
VECTORS = ((1,), (5,), (6,), (7,), (28,))
EXACT = ("glorot_uniform", "he_uniform", "lecun_uniform", "random_uniform", "zeros", "ones", "constant", "identity")
BIASES_WITH_ARGUMENTS = (
    "constant(0.3)",
    "constant(-1e-05)",
    "random_normal(0.5,0.1)",
    "random_uniform(-0.3,0.7)",
    "random_uniform(0.5,-0.5)",
    "random_uniform(0.1,0.1)",
    "truncated_normal(-1.0,0.25)",
)
WITH_ARGUMENTS = (*BIASES_WITH_ARGUMENTS, "identity(0.5)", "identity(-2.0)", "orthogonal(1.7)")


@pytest.fixture(scope="module")
def keras():
    import keras

    assert keras.backend.backend() == "tensorflow"
    return keras


def keras_initializer(keras, text, seed):
    initializer = chosen(text)
    seeded = {"seed": seed} if initializer.kind.takes_seed else {}
    given = initializer.named if "(" in text else {}  # a bare name has Keras's own defaults
    return getattr(keras.initializers, initializer.kind.keras_class)(**given, **seeded)


def assert_same_values(ours, theirs, name):
    theirs = np.asarray(theirs)
    assert ours.dtype == theirs.dtype == np.float32
    if chosen(name).name in EXACT:
        assert ours.tobytes() == theirs.tobytes()
    else:
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", [*INITIALIZERS, *WITH_ARGUMENTS])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_matrix_initializer_draws_what_keras_draws(keras, name, seed):
    for shape in MATRICES:
        theirs = keras_initializer(keras, name, seed)(shape)
        assert_same_values(chosen(name).draw(shape, seed), theirs, name)


@pytest.mark.parametrize("name", [*BIAS_INITIALIZERS, *BIASES_WITH_ARGUMENTS])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_bias_initializer_draws_what_keras_draws(keras, name, seed):
    for shape in VECTORS:
        theirs = keras_initializer(keras, name, seed)(shape)
        assert_same_values(chosen(name).draw(shape, seed), theirs, name)


def test_all_initializers_are_there_that_a_layer_can_begin_with_by_all_of_keras_names(keras):
    from keras.src.initializers import ALL_OBJECTS_DICT

    others = {"Initializer", "VarianceScaling", "STFT"}  # no numbers, words among the arguments, for convolutions alone
    known = {name: made for name, made in ALL_OBJECTS_DICT.items() if made.__name__ not in others}
    assert known.keys() == {*INITIALIZERS, *ALIASES}
    for name, made in known.items():
        assert made.__name__ == INITIALIZERS[ALIASES.get(name, name)].keras_class


def test_keras_takes_the_arguments_of_an_initializer_in_the_order_in_which_they_are_written(keras):
    for text in WITH_ARGUMENTS:
        initializer = chosen(text)
        made = getattr(keras.initializers, initializer.kind.keras_class)(*initializer.arguments)
        assert {name: getattr(made, name) for name in initializer.named} == initializer.named


@pytest.mark.parametrize("kind", ["uniform", "normal", "truncated_normal"])
def test_one_large_draw_agrees_to_its_end(keras, kind):
    shape = (300, 511)
    theirs = np.asarray(getattr(keras.random, kind)(shape, seed=7))
    ours = getattr(philox, kind)(shape, seed=7)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=0 if kind == "uniform" else 1e-6)


def test_square_orthogonal_kernels_agree_to_the_digits_that_keras_keeps(keras):
    """The rounding that Keras' float32 QR meets grows with the condition number of the matrix it factors."""
    for features, seed in ((8, 1), (16, 2), (64, 3)):
        shape = (features, features)
        condition = np.linalg.cond(philox.normal(shape, seed))
        theirs = np.asarray(keras_initializer(keras, "orthogonal", seed)(shape))
        ours = chosen("orthogonal").draw(shape, seed)
        assert np.abs(ours - theirs).max() <= 1e-6 + condition * np.finfo(np.float32).eps


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("unit_forget_bias", [True, False])
@pytest.mark.parametrize(
    ("kernel", "recurrent", "bias"),
    [
        ("glorot_uniform", "orthogonal", "zeros"),
        ("he_uniform", "lecun_uniform", "random_uniform"),
        ("random_normal", "he_normal", "random_normal"),
        ("orthogonal", "glorot_normal", "ones"),
        ("ones", "zeros", "random_uniform"),
        ("lecun_normal", "identity(0.5)", "constant(0.3)"),
        ("constant(-0.2)", "truncated_normal(0.1,0.2)", "truncated_normal"),
    ],
)
def test_a_new_layer_starts_with_the_weights_shown(keras, seed, unit_forget_bias, kernel, recurrent, bias):
    for features, units in ((1, 1), (3, 5), (4, 8)):
        layer = keras.layers.LSTM(
            units,
            kernel_initializer=keras_initializer(keras, kernel, seed),
            recurrent_initializer=keras_initializer(keras, recurrent, seed + 1),
            bias_initializer=keras_initializer(keras, bias, seed + 2),
            unit_forget_bias=unit_forget_bias,
        )
        layer.build((None, None, features))
        weights = initial_weights(
            features=features,
            units=units,
            kernel_initializer=kernel,
            recurrent_initializer=recurrent,
            bias_initializer=bias,
            unit_forget_bias=unit_forget_bias,
            seed=seed,
        )
        ours = (weights.kernel, weights.recurrent_kernel, weights.bias)
        for array, theirs, name in zip(ours, layer.get_weights(), (kernel, recurrent, bias), strict=True):
            assert_same_values(array, theirs, name)


@pytest.mark.parametrize("bias", BIAS_INITIALIZERS)
@pytest.mark.parametrize(
    ("cell", "arguments"),
    [(GRU, {"reset_after": True}), (GRU_RESET_BEFORE, {"reset_after": False}), (SIMPLE_RNN, {})],
)
def test_a_new_layer_of_another_cell_starts_with_the_weights_shown(keras, cell, arguments, bias):
    for features, units in ((1, 1), (3, 5), (4, 8)):
        layer = getattr(keras.layers, cell.name)(
            units,
            kernel_initializer=keras_initializer(keras, "glorot_uniform", 7),
            recurrent_initializer=keras_initializer(keras, "random_uniform", 8),
            bias_initializer=keras_initializer(keras, bias, 9),
            **arguments,
        )
        layer.build((None, None, features))
        weights = initial_weights(
            cell,
            features=features,
            units=units,
            recurrent_initializer="random_uniform",
            bias_initializer=bias,
            seed=7,
        )
        ours = (weights.kernel, weights.recurrent_kernel, weights.bias)
        names = ("glorot_uniform", "random_uniform", bias)
        for array, theirs, initializer in zip(ours, layer.get_weights(), names, strict=True):
            assert_same_values(array, theirs, initializer)


@pytest.mark.parametrize("cell", [GRU, GRU_RESET_BEFORE, SIMPLE_RNN])
def test_a_new_layer_of_another_cell_has_keras_own_initializers(keras, cell):
    """The recurrent kernel of a SimpleRNN is square: to the digits that Keras's QR in float32 keeps."""
    given = {"reset_after": cell is GRU} if cell.name == "GRU" else {}
    layer = getattr(keras.layers, cell.name)(4, **given)
    config = layer.get_config()
    layer = getattr(keras.layers, cell.name)(
        4,
        kernel_initializer=type(layer.kernel_initializer)(seed=7),
        recurrent_initializer=type(layer.recurrent_initializer)(seed=8),
        **given,
    )
    layer.build((None, None, 3))
    assert config["bias_initializer"]["class_name"] == "Zeros"
    weights = initial_weights(cell, features=3, units=4, seed=7)
    for ours, theirs in zip((weights.kernel, weights.recurrent_kernel, weights.bias), layer.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def test_a_layer_without_bias_has_two_arrays(keras):
    layer = keras.layers.LSTM(
        2,
        use_bias=False,
        kernel_initializer=keras_initializer(keras, "glorot_uniform", 7),
        recurrent_initializer=keras_initializer(keras, "orthogonal", 8),
    )
    layer.build((None, None, 3))
    weights = initial_weights(features=3, units=2, use_bias=False, seed=7)
    assert weights.bias is None
    kernel, recurrent_kernel = layer.get_weights()
    assert_same_values(weights.kernel, kernel, "glorot_uniform")
    assert_same_values(weights.recurrent_kernel, recurrent_kernel, "orthogonal")
