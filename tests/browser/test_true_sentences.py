"""What the pages say is true of what they show, after a change, a comparison, and without Keras too."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from tests.browser.harness import WITHOUT_KERAS, running_server, wait_complete
from tests.browser.helpers import flip, link
from tests.js.test_true_sentences import EXPERIMENTS

Open = Callable[..., Page]


def test_a_gate_that_is_shut_leaves_no_old_memory_and_the_page_does_not_say_not_yet(open_page: Open) -> None:
    page = open_page(link(EXPERIMENTS["a memory that was lost"], step=20))
    expect(page.locator(".lens-sentence")).to_contain_text("unit 1 has no old memory left, c₁₉ is 0")
    page.get_by_role("slider", name="Step", exact=True).fill("1")
    expect(page.locator(".lens-sentence")).to_contain_text("unit 1 has no old memory yet, c₀ is 0")


def test_the_last_h_that_leaves_as_the_output_is_not_called_not_returned(open_page: Open) -> None:
    page = open_page(link(Experiment()))
    assert page.locator(".lens-layer .kept-note").all_text_contents() == ["not returned", "as output"]
    flip(page, "return_state")
    expect(page.locator(".lens-layer .kept-note")).to_have_count(0)


def test_what_changed_is_what_the_last_flag_changed_after_a_comparison_too(open_page: Open) -> None:
    page = open_page()
    changed = page.locator(".lens-returned .lens-changed p > span")
    flip(page, "return_state")
    expect(changed.first).to_have_text("added: state_h, state_c")
    page.locator(".st-key-compare_button button").click()
    page.get_by_role("menuitem", name="Pin this as A", exact=False).first.click()
    expect(page.locator(".lens-compare")).to_be_visible()
    flip(page, "return_state")
    flip(page, "go_backwards")
    page.locator(".st-key-compare_end button").click()
    expect(changed).to_have_text(["new values: output", "Inside the layer the gates, h and c changed."])


def test_the_table_of_calls_says_why_they_are_the_same_and_counts_them(open_page: Open) -> None:
    page = open_page(link(Experiment(calls=3)))
    same_start = "Without stateful every call begins with the same state: all calls are the same."
    expect(page.get_by_text(same_start)).to_be_visible()
    rows = page.get_by_test_id("stTable").locator("tbody tr")
    expect(rows).to_contain_text(["1zeros", "2zeros", "3zeros"])
    flip(page, "stateful")
    expect(rows).to_contain_text(["1zeros", "2the state kept from call 1", "3the state kept from call 2"])
    expect(page.get_by_text(same_start)).to_have_count(0)


def test_without_keras_the_page_says_that_its_numbers_are_without_dropout(new_browser_page: Open) -> None:
    with running_server(env=WITHOUT_KERAS) as server:
        page = new_browser_page()
        page.goto(server.url + link(Experiment(dropout=0.5, training=True)))
        wait_complete(page)
        none_came = "Dropout masks are drawn by Keras, and none arrived: the pictures show the layer without dropout."
        expect(page.get_by_text(none_came)).to_be_visible()
        page.locator(".st-key-code_kind").get_by_text("Exact", exact=True).click()
        expect(page.locator(".st-key-code")).to_contain_text("the numbers on this page are without dropout.")
        page.goto(server.url + link(Experiment(dropout=0.5)))
        wait_complete(page)
        page.locator(".st-key-code_kind").get_by_text("Exact", exact=True).click()
        expect(page.locator(".st-key-code")).to_contain_text("it prints the numbers on this page.")
