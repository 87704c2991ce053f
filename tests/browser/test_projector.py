"""The teacher's view: larger for the projector, moved by a presenter's remote, kept while the pages change."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import DESKTOP, LAPTOP, wait_complete, wait_lesson
from tests.browser.helpers import flip, show_as

Open = Callable[..., Page]


def height(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["height"]


def step(page: Page) -> str | None:
    return page.locator(".lens-picture").get_attribute("data-step")


def project(page: Page) -> None:
    page.locator(".lens-project").click()
    expect(page.locator("html.lens-projector")).to_have_count(1)
    page.wait_for_function("() => document.querySelector('.stMain').getBoundingClientRect().left < 1")  # it glides away


@pytest.mark.parametrize(("viewport", "zoom"), [(DESKTOP, 1.3), (LAPTOP, 1.15)], ids=["1440", "1280"])
def test_type_and_lines_are_larger_and_all_fits(open_page: Open, viewport: tuple[int, int], zoom: float) -> None:
    page = open_page("/?trained=none&lang=ko", viewport=viewport)
    parts = (".lens-at", ".lens-heading h3", ".st-key-flags code")
    before = [height(page, part) for part in parts]
    project(page)
    for part, small in zip(parts, before, strict=True):
        assert height(page, part) == pytest.approx(zoom * small, rel=0.05)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("viewport", [DESKTOP, LAPTOP], ids=["1440", "1280"])
@pytest.mark.parametrize("query", ["lang=en", "lang=ko", "lang=ko&trained=passengers", "lang=en&trained=none&cell=GRU"])
def test_the_picture_the_flags_and_the_whole_cell_are_one_screen(
    open_page: Open, query: str, viewport: tuple[int, int]
) -> None:
    page = open_page(f"/?{query}", viewport=viewport)
    project(page)
    for part in (".lens-picture", ".st-key-flags", ".lens-cell-place", ".lens-cell-diagram", ".lens-cell-panel"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    assert height(page, ".lens-cell-diagram") > 150
    main = page.locator(".stMain")
    assert main.evaluate("(main) => main.scrollHeight <= main.clientHeight")


def test_a_remote_moves_the_picture_wherever_the_focus_is(open_page: Open) -> None:
    page = open_page("/?lang=en&step=3")
    page.keyboard.press("PageDown")  # scrolls, as anywhere
    assert step(page) == "3"
    project(page)
    page.keyboard.press("PageDown")
    assert step(page) == "4"
    flip(page, "return_sequences")
    for key, reached in (("PageUp", "3"), ("PageUp", "2"), ("PageDown", "3")):
        page.keyboard.press(key)
        assert step(page) == reached
    page.locator(".lens-speed").focus()  # its own keys
    page.keyboard.press("ArrowRight")
    assert step(page) == "3"


def test_what_is_clicked_is_what_is_chosen(open_page: Open) -> None:
    page = open_page("/?lang=en&projector=1")
    expect(page.locator("html.lens-projector")).to_have_count(1)
    wait_complete(page)
    show_as(page, "boxes")
    strip = page.locator(".lens-steps .step[data-step='2'] .strip-frame").last
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)  # the last of four units
    assert (step(page), page.locator(".lens-picture").get_attribute("data-unit")) == ("2", "4")


def test_it_stays_from_page_to_page_and_ends_with_the_button(open_page: Open) -> None:
    page = open_page("/?trained=none&lang=en")
    project(page)
    expect(page).to_have_url(re.compile("projector=1"))
    page.locator(".lens-menu summary").click()
    page.locator(".lens-menu a").first.click()
    wait_lesson(page)
    expect(page).to_have_url(re.compile("recurrence.*projector=1"))
    page.reload()
    wait_lesson(page)
    expect(page.locator("html.lens-projector")).to_have_count(1)
    page.locator(".lens-project").click()
    expect(page.locator("html.lens-projector")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("projector"))
