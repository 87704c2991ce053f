"""Code in: the scripts we write come back as the experiments they are; arguments, data, states and weights are read."""

from __future__ import annotations

import ast
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstm_core import text
from lstm_core.code.codegen import called, essential, exact, layer_arguments
from lstm_core.code.parse import MAX_CHARACTERS, read_code
from lstm_core.code.parse.layer import ARGUMENTS, CALL_ARGUMENTS
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.initializers import initial_weights
from tests.experiments import experiments

SAYS = {language: text.load(language).section("code.comments").__getitem__ for language in text.LANGUAGES}
SAY = SAYS["en"]
DEFAULT = Experiment()
X = "x = np.array([0.5, 2, -3]).reshape(1, 3, 1)\n"


def read(source: str, base: Experiment = DEFAULT) -> Experiment:
    return read_code(source, base).experiment


# ---- the code we write ----


@settings(max_examples=70)
@given(experiments(), st.sampled_from(text.LANGUAGES))
def test_the_exact_script_of_any_experiment_read_upon_it_is_that_experiment(
    experiment: Experiment, language: str
) -> None:
    assert read_code(exact(experiment, SAYS[language]), experiment) == (experiment, ())


@settings(max_examples=70)
@given(experiments(), experiments())
@example(Experiment(units=64, features=32, sentence="a b"), DEFAULT)
@example(Experiment(preset="sine", timesteps=1000, batch=3, features=2, weights_seed=1), DEFAULT)
@example(Experiment(preset="noise", timesteps=300, data_seed=8, initial_state=True, initial_h=-0.0), DEFAULT)
@example(Experiment(preset="noise", timesteps=1000, batch=9, features=32, data_seed=9), DEFAULT)
@example(Experiment(preset="article", timesteps=500, mask="-"), DEFAULT)
def test_the_exact_script_of_any_experiment_comes_back_to_the_letter(experiment: Experiment, base: Experiment) -> None:
    experiment, base = (replace(one, reset_before=tuple(sorted(one.reset_before))) for one in (experiment, base))
    script = exact(experiment, SAY)
    assert len(script) <= MAX_CHARACTERS
    reading = read_code(script, base)
    assert reading.notes == ()
    assert exact(reading.experiment, SAY) == script


def test_code_of_an_lstm_is_an_lstm_whatever_is_on_screen() -> None:
    read = read_code("LSTM(8)", Experiment(cell="GRU", head="dense", layers=(LayerArguments(bidirectional=True),)))
    assert read.experiment.is_plain
    assert read.experiment.layer.cell == "LSTM"


@pytest.mark.parametrize("written", ["'swish'", "keras.activations.swish", "tf.nn.silu", "keras.activations.silu"])
def test_an_activation_by_any_of_keras_names_is_the_one_that_keras_calls_it(written: str) -> None:
    experiment = read(f"LSTM(4, activation={written}, recurrent_activation='hard_swish')")
    assert (experiment.activation, experiment.recurrent_activation) == ("silu", "hard_silu")


@settings(max_examples=70)
@given(experiments(), st.sampled_from(text.LANGUAGES))
def test_the_essential_code_of_any_experiment_read_upon_it_is_that_experiment(
    experiment: Experiment, language: str
) -> None:
    assert read(essential(experiment, SAYS[language]), experiment) == experiment


@settings(max_examples=70)
@given(experiments(), experiments())
def test_the_essential_code_gives_arguments_shape_and_seeded_weights(experiment: Experiment, base: Experiment) -> None:
    source = essential(experiment, SAY)
    again = read(source, base)
    assert (again.units, layer_arguments(again)) == (experiment.units, layer_arguments(experiment))
    assert again.shape[1:] == experiment.shape[1:]
    for name in ("calls", "training", "initial_state"):
        assert getattr(again, name) == getattr(experiment, name)
    if "_initializer=" in source:
        ours, theirs = again.weights(), experiment.weights()
        for name in ("kernel", "recurrent_kernel", "bias"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(preset="sine", timesteps=20, units=5, weights_seed=12, dropout=0.3, training=True),
        Experiment(preset="article", timesteps=3, features=1, units=1, weights_seed=0, forget_bias=2.5),
        Experiment(preset="step", batch=2, weights_seed=31, edits=(Edit("kernel", 0, 3, 0.1), Edit("h", 1, 1, 3.0)),
                   initial_state=True, initial_c=-1.5, mask="2-3; -", return_state=True, use_bias=False),
        Experiment(preset="noise", timesteps=400, units=33, weights_seed=5, data_seed=77, stateful=True, calls=2),
        Experiment(preset="typed", typed="1 2\n3 -4", units=64, weights_seed=8, forget_bias=-3.0, calls=3),
    ],
)  # fmt: skip
def test_presets_and_small_seeds_are_found_again_in_the_numbers(experiment: Experiment) -> None:
    again = read(exact(experiment, SAY))
    assert (again.preset, again.shape, again.data().tobytes()) == (
        experiment.preset, experiment.shape, experiment.data().tobytes()
    )  # fmt: skip
    sizes = ("timesteps", "features", "batch", "data_seed", "sentence", "typed")  # not all count with every preset
    assert replace(again, **{name: getattr(experiment, name) for name in sizes}) == experiment


def test_a_seeded_script_and_one_that_prints_nothing_come_back_too() -> None:
    experiment = Experiment(preset="sine", units=3, kernel_initializer="he_normal", weights_seed=11, calls=2)
    assert read(called(experiment, SAY, seeded=True)) == experiment


def test_changing_one_flag_in_a_script_changes_that_flag_alone() -> None:
    experiment = Experiment(units=3, return_state=True, edits=(Edit("kernel", 0, 1, 0.5),), mask="1", forget_bias=2.0)
    script = exact(experiment, SAY).replace("return_state=True", "return_state=False").replace(
        "output, state_h, state_c = ", "output = "
    )  # fmt: skip
    assert read(script, experiment) == experiment.changed(return_state=False)


# ---- a line, a snippet ----


@pytest.mark.parametrize("name", ["LSTM", "keras.layers.LSTM", "tf.keras.layers.LSTM", "layers.LSTM"])
def test_one_call_sets_the_flags_and_keeps_all_else(name: str) -> None:
    base = Experiment(preset="sine", weights_seed=3, return_state=True, edits=(Edit("kernel", 0, 0, 1.0),))
    reading = read_code(f"{name}(8, return_sequences=True, go_backwards=True)", base)
    assert reading.experiment == base.changed(units=8, return_sequences=True, go_backwards=True, return_state=False)
    assert reading.notes == (("kept", 0, {"what": ("sequence", "call", "weights")}),)


def keras_signature() -> list[str]:
    """The arguments of `keras.layers.LSTM` in order, read in Keras's source: importing Keras here takes seconds."""
    folder = Path(str(find_spec("keras").origin)).parent
    tree = ast.parse((folder / "src/layers/rnn/lstm.py").read_text("utf-8"))
    (layer,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "LSTM")
    (init,) = (node for node in layer.body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    (call,) = (node for node in layer.body if isinstance(node, ast.FunctionDef) and node.name == "call")
    assert tuple(argument.arg for argument in call.args.args[1:]) == CALL_ARGUMENTS
    return [argument.arg for argument in init.args.args[1:]]


def test_arguments_without_a_name_have_keras_order() -> None:
    assert list(ARGUMENTS) == keras_signature()
    again = read('LSTM(8, "relu", "hard_sigmoid", False, "ones", "zeros")')
    assert (again.activation, again.recurrent_activation, again.use_bias) == ("relu", "hard_sigmoid", False)
    assert (again.kernel_initializer, again.recurrent_initializer) == ("ones", "zeros")


def test_names_and_sums_of_constants_are_followed() -> None:
    assert read("size = 2\nunits = size * 4 - 1\nLSTM(units=units, dropout=1 / 4)").units == 7


def test_the_articles_code_is_read() -> None:
    again = read(
        "from keras.models import Model\nfrom keras.layers import Input, LSTM\nfrom numpy import array\n"
        "inputs1 = Input(shape=(3, 1))\nlstm1, state_h, state_c = LSTM(1, return_state=True)(inputs1)\n"
        "model = Model(inputs=inputs1, outputs=[lstm1, state_h, state_c])\n"
        "data = array([0.1, 0.2, 0.3]).reshape((1, 3, 1))\nprint(model.predict(data))\n"
    )
    assert (again.preset, again.shape, again.units, again.return_state) == ("article", (1, 3, 1), 1, True)


def test_data_states_masks_and_calls_are_read() -> None:
    again = read(
        X + "h, c = np.zeros((1, 2)), np.array([[1.5, 1.5]])\nlayer = keras.layers.LSTM(2, stateful=True)\n"
        "layer(x, initial_state=[h, c], mask=np.array([[True, False, True]]), training=True)\nlayer.reset_state()\n"
        "layer(x, initial_state=[h, c], mask=np.array([[True, False, True]]), training=True)"
    )
    np.testing.assert_array_equal(again.data(), np.float32([[[0.5], [2], [-3]]]))
    assert [state.tolist() for state in again.given_state()] == [[[0, 0]], [[1.5, 1.5]]]
    assert (again.mask, again.training, again.calls, again.reset_before) == ("2", True, 2, (2,))


def test_one_row_of_a_mask_or_state_counts_for_every_batch_row() -> None:
    again = read(
        "h = c = np.array([[1.0, 2.0]])\n"
        "LSTM(2)(np.ones((3, 2, 1)), initial_state=[h, c], mask=np.array([[True, False]]))"
    )
    assert again.step_mask().tolist() == [[True, False]] * 3
    assert again.given_state()[0].tolist() == [[1, 2]] * 3


def test_a_model_is_called_with_what_predict_is_given() -> None:
    again = read(
        X + "inputs, h0, c0 = Input((3, 1)), Input((2,)), Input((2,))\n"
        "model = Model([inputs, h0, c0], LSTM(2)(inputs, initial_state=[h0, c0]))\n"
        "model.predict([x, np.ones((1, 2)), np.full((1, 2), 0.25)])\n"
    )
    assert again.typed == "0.5 2 -3"
    assert (again.calls, again.initial_h, again.initial_c) == (1, 1.0, 0.25)


def test_weights_are_those_of_the_code() -> None:
    again = read(
        X + "l = LSTM(1)\nl.build(x.shape)\nl.set_weights([np.ones((1, 4)), np.zeros((1, 4)), [1, 2, 3, 4]])\nl(x)"
    )
    assert again.weights().kernel.tolist() == [[1, 1, 1, 1]]
    assert again.weights().bias.tolist() == [1, 2, 3, 4]


def test_each_initializer_draws_by_its_own_seed() -> None:
    again = read(
        "LSTM(4, kernel_initializer=keras.initializers.HeNormal(seed=5),"
        " recurrent_initializer=keras.initializers.Orthogonal(seed=0))"
    )
    kernel = initial_weights(features=3, units=4, kernel_initializer="he_normal", seed=5).kernel
    np.testing.assert_array_equal(again.weights().kernel, kernel)
    zero = read("LSTM(4, recurrent_initializer=keras.initializers.Orthogonal(seed=1))")
    assert zero.weights_seed == 0
    np.testing.assert_array_equal(
        zero.weights().recurrent_kernel, initial_weights(features=3, units=4, seed=0).recurrent_kernel
    )


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("keras.initializers.RandomNormal(stddev=0.1, seed=3)", "random_normal(0.0,0.1)"),
        ("tf.keras.initializers.RandomNormal(1, 0.05, 3)", "random_normal(1.0,0.05)"),
        ("RandomUniform(-0.05, maxval=.05)", "random_uniform"),
        ("keras.initializers.random_uniform(-1, 1)", "random_uniform(-1.0,1.0)"),
        ("keras.initializers.TruncatedNormal(stddev=2e-2)", "truncated_normal(0.0,0.02)"),
        ("keras.initializers.Constant(-0.5)", "constant(-0.5)"),
        ("keras.initializers.Constant", "constant"),
        ("keras.initializers.Identity(gain=0.5)", "identity(0.5)"),
        ("keras.initializers.IdentityInitializer()", "identity"),
        ("Orthogonal(gain=2)", "orthogonal(2.0)"),
        ("'uniform'", "random_uniform"),
        ("'normal'", "random_normal"),
        ("'one'", "ones"),
        ("'LecunNormal'", "lecun_normal"),
        ("'OrthogonalInitializer'", "orthogonal"),
    ],
)
def test_an_initializer_is_read_by_any_of_keras_names_with_its_arguments(written: str, text: str) -> None:
    again = read(f"LSTM(4, kernel_initializer={written})")
    assert again.kernel_initializer == text
    seed = again.weights_seed
    expected = initial_weights(features=3, units=4, kernel_initializer=text, seed=seed).kernel
    np.testing.assert_array_equal(again.weights().kernel, expected)
    assert seed == (3 if "seed=3" in written or written.endswith(", 3)") else DEFAULT.weights_seed)


def test_a_layer_that_is_called_identity_is_no_initializer() -> None:
    assert read("x = keras.layers.Identity()(x)\nLSTM(4)(x)") == read("LSTM(4)(x)")


def test_a_shape_without_numbers_gets_a_sequence_of_that_shape() -> None:
    assert read("x = np.random.rand(2, 7, 5)\nLSTM(2)(x)").shape == (2, 7, 5)
    assert read("LSTM(2)(keras.Input(batch_shape=(3, 4, 1)))").shape == (3, 4, 1)
    assert read("LSTM(2)(keras.Input((None, 2)))").shape == (1, 6, 2)
    assert read("model.add(LSTM(2, input_shape=(n, 2)))").shape == (1, 6, 2)
