"""The grid of a stack: a cell that is chosen leads the page's pictures to its step, and asks for its layer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_core.assets import parts
from lstm_core.figures.stack import StackedHead, StackedLayer, stack
from lstm_core.text import load
from tests.browser.harness import PHONE, painted
from tests.browser.helpers import barriers, expect_agreement
from tests.browser.mounting import mount, show, told

Open = Callable[..., Page]
PARTS = parts("components/stack/stack")
RANDOM = np.random.default_rng(0)


def h(steps: int, units: int) -> np.ndarray:
    return RANDOM.uniform(-1, 1, size=(steps, units)).astype(np.float32)


def data(language: str = "en", *, steps: int = 6, opened: tuple[int, int] = (0, 0), **more: Any) -> str:
    layers = [
        StackedLayer("LSTM(4)", (h(steps, 4),), behind="Dropout(0.2)"),
        StackedLayer("Bidirectional(GRU(3))", (h(steps, 3), h(steps, 3)), merge_mode="concat"),
        StackedLayer("SimpleRNN(8)", (h(steps, 8),), return_sequences=False),
    ]
    head = StackedHead("Dense(1, sigmoid)", h(1, 1))
    return json.dumps({"picture": stack(layers, load(language), head=head, opened=opened, **more)})


def cell(page: Page, row: int, step: int) -> Locator:
    return page.locator(f'.lens-stack .cell[data-row="{row}"][data-step="{step}"]')


def drawn(page: Page, steps: str) -> Locator:
    return page.locator(f'.lens-picture[data-step="{steps}"]')


def test_a_cell_of_the_opened_layer_leads_the_other_pictures_and_does_not_ask_the_server(open_page: Open) -> None:
    page = open_page("/?lang=en&step=2")
    mount(page, PARTS, data())
    expect(cell(page, 0, 2)).to_have_class("cell chosen")
    cell(page, 0, 5).locator(".box").click()
    expect(drawn(page, "5")).to_be_attached()
    expect(page.locator(".lens-stack .cell.chosen")).to_have_attribute("data-step", "5")
    assert told(page) == []


def test_a_cell_of_another_layer_asks_for_it_at_its_step(open_page: Open) -> None:
    page = open_page("/?trained=none&lang=en")
    mount(page, PARTS, data())
    cell(page, 2, 3).locator(".box").click()
    expect(drawn(page, "3")).to_be_attached()
    assert told(page) == [["opened", {"layer": 1, "direction": 1, "step": 3}]]
    show(page, data(opened=(1, 1)))
    expect(page.locator(".lens-stack .cell.chosen")).to_have_attribute("data-row", "2")
    cell(page, 2, 4).locator(".box").click()
    expect(drawn(page, "4")).to_be_attached()
    assert len(told(page)) == 1


def test_by_keyboard_too(open_page: Open) -> None:
    page = open_page("/?trained=none&lang=en")
    mount(page, PARTS, data())
    tab_stops = page.locator('.lens-stack .cell[tabindex="0"]')
    expect(tab_stops).to_have_count(1)
    tab_stops.focus()
    for key in ("ArrowUp", "ArrowUp", "End", "ArrowLeft"):
        page.keyboard.press(key)
    expect(cell(page, 2, 5)).to_be_focused()
    expect(cell(page, 2, 5)).to_have_attribute("aria-label", "Bidirectional(GRU(3)), step 5, backward")
    page.keyboard.press("Enter")
    expect(drawn(page, "5")).to_be_attached()
    assert told(page) == [["opened", {"layer": 1, "direction": 1, "step": 5}]]
    expect(tab_stops).to_have_count(1)
    expect(cell(page, 2, 5)).to_be_focused()


def test_the_opened_layer_follows_the_other_pictures(open_page: Open) -> None:
    page = open_page("/?lang=en&step=2")
    mount(page, PARTS, data())
    page.locator(".lens-controls [data-do=next]").click()
    expect(page.locator(".lens-stack .cell.chosen")).to_have_attribute("data-step", "3")


def test_of_a_thousand_steps_a_window_is_drawn_that_goes_where_the_step_is(open_page: Open) -> None:
    page = open_page("/?trained=none&lang=en")
    mount(page, PARTS, data(steps=1000))
    cells = page.locator(".lens-stack .cell")
    expect(cells.first).to_be_attached()
    assert cells.count() <= 64 * 4
    cell(page, 0, 1).focus()
    page.keyboard.press("End")
    expect(cell(page, 0, 1000)).to_be_focused()
    expect(cell(page, 0, 1000)).to_be_in_viewport()
    assert cells.count() <= 64 * 4
    page.keyboard.press("Home")
    expect(cell(page, 0, 1)).to_be_in_viewport()
    page.locator(".stack-window").evaluate("(node) => (node.scrollLeft = node.scrollWidth / 2)")
    expect(cell(page, 0, 500)).to_be_attached()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_a_phone_no_name_is_cut_off_and_only_the_window_scrolls(open_page: Open, language: str) -> None:
    page = open_page(f"/?trained=none&lang={language}", viewport=PHONE)
    mount(page, PARTS, data(language, front="Embedding(100, 3)"))
    expect(page.locator(".lens-stack .cell").first).to_be_attached()
    painted(page)
    beyond = page.evaluate("""() => {
      const box = document.querySelector('.lens-stack').getBoundingClientRect()
      const left = document.querySelector('.stack-window').getBoundingClientRect().left
      return [...document.querySelectorAll('.stack-names text, .lens-stack p')]
        .filter((node) => {
          const place = node.getBoundingClientRect()
          return place.left < box.left + 4 || place.right > (node.matches('text') ? left : box.right)
        }).map((node) => node.textContent)
    }""")
    assert beyond == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_puts_no_barrier_in_anyones_way(open_page: Open, theme: str) -> None:
    page = open_page("/?trained=none&lang=en", theme=theme)
    mount(page, PARTS, data(steps=40, labels=["word"] * 40))
    expect(page.locator(".lens-stack .cell").first).to_be_attached()
    painted(page)
    assert barriers(page) == []


MODEL = "/?return_sequences=1&bidirectional=1&cell.2=GRU&units.2=3"


def test_a_model_has_its_stack_and_the_opened_layers_own_steps_and_cell(open_page: Open) -> None:
    page = open_page(f"{MODEL}&layer=1b&lang=en")
    lens = page.locator(".lens-picture")
    expect(lens.locator("h3").first).to_have_text("Layer 1: Bidirectional(LSTM(4)), backward")
    expect(page.locator(".lens-stack .cell").first).to_be_visible()
    expect(lens.locator(".lens-layer .step.chosen")).to_be_visible()
    expect(page.locator(".lens-cell-diagram")).to_be_visible()


def test_the_badge_of_a_model_says_how_far_each_direction_of_each_layer_is_from_keras(open_page: Open) -> None:
    page = open_page(f"{MODEL}&lang=en")
    expect_agreement(page)
    page.locator(".lens-badge summary").click()
    said = page.locator(".lens-badge-detail")
    far = r"(0|\d+e-0[78])"
    expect(said).to_contain_text(re.compile(rf"layer 1 forward {far}, layer 1 backward {far}, layer 2 {far}\."))
