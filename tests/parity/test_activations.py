"""Every activation that Keras names and that takes one number to one is there, and gives Keras's numbers."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from lstm_core.keras_check import single_steps
from lstm_core.keras_check.agreement import STEP_TOLERANCE
from lstm_core.layers.activations import ACTIVATIONS, ALIASES

KINKS = (0, 0.5, 1, 3, 6, 13.9, 16.6, 88.7)
NEAR = np.concatenate([np.linspace(-0.01, 0.01, 201), *([sign * 10.0 ** np.arange(-9, -2)] for sign in (-1, 1))], None)
VALUES = np.concatenate(
    [np.linspace(-100, 100, 20_001), *(sign * kink + NEAR for kink in KINKS for sign in (-1, 1))]
).astype(np.float32)
NOT_FINITE = np.array([np.inf, -np.inf, np.nan, 1e30, -1e30], np.float32)


@pytest.fixture(scope="module")
def keras():
    import keras

    assert keras.backend.backend() == "tensorflow"
    return keras


def theirs(keras, name: str, z: np.ndarray) -> list[np.ndarray]:
    """What Keras gives, called by itself and in a graph, where TensorFlow puts kernels together."""
    import tensorflow as tf

    activation = keras.activations.get(name)
    return [np.asarray(activation(tf.constant(z))), tf.function(lambda x: activation(x))(tf.constant(z)).numpy()]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_gives_the_numbers_of_keras(keras, name):
    ours = ACTIVATIONS[name](VALUES)
    assert ours.dtype == np.float32
    for expected in theirs(keras, name, VALUES):
        np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(expected))
        finite = np.isfinite(expected)
        exact = expected[finite].astype(np.float64)
        far = np.abs(ours[finite] - exact) / np.maximum(1, np.abs(exact))
        assert far.max() <= 1e-6, VALUES[finite][far.argmax()]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_gives_the_infinities_and_nan_of_keras_without_a_warning(keras, name):
    ours = ACTIVATIONS[name](NOT_FINITE)
    for expected in theirs(keras, name, NOT_FINITE):
        np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_of_keras_is_as_exact_as_a_single_step_is_asked_to_be(keras, name):
    """Below 0 TensorFlow's elu is exp(z) - 1: of its small values no digit is right, and that is no disagreement."""
    small = np.concatenate([sign * 10.0 ** np.arange(-8, 0) for sign in (-1, 1)])
    z = np.concatenate([VALUES, small]).astype(np.float32)
    for values in [ACTIVATIONS[name](z), *theirs(keras, name, z)]:
        with np.errstate(all="ignore"):
            assert single_steps._activation_error(name, z, values) <= STEP_TOLERANCE
            wrong = np.where(np.abs(z - 0.7) < 0.1, values + np.float32(1e-4), values)
            assert single_steps._activation_error(name, z, wrong) > STEP_TOLERANCE


def test_all_activations_are_there_that_a_layer_can_call_on_one_number(keras):
    """Each name of `keras.activations` is asked whether it takes four numbers to what it takes each of them to."""
    named = dict(inspect.getmembers(keras.activations, inspect.isfunction))
    one_by_one = {}
    for name in named.keys() - {"get", "serialize", "deserialize"}:
        try:
            together = np.asarray(named[name](np.float32([[0.5, -1, 2, 0.1]])))[0]
            alone = [np.asarray(named[name](np.float32([[value, value]])))[0, 0] for value in (0.5, -1, 2, 0.1)]
        except (TypeError, ValueError):  # threshold wants more arguments, glu an even number of units
            continue
        if together.shape == (4,) and np.allclose(together, alone):
            one_by_one[name] = named[name].__name__
    assert set(one_by_one.values()) == set(ACTIVATIONS)
    assert {alias: name for alias, name in one_by_one.items() if alias != name} == ALIASES


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_an_alias_is_keras_own(keras, alias, name):
    assert keras.activations.get(alias) is keras.activations.get(name)
