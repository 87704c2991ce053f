"""A gate taken in hand: dragged in the cell or set in the panel; all after it follows, in the link and with Keras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_core.examples import example
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.spec import GRU, LSTM, SIMPLE_RNN, CellSpec
from lstm_core.run import run_experiment
from lstm_core.share.handout import handout
from lstm_core.share.page_link import decode_page
from lstm_core.text import load
from tests.browser.harness import PHONE, Traffic
from tests.browser.helpers import expect_agreement, link

Open = Callable[..., Page]

PLACES = """() => ['.lens-cell-diagram', '.st-key-card_returned', '.st-key-card_code', '.st-key-card_charts']
  .map((what) => document.querySelector(what).getBoundingClientRect().top)"""


def part(page: Page, gate: str) -> Locator:
    return page.locator(f".lens-cell-diagram [data-node={gate}]")


def drag(page: Page, gate: str, *, to: float) -> None:
    """Take the knob of a gate, and leave it at a share of its gauge."""
    rail = part(page, gate).locator(".lens-cell-gauge-track").bounding_box()
    y = rail["y"] + rail["height"] / 2
    page.mouse.move(rail["x"] + rail["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(rail["x"] + to * rail["width"], y, steps=5)
    page.mouse.up()


def experiment_of(page: Page) -> Experiment:
    return decode_page(dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))).experiment


def held(page: Page) -> tuple[Edit, ...]:
    return experiment_of(page).held


def wait_held(page: Page, text: str) -> None:
    """Wait until the page has computed with what is held, as its own line says."""
    expect(page.locator(".lens-cell-hand-said")).to_have_text(text)


def expect_free(page: Page) -> None:
    expect(page.locator(".lens-cell-hand-line")).to_be_hidden()
    expect(page.locator(".lens-layer .free")).to_have_count(0)
    page.wait_for_function("() => !location.search.includes('held=')")


def test_a_gate_is_dragged_and_the_prediction_changes_in_sight(open_page: Open) -> None:
    page = open_page("/?trained=counting&step=4")
    before = page.locator(".lens-headline").inner_text()
    places = page.evaluate(PLACES)
    drag(page, "f", to=0.0)
    wait_held(page, "f of unit 1 at step 4: 0.0000")
    assert held(page) == (Edit("f", 4, 0, 0.0),)
    assert page.evaluate(PLACES) == places
    expect(page.locator(".lens-headline")).not_to_have_text(before)
    expect(page.locator(".lens-headline")).to_contain_text("With no gate in hand: 99.9%")
    expect(part(page, "f")).to_have_attribute("data-held", "")
    trace = run_experiment(experiment_of(page)).trace
    assert trace["f"][3, 0, 0] == 0
    expect(part(page, "f").locator(".lens-cell-number")).to_have_text("0.0000")
    expect(part(page, "c").locator(".lens-cell-number")).to_have_text(f"{trace['c'][3, 0, 0]:.4f}")
    expect(page.locator(".lens-cell-lines")).to_contain_text("in hand: 0.0000")
    expect(page.locator(".lens-layer .free")).to_have_count(1)
    expect(page.locator(".lens-layer circle.held")).to_have_count(1)
    expect_agreement(page)
    page.keyboard.press("Escape")
    expect_free(page)
    expect(page.locator(".lens-headline")).to_have_text(before)
    assert page.evaluate(PLACES) == places


def test_the_panel_holds_it_at_every_step_by_keys_and_lets_it_go(open_page: Open) -> None:
    page = open_page("/?trained=counting&step=2")
    part(page, "i").press("Enter")
    slider = page.locator(".lens-cell-hand-slider")
    expect(slider).to_have_attribute("aria-label", "Take i in hand")
    slider.focus()
    slider.press("Home")
    wait_held(page, "i of unit 1 at step 2: 0.0000")
    page.locator(".lens-cell-hand-scope").select_option("all")
    wait_held(page, "i of unit 1: 0.0000")
    assert held(page) == (Edit("i", 0, 0, 0.0),)
    expect(page.locator(".lens-layer circle.held")).to_have_count(8)
    assert set(page.locator(".lens-layer .step text.value").all_text_contents()) == {"0.00"}
    expect_agreement(page)
    page.get_by_role("button", name="Let go", exact=True).click()
    expect_free(page)


def test_several_gates_and_all_are_let_go_at_once_in_korean(open_page: Open) -> None:
    page = open_page("/?trained=counting&step=3&lang=ko")
    drag(page, "o", to=0.5)
    wait_held(page, "유닛 1의 o, 타임스텝 3: 0.5000")
    drag(page, "candidate", to=1.0)
    wait_held(page, "유닛 1의 o, 타임스텝 3: 0.5000 · 유닛 1의 c~, 타임스텝 3: 1.0000")
    page.get_by_role("button", name="모두 놓기 (Esc)").click()
    expect_free(page)


@pytest.mark.parametrize("spec", [LSTM, GRU, SIMPLE_RNN], ids=lambda spec: spec.name)
def test_every_gate_of_every_cell_can_be_taken(open_page: Open, spec: CellSpec) -> None:
    page = open_page(link(Experiment(cell=spec.name, units=2), step=6))
    for gate in spec.gates:
        drag(page, gate.name, to=1.0)
        wait_held(page, f"{gate.symbol} of unit 1 at step 6: 1.0000")
        assert held(page) == (Edit(gate.name, 6, 0, 1.0),)
        page.keyboard.press("Escape")
        expect_free(page)


def test_a_link_opens_with_what_is_held_and_the_exact_code_has_the_cell(open_page: Open) -> None:
    page = open_page("/?trained=counting&held=f.0.0%3D0.5")
    wait_held(page, "f of unit 1: 0.5000")
    expect(page.locator(".st-key-card_code")).to_contain_text("gates are held: Exact has the cell that holds them")
    page.get_by_role("radio", name="Exact").click()
    expect(page.locator(".st-key-card_code")).to_contain_text("class HeldLSTMCell(keras.layers.LSTMCell):")
    expect(page.locator(".st-key-card_code")).to_contain_text("held[:, 1, 0] = 0.5")
    expect_agreement(page)


def test_on_a_phone_a_finger_drags_it(open_page: Open) -> None:
    page = open_page("/?trained=counting&step=4", viewport=PHONE)
    page.locator(".lens-cell-diagram").scroll_into_view_if_needed()
    drag(page, "f", to=0.0)
    wait_held(page, "f of unit 1 at step 4: 0.0000")


def test_where_no_server_computes_no_gate_can_be_taken(
    open_lesson: Open, new_browser_page: Open, traffic: Traffic, tmp_path: Path
) -> None:
    page = open_lesson("cell")
    expect(part(page, "f").locator(".lens-cell-gauge")).to_be_visible()
    expect(part(page, "f").locator(".lens-cell-knob")).to_be_hidden()
    part(page, "f").click()
    expect(page.locator(".lens-cell-what")).to_contain_text("Forget gate")
    expect(page.locator(".lens-cell-hand")).to_be_hidden()
    written = tmp_path / "handout.html"
    run = run_experiment(example("counting").changed(held=(Edit("f", 0, 0, 0.5),)))
    assert np.unique(run.trace["f"][:, 0, 0]).tolist() == [0.5]
    written.write_text(handout(run, load("en"), title="x", row=0), encoding="utf-8")
    alone = new_browser_page()
    alone.goto(written.as_uri())
    expect(part(alone, "f").locator(".lens-cell-number")).to_have_text("0.5000")
    expect(part(alone, "f").locator(".lens-cell-knob")).to_be_hidden()
    traffic.requests.remove(written.as_uri())
