"""What is on the screen can be read: no Korean word is broken in two, at any width, wherever there are words."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from lstm_core.lessons.registry import LESSONS
from lstm_core.text import load
from tests.browser import tour

Open = Callable[..., Page]

WIDTHS = (1440, 1280, 390)
HEIGHT = 6000  # what is below the fold would be drawn late
T = load("ko")

WORDS = r"""() => {
  const found = {count: 0, broken: []}
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const text = texts.currentNode
    const within = text.parentElement
    if (!within.checkVisibility({visibilityProperty: true})) continue
    if (within.closest('[data-testid=stSidebar][data-collapsed=true]')) continue  // folded to nothing
    for (const word of text.data.matchAll(/[\p{L}\p{N}]*[가-힣][\p{L}\p{N}]*/gu)) {
      const range = document.createRange()
      range.setStart(text, word.index)
      range.setEnd(text, word.index + word[0].length)
      const lines = [...range.getClientRects()].filter(({width}) => width > 0).map(({top}) => Math.round(top / 4))
      found.count += lines.length > 0
      if (new Set(lines).size > 1) found.broken.push(`${word[0]}: ${text.data.trim().slice(0, 60)}`)
    }
  }
  return found
}"""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def expect_whole_words(page: Page, where: str, *, least: int = 5) -> None:
    """Measure every Hangul word that is on the page; `least` is how many of them there are at any rate."""
    page.evaluate(SETTLED)
    found = page.evaluate(WORDS)
    assert (where, found["broken"]) == (where, [])
    assert found["count"] >= least, where


def at_all_widths(page: Page, where: str, *, least: int) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        tour.idle(page)
        expect_whole_words(page, f"{where} at {width}", least=least)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_playground_with_everything_open_breaks_no_word(open_page: Open, width: int) -> None:
    page = open_page(f"/?lang=ko&{urlencode(tour.RICH)}", viewport=(width, HEIGHT))
    tour.open_everything(page)
    expect_whole_words(page, "everything open", least=100)
    sidebar = page.get_by_test_id("stSidebar")
    for what in chain(tour.lists(sidebar), tour.hints(sidebar)):
        expect_whole_words(page, what)
    if width < 640:  # there it covers the page
        sidebar.get_by_test_id("stBaseButton-headerNoPadding").click()
        expect(sidebar).to_have_attribute("data-collapsed", "true")
    for what in tour.hints(page.get_by_test_id("stMain")):
        expect_whole_words(page, what)
    for what in tour.head(page):
        expect_whole_words(page, what)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_dialogs_break_no_word(open_page: Open, width: int) -> None:
    page = open_page("/?lang=ko&calls=x", viewport=(width, 900))
    expect(page.locator(".lens-notice")).to_be_visible()
    for what in tour.dialogs(page, T):
        expect_whole_words(page, what)


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS])
def test_a_lesson_with_every_answer_shown_breaks_no_word(open_lesson: Open, name: str) -> None:
    page = open_lesson(f"{name}?lang=ko", viewport=(WIDTHS[0], HEIGHT))
    at_all_widths(page, "before the answers", least=30)
    tour.answer_everything(page)
    at_all_widths(page, "with all answers", least=100)


def test_a_comparison_breaks_no_word(open_page: Open) -> None:
    page = open_page("/?lang=ko&a=units%3D2&units=2&return_state=1&forget_bias=3", viewport=(WIDTHS[0], HEIGHT))
    expect(page.locator(".lens-compare")).to_be_visible()
    at_all_widths(page, "compared", least=50)
