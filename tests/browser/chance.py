"""Keys and clicks at random: what nobody plans, from a seed, for so many seconds."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.harness import Server

Act = Callable[[Page, random.Random], None]

KEYS = (
    *("Tab", "Shift+Tab") * 6,
    *("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "Escape") * 3,
    *("Space", "Enter") * 4,
    *"0123456789.,;-+e aZ#<>\"'",
    *("Backspace", "Delete", "Control+A"),
)
CLICKED = ", ".join(
    (
        *(".stMain label", ".stMain button", ".stMain summary", ".lens-map a", "[role=slider]"),
        *(".stSidebar label", ".stSidebar button", ".stSidebar summary", ".stSidebar [role=combobox]"),
        *("[role=option]", "[role=tab]", "[role=menuitem]", "[role=dialog] button"),
        *(".lens-layer .step", ".lens-stack .cell", ".lens-cell-part", ".lens-picture input[type=range]"),
    )
)
"""Switches, buttons, sliders, expanders, choices, steps, cells of a stack, parts of the cell, links."""
AT_ONCE = {"keys": 25, "clicks": 5}
BACK_AFTER = 12
"""After so many turns on a lesson's page it goes back to the playground: there is most to break."""
COLOUR = re.compile(r"\x1b\[[\d;]*m")
ERROR = re.compile(r"^(\w+(?:Error|Exception)): (.*)$", re.MULTILINE)
WHOLE = "() => document.querySelector('.lens-head') !== null"
SPOT = """([selector, which, where]) => {
  const there = [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
  const node = there[Math.floor(which * there.length)];
  if (!node) return null;
  node.scrollIntoView({ block: 'center' });
  const { left, top, width, height } = node.getBoundingClientRect();
  return [left + width * where, top + height / 2];
}"""


def keys(page: Page, chance: random.Random) -> None:
    """Press some keys, one straight after the other."""
    for key in chance.choices(KEYS, k=AT_ONCE["keys"]):
        page.keyboard.press(key)


def clicks(page: Page, chance: random.Random) -> None:
    """Click some of the things that can be clicked, somewhere on them, one straight after the other."""
    for _ in range(AT_ONCE["clicks"]):
        spot = page.evaluate(SPOT, [CLICKED, chance.random(), chance.random()])
        if spot is not None:
            page.mouse.click(*spot)


def both(page: Page, chance: random.Random) -> None:
    """Press keys, or click."""
    chance.choice((keys, clicks))(page, chance)


def play(page: Page, act: Act, *, seed: int, seconds: float) -> int:
    """Do the same thing over and over on an open page; return how often. The page must have its head all along."""
    chance, end, turns, away = random.Random(seed), time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        act(page, chance)
        _expect_head(page)
        turns += 1
        away = away + 1 if page.locator(".lens-lesson").count() else 0
        if away > BACK_AFTER:
            page.keyboard.press("Escape")
            page.locator(".lens-pages > a").dispatch_event("click")  # also where a dialog lies over it
            page.locator(".lens-map").wait_for(state="attached")  # the projector hides it
    return turns


def _expect_head(page: Page) -> None:
    """Wait until the page has its head; where it gets none, say what stands there instead."""
    try:
        page.wait_for_function(WHOLE, timeout=30_000)
    except PlaywrightTimeout:
        raise AssertionError(f"{page.url} has no head: {page.locator('body').inner_text()[:500]!r}") from None


def server_errors(server: Server) -> set[tuple[str, str]]:
    """Return the exceptions that the server's log tells of: their names and their messages."""
    return set(ERROR.findall(COLOUR.sub("", server.log)))
