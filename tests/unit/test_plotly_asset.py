"""Plotly.js comes from this host, once compressed, and every page announces it."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import plotly.offline
import pytest
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse

from pages.ui.server import plotly_asset
from pages.ui.server.plotly_asset import PLOTLY_VERSION, PlotlyAsset, plotly_file, plotly_url


def get(app: PlotlyAsset, path: str, **headers: str) -> tuple[int, Headers, bytes]:
    """One GET through the middleware: status, headers, body."""
    sent: list[Any] = []
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": raw}

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    asyncio.run(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], Headers(raw=sent[0]["headers"]), body


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> PlotlyAsset:
    monkeypatch.setattr(plotly_asset, "COMPRESS_AFTER", 3600.0)

    async def streamlit(scope: Any, receive: Any, send: Any) -> None:
        answer = HTMLResponse("<p>page") if scope["path"] == "/" else PlainTextResponse("text")
        await answer(scope, receive, send)

    return PlotlyAsset(streamlit)


def test_the_first_visitor_gets_the_file_as_it_is(page: PlotlyAsset) -> None:
    status, headers, body = get(page, plotly_url(), accept_encoding="gzip, br")
    assert (status, body) == (200, plotly_file().read_bytes())
    assert "immutable" in headers["cache-control"]
    assert "content-encoding" not in headers


def test_later_visitors_get_it_compressed_if_they_can_read_that(page: PlotlyAsset) -> None:
    page._pack()
    _, headers, packed = get(page, plotly_url(), accept_encoding="gzip, br")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == get(page, plotly_url())[2]
    assert len(packed) < len(plotly_file().read_bytes()) / 3


def test_who_has_it_is_sent_nothing(page: PlotlyAsset) -> None:
    tag = get(page, plotly_url())[1]["etag"]
    assert get(page, plotly_url(), if_none_match=tag)[::2] == (304, b"")


def test_pages_announce_it_and_nothing_else_does(page: PlotlyAsset) -> None:
    assert get(page, "/")[1]["link"] == f"<{plotly_url()}>; rel=preload; as=script"
    assert "link" not in get(page, "/text")[1]


def test_the_bundle_is_the_version_that_the_plotly_package_carries() -> None:
    banner = plotly_file().read_text("utf-8")[:200]
    assert f"plotly.js (cartesian - minified) v{PLOTLY_VERSION}" in banner
    assert plotly.offline.get_plotlyjs_version() == PLOTLY_VERSION
