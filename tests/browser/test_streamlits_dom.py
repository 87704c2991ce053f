"""All that assets/ knows of Streamlit's DOM is in one pair of files, and each selector there still finds something."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lstm_core.assets import ASSETS, asset
from lstm_core.text import load
from tests.browser.harness import LAPTOP, WITHOUT_KERAS, running_server
from tests.browser.modules import exported
from tests.browser.tour import answer_everything

Open = Callable[..., Page]
STREAMLITS = re.compile(r"\.st[A-Z]|data-testid|st-key-|block-container")
OURS = re.compile(r"html\.lens-\w+ |:has\(\.lens-lesson\)|:has\(input:focus-visible\)|:hover")
"""What a page says of itself, or a pointer or the keyboard of its place, beside Streamlit's part of a selector."""
RULES = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const selectors = (rules) => [...rules].flatMap((rule) => rule.selectorText ?? selectors(rule.cssRules));
  return selectors(sheet.cssRules);
}"""
LESSONS = ("returns", "cell", "order", "mistakes")
"""Pages that together have all kinds of containers of a lesson."""


def alternatives(selectors: str) -> Iterator[str]:
    """The selectors of a list, with each of Streamlit's elements in `:is()` by itself.

    >>> list(alternatives('.a:is(.stB, .stC) p, .d :is(p, li)'))
    ['.a:is(.stB) p', '.a:is(.stC) p', '.d :is(p, li)']
    """
    for selector in re.split(r",(?![^()]*\))", selectors):
        parts = re.split(r":is\(([^)]*)\)", selector.strip())
        choices = [
            re.split(r",\s*", part) if number % 2 and STREAMLITS.search(part) else [part]
            for number, part in enumerate(parts)
        ]
        for chosen in product(*choices):
            yield "".join(f":is({part})" if number % 2 else part for number, part in enumerate(chosen))


@pytest.mark.parametrize(
    "path",
    [path for path in ASSETS.rglob("*") if path.suffix in (".css", ".js", ".html") and path.parent.name != "vendor"],
    ids=lambda path: path.relative_to(ASSETS).as_posix(),
)
def test_one_pair_of_files_names_streamlits_elements(path: Path) -> None:
    assert bool(STREAMLITS.search(path.read_text("utf-8"))) == (path.stem == "streamlit")


def test_each_selector_still_finds_something(
    open_page: Open, open_lesson: Open, new_browser_page: Open, tmp_path: Path
) -> None:
    page = open_page("/?a=units%3D2", viewport=LAPTOP)
    wanted = {one for rule in page.evaluate(RULES, asset("page/streamlit.css")) for one in alternatives(rule)}
    wanted |= set(exported(page, "page/streamlit.js", "SELECTORS").values())
    assert len(wanted) > 50

    def look(page: Page) -> None:
        for selector in list(wanted):
            if page.locator(f"css={OURS.sub('', selector)}").count():
                wanted.discard(selector)

    look(page)
    look(open_page("/?trained=counting", viewport=LAPTOP))
    page.locator(".st-key-bring_open button").click()
    page.get_by_role("tab", name=load("en")("bring.code.tab")).click()
    page.locator("[role=dialog] .st-key-bring_code_text textarea").wait_for()
    look(page)
    page.keyboard.press("Escape")
    page.locator(".lens-project").click()
    page.get_by_test_id("stExpandSidebarButton").wait_for()
    look(page)
    page = open_page("/?trained=none&return_sequences=1&cell.2=LSTM", viewport=LAPTOP)
    page.locator(".st-key-w_return_sequences label").first.click()
    page.locator(".st-key-refused").wait_for()
    look(page)
    for lesson in LESSONS:
        page = open_lesson(lesson)
        answer_everything(page)
        look(page)
    fails = tmp_path / "fails.py"
    fails.write_text("raise ValueError\n")
    with running_server(fails, env=WITHOUT_KERAS) as server:
        page = new_browser_page()
        page.goto(server.url)
        page.get_by_test_id("stException").wait_for()
        look(page)
        page.close()
    assert wanted == set()
