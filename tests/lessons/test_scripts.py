"""Every code block of every lesson runs in Keras, alone, and prints what the page says it prints."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_core import text
from lstm_core.keras_check.tasks import show_script
from lstm_core.lessons.lesson import Lesson, Script, comments
from lstm_core.lessons.registry import LESSONS
from tests.lessons.modules import module_of

ALONE = """
import io, json, runpy, sys, traceback
from contextlib import redirect_stdout
import numpy
ended = []
for path in sys.argv[1:]:
    error = None
    with redirect_stdout(io.StringIO()) as out, numpy.printoptions():
        try:
            runpy.run_path(path, run_name="__main__")
        except Exception as raised:
            error = "".join(traceback.format_exception_only(raised)).strip()
    ended.append([out.getvalue(), error])
assert "lstm_core" not in sys.modules
print(json.dumps(ended))
"""
TIME = re.compile(r" *\d+(\.\d+)? ms")


def scripts_of(lesson: Lesson, language: str) -> tuple[Script, ...]:
    return tuple(module_of(lesson).scripts(lesson.base, comments(lesson.name, language)))


def run_alone(scripts: tuple[Script, ...], folder: Path) -> list[list[str | None]]:
    """What each script prints and raises, one after the other in a Python process that knows nothing of the app."""
    paths = [folder / f"{script.name}.py" for script in scripts]
    for path, script in zip(paths, scripts, strict=True):
        path.write_text(script.source, "utf-8")
    command = [sys.executable, "-I", "-c", ALONE, *map(str, paths)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    ended: list[list[str | None]] = json.loads(done.stdout.splitlines()[-1])
    return ended


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_code_blocks_have_names_of_their_own_and_are_the_same_in_both_languages(lesson: Lesson) -> None:
    english, korean = ([script.name for script in scripts_of(lesson, language)] for language in text.LANGUAGES)
    assert english == korean
    assert len(set(english)) == len(english) >= 1


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_scripts_of_a_lesson_print_alone_what_the_page_says(lesson: Lesson, language: str, tmp_path: Path) -> None:
    scripts = scripts_of(lesson, language)
    for script, (printed, error) in zip(scripts, run_alone(scripts, tmp_path), strict=True):
        shown = show_script(script.source)
        assert (error is not None) == script.raises, script.name
        assert (error and re.sub(r"\x1b\[\d*m", "", error)) == shown.error, script.name
        if script.measures:
            assert len(TIME.findall(printed or "")) >= 3, script.name
            assert TIME.sub("ms", printed or "") == TIME.sub("ms", shown.printed), script.name
        else:
            assert printed == shown.printed, script.name
