"""The first screen: the layer over time, its whole cell, the code and what comes back, without scrolling."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import DESKTOP, LAPTOP, PHONE

Open = Callable[..., Page]

PAGES = (
    "/?lang=en",
    "/?lang=ko",
    "/?lang=ko&trained=passengers",
    "/?lang=en&trained=none",
    "/?lang=en&trained=none&cell=GRU",
)
SEEN = """([selector, height]) => {
  const { top, bottom } = document.querySelector(selector).getBoundingClientRect()
  return bottom > top && top >= 0 && bottom <= height
}"""
CODE_LINES = 8


def seen_whole(page: Page, selector: str) -> bool:
    assert page.viewport_size is not None
    expect(page.locator(selector).first).to_be_attached()
    return bool(page.evaluate(SEEN, [selector, page.viewport_size["height"]]))


@pytest.mark.parametrize("path", PAGES)
def test_layer_cell_code_and_what_comes_back_are_one_screen(open_page: Open, path: str) -> None:
    page = open_page(path, viewport=DESKTOP)
    whole = (
        ".lens-picture",
        ".st-key-flags",
        ".lens-cell-title",
        ".lens-cell-diagram",
        ".lens-cell-place .lens-sentence",
    )
    lines = f".lens-code-line:nth-of-type({CODE_LINES})"
    for part in (*whole, ".st-key-code_head", lines, ".lens-returned h3", ".lens-returned .lens-changed > p"):
        assert seen_whole(page, part), part
    for part in (".lens-returned-sentence", ".lens-tensor-name", ".lens-tensor-shape"):
        assert seen_whole(page, part), part
    top = page.locator(".lens-tensor-print").first.evaluate("(print) => print.getBoundingClientRect().top")
    assert top < DESKTOP[1] - 15  # a line of its numbers


@pytest.mark.parametrize("path", PAGES)
def test_the_whole_cell_is_in_the_first_screen_of_a_small_window_too(open_page: Open, path: str) -> None:
    page = open_page(path, viewport=LAPTOP)
    for part in (
        ".lens-picture",
        ".st-key-flags",
        ".lens-cell-diagram",
        ".st-key-code_head",
        ".lens-returned-sentence",
    ):
        assert seen_whole(page, part), part


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_a_phone_the_picture_begins_at_the_top(open_page: Open, language: str) -> None:
    page = open_page(f"/?lang={language}", viewport=PHONE)
    assert page.locator(".lens-picture").evaluate("(picture) => picture.getBoundingClientRect().top") < 130


@pytest.mark.parametrize("viewport", [DESKTOP, LAPTOP])
def test_code_and_what_comes_back_end_where_the_cell_ends(open_page: Open, viewport: tuple[int, int]) -> None:
    page = open_page("/", viewport=viewport)
    ends = [
        page.locator(card).evaluate("(card) => Math.round(card.getBoundingClientRect().bottom)")
        for card in (".lens-cell-place", ".st-key-card_returned")
    ]
    assert ends[0] == pytest.approx(ends[1], abs=1)


@pytest.mark.parametrize("viewport", [DESKTOP, LAPTOP])
def test_pointing_at_a_chart_moves_a_picture_in_sight_and_the_lessons_are_not_under_it(
    open_page: Open, viewport: tuple[int, int]
) -> None:
    page = open_page("/?lang=en", viewport=viewport)
    page.locator(".charts-save").scroll_into_view_if_needed()
    values = page.locator(".charts-value")
    box = values.nth(values.count() - 15).bounding_box()  # of the output gate's 2 x 8
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".lens-at")).to_have_text("step 2 of 8")
    assert seen_whole(page, ".lens-layer .chosen")
    page.locator(".lens-map a").last.scroll_into_view_if_needed()
    top, bottom = page.evaluate(
        "[document.querySelector('.lens-map').getBoundingClientRect().top,"
        " document.querySelector('.lens-picture').getBoundingClientRect().bottom]"
    )
    assert bottom <= top
