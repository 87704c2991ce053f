"""Whoever looks after the server hears whether it is well, how Keras is, and how many questions wait."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from lstm_core.experiment import Experiment
from lstm_core.keras_check.worker import KerasWorker
from pages.ui.keras.checking import Checks
from pages.ui.server import health
from pages.ui.server.health import KERAS, WAITING, Health


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Checks:
    checks = Checks(KerasWorker())
    monkeypatch.setattr(health, "checks", lambda: checks)
    return checks


def get(path: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    asyncio.run(Health(PlainTextResponse("ok"))(scope, None, send))  # type: ignore[arg-type]
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent).decode()


def test_health_is_streamlits_own_and_says_how_keras_is_and_how_many_wait(checks: Checks) -> None:
    checks.agreement(Experiment(), "ann")
    status, headers, body = get("/_stcore/health")
    assert (status, body) == (200, "ok")
    assert (headers[KERAS], headers[WAITING]) == ("starting", "1")
    assert KERAS not in get("/other")[1]


def test_a_server_whose_keras_cannot_come_back_is_not_well(monkeypatch: pytest.MonkeyPatch, checks: Checks) -> None:
    monkeypatch.setattr(checks.worker, "illness", lambda: "no Keras process for 61 s: OSError")
    status, headers, body = get("/_stcore/health")
    assert (status, body) == (503, "no Keras process for 61 s: OSError\n")
    assert headers[KERAS] == "starting"
    assert get("/other")[0] == 200
