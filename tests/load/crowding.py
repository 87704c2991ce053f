"""Crowds that ask much of Keras at once, and what is left of them at the server."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.browser.harness import Server
from tests.load.crowd import children
from tests.load.learner import Learner

LARGEST = "preset=noise&timesteps=1000&batch=4&units=64&features=32"
"""The sizes of the largest experiments."""
DEAREST = (
    f"{LARGEST}&unroll=1&dropout=0.3&recurrent_dropout=0.3&training=1",
    f"{LARGEST}&calls=8&stateful=1",
    f"{LARGEST}&calls=8&stateful=1&unroll=1&recurrent_dropout=0.3&training=1",
    "preset=noise&timesteps=1000&batch=32&units=64&features=32&return_sequences=1",  # of version 1
)
"""The largest links, with all that makes them dear."""
TEN_LARGEST = tuple(
    f"{LARGEST}&data_seed={number}{more}"
    for number, more in enumerate(
        (
            "",
            "&return_sequences=1",
            "&return_sequences=1&return_state=1",
            "&go_backwards=1&return_state=1",
            "&calls=2&stateful=1",
            "&calls=2&unroll=1",
            "&calls=8&stateful=1",
            "&dropout=0.3&training=1",
            "&dropout=0.3&recurrent_dropout=0.3&training=1",
            "&dropout=0.3&recurrent_dropout=0.3&training=1&unroll=1",
        )
    )
)
AS_DEPLOYED = {"LSTM_LENS_TASK_SECONDS": "20"}
"""The environment of a server with the time limits that it has by itself; other tests are more patient."""
AT_ONCE = 100
"""How many connections a crowd that comes and goes has open at once."""


class Health(NamedTuple):
    """What the server says of itself."""

    well: bool
    keras: str
    waiting: int


class Served(NamedTuple):
    """How many learners saw all that they waited for, and after how many seconds the last of them did."""

    learners: int
    seconds: float


def health(url: str) -> Health:
    """Ask the server how it is."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=10) as answer:
            headers, well = answer.headers, True
    except urllib.error.HTTPError as error:
        headers, well = error.headers, False
    return Health(well, headers["x-lens-keras"], int(headers["x-lens-waiting"]))


def is_served(learner: Learner) -> bool:
    """Whether Keras agrees and nothing is missing on the page, such as dropout masks."""
    return learner.news["badge"]["state"] == "agrees" and not learner.news["notices"]


def is_decided(learner: Learner) -> bool:
    """Whether the badge says that Keras agrees, or that it is not asked."""
    return learner.news["badge"]["state"] in ("agrees", "unavailable") and not learner.news["waits"]


async def open_all(
    url: str, queries: Sequence[str], *, seconds: float, shown: Callable[[Learner], bool] = is_served
) -> Served:
    """Let a learner open each of the links at once, and wait until each sees all."""
    begin = time.monotonic()

    async def one(query: str) -> float:
        async with Learner(url, query) as learner:
            await learner.open()
            await learner.until(lambda: shown(learner), seconds)
            assert learner.exceptions() == []
            return time.monotonic() - begin

    ended = await asyncio.gather(*(one(query) for query in queries), return_exceptions=True)
    served = [took for took in ended if isinstance(took, float)]
    return Served(len(served), max(served, default=0.0))


async def open_and_leave(url: str, queries: Sequence[str]) -> None:
    """Open each of the links and leave as soon as the page is there."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(query: str) -> None:
        async with turn, Learner(url, query) as learner:
            await learner.open()

    await asyncio.gather(*(one(query) for query in queries))


def seconds_until_nobody_waits(url: str, most: float) -> float:
    """Return after how many seconds the line is empty. Raises AssertionError after `most`."""
    begin = time.monotonic()
    while (now := health(url)).waiting:
        assert time.monotonic() - begin < most, now
        time.sleep(0.1)
    return time.monotonic() - begin


def with_dropout(learners: int) -> list[str]:
    """Return links with dropout, each with a seed of its own."""
    return [f"dropout=0.3&training=1&seed={number}" for number in range(learners)]


def with_noise(learners: int) -> list[str]:
    """Return links to middling experiments, each with data of its own."""
    sizes = "preset=noise&timesteps=100&batch=2&units=16"
    return [f"{sizes}&data_seed={number}" for number in range(learners)]


def keras_process(server: Server) -> int:
    """Return the process in which TensorFlow runs. Raises AssertionError if there is none."""
    for child in children(server.process.pid):
        with suppress(OSError):  # it ended meanwhile
            if "tensorflow" in Path(f"/proc/{child}/maps").read_text():
                return child
    raise AssertionError("the server has no Keras process")


def seconds_to_come_back(server: Server, *, without: float, most: float) -> float:
    """End the Keras process while the server gets no descriptors for `without` seconds.

    Return how many seconds after it gets them again Keras is ready. Raises AssertionError after `most`.
    """
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (3, hard))
    try:
        os.kill(keras_process(server), signal.SIGKILL)
        time.sleep(without)
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (soft, hard))
    begin = time.monotonic()
    while (now := health(server.url)).keras != "ready":
        assert time.monotonic() - begin < most, (now, server.log[-2000:])
        time.sleep(0.1)
    return time.monotonic() - begin


@contextmanager
def descriptors(most: int) -> Iterator[None]:
    """Allow this process so many open connections, as far as the machine does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, most), hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
