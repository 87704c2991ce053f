"""Every place where Streamlit puts a word of its own is still where assets/page/streamlit.js looks for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from lstm_core.text import load
from tests.browser import tour
from tests.browser.modules import exported

Open = Callable[..., Page]
KOREAN, ENGLISH = (load(language).section("streamlit") for language in ("ko", "en"))

FOUND = """(places) => places.flatMap(([name, selector, attribute], index) => [...document.querySelectorAll(selector)]
    .flatMap((element) => attribute ? [element.getAttribute(attribute)]
      : [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data))
    .map((words) => [index, name, words]))
"""


def pattern(template: str) -> re.Pattern[str]:
    """Words in which each fact may be anything."""
    return re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", template))))


class Seen:
    """The places at which a page has shown Streamlit's words in Korean."""

    def __init__(self) -> None:
        self.places: set[int] = set()

    def look(self, page: Page) -> None:
        for place, name, words in page.evaluate(FOUND, exported(page, "page/streamlit.js", "PLACES")):
            if words and pattern(KOREAN[name]).fullmatch(words):
                self.places.add(place)

    def missing(self, page: Page) -> list[str]:
        places = exported(page, "page/streamlit.js", "PLACES")
        return [name for place, (name, *_) in enumerate(places) if place not in self.places]


def test_every_word_is_found_where_it_is_looked_for(open_page: Open) -> None:
    page, seen = open_page(f"/?lang=ko&{urlencode(tour.RICH)}", viewport=(1440, 6000)), Seen()
    tour.open_everything(page)
    seen.look(page)
    for _ in tour.lists(page.get_by_test_id("stSidebar")):
        seen.look(page)
    for _ in tour.streamlits_own(page):
        seen.look(page)
    for _ in tour.dialogs(page, load("ko")):
        seen.look(page)
    assert seen.missing(page) == []


def test_they_are_english_again_with_the_page(open_page: Open) -> None:
    page = open_page("/?trained=none&lang=ko")
    close = page.get_by_test_id("stSidebar").get_by_test_id("stBaseButton-headerNoPadding")
    skip = page.get_by_test_id("stSkipToContent")
    for language, words in (("en", ENGLISH), ("ko", KOREAN), ("en", ENGLISH)):
        page.locator(f".lens-languages [data-language={language}]").click()
        expect(skip).to_have_text(words["skip"])
        expect(close).to_have_attribute("aria-label", words["sidebar_close"])
