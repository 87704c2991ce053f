"""What strangers send to a real server: it asks nobody else, answers the others, and holds no more than it must."""

from __future__ import annotations

import asyncio
import socket
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.browser.harness import WITHOUT_KERAS, Server, running_server, until
from tests.load.coming import FEW_FILES, come_and_go, open_files
from tests.load.crowd import resident_megabytes
from tests.load.learner import Learner

STREAMLIT = [Subprotocol("streamlit")]


@pytest.fixture(scope="module")
def outside() -> Iterator[socket.socket]:
    """A proxy that never answers: whatever the server asks of another host comes here."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.fixture(scope="module")
def server(outside: socket.socket) -> Iterator[Server]:
    proxy = f"http://127.0.0.1:{outside.getsockname()[1]}"
    names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    with running_server(env=dict.fromkeys(names, proxy) | {"NO_PROXY": "", "no_proxy": ""} | WITHOUT_KERAS) as running:
        yield running


def seconds_of_health(server: Server) -> float:
    """How long the server takes to say that it is well."""
    start = time.monotonic()
    with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=30) as answer:
        assert answer.status == 200
    return time.monotonic() - start


def test_eight_foreign_handshakes_are_refused_at_once_and_nobody_is_asked(
    server: Server, outside: socket.socket
) -> None:
    def knock(origin: str) -> int:
        address = f"ws://localhost:{server.port}/_stcore/stream"
        with pytest.raises(InvalidStatus) as refused:
            connect(address, origin=Origin(origin), subprotocols=STREAMLIT, open_timeout=30).__enter__()
        return refused.value.response.status_code

    origins = ["http://evil.example", f"http://localhost:{server.port}.evil.example"] * 4
    with ThreadPoolExecutor(len(origins)) as at_once:
        answers = [at_once.submit(knock, origin) for origin in origins]
        slowest = max(seconds_of_health(server) for _ in range(5))
        assert [answer.result() for answer in answers] == [403] * 8
    print(f"health beside eight foreign handshakes: {1000 * slowest:.0f} ms at most")
    assert slowest < 1
    with pytest.raises(BlockingIOError):
        outside.accept()


@pytest.mark.parametrize("origin", [None, "own"])
def test_the_apps_own_page_and_a_program_may_connect(server: Server, origin: str | None) -> None:
    own = Origin(server.url) if origin else None
    with connect(f"ws://localhost:{server.port}/_stcore/stream", origin=own, subprotocols=STREAMLIT) as stream:
        stream.ping().wait(10)


def megabytes_at_rest(server: Server) -> float:
    """Return what the server holds, once that has been the same for a second: after its start it imports its pages."""
    looks: list[float] = []

    def at_rest() -> bool:
        looks.append(resident_megabytes(server.process.pid))
        return len(looks) > 50 and len(set(looks[-50:])) == 1

    assert until(at_rest, 30)
    return looks[-1]


HEADS = {
    "many lines": (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X-A: a\r\n" * 8192),
    "one line": (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ", b"a" * 65536),
    "one address": (b"GET /", b"a" * 65536),
    "after a body": (b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: a\r\n" * 8192),
}


def send_for_ever(server: Server, begin: bytes, more: bytes) -> tuple[float, float]:
    """Send a request that never ends, until the server ends it; return the MB that were sent, and that it held."""
    before = most = megabytes_at_rest(server)
    with socket.create_connection(("localhost", server.port), timeout=20) as stream:
        stream.sendall(begin)
        sent = 0
        with suppress(ConnectionError):
            while sent < 100e6:
                stream.sendall(more)
                sent += len(more)
                most = max(most, resident_megabytes(server.process.pid))
    return sent / 1e6, most - before


@pytest.mark.parametrize("name", HEADS)
def test_a_head_for_ever_is_refused_and_held_by_nobody(server: Server, name: str) -> None:
    send_for_ever(server, *HEADS[name])  # what is loaded for the first one stays
    sent, held = send_for_ever(server, *HEADS[name])
    print(f"{name}: {sent:.1f} MB sent, {held:.2f} MB held")
    assert sent < 100
    assert held < 8  # on a quiet machine under 1: beside other tests the server's own work comes to some megabytes
    assert seconds_of_health(server) < 1


def test_hundreds_of_half_heads_are_in_nobodys_way_and_dropped_in_time() -> None:
    with running_server(env=WITHOUT_KERAS, run_by=FEW_FILES) as server, ExitStack() as open_until:
        halves = []
        for _ in range(400):
            half = open_until.enter_context(socket.create_connection(("localhost", server.port), timeout=30))
            half.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
            halves.append(half)
        assert seconds_of_health(server) < 2
        assert asyncio.run(come_and_go(server.url, 20, 1)) == []
        assert halves[-1].recv(65536).startswith(b"HTTP/1.1 408 ")
        with suppress(ConnectionError):
            assert halves[0].recv(65536)[:13] in (b"HTTP/1.1 408 ", b"")
        assert until(lambda: open_files(server.process.pid) < 60, 20)


def test_forty_who_come_and_go_leave_no_file_open() -> None:
    with running_server(env=WITHOUT_KERAS, run_by=FEW_FILES) as server:
        assert asyncio.run(come_and_go(server.url, 40, 10)) == []
        left_open = 40  # what a fresh server has open, and Keras's process that is looked for again and again
        assert until(lambda: open_files(server.process.pid) < left_open, 20), open_files(server.process.pid)


def test_a_value_that_no_control_has_is_logged_in_plain_lines(server: Server) -> None:
    async def send_wrong_value() -> None:
        async with Learner(server.url) as learner:
            await learner.open()
            name = next(name for name in learner.values if name.endswith("-w_units"))
            learner.values[name] = WidgetState(id=name, string_value="x")
            await learner.open()

    before = len(server.log)
    asyncio.run(send_wrong_value())
    assert until(lambda: "ValueError" in server.log[before:], 20), server.log
    assert "─" not in server.log[before:]
