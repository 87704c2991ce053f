"""What a code box folds away is data, or a class that was shown before; never what the script is about."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from lstm_core.code.codegen import exact
from lstm_core.code.listing import code_box, folds, marked
from lstm_core.experiment import Experiment
from lstm_core.lessons.lesson import Lesson, Script, comments
from lstm_core.lessons.registry import LESSONS
from lstm_core.text import LANGUAGES, load
from tests.experiments import CELL_NAMES, experiments
from tests.lessons.modules import module_of

BY_HAND = """import keras
import numpy as np

x = np.array([
    0.1,
    0.2,
]).reshape(1, 2, 1)
mask = np.ones((1, 2), dtype="bool")
mask[0, 1:2] = False

# a layer
layer = keras.layers.LSTM(1)
print(layer(x, mask=mask))
"""


def scripts_of(lesson: Lesson, language: str) -> tuple[Script, ...]:
    return tuple(module_of(lesson).scripts(lesson.base, comments(lesson.name, language)))


def left_of(source: str, known: tuple[str, ...] = (), about: tuple[str, ...] = ()) -> list[str]:
    """The lines of a script that its folds leave."""
    hidden = {line for fold in folds(source, known=known, about=about) for line in range(fold.first, fold.end)}
    return [line for number, line in enumerate(source.splitlines()) if number not in hidden]


def test_data_are_folded_up_to_the_first_line_that_makes_no_data() -> None:
    assert [(fold.first, fold.end, fold.names) for fold in folds(BY_HAND)] == [(0, 10, ("import", "x", "mask"))]
    assert left_of(BY_HAND)[0] == "# a layer"


def test_data_that_a_script_is_about_stay() -> None:
    assert left_of(BY_HAND, about=("mask[",))[0] == "mask[0, 1:2] = False"


def test_a_short_beginning_and_a_script_of_data_alone_stay() -> None:
    assert folds("import numpy as np\n\nx = np.ones(3)\nprint(x)\n") == ()
    assert folds("import numpy as np\n\nx = np.array([\n 1,\n 2,\n 3,\n 4,\n])\n") == ()


def test_a_known_class_is_folded_and_another_is_not() -> None:
    source = "import keras\n\n\nclass Own(keras.layers.Layer):\n" + "    a = 1\n" * 9 + "\n\nown = Own()\n"
    assert left_of(source) == source.splitlines()
    assert left_of(source, known=("Own",)) == ["import keras", "", "", "own = Own()"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_script_says_what_it_is_about_and_shows_it(lesson: Lesson, language: str) -> None:
    for script in scripts_of(lesson, language):
        lines = script.source.splitlines()
        about = [lines[number] for number in marked(script.source, script.about)]
        left = left_of(script.source, script.known, script.about)
        assert set(about) <= set(left), script.name
        assert about or lesson.name == "mistakes", script.name


@settings(max_examples=40)
@given(experiments(CELL_NAMES))
def test_the_exact_code_of_any_experiment_begins_with_its_layer(experiment: Experiment) -> None:
    source = exact(experiment, load("en").section("code.comments").__getitem__)
    left = left_of(source)
    assert left[0].startswith(f"layer = keras.layers.{experiment.cell}(")
    assert "".join(f"{line}\n" for line in left) == source[source.index("layer = keras") :]


def test_the_browser_gets_the_lines_in_the_readers_language() -> None:
    for language, label in (("en", "import, x, mask: 10 lines"), ("ko", "import, x, mask: 10줄")):
        t = load(language)
        box = code_box(BY_HAND, t, label="Code", folded=folds(BY_HAND), about=("layer(x",))
        assert box["folds"] == [[0, 10, label]]
        assert box["marked"] == (12,)
        assert box["source"] == BY_HAND
