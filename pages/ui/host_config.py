"""What Streamlit asks its host when a page opens, answered: the app says by itself when its server is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.datastructures import MutableHeaders
from streamlit import config

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANSWERS = {"blockErrorDialogs": True}
"""Streamlit's dialog would tell a learner to start the server "in your terminal" (`assets/frame/connection.js`)."""


class HostConfig:
    """Middleware: sets `ANSWERS` in Streamlit's host-config."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        base = (config.get_option("server.baseUrlPath") or "").strip("/")
        self.path = f"/{base}/_stcore/host-config".replace("//", "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self.path or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        await self.app(scope, receive, hold)
        start, *parts = held
        body = b"".join(part.get("body", b"") for part in parts)
        if start["status"] == 200:
            body = orjson.dumps(orjson.loads(body) | ANSWERS)
            MutableHeaders(scope=start)["content-length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})
