"""Every lesson in a real browser: it renders in both languages and themes, asks first, and shows what Keras prints."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_core.lessons import mistakes
from lstm_core.lessons.lesson import Question, words
from lstm_core.lessons.registry import LESSONS, lesson_named
from lstm_core.run import run_experiment
from lstm_core.text import load
from pages.ui.state import KOREAN_SENTENCE
from tests.browser.harness import DESKTOP, PHONE, wait_lesson
from tests.browser.helpers import show_answers
from tests.lessons.modules import masks_of, module_of

Open = Callable[..., Page]
NAMES = [lesson.name for lesson in LESSONS]


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
    assert sum("The answer:" in reason for reason in reasons) == choices.count() - 1
    expect(question.get_by_test_id("stRadioCaption")).to_have_text("✓ the right answer")


def shown_answer(page: Page, question: Question, name: str, language: str) -> None:
    """Ask for a question's answer; the right choice, and no other, is marked, named and explained."""
    t, said = load(language), words(name, language)

    def plain(key: str) -> str:
        return said(f"questions.{question.name}.{key}", **question.facts).replace("`", "")

    asked = page.locator(f".st-key-predict_{question.name}")
    asked.get_by_role("button", name=t("lessons.show")).click()
    alert, marked = asked.get_by_test_id("stAlert"), asked.locator("[role=radiogroup] > div", has_text="✓")
    expect(alert).to_contain_text(plain(f"choices.{question.answer}"))
    expect(alert).to_contain_text(plain(f"reasons.{question.answer}"))
    expect(marked).to_have_count(1)
    expect(marked).to_contain_text(plain(f"choices.{question.answer}"))
    expect(asked.locator("input:checked")).to_have_count(0)
    wait_lesson(page)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "mistakes"])
def test_who_asks_for_an_answer_gets_it_marked_named_and_explained(open_lesson: Open, name: str, language: str) -> None:
    page = open_lesson(f"{name}?lang={language}")
    base = lesson_named(name).base
    if base.preset == "words" and language == "ko":
        base = base.changed(sentence=KOREAN_SENTENCE)
    for question in module_of(lesson_named(name)).questions(run_experiment(base, masks_of(base))):
        shown_answer(page, question, name, language)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_museum_gives_its_reasons_to_who_asks_for_them(open_lesson: Open, language: str) -> None:
    page = open_lesson(f"mistakes?lang={language}")
    for exhibit in mistakes.EXHIBITS:
        if exhibit != mistakes.EXHIBITS[0]:
            page.locator(".st-key-mistakes_exhibit [role=combobox]").click()
            title = words("mistakes", language)(f"exhibits.{exhibit.name}.title")
            page.get_by_role("option", name=title, exact=True).click()
        shown_answer(page, exhibit.question(), "mistakes", language)


def test_an_answer_stays_in_another_language(open_lesson: Open) -> None:
    page = open_lesson("cell?lang=en")
    question = page.locator("[class*=st-key-predict_]").first
    question.locator("[role=radiogroup] label").first.click()
    expect(question.get_by_test_id("stAlert")).to_be_visible()
    for language, button in (("ko", "한국어"), ("en", "EN"), ("ko", "한국어")):
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".lens-lesson h2")).to_have_text(load(language)("lessons.cell.title"))
        wait_lesson(page)
        expect(question.get_by_test_id("stAlert")).to_have_count(1)
        expect(question.locator("input[type=radio]").first).to_be_checked()
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("name", NAMES)
def test_the_code_of_a_lesson_is_run_by_keras(open_lesson: Open, name: str) -> None:
    page = open_lesson(f"{name}?lang=en")
    show_answers(page)


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
    page = open_page("/?trained=none&lang=en")
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


@pytest.mark.parametrize("query", ["preset=noise&timesteps=30&batch=2", "go_backwards=1&mask=2&units=5", "sentence=a"])
def test_the_first_lesson_takes_another_layer_and_another_sequence(open_lesson: Open, query: str) -> None:
    page = open_lesson(f"recurrence?lang=en&{query}")
    for question in page.locator("[class*=st-key-predict_]").all():
        question.get_by_role("button", name="Just show me").click()
        expect(question.get_by_test_id("stAlert")).to_be_visible()
        wait_lesson(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.get_by_role("button", name="The sentence as it was").click()
    expect(page.get_by_text("h is the same number as before")).to_be_visible()
    expect(page.locator(".st-key-prose_loop")).to_contain_text("the cell is drawn 6 times")


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
