"""Units against time steps: two sliders that the browser answers by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lstm_core.assets import parts
from lstm_core.figures.units_steps import MOST, units_steps
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.spec import LSTM
from lstm_core.text import load
from tests.browser.harness import PHONE, painted
from tests.browser.helpers import barriers
from tests.browser.mounting import mount, show

Open = Callable[..., Page]
PARTS = parts("components/units_steps/units_steps")
PICTURE = ".lens-units-steps"


def data(language: str = "en", **given: Any) -> str:
    return json.dumps(units_steps(LSTM, load(language), **({"features": 3, "units": 4, "steps": 6} | given)))


def count(units: int) -> str:
    return f"{initial_weights(features=3, units=units, seed=1).parameters:,}"


def test_sliders_draw_cells_and_units_without_the_server(open_page: Open) -> None:
    page = open_page("/?trained=none&lang=en")
    mount(page, PARTS, data())
    cells, dots, said = (page.locator(f"{PICTURE} {what}") for what in (".step", ".unit", "dl"))
    expect(cells).to_have_count(6)
    expect(dots).to_have_count(24)
    page.context.set_offline(True)
    page.locator(PICTURE).get_by_role("slider", name="time steps").press("ArrowRight")
    expect(cells).to_have_count(7)
    expect(said).to_contain_text("(1, 4): the last h. With return_sequences=True it is (1, 7, 4)")
    expect(said).to_contain_text(f"{count(4)}, however long")
    page.locator(PICTURE).get_by_role("slider", name="units").press("End")
    expect(dots).to_have_count(7 * MOST)
    expect(said).to_contain_text(f"{count(MOST)}, however long")
    expect(page.locator(f"{PICTURE} code")).to_have_text(f"LSTM({MOST})(x)   # x.shape: (1, 7, 3)")
    page.context.set_offline(False)


def test_what_was_chosen_stays_until_the_layer_or_the_sequence_is_another(open_page: Open) -> None:
    page = open_page("/?trained=none&lang=en")
    mount(page, PARTS, data())
    page.locator(PICTURE).get_by_role("slider", name="time steps").press("Home")
    cells = page.locator(f"{PICTURE} .step")
    expect(cells).to_have_count(1)
    show(page, data(use_bias=False))
    expect(page.locator(f"{PICTURE} dl")).to_contain_text("112")
    expect(cells).to_have_count(1)
    show(page, data(steps=3))
    expect(cells).to_have_count(3)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_slider_stands_at_its_cell_and_its_unit_and_nothing_is_cut_off(open_page: Open, language: str) -> None:
    page = open_page(f"/?trained=none&lang={language}", viewport=PHONE)
    mount(page, PARTS, data(language, units=MOST, steps=MOST))
    painted(page)
    card = page.locator(PICTURE).bounding_box()
    last = page.locator(f"{PICTURE} .step.last .unit").last.bounding_box()
    steps = page.locator(".units-steps-steps input").bounding_box()
    units = page.locator(".units-steps-units input").bounding_box()
    assert card is not None
    assert last is not None
    assert steps is not None
    assert units is not None
    assert abs(steps["x"] + steps["width"] - 8 - (last["x"] + last["width"] / 2)) <= 1
    assert abs(units["y"] + 8 - (last["y"] + last["height"] / 2)) <= 1
    right = page.evaluate(
        f"() => Math.max(...[...document.querySelectorAll('{PICTURE} :is(text, dd, code)')]"
        ".map((node) => node.getBoundingClientRect().right))"
    )
    assert right <= card["x"] + card["width"] - 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_puts_no_barrier_in_anyones_way(open_page: Open, theme: str) -> None:
    page = open_page("/?trained=none&lang=en", theme=theme)
    mount(page, PARTS, data())
    painted(page)
    assert barriers(page) == []
