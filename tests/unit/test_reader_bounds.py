"""Whatever is pasted as code takes at most 50 MB and a moment: it is read, or refused with the reason.

What is meant is 0.1 s of processor time (`python -m tests.bench` measures it); here a busy machine gets room.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_core import text
from lstm_core.code.parse import MAX_CHARACTERS, read_code
from lstm_core.experiment import Experiment
from lstm_core.refusal import Refusal
from tests.unit.bombs import BIG, BOMBS, HEAD, ITEMS, LARGEST, SINE, again, nested, rounds

SECONDS = 0.5
BYTES = 50_000_000
BASE = Experiment()
CATALOGUES = [text.load(language) for language in text.LANGUAGES]
WARM = HEAD + "layer(np.random.default_rng(0).uniform(-1, 1, (1, 3, 2)).astype('float32'))"


def attempt(source: str) -> Refusal | None:
    """Return why code is refused, or None where it is read."""
    try:
        read_code(source, BASE)
    except Refusal as refusal:
        return refusal
    return None


def seconds(source: str) -> float:
    gc.collect()
    started = time.process_time()
    attempt(source)
    return time.process_time() - started


def peak(source: str) -> int:
    """Bytes that are held at once while code is read."""
    gc.collect()
    tracemalloc.start()
    try:
        attempt(source)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def worst() -> Iterator[dict[str, tuple[float, int]]]:
    """What each bomb took; the worst of them are printed at the end."""
    read_code(WARM, BASE)
    measured: dict[str, tuple[float, int]] = {}
    yield measured
    for place, unit, size in ((0, "ms", 1e3), (1, "MB", 1e-6)):
        name = max(measured, key=lambda name: measured[name][place])
        print(f"\nthe worst of {len(measured)}: {measured[name][place] * size:.0f} {unit}, {name}")


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_a_moment_and_little_memory(name: str, worst: dict[str, tuple[float, int]]) -> None:
    source = BOMBS[name]
    assert len(source) <= MAX_CHARACTERS
    worst[name] = seconds(source), peak(source)
    assert worst[name][0] < SECONDS
    assert worst[name][1] < BYTES


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_or_refused_with_the_line_and_the_reason(name: str) -> None:
    refusal = attempt(BOMBS[name])
    if refusal is not None:
        assert 1 <= refusal.facts["line"] <= BOMBS[name].count("\n") + 1
        assert all(10 < len(catalogue.refusal(refusal)) < 700 for catalogue in CATALOGUES)


IN_A_PROCESS = f"""
import resource
from lstm_core.code.parse import read_code
from lstm_core.experiment import Experiment
from lstm_core.refusal import Refusal
from tests.unit.bombs import BOMBS

def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if {sys.platform == "darwin"} else 1024)

read_code({WARM!r}, Experiment())
before = most()
for source in BOMBS.values():
    try:
        read_code(source, Experiment())
    except Refusal:
        pass
print(most() - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell what a process held at most")
def test_a_process_that_reads_all_bombs_grows_by_less_than_is_meant_for_one() -> None:
    root = Path(__file__).parents[2]
    told = subprocess.run([sys.executable, "-c", IN_A_PROCESS], cwd=root, capture_output=True, text=True, check=True)
    assert int(told.stdout) < BYTES


UNITS = [
    r"\"",
    r"\'",
    "'",
    '"',
    "'a",
    '"a\n',
    "'\\\n",
    "'''",
    '"""',
    "'''a\\",
    "f'{",
    "f\"{'",
    "#'",
    "\\",
    "\\\n",
    "(",
    "a'",
]


@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_the_time_of_reading_grows_no_faster_than_the_text(unit: str) -> None:
    count = MAX_CHARACTERS // len(unit) // 4
    short, long = (min(seconds(unit * times) for _ in range(3)) for times in (count, 4 * count))
    assert long < SECONDS
    assert long < 10 * max(short, 0.005)  # four times the text; sixteen times the time if each start read to the end


LINES = (
    "a = np.zeros((9, 1000, 32))",
    "a = a + 1",
    "a = a * b",
    "b = [a] * 400",
    "b = [b, b]",
    "b = [0] * 10000",
    "a = np.array(b)",
    "a[0] = 1",
    "a[:, ::2] = b",
    "a = a.astype('float32')",
    "a = a.T.reshape(-1)",
    "a = sine(a)",
    "a = np.linspace(0, 1, 300000)",
    "a = np.random.default_rng(3).normal(0, 1, (9, 1000, 32))",
    "c# = a.copy()",
    "c# = b * 1",
    "layer(a)",
    "layer(b, initial_state=[a, b], mask=b)",
    "layer.set_weights(b)",
    "layer.reset_state()",
    "LST(a)",
    "CuDNNLSTM(a, units=[b, b, b, b])",
    "print_all(a, b)",
    "while a: pass",
    "if 3 in b: a = b",
    "a()",
    "def sine(t): return t",
)


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A script of lines that each ask for something, many times over, some of them in loops."""
    parts = [HEAD, draw(st.sampled_from(["", SINE])), draw(st.sampled_from([BIG, LARGEST, ITEMS, "a = b = 1\n"]))]
    for _ in range(draw(st.integers(1, 5))):
        body = again(draw(st.sampled_from(LINES)), draw(st.sampled_from([1, 9, 99, 900])))
        kind = draw(st.sampled_from(["plain", "plain", "loop", "nested"]))
        if kind == "loop":
            body = rounds(body, draw(st.sampled_from([2, 99])))
        elif kind == "nested":
            body = nested(draw(st.sampled_from(["for i in range(9):", "def f():", "if a:"])), 3, body)
        parts.append(body)
    source = "".join(parts)
    start = draw(st.integers(0, len(source)))  # some characters lost, or others in their place
    return source[:start] + draw(st.sampled_from(["", "", "", "'", "(", "f'{", "]", "\\"])) + source[start:]


@settings(max_examples=30, deadline=None)
@given(sources())
def test_a_bomb_of_any_lines_takes_a_moment_and_little_memory(source: str) -> None:
    assert seconds(source) < SECONDS
    assert peak(source) < BYTES


def test_what_uses_up_the_budget_is_refused_by_the_line_that_did() -> None:
    refusal = attempt(HEAD + again("a# = [0] * 9999", 900))
    assert refusal is not None
    assert refusal.code == "code_much_data"
    assert 280 < refusal.facts["line"] < 300  # 24 MB are as many lists of 9,999
    refusal = attempt(HEAD + rounds("a = b + c\n" * 400))
    assert refusal is not None
    assert refusal.code == "code_much_work"


def test_memory_that_runs_out_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("lstm_core.code.parse.arrays.np.isfinite", none_left)
    refusal = attempt(HEAD + "layer(np.ones((1, 2, 3)))")
    assert refusal is not None
    assert refusal.code == "code_much_data"


def test_the_longest_quotes_are_of_the_beginning() -> None:
    source = HEAD + "train_all_of_it(" + ", ".join(f"number_{i}" for i in range(4000)) + ")"
    (note, *_) = read_code(source, BASE).notes
    assert str(note.facts["given"]).startswith("train_all_of_it(number_0, number_1")
    assert len(str(note.facts["given"])) == 60
