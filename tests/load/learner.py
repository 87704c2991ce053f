"""One learner without a browser: Streamlit's own protocol over its websocket, as far as the page's controls need it.

What the browser keeps, this keeps: the elements on the page, every widget's value, and large messages by their hash.
What the page's head does by itself is done too: it waits for Keras's answer over HTTP, and asks for a new drawing
where the answer changes more than the head.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

HERE = ("localhost", "127.0.0.1", "::1")
PATIENCE = 60.0
"""Seconds after which a rerun that has not ended counts as an error."""
REST = 0.3
"""Seconds after the last change before the head asks for a new drawing."""
ENDED_WELL = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)

Value = bool | float | str


class Rerun(NamedTuple):
    """What one change took: from its message to the end of the run that shows it."""

    seconds: float
    received: int
    """Bytes."""
    messages: int


class Placed(NamedTuple):
    """An element or block on the page, and the run that last drew it."""

    delta: Delta
    run: str


@dataclass
class Remembered:
    """A large message that the server need not send again as long as it is used."""

    message: ForwardMsg
    used: int
    """How many runs had ended when it last came."""


class Learner:
    """A session of the app: `async with Learner(url) as learner: await learner.change("w_units", 5)`."""

    def __init__(self, url: str, query: str = "") -> None:
        if urlsplit(url).hostname not in HERE:
            raise ValueError(f"Load is for servers on this machine only, not for {url}.")
        self.url, self.query = url, query
        self.received = self.messages = 0
        self.page: dict[tuple[int, ...], Placed] = {}
        self.values: dict[str, WidgetState] = {}
        """By widget id, as the browser would send them."""
        self._socket: ClientConnection
        self._script = ""
        self._remembered: dict[str, Remembered] = {}
        self._finished = 0
        self.news: Any = None
        """What the head says: its badge and its notices."""
        self.said: list[str] = []
        """All that the badge has said."""
        self._head_drawn = b""
        self._following: asyncio.Task[None] | None = None
        self._busy = False
        self._touched = 0.0
        self._runs: dict[str, float] = {}
        self._ended: asyncio.Queue[tuple[float, float]] = asyncio.Queue()
        """When runs that ended well had begun and when they ended."""
        self._reader: asyncio.Task[None]

    async def __aenter__(self) -> Learner:
        address = urlsplit(self.url)
        self._socket = await connect(
            f"ws://{address.netloc}/_stcore/stream",
            origin=Origin(self.url),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            open_timeout=PATIENCE,
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._following is not None:
            self._following.cancel()
        self._reader.cancel()
        await self._socket.close()

    async def open(self) -> Rerun:
        """Ask for the page, and wait until it is whole."""
        return await self._rerun("", lambda: True)

    async def change(self, key: str, value: Value, shown: Callable[[], bool] = lambda: True) -> Rerun:
        """Set the control with this key, and wait for the end of a run that has it; `shown` says whether one has."""
        delta = self.control(key)
        self.values[_widget(delta).id] = widget_state(delta, value)  # type: ignore[attr-defined]
        return await self._rerun(delta.fragment_id, shown)

    async def press(self, key: str) -> Rerun:
        """Press the button with this key, and wait for the end of the run that knows of it."""
        delta = self.control(key)
        pressed = WidgetState(id=_widget(delta).id, trigger_value=True)  # type: ignore[attr-defined, union-attr]
        return await self._rerun(delta.fragment_id, lambda: True, pressed)

    def control(self, key: str) -> Delta:
        """Return the message that drew the control with this key. Raises LookupError if it is not on the page."""
        for placed in self.page.values():
            widget = _widget(placed.delta)
            if widget is not None and getattr(widget, "id", "").endswith(f"-{key}"):
                return placed.delta
        raise LookupError(f"There is no {key} on the page.")

    def value(self, key: str) -> Value:
        """Return what the control with this key shows."""
        state = self.values[_widget(self.control(key)).id]  # type: ignore[attr-defined]
        kind = str(state.WhichOneof("value"))
        value: Value = state.double_array_value.data[0] if kind == "double_array_value" else getattr(state, kind)
        return value

    def data(self, key: str) -> Any:
        """Return what the component with this key draws."""
        return orjson.loads(self.control(key).new_element.bidi_component.bytes)

    def exceptions(self) -> list[str]:
        """Return what the page says of errors in its script."""
        elements = [placed.delta.new_element for placed in self.page.values()]
        return [element.exception.message for element in elements if element.HasField("exception")]

    async def until(self, shown: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until the page shows something, as runs of its own end. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not shown():
                await self._run_ends()

    async def _rerun(self, fragment: str, shown: Callable[[], bool], *triggers: WidgetState) -> Rerun:
        self._touched = time.perf_counter()
        received, messages, start = self.received, self.messages, time.perf_counter()
        await self._send(fragment, *triggers)
        async with asyncio.timeout(PATIENCE):
            while True:
                began, ended = await self._run_ends()
                if began >= start and _holds(shown):
                    return Rerun(ended - start, self.received - received, self.messages - messages)

    async def _run_ends(self) -> tuple[float, float]:
        """Wait for the next run that ends well. Raises what ended the connection."""
        waiting = asyncio.ensure_future(self._ended.get())
        await asyncio.wait([waiting, self._reader], return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        waiting.cancel()
        self._reader.result()
        raise ConnectionError("The server closed the connection.")

    async def _send(self, fragment: str, *triggers: WidgetState) -> None:
        self._busy = True
        state = ClientState(
            query_string=self.query,
            page_script_hash=self._script,
            fragment_id=fragment,
            cached_message_hashes=list(self._remembered),
        )
        state.widget_states.widgets.extend([*self.values.values(), *triggers])
        state.context_info.timezone = "UTC"
        state.context_info.locale = "en-US"
        state.context_info.url = self.url
        state.context_info.color_scheme = "light"
        await self._socket.send(BackMsg(rerun_script=state).SerializeToString())

    async def _read(self) -> None:
        async for data in self._socket:
            assert isinstance(data, bytes)
            self.received += len(data)
            self.messages += 1
            message = ForwardMsg.FromString(data)
            if message.metadata.cacheable:
                self._remembered[message.hash] = Remembered(message, self._finished)
            if message.WhichOneof("type") == "ref_hash":
                known = self._remembered[message.ref_hash]
                known.used = self._finished
                self._take(ForwardMsg(delta=known.message.delta, metadata=message.metadata))
            else:
                self._take(message)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._run = message.metadata.run.script_run_id
            self._script = message.new_session.page_script_hash
            self._oldest = message.new_session.config.max_cached_message_age
            self._runs[self._run] = time.perf_counter()
        elif kind == "delta":
            self.page[tuple(message.metadata.delta_path)] = Placed(message.delta, self._run)
            self._keep_value(message.delta)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "session_status_changed":
            self._busy = message.session_status_changed.script_is_running
        elif kind == "script_finished":
            self._finish(message)

    def _keep_value(self, delta: Delta) -> None:
        """Take up the value of a widget that is new on the page, or that the script has set."""
        widget = _widget(delta)
        if widget is not None and (widget.id not in self.values or getattr(widget, "set_value", False)):  # type: ignore[attr-defined]
            state = widget_state(delta)
            if state is not None:
                self.values[state.id] = state

    def _finish(self, message: ForwardMsg) -> None:
        """At a run's end what it has not drawn again leaves the page, within the fragments that it ran."""
        run = message.metadata.run
        began = self._runs.pop(run.script_run_id)
        if message.script_finished not in ENDED_WELL:
            return
        fragments = set(run.fragment_ids)
        self.page = {
            path: placed
            for path, placed in self.page.items()
            if placed.run == run.script_run_id or (fragments and placed.delta.fragment_id not in fragments)
        }
        if not fragments:
            there = {getattr(_widget(placed.delta), "id", None) for placed in self.page.values()}
            self.values = {name: state for name, state in self.values.items() if name in there}
        self._forget(fragments)
        self._look_at_head()
        self._ended.put_nowait((began, time.perf_counter()))

    def _forget(self, fragments: set[str]) -> None:
        """Forget large messages that the last runs did not use; a fragment's run forgets those of its own."""
        self._finished += 1
        for name, known in list(self._remembered.items()):
            concerned = not fragments or known.message.delta.fragment_id in fragments
            if concerned and self._finished - known.used > self._oldest:
                del self._remembered[name]

    def _look_at_head(self) -> None:
        """Follow a head that is drawn again, as its script does in the browser (assets/page/header.js)."""
        try:
            head = self.control("header")
        except LookupError:  # the plain app has none
            return
        drawn = head.new_element.bidi_component.bytes
        if drawn == self._head_drawn:
            return
        self._head_drawn = drawn
        if self._following is not None:
            self._following.cancel()
        data = orjson.loads(drawn)
        self._hear(data["news"])
        self._following = asyncio.create_task(self._follow(data["answer"], head))

    def _hear(self, news: Any) -> None:
        self.news = news
        self.said.append(news["badge"]["text"])

    async def _follow(self, answer: str | None, head: Delta) -> None:
        news = self.news
        while news["waits"] and answer:
            news = orjson.loads(await self._get(answer))
            if "over" in news:
                news = {"waits": False, "redraw": True}
                break
            self._hear(news)
            self._ended.put_nowait((0.0, time.perf_counter()))
        while news["redraw"] and (self._busy or time.perf_counter() - self._touched < REST):
            await asyncio.sleep(0.05)
        if news["redraw"]:
            trigger = f"$$STREAMLIT_INTERNAL_KEY_{head.new_element.bidi_component.id}__events"
            value = orjson.dumps([{"event": "redraw", "value": True}]).decode()
            await self._send(head.fragment_id, WidgetState(id=trigger, json_trigger_value=value))

    async def _get(self, path: str) -> bytes:
        address = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
        finally:
            writer.close()
        self.received += len(answer)
        return answer.partition(b"\r\n\r\n")[2]


def _holds(shown: Callable[[], bool]) -> bool:
    """Whether the page shows something; not while it is without what that looks at.

    Where a run of a fragment begins before what a whole run drew of it has been sent, Streamlit sends the later one's
    alone, but says before it that the whole run has ended: for a moment the fragment is not there.
    """
    try:
        return shown()
    except LookupError:
        return False


def _widget(delta: Delta) -> Message | None:
    """Return the part of a message that carries a widget's id, if it draws one."""
    if delta.WhichOneof("type") == "add_block":
        kind = delta.add_block.WhichOneof("type")
        block = getattr(delta.add_block, kind) if kind else None
        return block if getattr(block, "id", "") else None
    kind = delta.new_element.WhichOneof("type") if delta.WhichOneof("type") == "new_element" else None
    element = getattr(delta.new_element, kind) if kind else None
    return element if getattr(element, "id", "") else None


def widget_state(delta: Delta, value: Value | None = None) -> WidgetState | None:
    """Return a widget's value as the browser sends it, the one that it is drawn with if none is given."""
    widget: Any = _widget(delta)
    kind = widget.DESCRIPTOR.name
    if kind == "Checkbox":
        default = widget.value if widget.set_value else widget.default
        return WidgetState(id=widget.id, bool_value=default if value is None else value)
    if kind == "Expandable":
        return WidgetState(id=widget.id, bool_value=widget.expanded if value is None else value)
    state = WidgetState(id=widget.id)
    if kind == "Slider":
        numbers = widget.value if widget.set_value else widget.default
        state.double_array_value.data.extend(numbers if value is None else [value])
    elif kind == "NumberInput":
        number = value if value is not None else widget.value if widget.set_value else widget.default
        if widget.data_type == widget.INT:
            state.int_value = int(number)
        else:
            state.double_value = float(number)
    elif kind in ("TextInput", "TextArea"):
        state.string_value = value if value is not None else widget.value if widget.set_value else widget.default
    elif kind == "Selectbox":
        chosen = widget.raw_value if widget.set_value else widget.options[widget.default]
        state.string_value = chosen if value is None else value
    elif kind == "TabContainer" and value is not None:
        state.string_value = value  # the tab's label
    elif kind == "ButtonGroup":
        labels = [option.content for option in widget.options]
        drawn = widget.raw_values if widget.set_value else [labels[place] for place in widget.default]
        state.string_array_value.data.extend(drawn if value is None else [value])
    else:  # buttons and components have nothing to send until they are used
        return None
    return state
