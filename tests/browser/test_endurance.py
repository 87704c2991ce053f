"""What nobody plans: keys at random for minutes, and a browser that shows everything twice as large."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_core.lessons.registry import LESSONS
from tests.browser.harness import Server, wait_complete, wait_lesson

Open = Callable[..., Page]

SECONDS = float(os.environ.get("LSTM_LENS_KEYS_SECONDS", "20"))
"""How long keys are pressed at random; the name of the variable is in the README."""
SEED = int(os.environ.get("LSTM_LENS_KEYS_SEED", "1"))
KEYS = (
    *("Tab", "Shift+Tab") * 6,
    *("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "Escape") * 3,
    *("Space", "Enter") * 4,
    *"0123456789.,;-+e aZ#<>\"'",
    *("Backspace", "Delete", "Control+A"),
)
AT_ONCE = 25
COLOUR = re.compile(r"\x1b\[[\d;]*m")
ERROR = re.compile(r"^(\w+(?:Error|Exception)): (.*)$", re.MULTILINE)
STREAMLITS_OWN = {("RuntimeError", "dictionary changed size during iteration")}
"""What Streamlit's session state may raise where a change comes while the run before it has not quite ended."""
ZOOMED = (640, 450)  # what 1280 x 900 pixels hold at 200 %


def test_keys_at_random_leave_the_page_whole(server: Server, open_page: Open) -> None:
    page = open_page("/?lang=en")
    pressed = random.Random(SEED)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for key in pressed.choices(KEYS, k=AT_ONCE):
            page.keyboard.press(key)
        expect(page.locator(".lens-head")).to_be_visible(timeout=30_000)
        assert page.url.startswith(server.url)
    page.keyboard.press("Escape")
    page.goto(page.url)
    page.wait_for_function("() => lens.idle()")
    expect(page.locator(".lens-head")).to_be_visible()
    assert set(ERROR.findall(COLOUR.sub("", server.log))) <= STREAMLITS_OWN


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
