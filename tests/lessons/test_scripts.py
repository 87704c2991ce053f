"""Every code block of every lesson runs in Keras, alone, and prints what the page says it prints."""

import subprocess
import sys
from pathlib import Path

import pytest

from lstm_core import text
from lstm_core.keras_worker import show_script
from lstm_core.lessons.lesson import Script
from lstm_core.lessons.registry import LESSONS
from tests.lessons.modules import module_of

ALONE = """
import io, json, runpy, sys, traceback
from contextlib import redirect_stdout
with redirect_stdout(io.StringIO()) as out:
    error = None
    try:
        runpy.run_path(sys.argv[1], run_name="__main__")
    except Exception as raised:
        error = "".join(traceback.format_exception_only(raised)).strip()
assert "lstm_core" not in sys.modules
print(json.dumps([out.getvalue(), error]))
"""


def scripts_of(language: str) -> dict[str, Script]:
    say = text.load(language).section("code.comments").__getitem__
    return {
        f"{lesson.name}/{script.name}": script
        for lesson in LESSONS
        for script in module_of(lesson).scripts(lesson.base, say)
    }


SCRIPTS = scripts_of("en")


def run_alone(script: Script, folder: Path) -> list[str | None]:
    """What a script prints and raises in a Python process that knows nothing of the app."""
    import json

    path = folder / "script.py"
    path.write_text(script.source, "utf-8")
    command = [sys.executable, "-I", "-c", ALONE, str(path)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    printed, error = json.loads(done.stdout.splitlines()[-1])
    return [printed, error]


def test_every_lesson_shows_code_in_both_languages_and_no_two_blocks_share_a_name() -> None:
    assert {name.split("/")[0] for name in SCRIPTS} == {lesson.name for lesson in LESSONS}
    assert scripts_of("ko").keys() == SCRIPTS.keys()
    assert len(SCRIPTS) == sum(len(module_of(lesson).scripts(lesson.base, str)) for lesson in LESSONS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_prints_alone_what_the_page_says(name: str, tmp_path: Path) -> None:
    script = SCRIPTS[name]
    shown = show_script(script.source)
    printed, error = run_alone(script, tmp_path)
    assert (error is not None) == script.raises
    assert error == shown.error
    if script.measures:
        assert (printed or "").strip()
    else:
        assert printed == shown.printed
