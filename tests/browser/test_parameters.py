"""The picture of a layer's parameters: a click or a key lights a gate, here and in the cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lstm_core.assets import parts
from lstm_core.experiment import Experiment
from lstm_core.figures.parameters import parameters
from lstm_core.layers.spec import LSTM
from lstm_core.text import load
from tests.browser.harness import PHONE, painted, wait_complete
from tests.browser.helpers import barriers, link
from tests.browser.mounting import mount, show

Open = Callable[..., Page]
PARTS = parts("components/parameters/parameters")


def data(language: str = "en", **sizes: Any) -> str:
    return json.dumps(parameters(LSTM, load(language), **({"features": 3, "units": 4} | sizes)))


@pytest.mark.parametrize("by_key", [False, True])
def test_a_gate_that_is_chosen_here_is_chosen_in_the_cell_until_it_is_chosen_again(
    open_page: Open, by_key: bool
) -> None:
    page = open_page("/?trained=none&lang=en")
    mount(page, PARTS, data())
    gate = page.locator(".lens-parameters .gate[data-gate=f]")
    in_cell = page.locator(".lens-cell-part[data-node=f]")

    def choose() -> None:
        gate.press("Enter") if by_key else gate.locator("[data-tensor=recurrent_kernel]").click()

    choose()
    expect(gate).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".lens-parameters [aria-pressed=true]")).to_have_count(1)
    expect(page.locator(".lens-parameters-said")).to_contain_text("4 × (3 + 4) + 4 = 32 of 128")
    expect(in_cell).to_have_attribute("aria-expanded", "true")
    choose()
    expect(page.locator(".lens-parameters [aria-pressed=true]")).to_have_count(0)
    expect(in_cell).to_have_attribute("aria-expanded", "false")


def test_a_gate_that_the_charts_point_out_is_lit_here(open_page: Open) -> None:
    page = open_page("/?trained=none&lang=en")
    mount(page, PARTS, data())
    pin = """(quantity) => {
      const detail = {step: 2, quantity, pinned: true}
      document.dispatchEvent(new CustomEvent('lens:step', {detail}))
    }"""
    page.evaluate(pin, "o")
    expect(page.locator(".lens-parameters [data-gate=o]")).to_have_attribute("aria-pressed", "true")
    page.evaluate(pin, "c")
    expect(page.locator(".lens-parameters [aria-pressed=true]")).to_have_count(0)


def test_other_sizes_draw_other_blocks_and_a_lit_gate_stays_lit(open_page: Open) -> None:
    page = open_page("/?trained=none&lang=en")
    mount(page, PARTS, data())
    gate = page.locator(".lens-parameters .gate[data-gate=i]")
    gate.press("Enter")
    formula = page.locator(".lens-parameters .lens-formula")
    expect(formula).to_contain_text("128")
    before = gate.locator(".block").first.bounding_box()
    show(page, data(features=8, units=32))
    expect(formula).to_contain_text("5,248")
    expect(gate).to_have_attribute("aria-pressed", "true")
    assert gate.locator(".block").first.bounding_box() != before


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_largest_layer_is_read_on_a_phone_and_nothing_is_cut_off(open_page: Open, language: str) -> None:
    page = open_page(f"/?trained=none&lang={language}", viewport=PHONE)
    mount(page, PARTS, data(language, features=3, units=256, bidirectional=True))
    painted(page)
    beyond = page.evaluate("""() => {
      const box = document.querySelector('.lens-parameters').getBoundingClientRect()
      const texts = [...document.querySelectorAll('.lens-parameters :is(text, p, .number)')]
      return texts.map((node) => [node.textContent, node.getBoundingClientRect()])
        .filter(([text, { left, right }]) => text && (left < box.left + 4 || right > box.right - 4))
        .map(([text]) => text)
    }""")
    assert beyond == []
    blocks = [block.bounding_box() for block in page.locator(".lens-parameters .block").all()]
    assert len(blocks) == 12
    assert all(box and box["width"] >= 44 and box["height"] >= 22 for box in blocks)


def test_on_the_playground_it_is_drawn_when_asked_for_and_again_for_other_units(open_page: Open) -> None:
    page = open_page(link(Experiment(units=4, features=3), lang="en"))
    expect(page.locator(".lens-parameters, .lens-units-steps")).to_have_count(0)
    page.locator(".st-key-sizes_open label").first.click()
    formula = page.locator(".lens-parameters .lens-formula")
    expect(formula).to_contain_text("128")
    expect(page.locator(".lens-units-steps .step")).to_have_count(6)
    before = wait_complete(page)
    page.locator(".st-key-w_units").get_by_role("spinbutton").press("ArrowUp")
    wait_complete(page, after=before)
    expect(formula).to_contain_text("180")
    expect(page.locator(".lens-units-steps .unit")).to_have_count(5 * 6)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_puts_no_barrier_in_anyones_way(open_page: Open, theme: str) -> None:
    page = open_page("/?trained=none&lang=en", theme=theme)
    mount(page, PARTS, data(features=4, units=32, bidirectional=True))
    page.locator(".lens-parameters .gate[data-gate=f]").press("Enter")
    assert barriers(page) == []
