"""The components' scripts, from this host at lasting addresses: with every change Streamlit sends data alone."""

from __future__ import annotations

import gzip
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from pages.ui.server.plotly_asset import FOREVER, MEDIA_TYPE, address
from pages.ui.server.streamlit_chunks import chunks

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOADER = """const loaded = import(location.origin + ADDRESS).then((component) => {
  document.body.append(Object.assign(document.createElement("style"), {textContent: component.css}));
  return component;
});
const filled = new WeakSet();
export default async (mounted) => {
  const {default: show, html} = await loaded;
  const {parentElement} = mounted;
  if (!filled.has(parentElement)) parentElement.insertAdjacentHTML("beforeend", html);
  filled.add(parentElement);
  return show(mounted);
};
"""
"""What Streamlit itself sends; of all else a browser needs one copy, not one with every message."""

_served: dict[str, bytes] = {}


def loader(name: str, *, html: str, css: str, js: str) -> str:
    """Serve a component's parts as one script from now on; return the script that loads it and draws with it."""
    exports = "".join(
        f"export const {part} = {orjson.dumps(text).decode()};\n" for part, text in [("html", html), ("css", css)]
    )
    return LOADER.replace("ADDRESS", orjson.dumps(serve(name, f"{js}\n{exports}")).decode())


def serve(name: str, source: str) -> str:
    """Serve a script from now on; return its path, which another script would not have."""
    script = source.encode()
    path = address(f"{name}-{sha256(script).hexdigest()[:16]}.js")
    _served[path] = script
    return path


class ComponentScripts:
    """Middleware: answers for the components' scripts, and announces them and Streamlit's own with every HTML page.

    So a browser has them before the page's script asks for them, one after the other.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.packed: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in _served:
            await self._response(scope["path"], Headers(scope=scope))(scope, receive, send)
        else:
            await self.app(scope, receive, self._announcing(send) if scope["type"] == "http" else send)

    def _announcing(self, send: Send) -> Send:
        async def send_announced(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    for path in [*_served, *(address(name, "static/js") for name in chunks())]:
                        headers.append("link", f"<{path}>; rel=modulepreload")
            await send(message)

        return send_announced

    def _response(self, path: str, request: Headers) -> Response:
        headers = {"cache-control": FOREVER, "vary": "accept-encoding"}
        if "gzip" not in request.get("accept-encoding", ""):
            return Response(_served[path], headers=headers, media_type=MEDIA_TYPE)
        packed = self.packed.setdefault(path, gzip.compress(_served[path], compresslevel=6, mtime=0))
        return Response(packed, headers=headers | {"content-encoding": "gzip"}, media_type=MEDIA_TYPE)
