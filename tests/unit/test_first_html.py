"""The first HTML says what a page is, in its language, to those who run no script; nothing that comes along gets in."""

from __future__ import annotations

import asyncio
import gzip
import struct
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import streamlit
from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse
from streamlit import config
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from lstm_core.lessons.registry import LESSONS
from lstm_core.text import LANGUAGES, load
from pages.ui.server.first_html import PICTURE, PICTURE_SIZE, FirstHtml, picture_path

STATIC = Path(streamlit.__file__).parent / "static"
PAGE = STATIC / "index.html"


class Read(HTMLParser):
    """What a page says: its language, its title, its meta tags, its links, its scripts, and all tags' names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language, self.title = "", ""
        self.meta: dict[str, str] = {}
        self.links: list[dict[str, str | None]] = []
        self.scripts: list[str] = []
        self.tags: list[str] = []
        self.noscript = ""
        self._in: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag not in ("meta", "link"):
            self._in.append(tag)
        if tag == "html":
            self.language = given["lang"] or ""
        elif tag == "meta":
            self.meta[given.get("property") or given.get("name") or "charset"] = given.get("content") or ""
        elif tag == "link":
            self.links.append(given)
        elif tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._in:
            self._in.remove(tag)

    def handle_data(self, data: str) -> None:
        if "script" in self._in:
            self.scripts[-1] += data
        elif "title" in self._in:
            self.title += data
        elif "noscript" in self._in:
            self.noscript += data


class Answer:
    """Status, headers and body of one request to Streamlit's own files, with `FirstHtml` before them."""

    def __init__(self, path: str = "/", query: str = "", method: str = "GET", app: Any = None, **headers: str) -> None:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        given = {"host": "lens.test", **headers}
        scope = {
            "type": "http",
            "asgi": {"spec_version": "2.4"},
            "method": method,
            "scheme": "http",
            "path": path,
            "root_path": "",
            "query_string": query.encode("latin-1"),
            "headers": [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in given.items()],
        }
        app = app or create_streamlit_static_handler(str(STATIC), "")
        asyncio.run(FirstHtml(app)(scope, receive, send))
        self.status = sent[0]["status"]
        self.headers = Headers(scope=sent[0])
        self.body = b"".join(message.get("body", b"") for message in sent)

    @property
    def page(self) -> Read:
        return Read(self.body.decode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/playground", "/index.html", "/nothing-here"])
def test_every_page_says_what_the_app_is(path: str, language: str) -> None:
    page, t = Answer(path, f"lang={language}").page, load(language)
    assert (page.language, page.title) == (language, "LSTM Lens")
    assert page.meta["description"] == page.meta["og:description"] == t("page.description")
    assert page.meta["og:title"] == "LSTM Lens"
    assert page.noscript.strip() == t("page.needs_script")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS])
def test_a_lesson_says_its_own_title_and_idea(name: str, language: str) -> None:
    page, t = Answer(f"/{name}", f"units=3&lang={language}").page, load(language)
    assert page.title == page.meta["og:title"] == t(f"lessons.{name}.title") + " · LSTM Lens"
    assert page.meta["description"] == page.meta["og:description"] == t(f"lessons.{name}.idea")
    assert page.meta["og:url"] == f"http://lens.test/{name}?units=3&lang={language}"


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("lang=ko", "en-US,en;q=0.9", "ko"),
        ("lang=en", "ko-KR,ko;q=0.9", "en"),
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("", "en-US,en;q=0.9,ko;q=0.8", "en"),
        ("", "", "en"),
        ("lang=fr", "ko", "ko"),
        ("lang=en&lang=ko", "", "ko"),
        ("lang=%22%3E%3Cscript%3E", '"><script>alert(1)</script>', "en"),
    ],
)
def test_the_language_is_the_links_else_the_browsers(query: str, accepted: str, language: str) -> None:
    answer = Answer("/", query, accept_language=accepted)
    assert (answer.page.language, answer.page.meta["og:locale"]) == (language, {"en": "en_US", "ko": "ko_KR"}[language])
    assert "accept-language" in answer.headers["vary"].lower()
    assert b"alert" not in answer.body


@pytest.mark.parametrize(
    ("host", "headers", "origin"),
    [
        ("localhost:8501", {}, "http://localhost:8501"),
        ("lens.test", {"x_forwarded_proto": "https"}, "https://lens.test"),
        ("lens.test", {"x_forwarded_proto": "https, http"}, "https://lens.test"),
        ("lens.test", {"x_forwarded_proto": "javascript"}, "http://lens.test"),
        ("[::1]:8501", {}, "http://[::1]:8501"),
    ],
)
def test_the_picture_has_an_absolute_address(host: str, headers: dict[str, str], origin: str) -> None:
    meta = Answer("/cell", host=host, **headers).page.meta
    assert meta["og:image"] == origin + picture_path()
    assert meta["og:url"] == origin + "/cell"
    assert (int(meta["og:image:width"]), int(meta["og:image:height"])) == PICTURE_SIZE
    assert meta["og:image:alt"]
    assert meta["twitter:card"] == "summary_large_image"


@pytest.mark.parametrize(
    "host", ['a"><script>alert(1)</script>', "a b", "evil.test/path", "user@evil.test", "", "a\\b"]
)
def test_a_host_that_no_address_can_have_is_not_repeated(host: str) -> None:
    answer = Answer(host=host)
    assert "og:image" not in answer.page.meta
    assert "og:url" not in answer.page.meta
    assert answer.page.tags == Answer(host="[").page.tags
    assert not host or host.encode() not in answer.body


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ('/"><script>alert(1)<', ""),
        ("/cell", '"><script>alert(1)</script>'),
        ("/cell", "sentence=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&x='onload='"),
        ("/cell", "a=\xff\x00"),
    ],
)
def test_what_an_address_holds_stays_within_its_tag(path: str, query: str) -> None:
    page = Answer(path, query).page
    assert page.tags == Answer("/cell").page.tags
    assert "<" not in page.meta["og:url"]
    assert '"' not in page.meta["og:url"]


def test_a_very_long_address_is_not_repeated() -> None:
    assert "og:url" not in Answer("/", "typed=" + "1;" * 2000).page.meta


def test_words_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(load("en").texts, "page.description", "\\1 & \"<b>\" 'x'")
    page = Answer().page
    assert page.meta["description"] == page.meta["og:description"] == "\\1 & \"<b>\" 'x'"
    assert "b" not in page.tags


def test_scripts_are_streamlits_own_as_the_policy_has_them_and_the_rest_of_the_head_stays() -> None:
    before, after = Read(PAGE.read_text(encoding="utf-8")), Answer().page
    assert [script for script in after.scripts if script] == [script for script in before.scripts if script]
    unused = [link for link in before.links if link.get("as") == "font" or link["rel"] == "service-desc"]
    assert len(unused) == 2  # a font that the theme does not have, and an address that is closed
    assert after.links == [link for link in before.links if link not in unused]
    assert (after.meta["viewport"], after.tags.count("title")) == (before.meta["viewport"], 1)
    assert b"agent" not in Answer().body


def test_what_a_browser_has_of_another_language_is_not_taken_for_this_one() -> None:
    first = Answer("/", "lang=ko")
    assert "etag" not in first.headers
    assert "last-modified" not in first.headers
    again = Answer(
        "/", "lang=en", if_none_match=etag(), if_modified_since="Fri, 01 Jan 2100 00:00:00 GMT", range="bytes=0-9"
    )
    assert (again.status, again.page.language) == (200, "en")
    assert again.headers["cache-control"] == "no-cache"


def etag() -> str:
    """The tag by which Streamlit's file itself would be known."""
    return FileResponse(PAGE, stat_result=PAGE.stat()).headers["etag"]


@pytest.mark.parametrize("path", ["/", "/cell"])
def test_a_page_is_sent_whole_whether_or_not_streamlit_would_compress_it(path: str) -> None:
    app = GZipMiddleware(create_streamlit_static_handler(str(STATIC), ""), minimum_size=10)
    answer = Answer(path, app=app, accept_encoding="gzip")
    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.page.title.endswith("LSTM Lens")


def test_a_head_is_answered_as_its_get_without_a_body() -> None:
    get, head = Answer("/cell", "lang=ko"), Answer("/cell", "lang=ko", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


def test_the_picture_is_served_for_ever_and_is_as_large_as_it_says() -> None:
    answer = Answer(picture_path())
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert "immutable" in answer.headers["cache-control"]
    assert int(answer.headers["content-length"]) == PICTURE.stat().st_size < 100_000
    assert answer.body == PICTURE.read_bytes()
    assert struct.unpack(">II", PICTURE.read_bytes()[16:24]) == PICTURE_SIZE


def test_below_a_base_path_too(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda name: "/lens/app/" if name == "server.baseUrlPath" else asked(name)
    )
    app = create_streamlit_static_handler(str(STATIC), "lens/app")
    page = Answer("/lens/app/cell", app=app).page
    assert page.title == load("en")("lessons.cell.title") + " · LSTM Lens"
    assert page.meta["og:image"].startswith("http://lens.test/lens/app/lens/preview-")


@pytest.mark.parametrize(
    ("path", "method", "app"),
    [
        ("/_stcore/health", "GET", PlainTextResponse("<title>ok</title>", media_type="text/html")),
        ("/app.js", "GET", PlainTextResponse("<title>ok</title>", media_type="text/html")),
        ("/", "POST", PlainTextResponse("<title>ok</title>", media_type="text/html")),
        ("/", "GET", PlainTextResponse("<title>gone</title>", media_type="text/html", status_code=503)),
        ("/", "GET", JSONResponse({"a": "<title>ok</title>"})),
    ],
)
def test_nothing_else_is_touched(path: str, method: str, app: Any) -> None:
    answer = Answer(path, method=method, app=app)
    assert (answer.status, answer.body) == (app.status_code, app.body)
    assert int(answer.headers["content-length"]) == len(app.body)


def test_a_compressed_file_stays_as_it_is() -> None:
    app = GZipMiddleware(PlainTextResponse("a" * 5000), minimum_size=10)
    answer = Answer("/static/js/a.js", app=app, accept_encoding="gzip")
    assert gzip.decompress(answer.body) == b"a" * 5000
