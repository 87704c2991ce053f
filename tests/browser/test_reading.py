"""What is on the screen can be read, wherever there are words: by eyes, in Korean, and by a screen reader.

No Korean word is broken in two, at any width; no word of Streamlit's own is English on a Korean page; every control has
a name, without marks of markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from lstm_core.fields import FIELDS
from lstm_core.layers.arguments import FLAGS
from lstm_core.layers.initializers import INITIALIZERS
from lstm_core.lessons.registry import LESSONS
from lstm_core.text import LANGUAGES, load
from tests.browser import tour

Open = Callable[..., Page]

WIDTHS = (1440, 1280, 390)
HEIGHT = 6000  # what is below the fold would be drawn late
T = load("ko")

WORDS = r"""() => {
  const found = {count: 0, broken: []}
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const text = texts.currentNode
    const within = text.parentElement
    if (!within.checkVisibility({visibilityProperty: true})) continue
    if (within.closest('[data-testid=stSidebar][data-collapsed=true]')) continue  // folded to nothing
    for (const word of text.data.matchAll(/[\p{L}\p{N}]*[가-힣][\p{L}\p{N}]*/gu)) {
      const range = document.createRange()
      range.setStart(text, word.index)
      range.setEnd(text, word.index + word[0].length)
      const lines = [...range.getClientRects()].filter(({width}) => width > 0).map(({top}) => Math.round(top / 4))
      found.count += lines.length > 0
      if (new Set(lines).size > 1) found.broken.push(`${word[0]}: ${text.data.trim().slice(0, 60)}`)
    }
  }
  return found
}"""
IDENTIFIERS = {
    *FIELDS,
    *(choice for field in FIELDS.values() for choice in field.metadata.get("choices", ())),
    *(argument for initializer in INITIALIZERS.values() for argument in initializer.arguments),
}
"""Keras's names, which every language has."""
ENGLISH = {*IDENTIFIERS, "bias", "(batch, timesteps, features)", "Keras 2", "Keras 3", "training=True", "scores"}
ENGLISH |= {"Bidirectional", "• CSV, TSV, TXT", "• NPZ", T("bring.code.example").strip()}
"""All that may be read in English on a Korean page."""

FOREIGN = r"""() => {
  const ours = '[data-testid^=stBidiComponent], pre, code, [data-testid^=stIconMaterial], [data-testid^=glide-cell]'
  const found = []
  const note = (element, words) => {
    if (/[A-Za-z]{3}/.test(words) && !/[가-힣]/.test(words) && !element.closest(ours)) found.push(words.trim())
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    if (element.checkVisibility({visibilityProperty: true}) && !element.closest('script, style, noscript, textarea')) {
      note(element, texts.currentNode.data)
    }
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description', 'aria-roledescription']) {
    for (const element of document.querySelectorAll(`[${name}]`)) note(element, element.getAttribute(name))
  }
  return [...new Set(found)]
}"""
CONTROLS = {"button", "checkbox", "combobox", "link", "listbox", "menuitem", "option", "radio", "radiogroup"}
CONTROLS |= {"searchbox", "slider", "spinbutton", "switch", "tab", "textbox", "DisclosureTriangle", "dialog"}
MARKS = re.compile(r"`|\*\*|(?<!\w)\*\w[^*]*\w\*(?!\w)")
FILE = re.compile(r"(table\.xlsx|large\.npz|odd\.npz|mine\.npz)\b")
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def names(page: Page) -> list[tuple[str, str]]:
    """Role and name of every control, as a screen reader has them."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    said = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    return [(role, name) for role, name in said if role in CONTROLS]


def expect_whole_words(page: Page, where: str, *, least: int = 5) -> None:
    """Measure every Hangul word that is on the page; `least` is how many of them there are at any rate."""
    page.evaluate(SETTLED)
    found = page.evaluate(WORDS)
    assert (where, found["broken"]) == (where, [])
    assert found["count"] >= least, where


def expect_readable(page: Page, where: str, *, least: int = 5) -> None:
    """Measure every Hangul word; look for English of Streamlit's; ask for every control's name."""
    expect_whole_words(page, where, least=least)
    foreign = [words for words in page.evaluate(FOREIGN) if words not in ENGLISH and not FILE.match(words)]
    assert (where, foreign) == (where, [])
    expect_names(page, where)


def expect_names(page: Page, where: str) -> None:
    named = names(page)
    assert named
    faulty = [(role, name) for role, name in named if not name.strip() or MARKS.search(name)]
    assert (where, faulty) == (where, [])


def at_all_widths(page: Page, where: str, *, least: int) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        tour.idle(page)
        (expect_readable if width == WIDTHS[0] else expect_whole_words)(page, f"{where} at {width}", least=least)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_playground_with_everything_open_breaks_no_word(open_page: Open, width: int) -> None:
    page = open_page(f"/?lang=ko&{urlencode(tour.RICH)}", viewport=(width, HEIGHT))
    tour.open_everything(page)
    expect_readable(page, "everything open", least=100)
    sidebar = page.get_by_test_id("stSidebar")
    for what in chain(tour.lists(sidebar), tour.hints(sidebar)):
        expect_readable(page, what)
    if width < 640:  # there it covers the page
        sidebar.get_by_test_id("stBaseButton-headerNoPadding").click()
        expect(sidebar).to_have_attribute("data-collapsed", "true")
    for what in tour.hints(page.get_by_test_id("stMain")):
        expect_readable(page, what)
    for what in tour.head(page):
        expect_readable(page, what)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_dialogs_break_no_word(open_page: Open, width: int) -> None:
    page = open_page("/?lang=ko&calls=x", viewport=(width, 900))
    expect(page.locator(".lens-notice")).to_be_visible()
    for what in tour.dialogs(page, T):
        expect_readable(page, what)


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS])
def test_a_lesson_with_every_answer_shown_breaks_no_word(open_lesson: Open, name: str) -> None:
    page = open_lesson(f"{name}?lang=ko", viewport=(WIDTHS[0], HEIGHT))
    at_all_widths(page, "before the answers", least=30)
    tour.answer_everything(page)
    at_all_widths(page, "with all answers", least=100)


def test_a_comparison_breaks_no_word(open_page: Open) -> None:
    page = open_page("/?lang=ko&a=units%3D2&units=2&return_state=1&forget_bias=3", viewport=(WIDTHS[0], HEIGHT))
    expect(page.locator(".lens-compare")).to_be_visible()
    at_all_widths(page, "compared", least=50)


def test_a_model_breaks_no_word(open_page: Open) -> None:
    page = open_page(f"/?lang=ko&{urlencode(tour.MODEL)}", viewport=(WIDTHS[0], HEIGHT))
    tour.open_model(page)
    at_all_widths(page, "a model", least=50)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_flags_have_names_that_can_be_said_and_their_hints_are_part_of_them(open_page: Open, language: str) -> None:
    page, t = open_page(f"/?trained=none&lang={language}"), load(language)
    for flag in FLAGS:
        name = f"{flag} {t(f'flags.{flag}.hint')}"
        expect(page.get_by_role("switch", name=name, exact=True)).to_be_visible()
        expect(page.get_by_role("button", name=t("streamlit.help", label=name), exact=True)).to_be_visible()
    expect_names(page, language)
