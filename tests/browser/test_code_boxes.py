"""Code boxes show what the lesson is about: nothing of it has to be scrolled into view, and Copy copies all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_core.lessons.lesson import comments
from lstm_core.lessons.registry import LESSONS, lesson_named
from lstm_core.text import load
from tests.browser.harness import DESKTOP, PHONE
from tests.browser.helpers import show_answers
from tests.lessons.modules import module_of

Open = Callable[..., Page]
NAMES = [lesson.name for lesson in LESSONS]
SHOW = load("en")("lessons.show")

BOXES = """() => [...document.querySelectorAll(".lens-code")].map((box) => {
  const code = box.querySelector("pre"), frame = code.getBoundingClientRect();
  const seen = (line) => {
    const at = line.getBoundingClientRect();
    return at.height > 0 && at.top >= frame.top && at.bottom <= frame.bottom && at.right <= frame.right;
  };
  const lines = [...code.querySelectorAll(".lens-code-line")];
  return {
    scrolls: code.scrollHeight > code.clientHeight || code.scrollWidth > code.clientWidth,
    marked: lines.filter((line) => line.hasAttribute("data-marked")).map((line) => line.textContent),
    unseen: lines.filter((line) => !seen(line)).map((line) => line.textContent),
    source: [...code.querySelectorAll(".lens-code-line, .lens-code-folded")].map((part) => part.textContent).join(""),
  };
})"""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", NAMES)
def test_all_lines_that_a_lesson_is_about_are_seen_without_scrolling_in_the_box(
    open_lesson: Open, name: str, viewport: tuple[int, int]
) -> None:
    page = open_lesson(f"{name}?lang=en", viewport=viewport)
    show_answers(page)
    lesson = lesson_named(name)
    about = {script.source: script.about for script in module_of(lesson).scripts(lesson.base, comments(name, "en"))}
    boxes = page.evaluate(BOXES)
    assert boxes
    for box in boxes:
        assert not box["scrolls"], box
        assert box["unseen"] == []
        if box["source"] in about:
            for line in box["source"].splitlines(keepends=True):
                if any(piece in line for piece in about[box["source"]]):
                    assert line in box["marked"], line
    assert any(box["source"] in about for box in boxes)
    assert any(box["marked"] for box in boxes) or name == "mistakes"
    wide = "document.querySelector('.stMain')"
    assert page.evaluate(f"{wide}.scrollWidth <= {wide}.clientWidth")


def test_data_are_folded_and_opened_by_keyboard_and_copy_takes_them_along(open_lesson: Open) -> None:
    page = open_lesson("cell?lang=en")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box = page.locator(".lens-code").first
    expect(box.locator("code")).not_to_be_empty()
    lesson = lesson_named("cell")
    source = module_of(lesson).scripts(lesson.base, comments("cell", "en"))[0].source
    assert page.evaluate(BOXES)[0]["source"] == source
    data = box.locator(".lens-code-folded")
    expect(data).to_be_hidden()
    expect(box.locator(".lens-code-line", has_text="layer.cell(")).to_be_visible()
    box.locator(".lens-code-copy").click()
    expect(box.locator(".lens-code-copy")).to_have_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == source
    box.locator("summary").press("Enter")
    expect(data).to_be_visible()
    expect(data).to_contain_text("kernel = np.array([")
    select = "(code) => { getSelection().selectAllChildren(code); return getSelection().toString(); }"
    selected = box.locator("code").evaluate(select)
    assert selected.replace(box.locator("summary").inner_text(), "").strip("\n") == source.strip("\n")


def test_the_exact_code_of_the_playground_begins_with_the_layer(open_page: Open) -> None:
    page = open_page("/?lang=en&units=64&batch=8")
    page.get_by_role("radio", name="Exact").click()
    expect(page.locator(".lens-code-folded")).to_contain_text("kernel = ")
    expect(page.locator(".lens-code-folded")).to_be_hidden()
    expect(page.locator(".lens-code-line").first).to_contain_text("layer = keras.layers.LSTM(")
    (box,) = page.evaluate(BOXES)
    assert not box["scrolls"]
    assert box["unseen"] == []
