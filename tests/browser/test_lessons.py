"""Every lesson in a real browser: it renders in both languages and themes, asks first, and shows what Keras prints."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_core.lessons.registry import LESSONS
from lstm_core.text import load
from tests.browser.harness import DESKTOP, PHONE, wait_lesson

Open = Callable[..., Page]
NAMES = [lesson.name for lesson in LESSONS]
KERAS_MS = 90_000


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_renders_in_every_language_and_theme(open_lesson: Open, name: str, theme: str, language: str) -> None:
    viewport = DESKTOP if theme == "light" else PHONE
    page = open_lesson(f"{name}?lang={language}", theme=theme, viewport=viewport)
    t = load(language)
    expect(page.locator(".lens-lesson h2")).to_have_text(t(f"lessons.{name}.title"))
    expect(page.locator("[data-testid=stException], [data-testid=stAlertContentError]")).to_have_count(0)
    expect(page.get_by_text(t("lessons.summary"))).to_be_visible()
    main = "document.querySelector('.stMain')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_asks_first_and_gives_a_reason_for_every_choice(open_lesson: Open, name: str) -> None:
    page = open_lesson(f"{name}?lang=en")
    question = page.locator("[class*=st-key-predict_]").first
    choices = question.locator("[role=radiogroup] label")
    said = question.locator("[data-testid=stAlert]")
    reasons = [""]
    expect(choices.nth(1)).to_be_visible()  # a page that Keras's masks came to is drawn again
    for choice in choices.all():
        choice.click()
        said.wait_for()
        expect(said).not_to_have_text(reasons[-1])
        reasons.append(said.inner_text())
    assert len(set(reasons[1:])) == choices.count() >= 2
    assert sum(reason.startswith("Right.") for reason in reasons) == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_code_of_a_lesson_is_run_by_keras(open_lesson: Open, name: str) -> None:
    page = open_lesson(f"{name}?lang=en")
    show = page.get_by_role("button", name=load("en")("lessons.show"))
    while (left := show.count()) > 0:
        show.first.click()
        expect(show).not_to_have_count(left)
        wait_lesson(page)
    expect(page.locator(".lens-output").first).to_be_visible()
    expect(page.locator(".lens-output[data-kind=waits]")).to_have_count(0, timeout=KERAS_MS)
    assert page.locator(".lens-output").count() >= 1


def test_the_way_through_the_lessons_by_links_and_back_to_the_playground(open_lesson: Open) -> None:
    page = open_lesson("recurrence?lang=ko")
    t = load("ko")
    for name in NAMES[1:]:
        page.get_by_text(t("lessons.next", title=t(f"lessons.{name}.title"))).click()
        expect(page.locator(".lens-lesson h2")).to_have_text(t(f"lessons.{name}.title"))
        wait_lesson(page)
        assert f"/{name}?" in page.url
        assert "lang=ko" in page.url
    page.get_by_text(t("lessons.further")).click()
    expect(page.locator(".lens-map h2")).to_have_text(t("lessons.title"))
    assert "lang=ko" in page.url


def test_the_map_and_the_menu_lead_to_every_lesson(open_page: Open) -> None:
    page = open_page("/?lang=en")
    cards = page.locator(".lens-map a")
    assert [card.get_attribute("href") for card in cards.all()] == [f"{name}?lang=en" for name in NAMES]
    first, last = (load("en")(f"lessons.{name}.title") for name in (NAMES[0], NAMES[-1]))
    cards.last.click()
    expect(page.locator(".lens-lesson h2")).to_have_text(last)
    wait_lesson(page)
    page.locator(".lens-menu summary").press("Enter")
    page.locator(".lens-menu a").first.press("Enter")
    expect(page.locator(".lens-lesson h2")).to_have_text(first)
    wait_lesson(page)
    page.go_back()
    expect(page.locator(".lens-lesson h2")).to_have_text(last)


def test_a_changed_sentence_is_felt_from_its_word_on(open_lesson: Open) -> None:
    page = open_lesson("recurrence?lang=en")
    page.locator(".st-key-predict_change [role=radiogroup] label").nth(1).click()
    page.get_by_role("button", name="Replace word 4").click()
    expect(page.get_by_text("differs from step 4 on")).to_be_visible()
    apart = page.locator(".st-key-apart tbody tr").all()
    assert all(set(row.locator("td").all_inner_texts()[:3]) == {"0.00"} for row in apart)
    assert any(cell != "0.00" for row in apart for cell in row.locator("td").all_inner_texts()[3:])


def test_a_whole_lesson_is_gone_through_by_keyboard_alone(open_lesson: Open) -> None:
    page = open_lesson(f"{NAMES[0]}?lang=en")
    title = load("en")(f"lessons.{NAMES[1]}.title")
    onward = page.locator("a:focus", has_text=title)
    for _ in range(300):
        page.keyboard.press("Tab")
        if onward.count():
            break
        question = page.locator("[class*=st-key-predict_]:has(input:focus)")
        if question.count() and not question.get_by_test_id("stAlert").count():
            page.keyboard.press("Space")
            expect(question.get_by_test_id("stAlert")).to_be_visible()
            wait_lesson(page)
    questions = page.locator("[class*=st-key-predict_]")
    assert questions.count() > 0
    expect(questions.get_by_test_id("stAlert")).to_have_count(questions.count())
    page.keyboard.press("Enter")
    expect(page.locator(".lens-lesson h2")).to_have_text(title)
    wait_lesson(page)
