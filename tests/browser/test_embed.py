"""`?embed=true`: the pictures alone, for a slide or another page's frame."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import PHONE, wait_complete

Open = Callable[..., Page]

SLIDE = (960, 540)
HIDDEN = (
    "[data-testid=stSidebar]",
    ".st-key-flags",
    ".st-key-map",
    ".lens-pages",
    ".lens-languages",
    ".lens-copy",
    ".lens-take",
)


@pytest.mark.parametrize(("viewport", "theme", "language"), [(SLIDE, "light", "en"), (PHONE, "dark", "ko")])
def test_an_embedded_page_is_the_pictures_and_their_code(
    open_page: Open, viewport: tuple[int, int], theme: str, language: str
) -> None:
    page = open_page(f"/?embed=true&return_sequences=1&lang={language}", viewport=viewport, theme=theme)
    expect(page.locator(".lens-badge")).to_be_visible()
    for part in HIDDEN:
        expect(page.locator(part).locator("visible=true")).to_have_count(0)
    for part in (".lens-picture", ".lens-returned", ".lens-code"):
        expect(page.locator(part).first).to_be_visible()
    box = page.locator(".lens-layer").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= SLIDE[1]
    main = page.locator(".stMain")
    assert main.evaluate("(main) => main.scrollWidth <= main.clientWidth")


def test_it_stays_embedded_through_every_writing_of_the_address(open_page: Open) -> None:
    page = open_page("/?embed=true&units=900&return_state=1&step=6", viewport=SLIDE)  # the server takes units out again
    page.wait_for_url("**/?*return_state=1*")
    page.locator(".lens-window").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**step=5**")
    page.get_by_role("radio", name="Exact").click()  # a rerun
    expect(page.locator(".lens-code code")).to_contain_text("set_weights")
    assert parse_qs(urlsplit(page.url).query) == {
        "embed": ["true"], "return_state": ["1"], "step": ["5"], "unit": ["1"],
    }  # fmt: skip
    expect(page.locator(".st-key-flags")).to_have_count(0)
    whole = page.locator(".lens-whole")
    whole.focus()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    wait_complete(opened.value)
    expect(opened.value.locator(".st-key-flags")).to_be_visible()
    expect(opened.value.locator(".lens-picture")).to_have_attribute("data-step", "5")


def test_a_page_that_is_not_embedded_has_its_controls(open_page: Open) -> None:
    page = open_page("/?embed=false")
    expect(page.locator(".st-key-flags")).to_be_visible()
    expect(page.locator(".lens-whole")).to_be_hidden()
