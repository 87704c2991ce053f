"""Keras's answer, told to an open page when it comes: the page asks once over HTTP, and is answered in time.

No run of a script is needed for that, so a class that waits for Keras costs the server next to nothing.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.ui.server.plotly_asset import address

LOOK_AGAIN = 2.0
"""Seconds after which a page is told how things stand, if Keras has not answered: others may have gone before."""
REMEMBERED = 4096
"""How many pages can be waited for at once."""
UNSEEN_SECONDS = 30.0
"""After so long a page that does not ask is forgotten."""

TICKET = "ticket"
"""Session key: the ticket of the page that the session shows, as long as it waits."""

News = dict[str, Any]
Questions = Sequence[Future[Any]]
OVER: News = {"over": True}
"""What a page is told that is not known here: unless it asked about something else since, it is drawn again."""


class Awaited(NamedTuple):
    """Questions to Keras that have no answer yet, what to tell the page then, and when it last asked."""

    questions: Questions
    tell: Callable[[], tuple[News, Questions]]
    seen: float


class Answers:
    """Who waits for Keras: every page by an address that nobody else knows, as long as it asks there."""

    def __init__(self) -> None:
        self._awaited: OrderedDict[str, Awaited] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._awaited)

    def expect(self, questions: Questions, tell: Callable[[], tuple[News, Questions]]) -> str:
        """Return the ticket with which a page gets the news once any of the questions has ended.

        `tell` returns the news, and the questions that are open by then. With the last news the ticket ends.
        """
        ticket = secrets.token_hex(8)
        with self._lock:
            self._awaited[ticket] = Awaited(questions, tell, time.monotonic())
            while len(self._awaited) > REMEMBERED:
                self._awaited.popitem(last=False)
        return ticket

    def forget(self, ticket: str | None) -> None:
        """Let a page go that shows something else by now."""
        with self._lock:
            self._awaited.pop(ticket or "", None)

    def sweep(self) -> None:
        """Forget the pages that have not asked for long."""
        now = time.monotonic()
        with self._lock:
            for ticket, awaited in list(self._awaited.items()):
                if now - awaited.seen > UNSEEN_SECONDS:
                    del self._awaited[ticket]

    async def news(self, ticket: str) -> News:
        """Return what to tell a page, as soon as there is news or after `LOOK_AGAIN`."""
        awaited = self._known(ticket)
        if awaited is None:
            return OVER
        await first_to_end(awaited.questions, LOOK_AGAIN)
        if self._known(ticket) is None:
            return OVER
        news, questions = await asyncio.to_thread(awaited.tell)
        with self._lock:
            if ticket in self._awaited and news["waits"]:
                self._awaited[ticket] = self._awaited[ticket]._replace(questions=questions)
            else:
                self._awaited.pop(ticket, None)
        return news

    def _known(self, ticket: str) -> Awaited | None:
        """Return what a page waits for that asks just now, if it is known."""
        with self._lock:
            awaited = self._awaited.get(ticket)
            if awaited is not None:
                self._awaited[ticket] = awaited._replace(seen=time.monotonic())
            return awaited


async def first_to_end(questions: Questions, seconds: float) -> None:
    """Wait until one of the questions has ended, at most so long; without a question just as long."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def end(_: Future[Any]) -> None:
        with suppress(RuntimeError):  # the server has stopped meanwhile
            loop.call_soon_threadsafe(ended.set)

    for question in questions:
        question.add_done_callback(end)
    with suppress(TimeoutError):
        await asyncio.wait_for(ended.wait(), seconds)


@cache
def answers() -> Answers:
    """Return the app's one record of who waits."""
    return Answers()


def answer_address(ticket: str) -> str:
    """Return the path at which the page with this ticket asks."""
    return address(f"answer/{ticket}")


def answer_route() -> Route:
    """Return the route of the pages that ask for Keras's answer."""
    return Route(answer_address("{ticket}"), _answer)


async def _answer(request: Request) -> Response:
    news = await answers().news(request.path_params["ticket"])
    return Response(orjson.dumps(news), media_type="application/json", headers={"cache-control": "no-store"})
