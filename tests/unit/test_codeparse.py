"""Code in: what our own scripts say comes back, what cannot be is named with its line, and nothing is ever run."""

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
from lstm_core.codegen import called, essential, exact, layer_arguments
from lstm_core.codeparse import MAX_CHARACTERS, read_code
from lstm_core.codeparse.layer import ALSO_TAKEN, ARGUMENTS, CALL_ARGUMENTS, REMOVED
from lstm_core.experiment import Edit, Experiment
from lstm_core.refusal import Refusal
from lstm_core.weights import initial_weights
from tests.experiments import experiments

SAYS = {language: text.load(language).section("code.comments").__getitem__ for language in text.LANGUAGES}
SAY = SAYS["en"]
DEFAULT = Experiment()
X = "x = np.array([0.5, 2, -3]).reshape(1, 3, 1)\n"


def read(source: str, base: Experiment = DEFAULT) -> Experiment:
    return read_code(source, base).experiment


def notes(source: str, base: Experiment = DEFAULT) -> list[tuple[str, int]]:
    return [(note.code, note.line) for note in read_code(source, base).notes]


def refused(source: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_code(source, DEFAULT)
    return caught.value


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
@example(Experiment(preset="noise", timesteps=1000, batch=32, features=32, data_seed=9), DEFAULT)
@example(Experiment(preset="article", timesteps=500, mask="-"), DEFAULT)
def test_the_exact_script_of_any_experiment_comes_back_to_the_letter(experiment: Experiment, base: Experiment) -> None:
    experiment, base = (replace(one, reset_before=tuple(sorted(one.reset_before))) for one in (experiment, base))
    script = exact(experiment, SAY)
    assert len(script) <= MAX_CHARACTERS
    reading = read_code(script, base)
    assert reading.notes == ()
    assert exact(reading.experiment, SAY) == script


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


def test_a_shape_without_numbers_gets_a_sequence_of_that_shape() -> None:
    assert read("x = np.random.rand(2, 7, 5)\nLSTM(2)(x)").shape == (2, 7, 5)
    assert read("LSTM(2)(keras.Input(batch_shape=(3, 4, 1)))").shape == (3, 4, 1)
    assert read("LSTM(2)(keras.Input((None, 2)))").shape == (1, 6, 2)
    assert read("model.add(LSTM(2, input_shape=(n, 2)))").shape == (1, 6, 2)


def test_what_is_read_over_is_told_with_its_line() -> None:
    source = "model = Sequential()\nmodel.add(LSTM(2))\nmodel.add(Dense(1))\nmodel.fit(x, y)\nprint(model(x))"
    assert [*notes(source)][:2] == [("read_over", 3), ("read_over", 4)]
    assert ("second_layer", 2) in notes("LSTM(2)\nLSTM(3)")
    assert ("bidirectional", 1) in notes("Bidirectional(LSTM(2))(x)")
    assert ("other_layer", 1) in notes("GRU(2)\nLSTM(3)")
    assert ("input_shape", 1) in notes("LSTM(2, input_shape=(3, 1))")
    assert ("left_out", 2) in notes("LSTM(2,\n kernel_regularizer='l2')")
    assert ("seed_open", 1) in notes("LSTM(2, dropout=0.5)")
    assert ("mask_open", 1) in notes("LSTM(2)(x, mask=m)")
    assert ("state_open", 1) in notes("LSTM(2)(x, initial_state=[h, c])")
    assert ("weights_open", 2) in notes("l = LSTM(2)\nl.set_weights(w)")
    assert ("training_open", 1) in notes("LSTM(2)(x, training=t)")


# ---- hints ----


@pytest.mark.parametrize(
    ("source", "code", "facts"),
    [
        ("LSTM(8,\n  retrun_sequences=True)", "code_misspelt", {"line": 2, "meant": "return_sequences"}),
        ("LSTM(8)(x, initial_states=s)", "code_misspelt", {"meant": "initial_state"}),
        ("LTSM(8)", "code_misspelt", {"meant": "LSTM"}),
        ("l = LSTM(8)\nl.reset_sate()", "code_misspelt", {"line": 2, "meant": "reset_state"}),
        ("LSTM(output_dim=8)", "code_renamed", {"meant": "units"}),
        ("LSTM(8, inner_activation='tanh')", "code_renamed", {"meant": "recurrent_activation"}),
        ("LSTM(8, initial_state=s)", "code_of_the_call", {"given": "initial_state"}),
        ("LSTM(8)(x, return_state=True)", "code_of_the_layer", {"given": "return_state"}),
        ("LSTM(8, colour=3)", "code_no_such_argument", {"given": "colour"}),
        ("LSTM(8, units=8)", "code_argument_twice", {"given": "units"}),
        ("LSTM()", "code_no_units", {}),
        ("\nLSTM(units)", "code_not_known", {"line": 2, "field": "units", "given": "units"}),
        ("LSTM(8, **more)", "code_not_known", {"given": "**more"}),
        ("LSTM(8.5)", "code_not_whole", {"field": "units"}),
        ("LSTM(8, dropout='a')", "code_not_a_number", {"field": "dropout"}),
        ("LSTM(units=512)", "out_of_range", {"line": 1, "field": "units", "given": "512", "high": 64}),
        ("LSTM(8, activation='swish')", "not_a_choice", {"field": "activation", "given": "swish"}),
        ("LSTM(8, return_state='yes')", "not_a_choice", {"field": "return_state"}),
        ("GRU(8, return_sequences=True)", "code_other_layer", {"meant": "LSTM(8, return_sequences=True)"}),
        ("torch.nn.LSTM(10, 20)", "code_torch", {}),
        ("o, h = LSTM(8, return_state=True)(x)", "code_unpack", {"given": 2, "expected": 3}),
        ("o, h, c = LSTM(8)(x)", "code_unpack_one", {"given": 3}),
        ("LSTM(8)(x, initial_state=[h])", "code_state_count", {"given": 1}),
        ("LSTM(8)(x, initial_state=[np.ones((1, 3)), np.ones((1, 8))])", "code_shape", {"expected": (1, 8)}),
        ("LSTM(8)(x, mask=[[True, False]])", "code_shape", {"given": (1, 2), "expected": (1, 6)}),
        ("x = np.array([0.1, 0.2])\nLSTM(8)(x)", "code_ndim", {"line": 2, "given": (2,), "axes": 1}),
        ("LSTM(8)([[[0.1], [0.2]]])", "code_list", {}),
        ("LSTM(8)(np.full((1, 1, 1), 1e39))", "code_not_finite", {}),
        ("l = LSTM(1)\nl.set_weights([np.ones((3, 4)), np.ones((1, 4))])", "code_weights_count", {"line": 2}),
        ("l = LSTM(1)\nl.set_weights([np.ones((3, 4)), np.ones((1, 8)), [0] * 4])", "code_shape", {"given": (1, 8)}),
        ("l = LSTM(1)\nl(x[:, :1])\nl(x[:, 1:])", "code_calls_differ", {"line": 3}),
        ("l = LSTM(1)\nfor i in range(20):\n  l(x)", "out_of_range", {"field": "calls", "given": 20}),
        ("LSTM(8, kernel_initializer=RandomNormal(0, 1))", "code_initializer", {"given": "RandomNormal"}),
        ("LSTM(1)(np.zeros((1, 2000, 1)))", "out_of_range", {"field": "timesteps", "given": 2000}),
        ("LSTM(1)(np.linspace(0, 1, 400000).reshape(20, 1000, 20))", "too_many", {"line": 1}),
        ("m = Sequential([LSTM(8)])\nm.reset_states()", "removed_model_reset", {"line": 2}),
        ("print(1)", "code_no_lstm", {"line": 1, "given": "print(1)"}),
        ("a = 1\nLSTM(8", "code_syntax", {"line": 2}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line_and_its_remedy(source: str, code: str, facts: dict[str, object]) -> None:
    refusal = refused(source)
    assert refusal.code == code
    assert {name: refusal.facts[name] for name in facts} == facts
    assert 1 <= refusal.facts["line"] <= source.count("\n") + 1
    for language in text.LANGUAGES:
        assert text.load(language).refusal(refusal)


@pytest.mark.parametrize("name", REMOVED)
def test_an_argument_of_other_times_gets_a_sentence_of_its_own(name: str) -> None:
    assert name not in (*keras_signature(), *ALSO_TAKEN)
    refusal = refused(f"LSTM(8, {name}=1)")
    assert refusal.code == f"removed_{name}"
    assert all(name in text.load(language).refusal(refusal) for language in text.LANGUAGES)


def test_every_note_has_its_text() -> None:
    source = "\n".join(path.read_text("utf-8") for path in Path("lstm_core/codeparse").glob("*.py"))
    said = text.load("en").section("bring.code.notes")
    assert all(f'"{code}"' in source for code in said)


# ---- nothing is run ----


def test_the_code_is_never_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    harm = f'__import__("pathlib").Path({str(trace)!r}).write_text("ran")'
    for source in (
        harm,
        f"{harm}\nLSTM(2)",
        f"LSTM({harm})",
        f"LSTM(2)({harm})",
        f"x = [{harm} for i in (1,)]\nLSTM(2)(x)",
    ):
        try:
            reading = read_code(source, DEFAULT)
        except Refusal as refusal:
            assert "__import__" in str(refusal.facts["given"]) or refusal.code == "code_no_lstm"  # noqa: PT017
        else:
            assert reading.experiment.units == 2
    assert not trace.exists()
    assert ("read_over", 1) in notes(f"{harm}\nLSTM(2)")


def test_no_module_of_the_reader_can_run_code() -> None:
    for path in Path("lstm_core/codeparse").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not names & {"eval", "exec", "compile", "__import__", "importlib", "subprocess"}
