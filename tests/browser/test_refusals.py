"""What Keras refuses: the picture stays, Keras's own words appear, and a button does what was asked, mended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from tests.browser.controlling import choose
from tests.browser.harness import PHONE, run_token, wait_complete
from tests.browser.helpers import KERAS_MS, barriers, expect_agreement, link, unfold
from tests.browser.tour import answer_everything

Open = Callable[..., Page]
TWO = Experiment(units=2, return_sequences=True, layers=(LayerArguments(), LayerArguments(cell="GRU", units=3)))


def turn(page: Page, flag: str) -> None:
    page.locator(f".st-key-w_{flag} label").first.click()


def said(page: Page) -> Locator:
    return page.locator(".st-key-refused")


def mend(page: Page, name: str) -> Locator:
    return page.locator(".st-key-mends").get_by_role("button", name=name)


@pytest.mark.parametrize(("language", "back"), [("en", "Set return_sequences=True on layer 1"), ("ko", "레이어 1:")])
def test_keras_says_what_is_wrong_with_a_layer_behind_one_output_and_a_button_mends_it(
    open_page: Open, language: str, back: str
) -> None:
    page = open_page(link(TWO, lang=language))
    before = run_token(page)
    turn(page, "return_sequences")
    expect(said(page)).to_contain_text("expected ndim=3, found ndim=2. Full shape received: (1, 2)", timeout=KERAS_MS)
    expect(page.locator(".lens-notice-warning")).to_contain_text("return_sequences")
    assert run_token(page) == before
    assert "return_sequences=1" in page.url
    flag = page.locator(".st-key-w_return_sequences input")
    expect(flag).not_to_be_checked()
    button = mend(page, back)
    button.focus()
    page.keyboard.press("Enter")
    expect(flag).to_be_checked()
    expect(said(page)).to_have_count(0)
    expect(page.locator(".lens-notice-warning")).to_have_count(0)
    assert run_token(page) == before


def test_nothing_moves_for_a_refusal_and_the_change_can_be_left(open_page: Open) -> None:
    page = open_page(link(TWO, lang="en"))
    seen = [page.locator(name) for name in (".lens-picture", ".st-key-flags", ".st-key-card_code")]
    places, run = [one.bounding_box() for one in seen], run_token(page)
    turn(page, "return_sequences")
    expect(said(page)).to_contain_text("ndim=3", timeout=KERAS_MS)
    assert [one.bounding_box() for one in seen] == places
    mend(page, "Leave it as it was").click()
    expect(said(page)).to_have_count(0)
    expect(page.locator(".st-key-w_return_sequences input")).to_be_checked()
    assert [one.bounding_box() for one in seen] == places
    assert run_token(page) == run


def test_a_lesson_says_what_is_refused_under_its_head(open_lesson: Open) -> None:
    page = open_lesson("recurrence?lang=en")
    answer_everything(page)
    box = page.locator(".st-key-w_sentence input")
    box.fill("  ")
    box.press("Enter")
    expect(page.locator(".lens-notices .lens-notice-warning")).to_contain_text("The sentence has no words")
    box.fill("a b")
    box.press("Enter")
    expect(page.locator(".lens-notice-warning")).to_have_count(0)


def test_the_layers_behind_can_go_instead_and_the_flag_is_off(open_page: Open) -> None:
    page = open_page(link(TWO, lang="en"))
    before = run_token(page)
    turn(page, "return_sequences")
    mend(page, "Remove the layers behind layer 1").click()
    wait_complete(page, after=before)
    expect(page.locator(".st-key-w_return_sequences input")).not_to_be_checked()
    page.wait_for_url(lambda url: "cell.2" not in url and "return_sequences" not in url and "units=2" in url)


def test_a_control_of_the_sidebar_is_mended_too_and_shows_what_holds(open_page: Open) -> None:
    page = open_page(link(Experiment(bidirectional=True, head="dense"), lang="en"))
    expect_agreement(page)
    merge = page.locator(".st-key-w_merge_mode").get_by_role("combobox")
    unfold(page, "group_model", merge)
    page.wait_for_function("() => lens.idle()")  # a page that is being drawn closes the list
    choose("merge_mode", "None")(page)
    expect(said(page)).to_contain_text("expects 1 input(s), but it received 2 input tensors", timeout=KERAS_MS)
    mend(page, 'Set merge_mode="concat"').click()
    expect(said(page)).to_have_count(0)
    expect(merge).to_have_value("concat")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_keras_refuses_is_in_nobodys_way_on_a_phone(open_page: Open, theme: str) -> None:
    page = open_page(link(TWO, lang="ko"), theme=theme, viewport=PHONE)
    turn(page, "return_sequences")
    expect(said(page)).to_contain_text("ndim=3", timeout=KERAS_MS)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page) == []


def test_mistakes_with_states_are_keras_own_and_asked_for_only_when_opened(open_page: Open) -> None:
    page = open_page(link(Experiment(cell="GRU", units=2, initial_state=True), lang="en"))
    raises = page.locator(".lens-output[data-kind=raises]")
    expect(raises).to_have_count(0)
    page.locator(".st-key-mistakes label").first.click()
    expect(raises).to_have_count(2, timeout=KERAS_MS)
    expect(raises.first).to_contain_text("list index out of range")
    expect(raises.last).to_contain_text("the batch size must be static")
    expect(page.get_by_text("Keras raises nothing: it takes the first 1 and ignores the rest.")).to_be_visible()


def test_a_beginner_is_shown_none_of_this(open_page: Open) -> None:
    page = open_page("/?trained=none&lang=en")
    expect(page.locator(".st-key-mistakes")).to_have_count(0)
    expect(said(page)).to_have_count(0)


def test_the_steps_that_the_front_masks_are_told_and_that_an_initial_state_hides_them_from_the_first_layer(
    open_page: Open,
) -> None:
    masked = Experiment(preset="typed", typed="1 0 1 0 0", front="masking")
    page = open_page(link(masked, lang="en"))
    page.locator(".st-key-group_call summary").click()
    expect(page.get_by_text("Masking masks: 2, 4–5")).to_be_visible()
    notice = page.locator(".lens-notice-info")
    expect(notice).to_have_count(0)
    turn(page, "initial_state")
    expect(notice).to_contain_text("this layer uses every step")


def test_the_masked_steps_that_the_sidebar_tells_follow_the_sequence(open_page: Open) -> None:
    page = open_page(link(Experiment(preset="typed", typed="1 0 1 0 0", front="masking"), lang="en"))
    page.locator(".st-key-group_call summary").click()
    expect(page.get_by_text("Masking masks: 2, 4–5")).to_be_visible()
    box = page.locator(".st-key-w_typed textarea")
    box.fill("0 1 1 0 1")
    box.press("Control+Enter")
    expect(page.get_by_text("Masking masks: 1, 4")).to_be_visible()
