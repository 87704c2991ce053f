"""A walk through all that there is to read and to use: every page, every group, dialog, tab, list and menu open."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Locator, Page, expect

from lstm_core.text import Catalogue
from pages.ui.playground.control_table import FOLDED
from tests.browser.harness import wait_lesson
from tests.browser.helpers import expect_all_code_to_be_run, unfold
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
MODEL = {
    "front": "embedding",
    "mask_zero": 1,
    "units": 2,
    "bidirectional": 1,
    "return_sequences": 1,
    "dropout_after": 0.2,
    "cell.2": "GRU",
    "units.2": 3,
    "head": "dense",
    "head_units": 2,
    "head_activation": "softmax",
    "layer": "1b",
}
"""A model with something in every place: in front, wrapped, between its layers and behind."""


def idle(page: Page) -> None:
    """Wait until the page's script rests."""
    page.wait_for_function("() => lens.idle()")


def open_sidebar(page: Page) -> None:
    """Open the sidebar where it begins closed."""
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.locator(".st-key-bring_open button")).to_be_visible()


def open_everything(page: Page) -> None:
    """Open the tables of all values, the pictures of sizes, and the sidebar with all its groups and tables."""
    tables = page.get_by_test_id("stDataFrame")
    for key, count in (("table_open", 1), ("all_values", 4)):
        unfold(page, key, tables.nth(count - 1))
        expect(tables).to_have_count(count)
    unfold(page, "sizes_open", page.locator(".lens-parameters .block").first)
    expect(page.locator(".lens-units-steps .step").first).to_be_visible()
    open_sidebar(page)
    for name in FOLDED:
        unfold(page, f"group_{name}", page.locator(f".st-key-group_{name} [class*=st-key-w_]").first)
    for number, toggle in enumerate(("hand_open_weights", "hand_open_states")):
        unfold(page, toggle, tables.nth(4 + number))
        expect(tables).to_have_count(5 + number)


def open_model(page: Page) -> None:
    """Open the sidebar with the controls of a model."""
    open_sidebar(page)
    unfold(page, "group_model", page.locator(".st-key-group_model [class*=st-key-w_]").first)
    expect(page.locator(".lens-stack .cell").first).to_be_visible()


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
    expect_all_code_to_be_run(page)


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


def streamlits_own(page: Page) -> Iterator[str]:
    """Show what Streamlit says by itself: of a number beyond its bounds, a table's tools and menus, the sidebar."""
    number = page.get_by_test_id("stNumberInputField").first
    number.fill("99999999")
    yield "typing a number"
    number.press("Enter")
    expect(number).to_have_attribute("aria-invalid", "true")
    page.get_by_test_id("stTooltipErrorHoverTarget").hover()
    expect(page.get_by_test_id("stTooltipErrorContent")).to_be_visible()
    yield "a number beyond its bounds"
    number.fill("6")
    number.press("Enter")
    idle(page)
    choice = page.get_by_test_id("stMultiSelect").locator("input")
    choice.fill("9")
    expect(page.get_by_test_id("stMultiSelectDropdown")).to_be_visible()
    yield "a search that finds nothing"
    choice.fill("2")
    expect(page.get_by_test_id("stMultiSelectDropdown").get_by_role("option")).to_have_count(1)
    yield "a search that finds one"
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stMultiSelectDropdown")).to_have_count(0)
    expect(page.get_by_test_id("stMultiSelectTagsContainer").locator("[data-tag]")).to_have_count(1)
    idle(page)
    yield "something chosen"
    main = page.get_by_test_id("stMain")
    table, tools = main.get_by_test_id("stDataFrame").first, main.get_by_test_id("stElementToolbar").first
    buttons = tools.get_by_role("button")
    table.hover()
    expect(buttons).to_have_count(4)
    for tool in range(4):
        buttons.nth(tool).hover()
        expect(page.get_by_test_id("stTooltipContent")).to_be_visible()
        yield f"tool {tool} of a table"
    columns, _, search, whole = buttons.all()
    columns.click()
    expect(page.get_by_test_id("stDataFrameColumnVisibilityMenu")).to_be_visible()
    yield "the columns of a table"
    page.keyboard.press("Escape")
    table.hover()
    search.click()
    expect(page.locator(".gdg-search-status label")).to_be_visible()
    yield "the search in a table"
    page.keyboard.press("Escape")
    table.hover()
    whole.click()
    page.mouse.move(0, 0)
    expect(page.get_by_test_id("stTooltipContent")).to_have_count(0)
    whole.hover()
    expect(page.get_by_test_id("stTooltipContent")).to_be_visible()
    yield "a table on the whole screen"
    whole.click()
    yield from column_menus(page, table)
    page.get_by_test_id("stSidebarHeader").hover()
    page.get_by_test_id("stSidebar").get_by_test_id("stBaseButton-headerNoPadding").click()
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    yield "the sidebar folded"


def column_menus(page: Page, table: Locator) -> Iterator[str]:
    """Open the menu of a table's rows' names, which are pinned, and that of its last column, which is not."""
    menu = page.get_by_test_id("stDataFrameColumnMenu")
    for x in (50, table.bounding_box()["width"] - 16):  # of the three dots, which are drawn
        table.locator(".dvn-scroller").click(position={"x": x, "y": 17})
        expect(menu).to_be_visible()
        yield f"the menu of the column at {x}"
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)


def dialogs(page: Page, t: Catalogue) -> Iterator[str]:
    """Open both dialogs and every tab, with something given, used and refused in each; say what is to be seen."""
    dialog = page.get_by_role("dialog")
    page.locator(".lens-take").click()
    expect(dialog.locator(".st-key-take_qr img")).to_be_visible()
    dialog.locator(".st-key-take_title input").fill("x")
    yield "take away"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    open_sidebar(page)
    page.locator(".st-key-bring_open button").click()
    expect(dialog.get_by_role("tab")).to_have_count(5)
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
    chips = dialog.get_by_test_id("stFileChip").locator("visible=true")
    for name, size in (("table.xlsx", 10), ("large.npz", 2**20 + 1)):
        upload.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": b"0" * size})
        expect(chips.filter(has_text=name)).to_be_visible()
        yield f"{name} that Streamlit refuses"
    for name, file, said in (("odd.npz", b"123", "warning"), ("mine.npz", npz(**arrays(weights(5, 6))), "info")):
        upload.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": file})
        expect(dialog.locator(f".lens-note .lens-notice-{said}").locator("visible=true")).to_be_visible()
        yield name
    dialog.get_by_role("tab", name=t("bring.code.tab")).click()
    paste(dialog, "bring_code", "layer = LSTM(8, units=x)\n")
    dialog.locator(".st-key-bring_code_read button").click()
    expect(dialog.locator(".lens-notice-warning").locator("visible=true")).to_be_visible()
    dialog.get_by_test_id("stCode").hover()  # brings up its tool
    expect(dialog.get_by_test_id("stCode").get_by_role("button")).to_be_visible()
    yield "code that is refused"


def paste(dialog: Locator, tab: str, text: str) -> None:
    """Paste text into a tab's box and hand it over."""
    box = dialog.locator(f".st-key-{tab}_text textarea")
    box.fill(text)
    box.press("Control+Enter")
