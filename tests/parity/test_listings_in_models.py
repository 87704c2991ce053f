"""Every layer that a lesson's code makes works as people use it: in a functional model, with a Dense behind it.

What the model says of its shapes before it has seen data is what comes out; it trains, and custom classes can be saved.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest

from lstm_core.lessons.lesson import Lesson, Script, comments
from lstm_core.lessons.registry import LESSONS
from tests.lessons.modules import module_of

CLASSES = 3
SCRIPTS = [
    pytest.param(lesson, script, id=f"{lesson.name}-{script.name}")
    for lesson in LESSONS
    for script in module_of(lesson).scripts(lesson.base, comments(lesson.name, "en"))
    if not script.raises
]


@contextmanager
def noting(made: list[keras.Layer]) -> Iterator[None]:
    """Note every recurrent layer that is made meanwhile."""
    init = keras.layers.RNN.__init__

    def noted(self: keras.layers.RNN, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        made.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.layers.RNN, "__init__", noted)
        yield


def run(script: Script) -> tuple[dict[str, Any], list[Any]]:
    """Run a script; return its names, and all that it made which reads a sequence: layers, and functions of tensors."""
    names: dict[str, Any] = {"__name__": "listing"}
    made: list[Any] = []
    with noting(made), redirect_stdout(io.StringIO()), np.printoptions():
        exec(script.source, names)
    found = list(names.values())
    cells = [value for value in found if hasattr(value, "state_size") and not isinstance(value, keras.layers.RNN)]
    made += [value for value in found if isinstance(value, keras.layers.Bidirectional) or _is_own(value, names)]
    made += [keras.layers.RNN(cell, return_sequences=True) for cell in cells]
    made += [way for way in names.get("ways", {}).values() if not isinstance(way, keras.Layer)]
    return names, list({id(layer): layer for layer in made}.values())


def _is_own(value: object, names: dict[str, Any]) -> bool:
    return (
        isinstance(value, keras.Layer)
        and names.get(type(value).__name__) is type(value)
        and not hasattr(value, "state_size")
    )


def sequence_of(names: dict[str, Any]) -> np.ndarray:
    """The sequence of a script; of one that shows a single step, a sequence of three such steps."""
    if "x_t" in names:
        return np.repeat(np.asarray(names["x_t"])[:, None], 3, axis=1)
    return np.asarray(names["x"] if "x" in names else names["data"], dtype="float32")


def expect_real_shapes(model: keras.Model, given: Any, batch: int) -> list[np.ndarray]:
    """What a model puts out has the shapes that it says."""
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", run_eagerly=True)  # a graph takes longer to write
    said = [tuple(batch if size is None else size for size in tensor.shape) for tensor in model.outputs]
    came = [np.asarray(tensor) for tensor in keras.tree.flatten(model.predict(given, batch_size=batch, verbose=0))]
    assert [tensor.shape for tensor in came] == said
    assert all(np.isfinite(tensor).all() for tensor in came)
    return came


def expect_to_train(inputs: Any, output: Any, given: Any, batch: int) -> keras.Model:
    """A Dense behind the output has a shape, and both are trained."""
    model = keras.Model(inputs, keras.layers.Dense(CLASSES)(output))
    (before,) = expect_real_shapes(model, given, batch)
    assert before.shape[-1] == CLASSES
    model.fit(given, np.ones_like(before), batch_size=batch, epochs=1, verbose=0)
    assert not np.array_equal(model.predict(given, batch_size=batch, verbose=0), before)
    return model


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # TensorFlow's, on saving
@pytest.mark.parametrize(("lesson", "script"), SCRIPTS)
def test_what_a_listing_makes_works_in_a_model(lesson: Lesson, script: Script, tmp_path: Path) -> None:
    names, made = run(script)
    x = sequence_of(names)
    assert made, "nothing in this listing reads a sequence"
    for reads in made:
        inputs = keras.Input(batch_shape=x.shape) if _needs_batch(reads) else keras.Input(x.shape[1:])
        outputs = keras.tree.flatten(reads(inputs))
        expect_real_shapes(keras.Model(inputs, outputs), x, len(x))
        model = expect_to_train(inputs, outputs[0], x, len(x))
        if not _needs_batch(reads):  # a stateful layer says something else in its next call
            expect_to_be_saved(model, x, names, tmp_path)


def _needs_batch(reads: Any) -> bool:
    return not isinstance(reads, keras.Layer) or getattr(reads, "stateful", False)


def expect_to_be_saved(model: keras.Model, x: np.ndarray, names: dict[str, Any], folder: Path) -> None:
    """A model with classes of a listing's own comes back from its file and says the same."""
    own = {name: value for name, value in names.items() if isinstance(value, type) and issubclass(value, keras.Layer)}
    if not own:
        return
    model.save(folder / "model.keras")
    loaded = keras.models.load_model(folder / "model.keras", custom_objects=own)
    np.testing.assert_allclose(loaded(x), model(x), atol=1e-6)


def test_attention_over_an_lstm_works_in_a_model() -> None:
    lesson = next(lesson for lesson in LESSONS if lesson.name == "attention")
    attention, handover = module_of(lesson).scripts(lesson.base, comments(lesson.name, "en"))
    names, _ = run(attention)
    x = sequence_of(names)
    inputs = keras.Input(x.shape[1:])
    output, state_h, _ = names["layer"](inputs)
    context, weights = names["attention"]([state_h[:, None, :], output], return_attention_scores=True)
    expect_real_shapes(keras.Model(inputs, [context, weights]), x, len(x))
    expect_to_train(inputs, context, x, len(x))

    names, _ = run(handover)
    read, written = keras.Input(x.shape[1:]), keras.Input(names["zeros"].shape[1:])
    _, state_h, state_c = names["layer"](read)
    decoded = names["decoder"](written, initial_state=[state_h, state_c])
    expect_to_train([read, written], decoded, [x, names["zeros"]], len(x))
