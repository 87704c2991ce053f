"""Lesson 7 in a real browser: the picture gives any step's numbers, and follows what is handed to the decoder."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from lstm_core.lessons.attention import BASE, HANDED, attention_over, decoder_trace
from lstm_core.run import run_experiment
from tests.browser.harness import DESKTOP, PHONE, wait_lesson
from tests.browser.helpers import answer

Open = Callable[..., Page]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_any_step_shows_its_score_and_weight_term_by_term(open_lesson: Open, viewport: tuple[int, int]) -> None:
    page = open_lesson("attention?lang=en", viewport=viewport)
    assert page.locator(".lens-attention").count() == 0
    answer(page, "largest")
    found = attention_over(run_experiment(BASE))
    terms = page.locator(".lens-terms")
    expect(terms.locator("h4")).to_have_text("Step 4, on")
    button = page.locator(".lens-step-buttons button").nth(1)
    button.focus()
    button.press("Enter")
    expect(terms.locator("h4")).to_have_text("Step 2, cat")
    expect(button).to_be_focused()
    lines = [line.strip() for line in terms.locator("b").all_text_contents()]
    assert lines[:2] == [f"= {found.scores[1]:.4f}", f"= {found.weights[1]:.4f}"]
    assert lines[3] == f"= [{found.context[0]:.4f}, {found.context[1]:.4f}]"
    assert page.locator(".lens-step-buttons").evaluate("(row) => row.scrollWidth <= row.clientWidth")


@pytest.mark.parametrize(("viewport", "name"), [(PHONE, "{}"), (DESKTOP, "타임스텝 {}")])
def test_no_step_is_written_into_the_next_one_in_korean(open_lesson: Open, viewport, name: str) -> None:
    page = open_lesson("attention?lang=ko", viewport=viewport)
    answer(page, "largest")
    places = page.locator(".lens-step-buttons button span")
    expect(places).to_have_text([name.format(k + 1) for k in range(BASE.shape[1])])
    written = places.evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect()).map(({left, right}) => [left, right])"
    )
    assert all(right < left for (_, right), (left, _) in pairwise(written))


def test_what_is_handed_over_is_what_the_decoder_begins_with(open_lesson: Open) -> None:
    page = open_lesson("attention?lang=en")
    answer(page, "handed")
    run = run_experiment(BASE)
    for choice, label in zip(HANDED, ("state_h and state_c", "state_h alone", "nothing"), strict=True):
        page.get_by_role("radiogroup").get_by_text(label, exact=True).click()
        wait_lesson(page)
        expect(page.locator(".lens-timeline .carried")).to_have_count(len(HANDED[choice]))
        decoder = page.locator(".lens-timeline section").nth(1).locator(".step:not(.start)").first
        first = decoder_trace(run, choice)["h"][0, 0]
        assert [float(number) for number in decoder.locator(".number").all_text_contents()[2:]] == [
            pytest.approx(value, abs=6e-5) for value in first
        ]
