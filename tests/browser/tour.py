"""A walk through all that there is to read and to use: every page, every group, dialog, tab, list and menu open."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Locator, Page, expect

from lstm_core.text import Catalogue
from tests.browser.harness import wait_lesson
from tests.unit.npz_files import arrays, npz, weights

RICH = {
    "return_sequences": 1,
    "return_state": 1,
    "go_backwards": 1,
    "stateful": 1,
    "mask": 2,
    "calls": 3,
    "initial_state": 1,
    "batch": 2,
    "preset": "noise",
}
"""An experiment with something to say in every place of the playground."""
KERAS_MS = 90_000


def idle(page: Page) -> None:
    """Wait until the page's script rests."""
    page.wait_for_function("() => lens.idle()")


def open_sidebar(page: Page) -> None:
    """Open the sidebar where it begins closed."""
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.locator(".st-key-bring_open button")).to_be_visible()


def open_everything(page: Page) -> None:
    """Open the tables of all values, the sidebar, all its groups, and the tables of numbers set by hand."""
    tables = page.get_by_test_id("stDataFrame")
    for key, count in (("table_open", 1), ("all_values", 4)):
        page.locator(f".st-key-{key} label").first.click()
        expect(tables).to_have_count(count)
    open_sidebar(page)
    for number, group in enumerate(page.get_by_test_id("stExpander").all()):
        idle(page)
        group.locator("summary").click()
        expect(page.locator("[data-testid=stExpander] details[open]")).to_have_count(number + 1)
    for number, toggle in enumerate(("hand_open_weights", "hand_open_states")):
        page.locator(f".st-key-{toggle} label").first.click()
        expect(tables).to_have_count(5 + number)


def answer_everything(page: Page) -> None:
    """Answer every question of a lesson, and wait for what Keras prints in it."""
    questions = page.locator("[class*=st-key-predict_]")
    asked = 0
    while asked < questions.count():  # an answer may bring up another question
        question = questions.nth(asked)
        question.locator("[role=radiogroup] label").first.click()
        expect(question.get_by_test_id("stAlert")).to_be_visible()
        wait_lesson(page)
        asked += 1
    expect(page.locator(".lens-output[data-kind=waits]")).to_have_count(0, timeout=KERAS_MS)


def lists(part: Locator) -> Iterator[str]:
    """Open the list of every choice in a part of the page, one after the other; say which is open."""
    page = part.page
    for kind in ("stSelectbox", "stMultiSelect"):
        for number, choice in enumerate(part.get_by_test_id(kind).locator("visible=true").all()):
            idle(page)
            choice.locator("input").click()
            expect(page.get_by_role("listbox")).to_be_visible()
            yield f"{kind} {number}"
            page.keyboard.press("Escape")
            expect(page.get_by_role("listbox")).to_have_count(0)


def hints(part: Locator) -> Iterator[str]:
    """Point at the mark beside every control of a part that explains it; say which explanation is shown."""
    page = part.page
    for number, mark in enumerate(part.locator(".stTooltipIcon").locator("visible=true").all()):
        mark.hover()
        expect(page.get_by_role("tooltip")).to_be_visible()
        yield f"hint {number}"
        page.mouse.move(0, 0)
        expect(page.get_by_role("tooltip")).to_have_count(0)


def head(page: Page) -> Iterator[str]:
    """Open what the page's head holds: the badge, the menu of the lessons, the menu beside the flags."""
    for what in (".lens-badge", ".lens-menu"):
        page.locator(f"{what} summary").click()
        expect(page.locator(f"{what}[open]")).to_be_visible()
        yield what
        page.locator(f"{what} summary").click()
    page.locator(".st-key-compare_button button").click()
    expect(page.get_by_role("menu")).to_be_visible()
    yield "compare"
    page.keyboard.press("Escape")


def dialogs(page: Page, t: Catalogue) -> Iterator[str]:
    """Open both dialogs and every tab, with something given, used and refused in each; say what is to be seen."""
    dialog = page.get_by_role("dialog")
    page.locator(".lens-take").click()
    expect(dialog.locator(".st-key-take_qr svg")).to_be_visible()
    yield "take away"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    open_sidebar(page)
    page.locator(".st-key-bring_open button").click()
    for tab in dialog.get_by_role("tab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        idle(page)
        yield tab.inner_text()
    dialog.get_by_role("tab", name=t("bring.csv.tab")).click()
    paste(dialog, "bring_csv", "who;temp;room\na;0.1;3\nb;0.5;5\nb;0.7x;6")
    expect(dialog.locator(".lens-notice-warning")).to_be_visible()
    yield "a table that is refused"
    paste(dialog, "bring_csv", "temp;room\n0.1;3\n0.5;5\n0.7;6")
    expect(dialog.locator(".lens-preview tbody tr")).to_have_count(2)
    yield "a table that is read"
    dialog.get_by_role("tab", name=t("bring.weights.tab")).click()
    upload = dialog.locator(".st-key-bring_weights_file input")
    for name, file, said in (("gru.npz", b"123", "warning"), ("mine.npz", npz(**arrays(weights(5, 6))), "info")):
        upload.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": file})
        expect(dialog.locator(f".lens-note .lens-notice-{said}").locator("visible=true")).to_be_visible()
        yield name
    dialog.get_by_role("tab", name=t("bring.code.tab")).click()
    paste(dialog, "bring_code", "layer = LSTM(8, units=x)\n")
    dialog.locator(".st-key-bring_code_read button").click()
    expect(dialog.locator(".lens-notice-warning").locator("visible=true")).to_be_visible()
    yield "code that is refused"


def paste(dialog: Locator, tab: str, text: str) -> None:
    """Paste text into a tab's box and hand it over."""
    box = dialog.locator(f".st-key-{tab}_text textarea")
    box.fill(text)
    box.press("Control+Enter")
