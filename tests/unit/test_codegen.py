"""The code beside the pictures is the experiment: its arguments, its data and its weights, to the bit."""

from __future__ import annotations

import ast
import re
from functools import partialmethod
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from types import ModuleType
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_core import text
from lstm_core.code import codegen
from lstm_core.code.codegen import COMMENTS, MAX_LINES, essential, exact, layer_arguments
from lstm_core.code.literals import MAX_LITERAL, assignment, literal, source_of
from lstm_core.examples import example as trained_example
from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, Edit
from lstm_core.layers.arguments import FLAGS, LayerArguments
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.packed import pack
from lstm_core.sequences import numbers
from tests.experiments import CELL_NAMES, experiments

SAYS = {language: text.load(language).section("code.comments").__getitem__ for language in text.LANGUAGES}
SAY = SAYS["en"]
FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)


def float_arrays(**limits: int) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(np.float32, hnp.array_shapes(**limits), elements=FINITE)


# ---- the layer's arguments ----


def keras_defaults() -> dict[str, object]:
    """The defaults of `keras.layers.LSTM`, read in Keras's source: importing Keras here would take seconds."""
    folder = Path(str(find_spec("keras").origin)).parent
    tree = ast.parse((folder / "src/layers/rnn/lstm.py").read_text("utf-8"))
    (layer,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "LSTM")
    (init,) = (node for node in layer.body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    names = [argument.arg for argument in init.args.args][-len(init.args.defaults) :]
    return {name: ast.literal_eval(value) for name, value in zip(names, init.args.defaults, strict=True)}


def test_a_layer_with_keras_defaults_needs_no_arguments() -> None:
    assert layer_arguments(Experiment()) == {}
    assert "layer = keras.layers.LSTM(4)" in exact(Experiment(), SAY)


@pytest.mark.parametrize(
    "name", ["activation", "recurrent_activation", "use_bias", "unit_forget_bias", "unroll", "dropout",
             "recurrent_dropout", "kernel_initializer", "recurrent_initializer", "bias_initializer", *FLAGS]
)  # fmt: skip
def test_what_the_code_leaves_out_is_keras_default(name: str) -> None:
    assert FIELDS[name].default == keras_defaults()[name]


def test_what_differs_from_the_default_is_named_flags_first() -> None:
    arguments = layer_arguments(Experiment(unroll=True, stateful=True, activation="relu", return_sequences=True))
    assert arguments == {"return_sequences": True, "stateful": True, "activation": "relu", "unroll": True}
    assert list(arguments)[:2] == ["return_sequences", "stateful"]


def test_the_layers_seed_is_named_with_dropout_only() -> None:
    assert layer_arguments(Experiment(seed=5)) == {}
    assert layer_arguments(Experiment(recurrent_dropout=0.25, seed=5)) == {"recurrent_dropout": 0.25, "seed": 5}


@given(experiments(CELL_NAMES))
def test_an_argument_is_given_exactly_if_it_is_not_the_default(experiment: Experiment) -> None:
    arguments = layer_arguments(experiment)
    seeded = bool(experiment.dropout or experiment.recurrent_dropout)
    assert ("seed" in arguments) == seeded
    for name in set(keras_defaults()) & set(FIELDS) - {"seed"}:
        if not name.endswith("_initializer"):
            differs = getattr(experiment, name) != FIELDS[name].default
            assert (name in arguments) == (differs and experiment.layer.has(name))


# ---- numbers as source ----


def read_back(source: str) -> dict[str, np.ndarray]:
    namespace: dict[str, object] = {}
    exec("import base64\nimport numpy as np\n" + source, namespace)
    return {name: value for name, value in namespace.items() if isinstance(value, np.ndarray)}


@given(float_arrays(min_dims=1, max_dims=3, max_side=5), st.integers(1, 6))
def test_numbers_written_out_are_read_back_bit_by_bit(array: np.ndarray, together: int) -> None:
    source = assignment("x", array, together=together, packed_note="")
    assert "base64" not in source
    again = read_back(source)["x"]
    assert (again.dtype, again.shape) == (np.float32, array.shape)
    assert again.tobytes() == array.tobytes()


@given(float_arrays(min_dims=2, max_dims=3, min_side=21, max_side=21), st.integers(1, 21))
@settings(max_examples=20)
def test_long_arrays_are_packed_and_read_back_bit_by_bit(array: np.ndarray, together: int) -> None:
    source = assignment("x", array, together=together, packed_note="float32, packed; shape")
    assert f"# float32, packed; shape {array.shape}" in source
    again = read_back(source)["x"]
    assert (again.dtype, again.shape) == (np.float32, array.shape)
    assert again.tobytes() == array.tobytes()


def test_an_array_is_packed_only_where_it_is_long() -> None:
    for size, packed in ((MAX_LITERAL, False), (MAX_LITERAL + 1, True)):
        source = assignment("b", np.ones(size, np.float32), together=4, packed_note="")
        assert ("base64" in source) is packed
        assert max(map(len, source.splitlines())) <= 101


def test_an_array_in_another_memory_order_is_packed_as_it_reads() -> None:
    array = np.arange(800, dtype=np.float32).reshape(20, 40).T
    np.testing.assert_array_equal(read_back(assignment("x", array, together=4, packed_note=""))["x"], array)


def test_a_row_of_weights_has_a_line_for_each_gate() -> None:
    source = literal(np.arange(16, dtype=np.float32).reshape(2, 8), together=2)
    first_row = source.split("],")[0]
    assert [line.strip(" [,") for line in first_row.splitlines() if line.strip(" [")] == [
        "0.0,  1.0", "2.0,  3.0", "4.0,  5.0", "6.0,  7.0"
    ]  # fmt: skip


def test_a_long_column_of_single_numbers_takes_few_lines() -> None:
    column = np.arange(20, dtype=np.float32).reshape(1, 20, 1)
    source = literal(column, together=1)
    assert len(source.splitlines()) == 6
    np.testing.assert_array_equal(np.array(ast.literal_eval(source)), column)


@pytest.mark.parametrize("signal", numbers.SIGNALS.values())
def test_a_signal_in_the_script_is_the_function_that_made_the_data(signal) -> None:
    source = f"{source_of(numbers.delayed_time)}\n\n{source_of(signal)}\n\nx = {signal.__name__}(delayed_time(2, 9, 3))"
    again = read_back(source)["x"]
    assert '"""' not in source
    np.testing.assert_array_equal(again, signal(numbers.delayed_time(2, 9, 3)))


# ---- whole scripts ----


class NoKeras(ModuleType):
    """Stands in for keras and tensorflow: writes down how the layer is made and called, and computes nothing."""

    def __init__(self) -> None:
        super().__init__("keras")
        self.layers = self
        self.calls: list[object] = []

    def _made(self, cell: str, units: int, **arguments: object) -> NoKeras:
        self.made = (cell, units, arguments)
        return self

    LSTM = partialmethod(_made, "LSTM")
    GRU = partialmethod(_made, "GRU")
    SimpleRNN = partialmethod(_made, "SimpleRNN")

    def build(self, shape: tuple[int, ...]) -> None:
        self.built = shape

    def set_weights(self, arrays: list[np.ndarray]) -> None:
        self.weights = arrays

    def reset_state(self) -> None:
        self.calls.append("reset")

    def function(self, layer: NoKeras) -> NoKeras:
        return layer

    def __call__(self, x: np.ndarray, **call: object) -> tuple[NoKeras, ...] | NoKeras:
        self.calls.append((x, call))
        cell, _, arguments = self.made
        return (self,) * len(LayerArguments(cell=cell).spec.returned_names) if arguments.get("return_state") else self

    def numpy(self) -> str:
        return "value"


def executed(source: str) -> NoKeras:
    keras = NoKeras()
    with mock.patch.dict("sys.modules", keras=keras, tensorflow=keras), np.printoptions(), mock.patch("builtins.print"):
        exec(compile(source, "exact", "exec"), {})
    return keras


@settings(max_examples=150)
@given(experiments(CELL_NAMES), st.sampled_from(text.LANGUAGES))
@example(Experiment(mask="1"), "en")
def test_any_exact_script_builds_and_calls_the_layer_of_the_experiment(experiment: Experiment, language: str) -> None:
    keras = executed(exact(experiment, SAYS[language]))
    cell, units, arguments = keras.made
    assert arguments.pop("use_cudnn", False) is False
    assert (cell, units, arguments) == (experiment.cell, experiment.units, layer_arguments(experiment))
    assert keras.built == experiment.shape
    weights = experiment.weights()
    expected = [array for array in (weights.kernel, weights.recurrent_kernel, weights.bias) if array is not None]
    assert [array.tobytes() for array in keras.weights] == [array.tobytes() for array in expected]
    assert keras.calls.count("reset") == len(set(experiment.reset_before))
    assert len(keras.calls) == experiment.calls + keras.calls.count("reset")
    for call in keras.calls:
        if call != "reset":
            x, arguments = call
            assert (x.dtype, x.tobytes()) == (np.float32, experiment.data().tobytes())
            assert arguments.get("training", False) == experiment.training
            np.testing.assert_array_equal(arguments.get("mask"), experiment.step_mask())
            given_state = experiment.given_state()
            assert (given_state is None) == ("initial_state" not in arguments)
            if given_state is not None:
                assert [a.tobytes() for a in arguments["initial_state"]] == [a.tobytes() for a in given_state]


@pytest.mark.parametrize("calls", [1, 3])
def test_a_reset_stands_before_the_call_it_is_for(calls: int) -> None:
    experiment = Experiment(calls=calls, stateful=True, reset_before=(3,) if calls == 3 else ())
    kinds = ["reset" if call == "reset" else "call" for call in executed(exact(experiment, SAY)).calls]
    assert kinds == {1: ["call"], 3: ["call", "call", "reset", "call"]}[calls]


@settings(max_examples=150)
@given(experiments(CELL_NAMES), st.sampled_from(text.LANGUAGES))
def test_any_essential_code_compiles_and_is_six_to_twelve_lines(experiment: Experiment, language: str) -> None:
    source = essential(experiment, SAYS[language])
    compile(source, "essential", "exec")
    call = "model(" if experiment.training else "model.predict("
    assert f"{', '.join(experiment.layer.returned_names)} = {call}" in source
    lines = len([line for line in source.splitlines() if line.strip()])
    assert 6 <= lines <= MAX_LINES


@given(st.text(min_size=1, max_size=80).filter(str.split))
def test_words_of_a_sentence_never_stand_in_the_code(sentence: str) -> None:
    experiment = Experiment(sentence=sentence)
    plain = Experiment(preset="typed", typed="1 2 3; 4 5 6")  # the same layer on numbers
    for script in (essential, exact):
        ours, others = (re.sub(r"[\d.,\s\[\]()-]", "", script(e, SAY)) for e in (experiment, plain))
        assert ours.replace("e", "") == others.replace("e", "")


def test_the_essential_model_takes_h_before_c_as_keras_does() -> None:
    source = essential(Experiment(initial_state=True, mask="1"), SAY)
    assert "keras.Model([inputs, h0, c0, used], layer(inputs, initial_state=[h0, c0], mask=used))" in source
    assert "model.predict([x, h, c, mask])" in source


def test_the_code_says_that_numbers_were_set_by_hand() -> None:
    assert SAY("hand_made_weights") in essential(Experiment(edits=(Edit("kernel", 0, 0, 1.0),)), SAY)
    assert SAY("hand_made_weights") in essential(Experiment(forget_bias=2.0), SAY)
    assert SAY("hand_made_weights") not in essential(Experiment(), SAY)


def test_the_essential_code_says_where_weights_from_a_file_are() -> None:
    experiment = Experiment(units=3, given_weights=pack(initial_weights(features=3, units=3)))
    assert SAY("given_weights") in essential(experiment, SAY)
    assert "initializer" not in essential(experiment, SAY)


# ---- comments ----

RICH = [
    Experiment(
        return_sequences=True, return_state=True, go_backwards=True, stateful=True, mask="1", initial_state=True,
        dropout=0.5, training=True, calls=2, reset_before=(2,), units=16,
    ),
    Experiment(preset="sine", timesteps=150, forget_bias=0.5),
    Experiment(units=3, given_weights=pack(initial_weights(features=3, units=3))),
    Experiment(
        return_sequences=True, return_state=True, go_backwards=True, stateful=True, activation="relu", use_bias=False,
        recurrent_activation="hard_sigmoid", unroll=True, dropout=0.5, mask="1", initial_state=True, calls=2,
        reset_before=(2,), recurrent_dropout=0.25, unit_forget_bias=False, zero_output_for_mask=True,
    ),
    Experiment(cell="GRU", initial_state=True, return_state=True, stateful=True),
    Experiment(cell="SimpleRNN"),
    Experiment(
        front="embedding", layers=(LayerArguments(return_sequences=True), LayerArguments(cell="GRU")), head="dense",
        typed="1 2 3", preset="typed", features=1,
    ),
    Experiment(layers=(LayerArguments(cell="SimpleRNN", bidirectional=True, dropout=0.5),)),
    Experiment(
        front="embedding", preset="typed", typed="1 " * 500, layers=(LayerArguments(units=1),), head="dense",
    ),
    trained_example("counting"),
    Experiment(held=(Edit("f", 3, 0, 0.5),)),
    Experiment(head="dense", held=(Edit("i", 0, 1, 0.5),), layers=(LayerArguments(dropout=0.5),)),
]  # fmt: skip


def test_both_languages_comment_alike_and_change_nothing_but_comments() -> None:
    said = {language: set() for language in SAYS}
    for experiment, script in product(RICH, (essential, exact)):
        by_language = []
        for language, say in SAYS.items():

            def noted(key: str, language: str = language, say=say) -> str:
                said[language].add(key)
                return say(key)

            by_language.append(script(experiment, noted))
        english, korean = by_language
        assert english != korean
        assert ast.dump(ast.parse(english)) == ast.dump(ast.parse(korean))
    assert said["en"] == said["ko"] == set(COMMENTS)


def test_korean_comments_are_korean() -> None:
    source = exact(RICH[0], SAYS["ko"])
    comments = [line.partition("#")[2] for line in source.splitlines() if "#" in line]
    assert comments
    assert all(re.search("[가-힣]", comment) for comment in comments)


def test_no_comment_can_break_out_of_its_line() -> None:
    assert all("\n" not in SAYS[language](key) for language, key in product(SAYS, codegen.COMMENTS))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("constant", "keras.initializers.Constant(0.0)"),
        ("constant(0.3)", "keras.initializers.Constant(0.3)"),
        ("identity", '"identity"'),
        ("identity(0.5)", "keras.initializers.Identity(gain=0.5)"),
        ("random_normal", "keras.initializers.RandomNormal(seed=7)"),
        ("random_normal(0.0,0.1)", "keras.initializers.RandomNormal(stddev=0.1, seed=7)"),
        ("random_uniform(-1.0,1.0)", "keras.initializers.RandomUniform(minval=-1.0, maxval=1.0, seed=7)"),
    ],
)
def test_an_initializer_is_written_with_the_arguments_that_are_not_keras_defaults(text, code):
    assert f"kernel_initializer={code}," in essential(Experiment(kernel_initializer=text), SAY)
