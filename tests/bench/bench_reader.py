"""The worst of what may be pasted, code and tables: `python -m tests.bench.bench_reader`.

Processor time, the best of three, and the bytes that are held at once: of code both may be asked for by a few words.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is imported; as app.py sets it

import contextlib
import gc
import sys
import time
import tracemalloc
from collections.abc import Callable

from lstm_core.code.parse import read_code
from lstm_core.experiment import Experiment
from lstm_core.refusal import Refusal
from lstm_core.sequences.table import read_table, to_sequence
from tests.bench.table import Figure, at_most, print_table
from tests.unit.bombs import BOMBS

MAX_MS = 100
MAX_MB = 50
TABLE = "\n".join(f"{row // 1000}{',1' * 14}" for row in range(32_000))[:-1] + "x"


def read_source(source: str) -> None:
    with contextlib.suppress(Refusal):
        read_code(source, Experiment())


def read_faulty_table(text: str) -> None:
    with contextlib.suppress(Refusal):
        to_sequence(read_table(text, comma="separator"), batch_column=0)


def milliseconds(read: Callable[[str], None], text: str) -> float:
    taken = []
    for _ in range(3):
        gc.collect()
        started = time.process_time()
        read(text)
        taken.append(1000 * (time.process_time() - started))
    return min(taken)


def megabytes(source: str) -> float:
    gc.collect()
    tracemalloc.start()
    read_source(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def figures() -> list[Figure]:
    """Measure every bomb that the tests have, and a table whose last cell is no number."""
    slowest, most = (
        max((measure(source), name) for name, source in BOMBS.items())
        for measure in (lambda source: milliseconds(read_source, source), megabytes)
    )
    return [
        at_most(f"code pasted, the slowest of {len(BOMBS)} bombs", slowest[0], MAX_MS, slowest[1], unit=" ms"),
        at_most(f"code pasted, the largest of {len(BOMBS)} bombs", most[0], MAX_MB, most[1], unit=" MB"),
        at_most(
            "a table of 1 MB, its last cell no number",
            milliseconds(read_faulty_table, TABLE),
            MAX_MS,
            "read, and refused",
            unit=" ms",
        ),
    ]


if __name__ == "__main__":
    sys.exit(print_table(figures()))
