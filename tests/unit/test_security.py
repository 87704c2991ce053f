"""Every answer carries the headers; what no learner needs is closed; who may frame the app is configured."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from streamlit import config

from pages.ui.server import security
from pages.ui.server.security import FRAME_ANCESTORS, Security, content_security_policy, headers


async def streamlit(scope: Any, receive: Any, send: Any) -> None:
    """Answers anything, with a header of its own."""
    await PlainTextResponse("answered", headers={"x-content-type-options": "else"})(scope, receive, send)


def get(path: str, method: str = "GET", sent_headers: tuple[tuple[bytes, bytes], ...] = ()) -> tuple[int, Headers]:
    """Status and headers of one request through the middleware."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [*sent_headers]}
    asyncio.run(Security(streamlit, headers())(scope, None, send))
    return sent[0]["status"], Headers(raw=sent[0]["headers"])


def directives() -> dict[str, list[str]]:
    return {name: sources for name, *sources in map(str.split, content_security_policy().split(";"))}


@pytest.mark.parametrize("path", ["/", "/cell", "/static/js/index.js", "/_stcore/metrics", "/lens/plotly.js"])
def test_every_answer_carries_each_header_once(path: str) -> None:
    _, given = get(path)
    assert given.getlist("content-security-policy") == [content_security_policy()]
    assert given.getlist("x-content-type-options") == ["nosniff"]
    assert given.getlist("referrer-policy") == ["same-origin"]


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/agent/interact"])
def test_metrics_and_the_programs_door_are_closed(path: str) -> None:
    assert get(path)[0] == 404


@pytest.mark.parametrize("path", ["/_stcore/health", "/_stcore/metricsystem", "/metrics"])
def test_nothing_else_is(path: str) -> None:
    assert get(path)[0] == 200


def test_they_are_closed_below_another_root_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", {"server.baseUrlPath": "/lens/", "server.enableCORS": True}.get)
    assert get("/lens/_stcore/metrics")[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/", 200),
        ("HEAD", "/lens/plotly.js", 200),
        ("HEAD", "/lens/answer/0123456789abcdef", 405),
        ("GET", "/lens/answer/0123456789abcdef", 200),
        *((method, "/lens/answer/0123456789abcdef", 405) for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE")),
        *((method, path, 405) for method in ("POST", "PUT") for path in ("/", "/lens/a.js", "/_stcore/host-config")),
        *((method, "/_stcore/upload_file/session/file", 200) for method in ("PUT", "DELETE", "OPTIONS")),
    ],
)
def test_who_asks_only_gets_and_who_uploads_may_send(method: str, path: str, status: int) -> None:
    given, said = get(path, method)
    assert given == status
    assert said.get("allow") == {405: "GET" if "answer" in path else "GET, HEAD"}.get(status)


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("PUT", 403), ("DELETE", 403)])
def test_another_sites_page_may_look_and_not_upload(method: str, status: int) -> None:
    foreign = ((b"host", b"class.test"), (b"origin", b"https://evil.test"))
    assert get("/_stcore/upload_file/session/file", method, foreign)[0] == status


def test_no_other_host_and_no_eval_is_allowed() -> None:
    policy = directives()
    assert policy["default-src"] == ["'none'"]
    assert policy["connect-src"] == ["'self'"]
    assert "'unsafe-inline'" not in policy["script-src"]
    every = {source for name, sources in policy.items() if name != "frame-ancestors" for source in sources}
    plain = {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}
    assert {source for source in every - plain if not source.startswith("'sha256-")} == set()


def test_streamlits_own_inline_script_is_allowed_by_its_digest(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "index.html").write_text("<script src=a></script><script>\n  b = 1\n</script>")
    monkeypatch.setattr(security.streamlit, "__file__", str(tmp_path / "__init__.py"))
    expected = base64.b64encode(hashlib.sha256(b"\n  b = 1\n").digest()).decode()
    assert security.inline_scripts.__wrapped__() == (expected,)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "'self'"),
        ("https://lms.example.org", "https://lms.example.org"),
        ("'self' https://*.example.org:8443", "'self' https://*.example.org:8443"),
        ("'none'", "'none'"),
    ],
)
def test_who_may_frame_the_app_is_configured(monkeypatch: pytest.MonkeyPatch, given: str, expected: str) -> None:
    monkeypatch.setenv(FRAME_ANCESTORS, given)
    assert directives()["frame-ancestors"] == expected.split()


@pytest.mark.parametrize("given", ["lms.example.org", "https://a; script-src *", "self", "https://a,https://b"])
def test_what_is_no_address_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(FRAME_ANCESTORS, given)
    with pytest.raises(ValueError, match=FRAME_ANCESTORS):
        headers()
