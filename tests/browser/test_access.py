"""The page for everyone: found, named and moved by keyboard and screen reader, in both themes, sizes and languages."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from lstm_core import text
from lstm_core.lessons.registry import LESSONS
from tests.browser.harness import wait_complete, wait_lesson
from tests.browser.helpers import barriers, expect_agreement, expected, returned
from tests.browser.tour import MODEL, RICH, answer_everything, open_everything, open_model

Open = Callable[..., Page]

WIDE, NARROW = (1280, 5000), (390, 9000)  # tall: what is below the fold would be drawn late


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "390"])
def test_axe_finds_nothing(open_page: Open, viewport: tuple[int, int], theme: str, language: str) -> None:
    page = open_page(f"/?lang={language}", viewport=viewport, theme=theme)
    expect_agreement(page)
    assert barriers(page) == []


@pytest.mark.parametrize(("theme", "viewport"), [("light", WIDE), ("dark", WIDE), ("dark", NARROW)])
def test_axe_finds_nothing_with_everything_open(open_page: Open, theme: str, viewport: tuple[int, int]) -> None:
    page = open_page(f"/?{urlencode(RICH)}", viewport=viewport, theme=theme)
    expect_agreement(page)
    open_everything(page)
    assert barriers(page) == []


@pytest.mark.parametrize(("theme", "viewport"), [("light", WIDE), ("dark", NARROW)])
def test_axe_finds_nothing_on_a_model(open_page: Open, theme: str, viewport: tuple[int, int]) -> None:
    page = open_page(f"/?{urlencode(MODEL)}", viewport=viewport, theme=theme)
    expect_agreement(page)
    open_model(page)
    assert barriers(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_notices_and_long_sequences(open_page: Open, theme: str) -> None:
    page = open_page("/?preset=sine&timesteps=120&units=16&dropout=lots&calls=99", viewport=WIDE, theme=theme)
    expect(page.locator(".lens-notice")).to_have_count(2)
    assert barriers(page) == []


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS])
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_axe_finds_nothing_in_a_lesson_with_every_answer_shown(open_lesson: Open, name: str, language: str) -> None:
    page = open_lesson(f"{name}?lang={language}", viewport=WIDE)
    answer_everything(page)
    for (width, height), theme in product((WIDE, NARROW), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
        wait_lesson(page)
        assert (width, theme, barriers(page)) == (width, theme, [])


def test_axe_finds_nothing_where_two_layers_are_compared(open_page: Open) -> None:
    page = open_page("/?lang=ko&a=units%3D2&units=2&return_state=1&forget_bias=3", viewport=WIDE)
    expect(page.locator(".lens-compare")).to_be_visible()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
        assert barriers(page) == []


@pytest.mark.parametrize(("theme", "viewport"), [("light", WIDE), ("dark", NARROW)], ids=["1280", "390"])
def test_axe_finds_nothing_in_the_dialogs(open_page: Open, theme: str, viewport: tuple[int, int]) -> None:
    page = open_page("/?lang=en", viewport=viewport, theme=theme)
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Export").click()
    expect(dialog.get_by_role("button", name="Notebook")).to_be_visible()
    assert barriers(page) == []
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("button", name="Import data, weights or code").click()
    for tab in dialog.get_by_role("tab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        page.wait_for_function("() => lens.idle()")
        assert (tab.inner_text(), barriers(page)) == (tab.inner_text(), [])


# ---- names ----

UNNAMED = """() => [...document.querySelectorAll('.stMain :is([role=figure], [role=img], figure, img, svg, canvas)')]
  .filter((node) => node.getClientRects().length)
  .filter((node) => !node.closest('[aria-hidden=true], [role=figure][aria-label], [role=img][aria-label]'))
  .filter((node) => !node.closest('button, label, summary, [data-testid=stTooltipHoverTarget]'))
  .filter((node) => !['aria-label', 'aria-labelledby', 'alt'].some((name) => node.getAttribute(name)))
  .map((node) => node.outerHTML.slice(0, 160))"""


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_figure_has_a_label_in_the_pages_language(open_page: Open, language: str) -> None:
    page = open_page(f"/?trained=none&lang={language}", viewport=WIDE)
    assert page.evaluate(UNNAMED) == []
    label = page.locator(".lens-charts").get_attribute("aria-label")
    t = text.load(language)
    lines = t("figure.alt_lines", quantities="h, c")
    heatmaps = t("figure.alt_heatmaps", quantities="x, h, c, f, i, c~, o")
    assert label == t("figure.alt", steps=6, units=4, features=3, charts=f"{lines} {heatmaps}")
    assert page.locator(".lens-code > pre").get_attribute("aria-label") == t("code.title")


# ---- the keyboard ----

FOCUSED = """() => {
  const node = document.activeElement
  const keyed = node.closest('[class*=st-key-w_]')
  const ours = node instanceof HTMLElement && node.closest('[class*=lens-]')
  const style = getComputedStyle(node)
  return {
    body: node === document.body,
    field: keyed ? [...keyed.classList].find((name) => name.startsWith('st-key-w_')).slice(9) : null,
    ours: ours ? node.className : null, tag: node.tagName,
    name: (node.getAttribute('aria-label') || node.textContent).trim().slice(0, 40),
    ringed: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1,
  }
}"""


def expect_all_widgets(page: Page) -> None:
    """Wait until Streamlit has loaded its boxes and sliders, in whose places a skeleton stands until then."""
    for control in ("units", "features", "batch", "data_seed"):
        expect(page.locator(f".st-key-w_{control} :is(input, [role=slider])").first).to_be_attached()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def walk(page: Page, most: int = 250) -> list[dict[str, Any]]:
    """Everything that Tab reaches, in order, until it comes round."""
    expect_all_widgets(page)
    stations: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here["body"]:
            return stations
        stations.append(here)
    raise AssertionError(f"Tab does not come to an end: {stations[-3:]}")


def test_return_sequences_is_reached_and_flipped_with_tab_and_space(open_page: Open) -> None:
    page = open_page()
    expect_all_widgets(page)
    before = wait_complete(page)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED)["field"] == "return_sequences":
            break
    page.keyboard.press("Space")
    wait_complete(page, after=before)
    assert returned(page) == expected(return_sequences=True)
    before = wait_complete(page)
    assert page.evaluate(FOCUSED)["field"] == "return_sequences"  # the focus stays where it was
    page.keyboard.press("Space")
    wait_complete(page, after=before)
    assert returned(page) == expected()


def test_all_of_the_page_is_reached_by_tab_once_and_without_a_trap(open_page: Open) -> None:
    page = open_page(viewport=WIDE)
    expect_agreement(page)
    stations = walk(page)
    fields = [station["field"] for station in stations if station["field"]]
    assert {"preset", "sentence", "units", "features", "batch", "data_seed"} <= set(fields)
    assert {"return_sequences", "return_state", "go_backwards", "stateful"} <= set(fields)
    names = [station["name"] for station in stations]
    for name in ("Copy link", "EN", "한국어", "Copy", "Reset"):
        assert names.count(name) == 1, names
    classes = " ".join(station["ours"] or "" for station in stations)
    for part in ("lens-charts", "lens-code-copy", "lens-tensor-print"):
        assert part in classes
    assert any(station["tag"] == "SUMMARY" and "Keras" in station["name"] for station in stations)
    nameless = [station for station in stations if not station["name"] and station["tag"] in ("BUTTON", "A", "SUMMARY")]
    assert nameless == []


def test_where_the_focus_is_can_be_seen_in_all_that_is_ours(open_page: Open) -> None:
    page = open_page(viewport=WIDE)
    unseen = [station for station in walk(page) if station["ours"] is not None and not station["ringed"]]
    assert unseen == []


def test_the_code_kinds_and_the_languages_are_chosen_by_keyboard(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("radio", name="Exact").focus()
    page.keyboard.press("Space")
    expect(page.locator(".lens-code code")).to_contain_text("layer.set_weights(")
    page.get_by_role("button", name="한국어").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h3", has_text="반환값")).to_be_visible()
    expect(page.locator(".lens-code code")).to_contain_text("layer.set_weights(")


def test_the_badge_opens_by_keyboard_and_says_what_was_compared(open_page: Open) -> None:
    page = open_page()
    expect_agreement(page)
    expect(page.locator(".lens-badge-detail")).to_be_hidden()
    page.locator(".lens-badge summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".lens-badge-detail")).to_be_visible()
    expect(page.locator(".lens-badge-detail")).to_contain_text("The largest difference to any value shown")
