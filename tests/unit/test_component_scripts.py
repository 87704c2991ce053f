"""A component's script, its page and its styles are fetched once; Streamlit's own messages only say where they are."""

from __future__ import annotations

import asyncio
import gzip
import re
from pathlib import Path

import pytest

from pages.ui.server import streamlit_chunks
from pages.ui.server.component_scripts import ComponentScripts, loader
from pages.ui.server.streamlit_chunks import SCRIPTS, WIDGETS, chunks


def test_the_loader_names_where_all_parts_are() -> None:
    js = "export default () => 1;" + "// long\n" * 1000
    sent = loader("thing", html="<p>a</p>", css=".a {}", js=js)
    assert len(sent) < 600
    path = re.search(r'"(/lens/thing-\w+\.js)"', sent)[1]
    app = ComponentScripts(None)
    served = app._response(path, {})
    assert served.body.decode() == f'{js}\nexport const html = "<p>a</p>";\nexport const css = ".a {{}}";\n'
    packed = app._response(path, {"accept-encoding": "gzip, br"})
    assert gzip.decompress(packed.body) == served.body
    assert "immutable" in packed.headers["cache-control"]


def test_another_script_has_another_address() -> None:
    assert loader("thing", html="", css="", js="a") != loader("thing", html="", css="", js="b")


def test_html_pages_announce_the_scripts_and_nothing_else_does() -> None:
    loader("announced", html="", css="", js="c")
    assert any(
        "</lens/announced-" in link and "rel=modulepreload" in link for link in links("text/html; charset=utf-8")
    )
    assert links("text/plain") == []


def links(content_type: str) -> list[str]:
    """The Link headers of an answer of this type that goes through the middleware."""
    sent: list[dict] = []

    async def streamlit(scope, receive, send) -> None:
        headers = [(b"content-type", content_type.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def send(message) -> None:
        sent.append(message)

    asyncio.run(ComponentScripts(streamlit)({"type": "http", "path": "/"}, None, send))
    return [value.decode() for name, value in sent[0]["headers"] if name == b"link"]


def test_html_pages_announce_the_parts_of_streamlit_that_draw_components() -> None:
    page = (SCRIPTS.parents[1] / "index.html").read_text("utf-8")
    announced = links("text/html")
    for widget in WIDGETS:
        assert any(f"</static/js/{widget}." in link for link in announced), widget
    for name in chunks():
        assert (SCRIPTS / name).is_file()
        assert name not in page
    assert sum(map(len, announced)) < 3000


def test_a_version_of_streamlit_that_is_built_otherwise_has_nothing_announced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scripts = tmp_path / "static" / "js"
    scripts.mkdir(parents=True)
    monkeypatch.setattr(streamlit_chunks, "SCRIPTS", scripts)
    assert chunks.__wrapped__() == ()
    (scripts / f"{WIDGETS[0]}.1.js").write_text('import"./gone.js";import"./there.js"')
    (scripts / "there.js").write_text("")
    assert chunks.__wrapped__() == (f"{WIDGETS[0]}.1.js", "there.js")
