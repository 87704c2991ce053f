"""Reload, Back and Forward, two browsers on one link, no network: the experiment is in the address."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import Server, reload_at_once, wait_complete
from tests.browser.helpers import expected, flip, returned

Open = Callable[..., Page]

LINK = "/?units=2&return_state=1&weights_seed=3&lang=en"
CHOSEN = {"units": 2, "return_state": True, "weights_seed": 3}


MOMENTS = {
    "at once": "() => true",
    "Streamlit begins": "() => document.querySelector('[data-testid=stApp]')",
    "the page is being drawn": "() => document.querySelector('.stMain [class*=st-key]')",
    "the charts are drawn": "() => window.lens?.token()",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_reload_at_any_moment_brings_the_experiment_back(server: Server, new_browser_page: Open, moment: str) -> None:
    page = new_browser_page()
    page.goto(server.url + LINK, wait_until="commit")
    for _ in range(2):
        page.wait_for_function(MOMENTS[moment])
        reload_at_once(page)
    wait_complete(page)
    wanted = expected(**CHOSEN)
    expect(page.locator(".lens-tensor-print")).to_have_count(len(wanted))  # its script may come last
    assert returned(page) == wanted


def test_a_reload_in_the_middle_of_a_change_keeps_one_of_both_experiments(open_page: Open) -> None:
    page = open_page(LINK)
    page.locator(".st-key-w_return_sequences label").first.click()
    reload_at_once(page)
    wait_complete(page)
    assert returned(page) in (expected(**CHOSEN), expected(**CHOSEN, return_sequences=True))
    assert ("return_sequences=1" in page.url) == (returned(page) == expected(**CHOSEN, return_sequences=True))


def test_back_and_forward_go_through_the_experiments(open_page: Open) -> None:
    page = open_page(LINK)
    flip(page, "return_sequences")
    expect(page).to_have_url(re.compile("return_sequences=1"))
    page.go_back()
    expect(page.locator(".lens-tensor-shape").first).to_have_text("(1, 2)")
    assert returned(page) == expected(**CHOSEN)
    page.go_forward()
    expect(page.locator(".lens-tensor-shape").first).to_have_text("(1, 6, 2)")
    assert returned(page) == expected(**CHOSEN, return_sequences=True)


def test_two_browsers_on_one_link_go_ways_of_their_own(open_page: Open) -> None:
    one, other = open_page(LINK), open_page(LINK)
    assert returned(one) == returned(other) == expected(**CHOSEN)
    flip(one, "return_sequences")
    flip(other, "go_backwards")
    assert returned(one) == expected(**CHOSEN, return_sequences=True)
    assert returned(other) == expected(**CHOSEN, go_backwards=True)


def test_without_a_network_the_picture_goes_on_and_a_change_comes_with_it(open_page: Open) -> None:
    page = open_page(LINK)
    page.context.set_offline(True)
    page.locator(".lens-window").focus()
    page.keyboard.press("Home")
    expect(page.locator(".lens-picture")).to_have_attribute("data-step", "1")
    page.context.set_offline(False)
    flip(page, "return_sequences")
    assert returned(page) == expected(**CHOSEN, return_sequences=True)
