"""What strangers send to a real server: it asks nobody else, answers the others, and holds no more than it must."""

from __future__ import annotations

import socket
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.browser.harness import WITHOUT_KERAS, Server, running_server

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
