"""A flag changes what is in the picture, and moves nothing: the eye compares the same places."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import DESKTOP, LAPTOP, PHONE, wait_complete
from tests.browser.helpers import flip

Open = Callable[..., Page]

STAND = (
    ".lens-returned .lens-changed",
    ".lens-picture",
    ".lens-layer",
    ".lens-controls",
    ".lens-cell-diagram",
    ".lens-cell-panel",
    ".charts-stage",
)
CARDS = "[class*='st-key-card_'], .lens-picture, .lens-cell-place, .st-key-flags"
TOPS = """(cards) => [...document.querySelectorAll(cards)].map((card) => [
  (/(st-key|lens)-\\w+/).exec(card.className)[0],
  Math.round(card.getBoundingClientRect().top + document.querySelector('.stMain').scrollTop),
])"""
BOXES = """(selectors) => Object.fromEntries(selectors.map((selector) => {
  const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect()
  return [selector, [left, top + document.querySelector('.stMain').scrollTop, width, height].map(Math.round)]
}))"""
FLAGS = ("return_sequences", "return_state", "go_backwards", "stateful")
# Through every combination of the four, one flag at a time: which flag is flipped next.
WAY = [FLAGS[(k & -k).bit_length() - 1] for k in range(1, 2 ** len(FLAGS))]


def boxes(page: Page) -> dict[str, list[int]]:
    expect(page.locator(".lens-badge-text")).not_to_be_empty()
    expect(page.locator(".st-key-flags label:visible")).to_have_count(
        len(FLAGS)
    )  # Streamlit draws its widgets when it likes
    expect(page.locator(".st-key-flags em:visible")).to_have_count(len(FLAGS))
    expect(page.locator(".st-key-flags button:visible")).to_have_count(len(FLAGS) + 1)
    return page.evaluate(BOXES, STAND)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("viewport", [DESKTOP, LAPTOP, PHONE])
def test_no_flag_moves_the_picture_the_cell_or_the_charts(
    open_page: Open, viewport: tuple[int, int], language: str
) -> None:
    page = open_page(f"/?lang={language}&step=3", viewport=viewport)
    before = boxes(page)
    assert before[".lens-returned .lens-changed"][3] > 0
    moved = {}
    for k, flag in enumerate(WAY):
        flip(page, flag)
        if boxes(page) != before:
            moved[f"{k}: {flag}"] = boxes(page)
    assert moved == {}
    for _ in range(2):
        shown = wait_complete(page)
        page.go_back()
        wait_complete(page, after=shown)
        assert boxes(page) == before


@pytest.mark.parametrize(
    ("query", "viewport"),
    [*product(("", "units=3", "units=2&a=units%3D2"), (DESKTOP, LAPTOP, PHONE))],
)
def test_no_card_moves_when_a_flag_flips_and_flips_back(open_page: Open, viewport: tuple[int, int], query: str) -> None:
    page = open_page(f"/?{query}", viewport=viewport)
    boxes(page)  # waits until all is there
    before = page.evaluate(TOPS, CARDS)
    assert len(before) > 5
    for flag in [flag for flag in FLAGS for _ in range(2)]:
        flip(page, flag)
        assert page.evaluate(TOPS, CARDS) == before, flag


@pytest.mark.parametrize("viewport", [DESKTOP, LAPTOP, PHONE])
def test_a_flag_moves_no_card_of_a_layer_in_two_directions(open_page: Open, viewport: tuple[int, int]) -> None:
    page = open_page("/?bidirectional=1", viewport=viewport)
    boxes(page)
    cards = f"{CARDS}, .lens-stack"
    before = page.evaluate(TOPS, cards)
    for flag in ("return_sequences", "return_state", "return_sequences", "return_state"):
        flip(page, flag)
        assert page.evaluate(TOPS, cards) == before, flag


LINE = """(line) => ({
  cut: line.scrollWidth > line.clientWidth || line.scrollHeight > line.clientHeight + 1,
  last: (() => {
    const range = document.createRange()
    range.selectNodeContents(line.lastElementChild)
    const [end, box] = [[...range.getClientRects()].at(-1), line.getBoundingClientRect()]
    return end.right <= box.right && end.bottom <= box.bottom
  })(),
})"""


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("viewport", [DESKTOP, LAPTOP, PHONE])
def test_what_a_flag_changed_is_read_whole_without_moving_anything(
    open_page: Open, viewport: tuple[int, int], language: str
) -> None:
    page = open_page(f"/?lang={language}&preset=noise&timesteps=1000&batch=4&units=64", viewport=viewport)
    before = boxes(page)
    flip(page, "return_sequences")
    line = page.locator(".lens-returned .lens-changed > p")
    line.focus()
    assert line.evaluate(LINE) == {"cut": False, "last": True}
    assert boxes(page) == before
