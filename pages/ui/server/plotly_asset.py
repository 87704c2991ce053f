"""Plotly.js from this host, at a lasting address, fetched beside Streamlit's own scripts."""

from __future__ import annotations

import gzip
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from streamlit import config

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PLOTLY_VERSION = "4.1.1"  # plotly.js; the pinned plotly package carries the same
MEDIA_TYPE = "text/javascript"
FOREVER = "public, max-age=31536000, immutable"  # the address carries the version
COMPRESS_AFTER = 5.0  # seconds after the first visit, so that compressing does not hold that visit up


def address(name: str, folder: str = "lens") -> str:
    """Return the path of a script on this host, one of ours or in Streamlit's folder."""
    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + base if base else ''}/{folder}/{name}"


@cache
def plotly_url() -> str:
    """Return the address of Plotly.js on this host."""
    return address(f"plotly-cartesian-{PLOTLY_VERSION}.min.js")


def plotly_file() -> Path:
    """Plotly.js: its cartesian bundle, 1.5 MB where the whole one that the plotly package carries has 4.8."""
    return Path(__file__).parents[3] / "assets" / "vendor" / "plotly-cartesian.min.js"


class PlotlyAsset:
    """Middleware: answers for `plotly_url()`, and announces it with every HTML page (`Link: rel=preload`).

    It stands outside Streamlit's own gzip, which would compress 1.5 MB again for every visitor. The first
    visitor, most often on this machine, gets the file as it is; a while later it is compressed, once.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.packed: bytes | None = None
        self.visited = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == plotly_url():
            await self._response(Headers(scope=scope))(scope, receive, send)
        elif scope["type"] == "http":
            await self.app(scope, receive, announcing(send))
        else:
            await self.app(scope, receive, send)

    def _response(self, request: Headers) -> Response:
        headers = {"cache-control": FOREVER, "etag": f'"{plotly_url()}"', "vary": "accept-encoding"}
        if request.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        if self.packed and "gzip" in request.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(self.packed, headers=headers, media_type=MEDIA_TYPE)
        if not self.visited:
            self.visited = True
            timer = threading.Timer(COMPRESS_AFTER, self._pack)
            timer.daemon = True
            timer.start()
        return Response(plotly_file().read_bytes(), headers=headers, media_type=MEDIA_TYPE)

    def _pack(self) -> None:
        self.packed = gzip.compress(plotly_file().read_bytes(), compresslevel=6, mtime=0)


def announcing(send: Send) -> Send:
    """Wrap `send` so that HTML pages tell the browser of Plotly.js before their scripts ask for it."""

    async def send_announced(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                headers.append("link", f"<{plotly_url()}>; rel=preload; as=script")
        await send(message)

    return send_announced
