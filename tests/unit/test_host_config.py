"""Streamlit's answer to its own page keeps all that it says but its dialogs about errors."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse

from pages.ui.host_config import HostConfig

GIVEN = {"allowedOrigins": ["https://a.test"], "blockErrorDialogs": False}


async def streamlit(scope: Any, receive: Any, send: Any) -> None:
    answer = PlainTextResponse("gone", status_code=503) if scope["query_string"] else JSONResponse(GIVEN)
    await answer(scope, receive, send)


def get(path: str, query: bytes = b"", method: str = "GET") -> tuple[int, int, bytes]:
    """Status, announced length and body."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": []}
    asyncio.run(HostConfig(streamlit)(scope, None, send))
    announced = dict(sent[0]["headers"])[b"content-length"]
    return sent[0]["status"], int(announced), b"".join(message.get("body", b"") for message in sent)


def test_only_the_dialogs_are_another() -> None:
    status, length, body = get("/_stcore/host-config")
    assert (status, json.loads(body)) == (200, GIVEN | {"blockErrorDialogs": True})
    assert length == len(body)


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/cell/_stcore/host-config"])
def test_nothing_else_is_touched(path: str) -> None:
    assert json.loads(get(path)[2]) == GIVEN


def test_a_refusal_stays_one() -> None:
    assert get("/_stcore/host-config", b"refuse") == (503, 4, b"gone")
