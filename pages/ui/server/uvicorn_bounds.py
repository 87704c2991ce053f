"""How much of a request is held before it is whole, and how long: uvicorn bounds neither for the parser it uses here.

It leans on the inside of uvicorn's `HttpToolsProtocol`, for which Streamlit's server has no option. A version with
other methods is left as it is; a test tells that this one is bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asyncio import TimerHandle

HELD_BYTES = 65_536
"""What is read at most without a whole head, or a piece of a body, coming of it."""
HEAD_SECONDS, BODY_SECONDS = 10.0, 60.0
"""What a head may take, and the body after it: 1 MB in a minute is a slow telephone's pace."""
FEWEST = 32
TOO_LARGE, TOO_LATE = "431 Request Header Fields Too Large", "408 Request Timeout"

METHODS = (
    "connection_made",
    "connection_lost",
    "data_received",
    "on_headers_complete",
    "on_body",
    "on_message_complete",
    "handle_websocket_upgrade",
)


class Reading:
    """What one connection has sent of something that is not whole yet."""

    def __init__(self) -> None:
        self.held = 0
        """Bytes."""
        self.goes_on = False
        """Whether something whole came of the last piece."""
        self.timer: TimerHandle | None = None


def bound_uvicorn(files: int) -> None:
    """Bound the requests of this process, which may have so many files open: a quarter of them unfinished at once."""
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    except ImportError:  # without httptools uvicorn reads with h11, which bounds the head by itself
        return
    bound_requests(HttpToolsProtocol, max(FEWEST, files // 4))


def bound_requests(protocol: type[Any], at_once: int) -> None:
    """Bound what connections of uvicorn's class hold: bytes, seconds, and how many may be unfinished `at_once`.

    Where there are more, the one that has taken longest makes room: so others are served. Another class than is known
    here is left alone.
    """
    if not all(hasattr(protocol, name) for name in METHODS):
        return
    given = {name: getattr(protocol, name) for name in METHODS}
    unfinished: dict[Any, Reading] = {}

    def begin(connection: Any, seconds: float) -> None:
        end(connection)
        reading = unfinished[connection] = connection.reading
        reading.timer = connection.loop.call_later(seconds, refuse, connection, TOO_LATE)
        if len(unfinished) > at_once:
            refuse(next(iter(unfinished)), TOO_LATE)

    def end(connection: Any) -> None:
        reading = unfinished.pop(connection, None)
        if reading is not None and reading.timer is not None:
            reading.timer.cancel()

    def refuse(connection: Any, status: str) -> None:
        end(connection)
        if connection.transport.is_closing():
            return
        cycle = connection.cycle
        asked = cycle is not None and not cycle.response_complete
        if not cycle.response_started if asked else connection.reading.held:
            answer = f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            connection.transport.write(answer.encode())
        connection.transport.close()

    def connection_made(self: Any, transport: Any) -> None:
        given["connection_made"](self, transport)
        self.reading = Reading()
        begin(self, HEAD_SECONDS)

    def connection_lost(self: Any, exc: Exception | None) -> None:
        end(self)
        given["connection_lost"](self, exc)

    def data_received(self: Any, data: bytes) -> None:
        reading = self.reading
        if self not in unfinished:
            begin(self, HEAD_SECONDS)
        while data:
            room = HELD_BYTES - reading.held
            piece, data = data[:room], data[room:]
            reading.goes_on = False
            given["data_received"](self, piece)
            if self.transport.is_closing() or self.transport.get_protocol() is not self:
                return
            reading.held = 0 if reading.goes_on else reading.held + len(piece)
            if reading.held >= HELD_BYTES:
                refuse(self, TOO_LARGE)
                return

    def on_headers_complete(self: Any) -> None:
        self.reading.goes_on = True
        begin(self, BODY_SECONDS)
        given["on_headers_complete"](self)

    def on_body(self: Any, body: bytes) -> None:
        self.reading.goes_on = True
        given["on_body"](self, body)

    def on_message_complete(self: Any) -> None:
        self.reading.goes_on = True
        end(self)
        given["on_message_complete"](self)

    def handle_websocket_upgrade(self: Any) -> None:
        end(self)
        given["handle_websocket_upgrade"](self)

    for method in (
        connection_made,
        connection_lost,
        data_received,
        on_headers_complete,
        on_body,
        on_message_complete,
        handle_websocket_upgrade,
    ):
        setattr(protocol, method.__name__, method)
