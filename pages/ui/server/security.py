"""What every answer of the server tells the browser to forbid, and what the server does not answer at all."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from streamlit import config

from pages.ui.server.origins import as_browser_says, is_foreign

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRAME_ANCESTORS = "LSTM_LENS_FRAME_ANCESTORS"
"""The environment variable that names who may show the app in a frame: CSP sources, apart by spaces."""
SOURCE = re.compile(r"'self'|'none'|\*|https?://[\w.*-]+(:(\d+|\*))?")
CLOSED = ("_stcore/metrics", "_stcore/agent")
"""What Streamlit answers and no learner needs: counters of the process, and the app driven by programs."""
UPLOADS = "_stcore/upload_file"
"""The only place where a browser sends more than it asks for."""
POLICY_VIOLATION = 1008
"""The code with which a websocket is closed that may not be here."""
ANSWER = "lens/answer"
"""Where asking takes the answer away: not for those who want the headers alone."""


class Security:
    """Middleware: sets `headers` on every answer, and refuses what no page of this app asks for.

    404 for what is `CLOSED`, 403 for another site's page, 405 for other methods than GET and HEAD.
    """

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = headers
        base = (config.get_option("server.baseUrlPath") or "").strip("/")
        self.root = f"/{base}/" if base else "/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if is_foreign(scope):
                await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            else:
                as_browser_says(scope)
                await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        answer = self._refusal(scope) or self.app
        await answer(scope, receive, send_secured)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        if any(self._is_below(scope, path) for path in CLOSED):
            return PlainTextResponse("Not Found", status_code=404)
        if is_foreign(scope):
            return PlainTextResponse("Forbidden: this request comes from another site's page.", status_code=403)
        allowed = ("GET",) if self._is_below(scope, ANSWER) else ("GET", "HEAD")
        if scope["method"] not in allowed and not self._is_below(scope, UPLOADS):
            return PlainTextResponse("Method Not Allowed", status_code=405, headers={"allow": ", ".join(allowed)})
        return None

    def _is_below(self, scope: Scope, path: str) -> bool:
        return f"{scope['path'].rstrip('/')}/".startswith(f"{self.root}{path}/")


def headers() -> dict[str, str]:
    """Return the headers of every answer. Raises ValueError where the environment names no such frame ancestors."""
    return {
        "content-security-policy": content_security_policy(),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
    }


def content_security_policy() -> str:
    """Return what a page may load and do: its own host's scripts and data, and what Streamlit makes in the page."""
    inline = " ".join(f"'sha256-{digest}'" for digest in inline_scripts())
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' blob: {inline}",  # blob: the components' modules
            "style-src 'self' 'unsafe-inline'",  # Streamlit, the components and Plotly.js write styles into the page
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",  # the websocket too
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {frame_ancestors()}",
        )
    )


@cache
def inline_scripts() -> tuple[str, ...]:
    """Return the SHA-256 digests of the scripts within Streamlit's own page, in base64."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    return tuple(base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)


def frame_ancestors() -> str:
    """Who may show the app in a frame. Raises ValueError where the environment names something else than sources."""
    given = os.environ.get(FRAME_ANCESTORS, "").split() or ["'self'"]
    wrong = [source for source in given if not SOURCE.fullmatch(source)]
    if wrong:
        raise ValueError(
            f"{FRAME_ANCESTORS} names {wrong[0]!r}; expected addresses as https://lms.example.org, "
            "'self', 'none' or *, apart by spaces"
        )
    return " ".join(given)
