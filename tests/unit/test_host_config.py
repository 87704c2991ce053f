"""Streamlit's answer to its own page: no dialogs about errors, and no page around the app that may steer it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse
from streamlit import config

from pages.ui.server.host_config import HostConfig

GIVEN = {"allowedOrigins": ["https://a.test"], "blockErrorDialogs": False}


async def streamlit(scope: Any, receive: Any, send: Any) -> None:
    answer = PlainTextResponse("gone", status_code=503) if scope["query_string"] else JSONResponse(GIVEN)
    await answer(scope, receive, send)


def get(path: str, query: bytes = b"", method: str = "GET", host: str = "class.test") -> tuple[int, int, bytes]:
    """Status, announced length and body."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(b"host", host.encode())],
    }
    asyncio.run(HostConfig(streamlit)(scope, None, send))
    announced = dict(sent[0]["headers"])[b"content-length"]
    return sent[0]["status"], int(announced), b"".join(message.get("body", b"") for message in sent)


def test_no_dialog_and_nobody_who_steers_the_page() -> None:
    status, length, body = get("/_stcore/host-config")
    assert (status, json.loads(body)) == (200, {"allowedOrigins": [], "blockErrorDialogs": True})
    assert length == len(body)


@pytest.mark.parametrize("host", ["lens.streamlit.app", "lens.streamlit.app:443"])
def test_on_the_cloud_its_own_pages_may(host: str) -> None:
    assert json.loads(get("/_stcore/host-config", host=host)[2])["allowedOrigins"] == GIVEN["allowedOrigins"]


def test_whom_the_option_names_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "is_manually_set", lambda name: name == "client.allowedOrigins")
    assert json.loads(get("/_stcore/host-config")[2])["allowedOrigins"] == GIVEN["allowedOrigins"]


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/cell/_stcore/host-config"])
def test_nothing_else_is_touched(path: str) -> None:
    assert json.loads(get(path)[2]) == GIVEN


def test_a_refusal_stays_one() -> None:
    assert get("/_stcore/host-config", b"refuse") == (503, 4, b"gone")
