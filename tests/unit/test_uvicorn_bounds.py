"""A request that is never whole: held up to a bound, for a while, and never in the way of others."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from websockets.sync.client import connect

from pages.ui.server import uvicorn_bounds
from pages.ui.server.uvicorn_bounds import HELD_BYTES, bound_requests

AT_ONCE = 4
PATIENCE = 10.0
"""Seconds after which a test gives up."""
WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the length of what was sent, or echoes what comes over a websocket."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message["body"]), message["more_body"]
    body = str(length).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose requests must be whole within a fifth of a second."""
    monkeypatch.setattr(uvicorn_bounds, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(uvicorn_bounds, "BODY_SECONDS", 0.2)

    class Bounded(HttpToolsProtocol):
        pass

    bound_requests(Bounded, AT_ONCE)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=Bounded, ws="websockets-sansio", lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()


def ask(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def answer(port: int, *pieces: bytes) -> bytes:
    """All that comes until the server closes the connection."""
    with ask(port) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return all_of(connection)


def all_of(connection: socket.socket) -> bytes:
    given = b""
    with suppress(ConnectionResetError):  # closed before it has read all
        while piece := connection.recv(65536):
            given += piece
    return given


def next_of(connection: socket.socket) -> bytes:
    """The status line of the answer to a request without a body; all of it is read."""
    given = b""
    while not given.endswith(b"\r\n\r\n0"):
        piece = connection.recv(65536)
        assert piece, f"closed after {given!r}"
        given += piece
    return given.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ", b"HTTP/1.1 408 "),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc", b"HTTP/1.1 408 "),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", b"HTTP/1.1 408 "),
    ],
)
def test_what_is_not_whole_in_time_is_dropped(port: int, said: bytes, told: bytes) -> None:
    assert answer(port, said)[: len(told) or None] == told


@pytest.mark.parametrize("before", [0, 3])
def test_a_head_is_read_up_to_the_bound(port: int, before: int) -> None:
    begin = b"GET / HTTP/1.1\r\nHost: a\r\nX-A: "
    with ask(port) as connection:
        for _ in range(before):
            connection.sendall(WHOLE)
            assert next_of(connection) == b"HTTP/1.1 200 OK"
        connection.sendall(begin + b"a" * (HELD_BYTES - len(begin) - 5))
        connection.sendall(b"\r\n\r\n")
        assert next_of(connection) == b"HTTP/1.1 200 OK"
        connection.sendall(begin + b"a" * (HELD_BYTES - len(begin)))
        assert all_of(connection).startswith(b"HTTP/1.1 431 ")


def test_what_follows_a_body_for_ever_is_refused(port: int) -> None:
    begin = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
    with ask(port) as connection:
        with suppress(ConnectionError):  # refused while it is still being sent
            connection.sendall(begin + b"X-A: a\r\n" * HELD_BYTES)
        assert all_of(connection)[:13] in (b"HTTP/1.1 431 ", b"")


def test_a_large_body_is_read_and_requests_in_one_piece_are_all_answered(port: int) -> None:
    body = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + b"a" * 3_000_000
    last = WHOLE.replace(b"Host", b"Connection: close\r\nHost")
    given = answer(port, body + WHOLE * 3 + last)
    assert given.count(b"HTTP/1.1 200 OK") == 5
    assert b"\r\n\r\n3000000" in given


def test_others_are_served_while_many_send_half_a_head(port: int) -> None:
    halves = [ask(port) for _ in range(3 * AT_ONCE)]
    for half in halves:
        half.sendall(b"GET / HT")
    assert answer(port, WHOLE.replace(b"Host", b"Connection: close\r\nHost")).startswith(b"HTTP/1.1 200 ")
    first, *_, last = halves
    all_of(first)  # comes to its end
    last.sendall(b"TP/1.1\r\nHost: a\r\n\r\n")
    assert next_of(last) == b"HTTP/1.1 200 OK"
    for half in halves:
        half.close()


def test_a_websocket_and_a_connection_that_rests_are_not_unfinished(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/") as stream, ask(port) as resting:
        resting.sendall(WHOLE)
        assert next_of(resting) == b"HTTP/1.1 200 OK"
        answer(port, b"GET")  # takes as long as a head may take
        answer(port, b"GET")
        stream.send("still here")
        assert stream.recv(PATIENCE) == "still here"
        resting.sendall(WHOLE)
        assert next_of(resting) == b"HTTP/1.1 200 OK"


def test_another_uvicorn_is_left_alone() -> None:
    class Other:
        def data_received(self, data: bytes) -> None: ...

    before = dict(vars(Other))
    bound_requests(Other, AT_ONCE)
    assert dict(vars(Other)) == before
