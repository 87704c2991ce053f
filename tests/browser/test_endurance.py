"""What nobody plans: keys and clicks at random, and a browser that shows everything twice as large."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_core.lessons.registry import LESSONS
from tests.browser import chance
from tests.browser.harness import Server, wait_complete, wait_lesson

Open = Callable[..., Page]

SECONDS = float(os.environ.get("LSTM_LENS_RANDOM_SECONDS", "20"))
"""How long keys are pressed and things clicked at random, each; the name of the variable is in the README."""
SEED = int(os.environ.get("LSTM_LENS_RANDOM_SEED", "1"))
ZOOMED = (640, 450)  # what 1280 x 900 pixels hold at 200 %


@pytest.mark.parametrize("act", [chance.keys, chance.clicks], ids=["keys", "clicks"])
def test_keys_and_clicks_at_random_leave_the_page_whole(server: Server, open_page: Open, act: chance.Act) -> None:
    page = open_page("/?lang=en")
    before = chance.server_errors(server)
    chance.play(page, act, seed=SEED, seconds=SECONDS)
    page.keyboard.press("Escape")
    assert page.url.startswith(server.url)
    page.goto(page.url)
    page.wait_for_function("() => lens.idle()")
    expect(page.locator(".lens-head")).to_be_visible()
    assert chance.server_errors(server) == before


@pytest.mark.parametrize("path", ["/", *(f"/{lesson.name}" for lesson in LESSONS)])
def test_at_twice_the_size_nothing_is_cut_off_or_scrolls_sideways(
    server: Server, new_browser_page: Open, path: str
) -> None:
    page = new_browser_page(viewport=ZOOMED)
    page.goto(f"{server.url}{path}?lang=ko")
    (wait_complete if path == "/" else wait_lesson)(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= ZOOMED[0]
    cut = """() => [...document.querySelectorAll('.stMain :is(h1, h2, h3, p, button, label)')]
      .filter((node) => node.getClientRects().length && !node.closest('[tabindex="0"], svg'))
      .map((node) => [node.getBoundingClientRect(), node.outerHTML.slice(0, 120)])
      .filter(([box]) => box.right > innerWidth + 1 || box.left < -1)"""
    assert page.evaluate(cut) == []
