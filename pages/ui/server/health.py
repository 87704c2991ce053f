"""Whether the server is well: Streamlit's own answer, and besides how Keras is and how many questions wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from streamlit import config

from pages.ui.keras.checking import checks

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

KERAS, WAITING = "x-lens-keras", "x-lens-waiting"


class Health:
    """Middleware: adds `KERAS` and `WAITING` to Streamlit's health, and answers 503 where Keras cannot come back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        base = (config.get_option("server.baseUrlPath") or "").strip("/")
        self.path = f"/{base}/_stcore/health".replace("//", "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self.path:
            await self.app(scope, receive, send)
            return
        worker = checks().worker

        async def send_with_keras(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = {KERAS: worker.status().state, WAITING: str(worker.office.waiting)}
                MutableHeaders(scope=message).update(told)
            await send(message)

        illness = worker.illness()
        answer = self.app if illness is None else PlainTextResponse(f"{illness}\n", status_code=503)
        await answer(scope, receive, send_with_keras)
