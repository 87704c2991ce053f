"""The first page: an example is chosen by its card, takes what a learner types, and says what became of its weights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_core.examples import example
from lstm_core.share.page_link import MARK
from lstm_core.tasks.registry import TASKS
from lstm_core.text import LANGUAGES, load
from tests.browser.controlling import experiment_in, parameters_in
from tests.browser.harness import wait_complete
from tests.browser.helpers import expect_agreement, unfold

Open = Callable[..., Page]
T = load("en")


def card(page: Page, name: str, language: str = "en") -> Locator:
    t = load(language)
    return page.locator(".st-key-example [role=radiogroup] > div").filter(has_text=t(f"tasks.{name}.about"))


def choose(page: Page, name: str, language: str = "en") -> None:
    before = wait_complete(page)
    place = card(page, name, language).bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + place["width"] - 20, place["y"] + place["height"] - 6)  # beside what is written
    wait_complete(page, after=before)


def type_in(page: Page, text: str) -> None:
    box = page.locator(".st-key-w_sentence input")
    box.fill(text)
    box.press("Enter")


def test_the_bare_address_opens_a_layer_that_counts_and_stays_bare(open_page: Open) -> None:
    page = open_page("/")
    expect(card(page, "counting")).to_have_attribute("data-selected", "true")
    expect(page.locator(".st-key-w_sentence input")).to_have_value(TASKS["counting"].opens_with)
    expect(page.locator(".lens-tensor-name").first).to_have_text("prediction")
    expect_agreement(page)
    assert parameters_in(page) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_card_opens_its_example_and_keras_agrees(open_page: Open, language: str) -> None:
    page = open_page(f"/?lang={language}")
    for name in ("switch", f"reviews_{language}", f"letters_{language}", "passengers", "counting"):
        choose(page, name, language)
        expect(card(page, name, language)).to_have_attribute("data-selected", "true")
        expect(page.locator(".st-key-w_sentence input")).to_have_value(TASKS[name].opens_with)
        assert experiment_in(page) == example(name)
        expect_agreement(page)


def test_nothing_yet_has_the_sequences_of_version_1_and_fresh_weights(open_page: Open) -> None:
    page = open_page("/?lang=en")
    before = wait_complete(page)
    page.locator(".st-key-example label").filter(has_text=T("examples.nothing")).click()
    wait_complete(page, after=before)
    expect(page.locator(".st-key-w_preset")).to_be_visible()
    assert parameters_in(page)[MARK] == "none"
    page.reload()
    wait_complete(page)
    expect(page.locator(".st-key-w_preset")).to_be_visible()


def test_what_is_typed_goes_in_and_what_is_not_known_is_named(open_page: Open) -> None:
    page = open_page("/?lang=en&trained=reviews_en")
    before = wait_complete(page)
    type_in(page, "this plot is never dull")
    wait_complete(page, after=before)
    assert experiment_in(page) == example("reviews_en").changed(sentence="this plot is never dull")
    type_in(page, "this zany plot")
    expect(page.locator(".lens-notice-warning")).to_contain_text("“zany”")
    assert experiment_in(page).sentence == "this plot is never dull"


def test_another_model_has_fresh_weights_says_so_and_the_trained_one_comes_back(open_page: Open) -> None:
    page = open_page("/?lang=en")
    before = wait_complete(page)
    page.locator(".st-key-w_units input").fill("3")
    page.locator(".st-key-w_units input").press("Enter")
    wait_complete(page, after=before)
    expect(page.locator(".lens-notice-info")).to_contain_text(T("notice.let_go_trained"))
    assert experiment_in(page).learned == ""
    page.locator(".st-key-example_restore button").click()
    expect(page.locator(".st-key-example_restore")).to_have_count(0)
    expect(page.locator(".st-key-w_units input")).to_have_value("2")


def test_it_says_how_it_learned_and_how_often_it_is_right(open_page: Open) -> None:
    page = open_page("/?lang=en")
    about = page.locator(".st-key-example_how")
    unfold(page, "example_how", about.get_by_text("100.0%"))
    expect(about).to_contain_text("93.8%")


def test_a_model_of_letters_writes_on_and_goes_on_from_there(open_page: Open) -> None:
    page = open_page("/?lang=en&trained=letters_en")
    code = page.get_by_test_id("stSidebar").locator("code").filter(has_text="twinkle, …")
    expect(code).to_be_visible()
    before = wait_complete(page)
    page.locator(".st-key-take_over button").click()
    wait_complete(page, after=before)
    assert experiment_in(page).sentence.startswith("twinkle, ")
    assert len(experiment_in(page).sentence) == len("twinkle, ") + 12


def test_a_step_that_is_chosen_marks_the_address_of_the_first_page(open_page: Open) -> None:
    page = open_page("/?lang=en")
    page.locator(".lens-controls [data-do=previous]").click()
    page.wait_for_function("() => location.search.includes('step=')")
    assert parameters_in(page)[MARK] == "counting"
    page.reload()
    wait_complete(page)
    assert experiment_in(page) == example("counting")
    expect(card(page, "counting")).to_have_attribute("data-selected", "true")
