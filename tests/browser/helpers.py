"""What browser tests do on a page as a learner does, and what they read off it, whatever the page is about."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from lstm_core.experiment import Experiment
from lstm_core.layers.outputs import printed
from lstm_core.run import run_experiment
from lstm_core.share.page_link import encode_page, unmarked
from lstm_core.text import load
from tests.browser.harness import until, wait_complete, wait_lesson

KERAS_MS = 150_000
"""Milliseconds that Keras may take for an answer while other tests hold the processors."""
VIOLATIONS_ALONE = {"resultTypes": ["violations"]}
"""Of what is in order axe then says no more than one place a rule: on a lesson 63 kB instead of 1.4 MB."""
STREAMLITS_OWN = {
    "empty-table-header": "st.dataframe leaves the corner over its row names empty (minor)",
    "presentation-role-conflict": "st.file_uploader's drop zone has a name and no role (minor)",
}
"""All that axe may find: a rule that a part of Streamlit's breaks -> the part and the impact. None is serious."""


def show_as(page: Page, view: str) -> None:
    """Let the picture show the layer as a river, as boxes or as a loop."""
    choice = page.locator(f".lens-views [data-view={view}]")
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "true")


def link(experiment: Experiment, **more: object) -> str:
    """The address of an experiment on the playground; `more` are parameters besides."""
    return "/?" + urlencode({**unmarked(encode_page(experiment).parameters), **more})


def flip(page: Page, flag: str) -> None:
    """Flip a toggle and wait until its consequences are drawn."""
    before = wait_complete(page)
    page.locator(f".st-key-w_{flag} label").first.click()
    wait_complete(page, after=before)


def unfold(page: Page, key: str, shows: Locator) -> None:
    """Switch on the toggle, or open the expander, of this key, and wait for what it shows.

    A click in the moment in which the page is drawn again may be lost; then it is clicked once more.
    """
    part = page.locator(f".st-key-{key}")
    is_on = part.locator("input:checked, details[open]")

    def is_shown() -> bool:
        page.wait_for_function("() => lens.idle()")
        if not is_on.count():
            part.locator("label, summary").first.click()
        with suppress(AssertionError):
            expect(shows).to_be_visible(timeout=2000)
        return shows.is_visible()

    assert until(is_shown, 30), f"{key} shows nothing"


def returned(page: Page) -> dict[str, str]:
    """The returned tensors on screen: name -> shape and printed text."""
    tensors = page.locator(".lens-tensor")
    expect(tensors.first).to_be_attached()  # it draws by itself, and may come after the charts
    return {
        tensor.locator(".lens-tensor-name").inner_text(): tensor.locator(".lens-tensor-shape").inner_text()
        + "\n"
        + tensor.locator(".lens-tensor-print").inner_text()
        for tensor in tensors.all()
    }


def expected(**arguments: object) -> dict[str, str]:
    """What `returned` is for an experiment, by the engine."""
    return {o.name: f"{o.array.shape}\n{printed(o.array)}" for o in run_experiment(Experiment(**arguments)).outputs}


def expect_agreement(page: Page) -> None:
    """Wait until the badge says that Keras agrees."""
    expect(page.locator(".lens-badge[data-state=agrees]")).to_be_visible(timeout=KERAS_MS)


def answer(page: Page, question: str) -> None:
    """Choose the first answer to a lesson's question, and wait until what follows is drawn."""
    asked = page.locator(f".st-key-predict_{question}")
    asked.locator("[role=radiogroup] label").first.click()
    expect(asked.get_by_test_id("stAlert")).to_be_visible()
    wait_lesson(page)


def show_answer(page: Page, language: str = "en") -> None:
    """Ask for the answer to the first question of a lesson that has none yet.

    A click in the moment in which the page is drawn again may be lost; then it is clicked once more.
    """
    show = page.get_by_role("button", name=load(language)("lessons.show"))
    expect(show.first).to_be_visible()
    left = show.count()

    def is_shown() -> bool:
        nonlocal left
        page.wait_for_function("() => lens.idle()")
        left = max(left, show.count())  # the later ones may be drawn later
        if show.count() == left:
            show.first.click()
        with suppress(AssertionError):
            expect(show).not_to_have_count(left, timeout=2000)
        return show.count() < left

    assert until(is_shown, 30), "no answer is shown"


def show_answers(page: Page) -> None:
    """Ask for the answers to all questions of a lesson in English, and wait until Keras has run all its code."""
    expect(page.get_by_role("button", name=load("en")("lessons.show")).first).to_be_visible()
    while page.get_by_role("button", name=load("en")("lessons.show")).count():
        show_answer(page)
        wait_lesson(page)
    expect(page.locator(".lens-output").first).to_be_visible(timeout=KERAS_MS)
    expect_all_code_to_be_run(page)


def expect_all_code_to_be_run(page: Page) -> None:
    """Wait until no script of a lesson waits for Keras."""
    expect(page.locator(".lens-output[data-kind=waits]")).to_have_count(0, timeout=KERAS_MS)


def open_import(page: Page, tab: str | None = None) -> None:
    """Open the dialog that imports data, weights and code, at a tab of it."""
    page.locator(".st-key-bring_open button").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    if tab is not None:
        page.get_by_role("tab", name=tab).click()


def paste_table(page: Page, text: str) -> None:
    """Paste a table into the dialog, which is open at its tab."""
    box = page.get_by_label("Paste a table")
    box.fill(text)
    box.press("Control+Enter")


def barriers(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds, whatever its impact, but for Streamlit's own leftovers."""
    return [
        {"rule": found["id"], "impact": found["impact"], "where": [node["html"][:200] for node in found["nodes"]]}
        for found in Axe().run(page, options=VIOLATIONS_ALONE).response["violations"]
        if found["id"] not in STREAMLITS_OWN
    ]
