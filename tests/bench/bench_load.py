"""How many learners one process holds: `python -m tests.bench.bench_load`, the plain app beside it.

The app's process has one core to itself; the learners and Keras's process share another. Learners open the page,
then flip flags and move the units and the forget gate's bias; what a change takes counts from its message to the
last one of the run that shows it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.table import Figure, at_least, at_most, print_table
from tests.browser.harness import Server, running_server
from tests.load.crowd import (
    APP_CORE,
    OTHER_CORE,
    Measured,
    PlainPlaying,
    children,
    crowd,
    pin,
    resident_megabytes,
)
from tests.load.learner import Learner
from tests.load.test_class import all_change

SECONDS, THINK = 20.0, 2.0
SATURATING = 20
RERUNS, SESSIONS = 1000, 100
PLAIN = Path(__file__).with_name("plain_app.py")
PLAIN_ENVIRONMENT = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}


@contextmanager
def pinned_server(script: Path | None = None) -> Iterator[Server]:
    """A server on a core of its own, with Keras ready, if it asks Keras, on the other one; so is this process."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {OTHER_CORE})
    try:
        with running_server(script, env=PLAIN_ENVIRONMENT) if script else running_server() as server:
            pin(server.process.pid, APP_CORE)
            if script is None:
                asyncio.run(keras_ready(server.url))
            for child in children(server.process.pid):
                pin(child, OTHER_CORE)
            yield server
    finally:
        os.sched_setaffinity(0, cores)


async def keras_ready(url: str) -> None:
    """Wait until Keras has agreed with a first page."""
    async with Learner(url) as learner:
        await learner.open()
        await learner.until(lambda: learner.news["badge"]["state"] == "agrees")


async def memory_of_sessions(server: Server) -> float:
    """Return the megabytes that an open session costs, over `SESSIONS` of them."""
    learners = [Learner(server.url) for _ in range(SESSIONS + 1)]
    before = 0.0
    try:
        for number, learner in enumerate(learners):
            await learner.__aenter__()
            await learner.open()
            if number == 0:
                before = resident_megabytes(server.process.pid)
        return (resident_megabytes(server.process.pid) - before) / SESSIONS
    finally:
        for learner in learners:
            await learner.__aexit__()


def strangers(server: Server) -> int:
    """Return how many of `SESSIONS` learners, five changes each, saw numbers that were not their own."""
    try:
        asyncio.run(all_change(server.url, SESSIONS, 5))
    except BaseExceptionGroup as wrong:
        print(*wrong.exceptions, sep="\n  ", file=sys.stderr)
        return len(wrong.exceptions)
    return 0


def told(measured: Measured) -> str:
    """Return what a crowd met, in a few words."""
    return (
        f"{len(measured.reruns)} changes, p50 {measured.milliseconds(50):.0f} ms, "
        f"p95 {measured.milliseconds(95):.0f} ms, {measured.bytes_a_rerun() / 1000:.0f} kB each, "
        f"{len(measured.errors)} errors, {measured.disconnects} disconnects"
    )


def figures() -> list[Figure]:
    """Measure both apps, one after the other."""
    faults = 0
    lines: list[Figure] = []
    with pinned_server() as server:
        process = server.process.pid

        def measure(learners: int, think: float, seconds: float = SECONDS) -> Measured:
            nonlocal faults
            measured = asyncio.run(crowd(server.url, learners, seconds=seconds, think=think))
            faults += len(measured.errors)
            print(f"{learners} learners: {told(measured)}", *measured.errors[:3], sep="\n  ", file=sys.stderr)
            return measured

        session = asyncio.run(memory_of_sessions(server))
        wrong = strangers(server)
        alone = measure(1, 0.1)
        saturated = measure(SATURATING, 0)
        before = resident_megabytes(process)
        again = measure(SATURATING, 0)
        growth = (resident_megabytes(process) - before) * RERUNS / len(again.reruns)
        hundred, three_hundred = measure(100, THINK), measure(300, THINK)
        held = resident_megabytes(process)
    with pinned_server(PLAIN) as server:
        plain = asyncio.run(crowd(server.url, 1, seconds=SECONDS, think=0.1, way=PlainPlaying))
        plain_held = resident_megabytes(server.process.pid)
    print(f"the plain app, 1 learner: {told(plain)}", file=sys.stderr)
    ratio = plain.milliseconds(50) / alone.milliseconds(50)
    lines += [
        at_most("1 learner, a change, p50", alone.milliseconds(50), 15, f"plain app {ratio:.0f}x", unit=" ms"),
        at_most("100 learners, 2 s mean think time, p95", hundred.milliseconds(95), 60, told(hundred), unit=" ms"),
        at_most("300 learners, the same", three_hundred.milliseconds(95), 400, told(three_hundred), unit=" ms"),
        at_least("changes a second, saturated", saturated.a_second, 150, told(saturated), unit=""),
        at_most("errors and disconnects in all of these", faults, 0, unit=""),
        at_most(f"{SESSIONS} sessions at once, 5 changes each: others' numbers seen", wrong, 0, unit=""),
        at_most("a session", session, 0.3, f"{SESSIONS} sessions", unit=" MB"),
        at_most("growth over 1,000 changes", growth, 10, f"{len(again.reruns)} changes", unit=" MB"),
        at_most("the app's process after 300 learners", held, None, f"the plain app's {plain_held:.0f} MB", unit=" MB"),
    ]
    return lines


if __name__ == "__main__":
    sys.exit(print_table(figures()))
