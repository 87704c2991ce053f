"""Code from articles, blogs and learners: it is read; what is not understood is named with its line; nothing is run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from lstm_core import text
from lstm_core.code.parse import read_code
from lstm_core.code.parse.layer import ALSO_TAKEN, OTHER_LAYERS, REMOVED
from lstm_core.experiment import Experiment
from lstm_core.refusal import Refusal
from tests.unit.test_codeparse import keras_signature

DEFAULT = Experiment()


def read(source: str, base: Experiment = DEFAULT) -> Experiment:
    return read_code(source, base).experiment


def notes(source: str, base: Experiment = DEFAULT) -> list[tuple[str, int]]:
    return [(note.code, note.line) for note in read_code(source, base).notes]


def refused(source: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_code(source, DEFAULT)
    return caught.value


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


MODEL = """inputs = keras.Input((3, 1))
layer = keras.layers.LSTM(2, dropout=0.5, seed=1)
model = keras.Model(inputs, layer(inputs{layer}))
x = np.array([0.5, -1, 2]).reshape(1, 3, 1)
output = model{call}
"""


@pytest.mark.parametrize(
    ("layer", "call", "training", "noted"),
    [
        (", training=True", ".predict(x)", False, ["predict"]),
        (", training=True", ".predict_on_batch(x)", False, ["predict_on_batch"]),
        (", training=flag", ".predict(x=x, verbose=0)", False, ["predict"]),
        (", training=True", "(x)", True, []),
        (", training=True", ".call(x)", True, []),
        (", training=True", "(x, training=None)", True, []),
        (", training=True", "(x, training=False)", False, []),
        (", training=False", "(x, training=True)", True, []),
        (", training=False", ".predict(x)", False, []),
        ("", "(x, training=True)", True, []),
        ("", ".predict(x)", False, []),
    ],
)
def test_a_models_call_decides_on_training_as_in_keras(layer: str, call: str, training: bool, noted: list[str]) -> None:
    reading = read_code(MODEL.format(layer=layer, call=call), DEFAULT)
    assert reading.experiment.training is training
    told = [note for note in reading.notes if note.code.endswith("training")]
    assert [(note.facts["given"], note.line) for note in told] == [(name, 5) for name in noted]


@pytest.mark.parametrize(
    "second", ["l(x)", "l(x, training=None)", "l(x, training=False)", "Sequential([l]).predict(x)"]
)
def test_calls_without_training_are_the_same_however_that_is_written(second: str) -> None:
    experiment = read(f"l = LSTM(1, dropout=0.5)\nl(x)\n{second}")
    assert (experiment.calls, experiment.training) == (2, False)


@pytest.mark.parametrize(("value", "told"), [("False", False), ('"auto"', False), ("None", False), ("True", True)])
def test_of_cudnn_only_what_insists_on_it_is_told(value: str, told: bool) -> None:
    assert (("left_out", 1) in notes(f"LSTM(2, use_cudnn={value})")) is told


BLOGS = {
    "sentiment": (
        "model = Sequential()\nmodel.add(Embedding(max_features, 64))\nmodel.add(LSTM(64, dropout=0.2))\n"
        "model.add(Dense(1, activation='sigmoid'))\nmodel.compile(loss='mse')\nmodel.fit(x_train, y_train)",
        {"units": 64, "dropout": 0.2, "return_sequences": False},
    ),
    "forecast": (
        "n_steps, n_features = 3, 1\nmodel = Sequential()\n"
        "model.add(LSTM(50, activation='relu', return_sequences=True, input_shape=(n_steps, n_features)))\n"
        "model.add(LSTM(50, activation='relu'))\nmodel.fit(X, y, epochs=200)\n"
        "yhat = model.predict(array([70, 80, 90]).reshape((1, n_steps, n_features)), verbose=0)",
        {"units": 50, "activation": "relu", "return_sequences": True, "preset": "typed", "typed": "70 80 90"},
    ),
    "encoder": (
        "latent_dim = 32\nencoder_inputs = Input(shape=(None, num_tokens))\n"
        "encoder = LSTM(latent_dim, return_state=True)\nencoder_outputs, state_h, state_c = encoder(encoder_inputs)\n"
        "decoder = LSTM(latent_dim, return_sequences=True, return_state=True)\n"
        "outputs, _, _ = decoder(Input(shape=(None, 7)), initial_state=[state_h, state_c])",
        {"units": 32, "return_state": True, "return_sequences": False, "initial_state": False},
    ),
    "both directions": (
        "model = tf.keras.Sequential([\n  tf.keras.layers.Bidirectional(\n"
        "    tf.keras.layers.LSTM(16, return_sequences=True), input_shape=(5, 10))])",
        {"units": 16, "timesteps": 5, "features": 10, "preset": "noise"},
    ),
    "a layer of one's own": (
        "class Stepwise(keras.layers.Layer):\n  def __init__(self, units=16):\n    super().__init__()\n"
        "    self.lstm = LSTM(units, return_state=True, dropout=0.3)\n  def call(self, data, training=None):\n"
        "    for t in range(maxlen):\n      output, h, c = self.lstm(data[:, t], training=training)",
        {"units": 16, "return_state": True, "dropout": 0.3},
    ),
    "a function": (
        "def build(units=8):\n  inputs = keras.Input((4, 2))\n  return Model(inputs, LSTM(units)(inputs))\nbuild()",
        {"units": 8, "timesteps": 4, "features": 2},
    ),
    "a console": (">>> import keras\n>>> layer = keras.layers.LSTM(5,\n...     stateful=True)\n>>> layer\n<LSTM>",
        {"units": 5, "stateful": True}),
    "a notebook": ("%matplotlib inline\n!pip install keras\nLSTM(3)", {"units": 3}),
}  # fmt: skip


@pytest.mark.parametrize("name", BLOGS)
def test_code_as_articles_and_blogs_have_it_is_read(name: str) -> None:
    source, fields = BLOGS[name]
    again = read(source)
    assert {field: getattr(again, field) for field in fields} == fields


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
        ("LSTM(units=512)", "out_of_range", {"line": 1, "field": "units", "given": "512", "high": 256}),
        ("LSTM(8, activation='softmax')", "not_a_choice", {"field": "activation", "given": "softmax"}),
        ("LSTM(8, activation=keras.ops.gelu)", "code_not_known", {"field": "activation", "given": "keras.ops.gelu"}),
        ("LSTM(8, return_state='yes')", "not_a_choice", {"field": "return_state"}),
        ("GRU(8, return_sequences=True)", "code_other_layer", {"given": "GRU"}),
        ("LSTMCell(8, dropout=0.5)", "code_lstm_by_other_name", {"meant": "LSTM(8, dropout=0.5)"}),
        ("CuDNNLSTM(8)", "code_lstm_by_other_name", {"meant": "LSTM(8)"}),
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
        ("l = LSTM(1)\nl(x, training=True)\nl(x, training=False)", "code_calls_differ_training", {"line": 3}),
        ("l = LSTM(1)\nl(x)\nl(x, training=True)", "code_calls_differ_training", {"line": 3}),
        ("l = LSTM(1)\nl(x[:, :1])\nl(x[:, 1:], training=True)", "code_calls_differ", {"line": 3}),
        ("l = LSTM(1)\nl(x, training=flag)\nl(x, training=True)", "code_calls_differ", {"line": 3}),
        ("l = LSTM(1)\nl(x, training=True)\nSequential([l]).predict(x)", "code_calls_differ_training", {"line": 3}),
        ("l = LSTM(1)\nfor i in range(20):\n  l(x)", "out_of_range", {"field": "calls", "given": 20}),
        ("LSTM(8, kernel_initializer=HeNormal(1, 2, 3))", "code_initializer", {"given": "HeNormal"}),
        ("LSTM(8, kernel_initializer=HeNormal(input_axes=[0]))", "code_initializer", {"given": "HeNormal"}),
        ("LSTM(8, kernel_initializer=RandomNormal(stdev=1))", "code_misspelt", {"given": "stdev", "meant": "stddev"}),
        ("LSTM(8, kernel_initializer=RandomNormal(0, mean=1))", "code_argument_twice", {"given": "mean"}),
        ("LSTM(8, kernel_initializer=RandomNormal('a'))", "code_not_a_number", {"given": "'a'"}),
        ("LSTM(8, kernel_initializer=RandomNormal(spread))", "code_not_known", {"given": "spread"}),
        ("LSTM(8, kernel_initializer=RandomNormal(1e4))", "out_of_range", {"given": "10000.0", "high": 1000.0}),
        ("LSTM(8, kernel_initializer=RandomNormal(1e-60))", "too_small", {"given": 1e-60}),
        ("LSTM(8, bias_initializer=Constant(0.1, seed=3))", "code_no_such_argument", {"given": "seed"}),
        ("LSTM(8, bias_initializer='constant')", "code_constant", {"given": "'constant'"}),
        ("LSTM(8, bias_initializer='constant(0.3)')", "code_not_known", {"given": "'constant(0.3)'"}),
        ("LSTM(8, bias_initializer=keras.initializers.Identity())", "not_a_choice", {"field": "bias_initializer"}),
        ("LSTM(1)(np.zeros((1, 2000, 1)))", "out_of_range", {"field": "timesteps", "given": 2000}),
        ("LSTM(1)(np.linspace(0, 1, 200000).reshape(10, 1000, 20))", "too_many", {"line": 1}),
        ("LSTM(1)(np.linspace(0, 1, 400000).reshape(20, 1000, 20))", "size_features", {"line": 1}),
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


@pytest.mark.parametrize("name", OTHER_LAYERS)
def test_nobody_is_invited_to_take_an_lstm_for_another_layer(name: str) -> None:
    refusal = refused(f"x = 1\nlayer = keras.layers.{name}(8, return_sequences=True)")
    for language in text.LANGUAGES:
        said = text.load(language).refusal(refusal)
        assert name in said
        assert "LSTM(" not in said


@pytest.mark.parametrize("name", REMOVED)
def test_an_argument_of_other_times_gets_a_sentence_of_its_own(name: str) -> None:
    assert name not in (*keras_signature(), *ALSO_TAKEN)
    refusal = refused(f"LSTM(8, {name}=1)")
    assert refusal.code == f"removed_{name}"
    assert all(name in text.load(language).refusal(refusal) for language in text.LANGUAGES)


def test_every_note_has_its_text() -> None:
    source = "\n".join(path.read_text("utf-8") for path in Path("lstm_core/code/parse").glob("*.py"))
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
    for path in Path("lstm_core/code/parse").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not names & {"eval", "exec", "compile", "__import__", "importlib", "subprocess"}
