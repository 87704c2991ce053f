"""A foreign origin is told from the app's own, whatever stands in front of the server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from streamlit import config
from streamlit.web.server import server_util

from pages.ui.server.origins import ask_nobody, is_foreign
from pages.ui.server.security import Security

OPTIONS: dict[str, Any] = {"server.enableCORS": True, "server.corsAllowedOrigins": [], "browser.serverAddress": ""}


def connects(origin: str | None, host: str, *, twice: str | None = None) -> dict[str, Any]:
    """A browser's handshake."""
    headers = [(b"host", host.encode())]
    headers += [(b"origin", given.encode()) for given in (origin, twice) if given is not None]
    return {"type": "websocket", "path": "/_stcore/stream", "headers": headers}


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Streamlit's options, to be set."""
    given = dict(OPTIONS)
    real = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: given[name] if name in given else real(name))
    return given


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "class.test"),  # programs name none
        ("http://localhost:8501", "localhost:8501"),
        ("http://CLASS.test", "class.TEST"),
        ("https://class.test", "class.test"),  # https ends at a proxy
        ("https://class.test", "class.test:443"),  # which adds the port
        ("http://class.test", "class.test:80"),
        ("https://class.test:8443", "class.test:8443"),
        ("http://[::1]:8501", "[::1]:8501"),
        ("https://me-lens.hf.space", "me-lens.hf.space"),
    ],
)
def test_the_apps_own_page_may_connect(options: dict[str, Any], origin: str | None, host: str) -> None:
    assert not is_foreign(connects(origin, host))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.test", "class.test"),
        ("http://class.test:81", "class.test"),
        ("http://localhost:3000", "localhost:8501"),
        ("http://localhost:8501", "127.0.0.1:8501"),
        ("http://127.0.0.1:8701.evil.com", "127.0.0.1:8701"),
        ("http://127.0.0.1:8701.evil.com", "127.0.0.1:8701.evil.com"),
        ("http://class.test@evil.test", "class.test"),
        ("http://class.test/", "class.test"),
        ("http://class.test:443", "class.test"),
        ("null", "class.test"),
        ("", ""),
        ("file://", ""),
    ],
)
def test_another_page_may_not(options: dict[str, Any], origin: str, host: str) -> None:
    assert is_foreign(connects(origin, host))


def test_a_proxys_word_for_the_host_is_not_believed(options: dict[str, Any]) -> None:
    scope = connects("http://evil.test", "class.test")
    scope["headers"].append((b"x-forwarded-host", b"evil.test"))
    assert is_foreign(scope)


def test_two_origins_are_none(options: dict[str, Any]) -> None:
    assert is_foreign(connects("http://class.test", "class.test", twice="http://evil.test"))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.corsAllowedOrigins", ["https://school.test"]),
        ("server.corsAllowedOrigins", ["school.test"]),
        ("browser.serverAddress", "school.test"),
        ("server.enableCORS", False),
    ],
)
def test_an_origin_that_is_configured_may(options: dict[str, Any], option: str, value: Any) -> None:
    scope = connects("https://school.test", "10.0.0.7:8501")
    assert is_foreign(scope)
    options[option] = value
    assert not is_foreign(scope)


def through(scope: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """What a handshake is answered, and the scopes that came through to Streamlit."""
    sent: list[Any] = []
    passed: list[Any] = []

    async def app(scope: Any, *_: Any) -> None:
        passed.append(scope)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Security(app, {})(scope, None, send))
    return sent, passed


def test_a_foreign_handshake_ends_before_streamlit(options: dict[str, Any]) -> None:
    assert through(connects("http://evil.test", "class.test")) == ([{"type": "websocket.close", "code": 1008}], [])


def test_streamlit_which_compares_texts_gets_the_host_as_the_browser_says_it(options: dict[str, Any]) -> None:
    _, (scope,) = through(connects("https://class.test", "class.test:443"))
    assert dict(scope["headers"])[b"host"] == b"class.test"


def test_streamlit_looks_up_no_address_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def phone_out(*_: object, **__: object) -> str:
        raise AssertionError("asked another host")

    monkeypatch.setattr(server_util.net_util, "_make_blocking_http_get", phone_out)
    ask_nobody()
    assert not server_util.is_url_from_allowed_origins("http://evil.test")
