"""The picture in the first HTML is the app's own, stands where the app draws it, and goes when that is there."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from pages.ui.server.still import path_of
from tests.browser.harness import DESKTOP, PHONE, Server
from tests.browser.still import drawn

Open = Callable[..., Page]
CASES = pytest.mark.parametrize(
    ("language", "theme", "window", "size"),
    [("en", "light", "wide", DESKTOP), ("ko", "dark", "wide", DESKTOP), ("ko", "light", "phone", PHONE)],
)
BOX = "(node) => { const {left, top, width} = node.getBoundingClientRect(); return [left, top, width] }"


def said(svg: str) -> list[str]:
    """What an SVG says, and how many shapes of each kind it has."""
    nodes = list(ElementTree.fromstring(svg).iter())
    texts = sorted("".join(node.itertext()) for node in nodes if node.tag.endswith("}text"))
    return [*texts, *sorted(node.tag for node in nodes)]


@CASES
def test_it_is_what_the_app_draws_and_where(
    server: Server, open_page: Open, new_browser_page: Open, language: str, theme: str, window: str, size: tuple
) -> None:
    page = open_page(f"/?lang={language}", theme=theme, viewport=size)
    expect(page.locator("#lens-still")).to_have_count(0)
    kept = path_of(language, theme, window).read_text("utf-8")
    assert said(drawn(page)) == said(kept), "the picture is another: make still"
    first = new_browser_page(theme=theme, viewport=size)
    first.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))  # no app comes up
    first.goto(f"{server.url}/?lang={language}")
    still = first.locator("#lens-still img")
    expect(still).to_be_visible()
    assert f"/still-{language}-{theme}-{window}-" in still.evaluate("(img) => img.currentSrc")
    there, here = (part.evaluate(BOX) for part in (still, page.locator(".lens-picture")))
    assert all(abs(a - b) <= 2 for a, b in zip(there, here, strict=True)), (there, here)
    first.mouse.click(*(place + 20 for place in there[:2]))
    assert first.evaluate("() => document.elementFromPoint(400, 200)?.closest('#lens-still')") is None


@pytest.mark.parametrize("path", ["/?trained=none", "/?units=3", "/returns"])
def test_another_page_has_none(server: Server, new_browser_page: Open, path: str) -> None:
    page = new_browser_page()
    page.goto(server.url + path)
    expect(page.locator("#root")).to_be_attached()
    assert page.locator("#lens-still").count() == 0
