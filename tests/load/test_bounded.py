"""Crowds that ask much of Keras: all are served, nobody who has gone is waited on, and the server comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.harness import Server, running_server, until
from tests.load.crowd import resident_megabytes
from tests.load.crowding import (
    AS_DEPLOYED,
    DEAREST,
    TEN_LARGEST,
    health,
    is_decided,
    keras_process,
    open_all,
    open_and_leave,
    seconds_to_come_back,
    seconds_until_nobody_waits,
    with_dropout,
    with_noise,
)

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes through /proc")

PATIENCE = 120.0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server(env=AS_DEPLOYED) as running:
        yield running


def test_a_class_with_dropout_that_opens_while_keras_starts_is_served(server: Server) -> None:
    assert health(server.url).keras == "starting"
    served = asyncio.run(open_all(server.url, with_dropout(40), seconds=PATIENCE))
    assert served.learners == 40
    assert seconds_until_nobody_waits(server.url, 10) < 10


def test_pages_that_came_and_went_leave_an_empty_line(server: Server) -> None:
    asyncio.run(open_and_leave(server.url, with_noise(150)))
    assert health(server.url).waiting > 0
    seconds_until_nobody_waits(server.url, 20)


def test_the_largest_links_end_no_process_and_others_are_served_meanwhile(server: Server) -> None:
    async def all_of_them() -> tuple[int, int]:
        dear = asyncio.create_task(open_all(server.url, DEAREST, seconds=PATIENCE, shown=is_decided))
        others = await open_all(server.url, [f"units=3&data_seed={number}" for number in range(5)], seconds=PATIENCE)
        return (await dear).learners, others.learners

    worker = keras_process(server)
    for _ in range(3):
        assert asyncio.run(all_of_them()) == (len(DEAREST), 5)
    assert keras_process(server) == worker


def test_large_experiments_that_came_and_went_leave_no_memory_behind(server: Server) -> None:
    asyncio.run(open_all(server.url, [TEN_LARGEST[0], "calls=2"], seconds=PATIENCE))
    before = resident_megabytes(server.process.pid)
    asyncio.run(open_all(server.url, TEN_LARGEST[:4], seconds=PATIENCE, shown=is_decided))
    asyncio.run(open_and_leave(server.url, TEN_LARGEST))

    def is_given_back() -> bool:
        return resident_megabytes(server.process.pid) - before < 100  # a run of each is 140 MB

    assert until(is_given_back, 30), resident_megabytes(server.process.pid) - before
    seconds_until_nobody_waits(server.url, PATIENCE)


def test_a_server_that_gets_no_descriptors_for_keras_comes_back_when_it_gets_them(server: Server) -> None:
    before = keras_process(server)
    seconds_to_come_back(server, without=6, most=PATIENCE)
    assert keras_process(server) != before
    assert asyncio.run(open_all(server.url, ["units=7"], seconds=PATIENCE)).learners == 1
