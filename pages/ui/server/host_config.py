"""What Streamlit asks its host when a page opens, answered: no page around the app may steer it.

And no dialog: the app says by itself when its server is away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.datastructures import Headers, MutableHeaders
from streamlit import config

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANSWERS = {"blockErrorDialogs": True}
"""Streamlit's dialog would tell a learner to start the server "in your terminal" (`assets/page/connection.js`)."""
STEERING = "client.allowedOrigins"
"""Streamlit's option that says who may; where it is set, it holds."""
CLOUD = ".streamlit.app"
"""Where Streamlit's own pages stand around the app. Elsewhere they are anybody's: everybody can have an app there."""


class HostConfig:
    """Middleware: sets `ANSWERS` in Streamlit's host-config, and who may steer the page from around it."""

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
            host = Headers(scope=scope).get("host", "").partition(":")[0]
            allowed = host.endswith(CLOUD) or config.is_manually_set(STEERING)
            steering: dict[str, list[str]] = {} if allowed else {"allowedOrigins": []}
            body = orjson.dumps(orjson.loads(body) | ANSWERS | steering)
            MutableHeaders(scope=start)["content-length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})
