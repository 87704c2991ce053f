"""The inside of a GRU's and a SimpleRNN's cell: numbers beside the parts, keys, plays and masked steps."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lstm_core.assets import asset
from lstm_core.experiment import Experiment
from lstm_core.figures.lens import payload
from lstm_core.run import Run, run_experiment
from lstm_core.text import load
from tests.browser.harness import DESKTOP, LAPTOP, PHONE
from tests.browser.modules import define
from tests.browser.test_lens_cell import FITS

Open = Callable[..., Page]
Draw = Callable[..., tuple[Page, Run]]

STYLE = "<!doctype html><style>:root { --st-text-color: #000; --st-background-color: #fff }</style>"
SHOW = """(data) => {
  window.P = readPayload(data)
  window.S = { step: P.last, unit: 1, node: null }
  window.cell ??= makeCell(document.body, (change) => cell.show(P, Object.assign(S, change)))
  cell.show(P, S)
}"""
GO = "([selection, phase]) => cell.show(P, Object.assign(S, selection), phase)"
NUMBERS = """() => Object.fromEntries([...document.querySelectorAll('[data-node]')].map((part) =>
  [part.dataset.node, part.querySelector('.lens-cell-number').textContent]))"""
REACHED = """() => [...document.querySelectorAll('[data-node]')]
  .filter((part) => getComputedStyle(part).opacity === '1').map((part) => part.dataset.node)"""

AFTER = {"cell": "GRU", "bias_initializer": "random_normal"}
BEFORE = AFTER | {"reset_after": False}
SIMPLE = {"cell": "SimpleRNN", "bias_initializer": "random_normal"}
GRU_PARTS = {"h_own", "h_before", "x", "z", "r", "h_tilde", "keep", "1-z", "write", "h"}
PARTS = {
    "GRU": (AFTER, GRU_PARTS | {"h_recurrent", "reset"}),
    "reset before": (BEFORE, GRU_PARTS | {"h_reset"}),
    "SimpleRNN": (SIMPLE, {"h_before", "x", "h_tilde", "h"}),
}
each_cell = pytest.mark.parametrize(("cell", "parts"), PARTS.values(), ids=PARTS)


@pytest.fixture
def draw(new_browser_page: Open) -> Draw:
    """Draws the cell of an experiment, in the page of the one before if there is one."""

    def drawn(page: Page | None = None, **arguments: Any) -> tuple[Page, Run]:
        if page is None:
            page = new_browser_page()
            page.set_content(STYLE)
            page.add_style_tag(content=asset("page/scale.css") + asset("components/lens/cell.css"))
            define(page, "components/lens/payload.js", "components/lens/cell.js")
        run = run_experiment(Experiment(**arguments))
        page.evaluate(SHOW, json.loads(json.dumps(payload(run, load("en"), row=0))))
        return page, run

    return drawn


@each_cell
def test_every_part_has_the_traces_number_and_opens_from_the_keyboard(
    draw: Draw, cell: dict[str, Any], parts: set[str]
) -> None:
    page, run = draw(**cell)
    trace = run.trace
    numbers = page.evaluate(NUMBERS)
    assert set(numbers) == parts
    value = {name: float(trace[name][-1, 0, 0]) for name in trace.spec.shown}
    h = float(trace["h"][-2, 0, 0])
    if "z" in value:
        z, new = value["z"], value["h_tilde"]
        value |= {"h_own": h, "keep": z * h, "1-z": 1 - z, "write": (1 - z) * new}
    if "h_recurrent" in value:
        value["reset"] = value["r"] * value["h_recurrent"]
    assert set(value) == parts - {"x", "h_before"}
    assert {name: float(numbers[name]) for name in value} == pytest.approx(value, abs=1.01e-4)
    assert numbers["h_before"].split(" ") == [f"{one:.2f}" for one in trace["h"][-2, 0, :3]] + ["…"]
    opened = []
    for _part in parts:
        page.keyboard.press("Tab")
        opened.append(page.evaluate("S.node"))
        assert page.locator(".lens-cell-what").text_content() == load("en").section("lens.cell").get(
            f"{opened[-1]}_is", load("en").section(f"lens.{trace.spec.name}").get(f"{opened[-1]}_is")
        )
    assert set(opened) == parts


@each_cell
def test_at_a_masked_step_h_runs_past_and_all_that_was_computed_is_faint(
    draw: Draw, cell: dict[str, Any], parts: set[str]
) -> None:
    page, run = draw(**cell, mask="3, 6")
    numbers = page.evaluate(NUMBERS)
    assert float(numbers["h"]) == pytest.approx(float(run.trace["h"][-2, 0, 0]), abs=1e-4)
    expect(page.locator(".lens-cell-bypass")).to_be_visible()
    faint = parts - set(page.evaluate(REACHED))
    assert faint == parts - {"h_own", "h_before", "x", "h"}
    assert page.locator(".lens-cell-equation:visible").all_text_contents() == ["h₆ = h₅", f"= {numbers['h']}"]
    page.evaluate(GO, [{"step": 5}, 0])
    expect(page.locator(".lens-cell-bypass")).to_be_hidden()
    assert set(page.evaluate(REACHED)) == parts


@pytest.mark.parametrize(
    ("cell", "phases"),
    [
        (AFTER, [GRU_PARTS - {"h_tilde", "keep", "write", "h"} | {"h_recurrent"}, {"reset", "h_tilde"}]),
        (BEFORE, [GRU_PARTS - {"h_tilde", "keep", "write", "h"}, {"h_reset", "h_tilde"}]),
        (SIMPLE, [{"h_before", "x", "h_tilde"}]),
    ],
    ids=list(PARTS),
)
def test_a_play_has_not_reached_what_is_faint(draw: Draw, cell: dict[str, Any], phases: list[set[str]]) -> None:
    page, _ = draw(**cell)
    everything = set(page.evaluate(NUMBERS))
    for phase, _new in enumerate(phases, start=1):
        page.evaluate(GO, [{}, phase])
        assert set(page.evaluate(REACHED)) == set().union(*phases[:phase])
    page.evaluate(GO, [{}, len(phases) + 1])
    assert set(page.evaluate(REACHED)) == everything


def test_another_cell_is_drawn_in_the_place_of_the_one_before(draw: Draw) -> None:
    page, _ = draw()
    box = page.locator(".lens-cell-diagram").bounding_box()
    assert set(page.evaluate(NUMBERS)) > {"c", "f"}
    for cell, parts in (*PARTS.values(), ({}, {"c_before", "c", "tanh_c", "f", "i", "o"})):
        _, run = draw(page, **cell)
        numbers = page.evaluate(NUMBERS)
        assert parts <= set(numbers)
        assert ("c" in numbers) == (run.trace.spec.name == "LSTM")
        assert page.locator(".lens-cell-diagram").bounding_box() == box
        page.locator("[data-node=h] .lens-cell-number").click()
        expect(page.locator(".lens-cell-what")).to_contain_text("The new h")


@pytest.mark.parametrize(
    ("cell", "activations"),
    [
        (AFTER, ["hard_sigmoid", "hard_sigmoid", "h·U + rb", "relu"]),
        (AFTER | {"use_bias": False}, ["hard_sigmoid", "hard_sigmoid", "h·U", "relu"]),
        (BEFORE, ["hard_sigmoid", "hard_sigmoid", "relu"]),
        (SIMPLE, ["relu"]),
    ],
)
def test_activations_and_what_is_reset_name_themselves(
    draw: Draw, cell: dict[str, Any], activations: list[str]
) -> None:
    page, _ = draw(**cell, activation="relu", recurrent_activation="hard_sigmoid")
    assert page.locator(".lens-cell-activation").all_text_contents() == activations


def test_wires_of_a_gru_are_as_wide_as_what_they_carry(draw: Draw) -> None:
    page, run = draw(**AFTER)
    widths = page.locator(".lens-cell-wire[data-colour=z] .lens-cell-line").evaluate_all(
        "(lines) => lines.map((line) => parseFloat(line.style.strokeWidth))"
    )
    z, h = float(run.trace["z"][-1, 0, 0]), float(run.trace["h"][-2, 0, 0])
    assert widths == pytest.approx([2 + 9 * abs(value) for value in (z, z, 1 - z, z * h)], abs=1e-3)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("viewport", [DESKTOP, LAPTOP, PHONE])
@pytest.mark.parametrize("cell", ["cell=GRU", "cell=GRU&reset_after=0", "cell=SimpleRNN"])
def test_every_formula_of_another_cells_first_experiment_fits_its_panel(
    open_page: Open, cell: str, viewport: tuple[int, int], language: str
) -> None:
    page = open_page(f"/?lang={language}&{cell}", viewport=viewport)
    assert page.evaluate(FITS) == []
    main = page.locator(".stMain")
    assert main.evaluate("(node) => node.scrollWidth <= node.clientWidth")


def test_a_part_stays_chosen_in_another_cell_that_has_it_and_no_other(open_page: Open) -> None:
    page = open_page()
    chosen = page.locator("[data-node][aria-expanded=true]")
    cells = page.locator(".st-key-w_cell")
    page.locator("[data-node=f] .lens-cell-number").click()
    expect(chosen).to_have_attribute("data-node", "f")
    cells.get_by_text("GRU", exact=True).click()
    expect(page.locator("[data-node=z]")).to_be_visible()
    expect(chosen).to_have_count(0)
    page.locator("[data-node=x] .lens-cell-number").click()
    expect(chosen).to_have_attribute("data-node", "x")
    cells.get_by_text("SimpleRNN", exact=True).click()
    expect(page.locator("[data-node=z]")).to_have_count(0)
    expect(chosen).to_have_attribute("data-node", "x")


def test_a_part_that_the_next_opened_layer_does_not_have_is_let_go(open_page: Open) -> None:
    page = open_page("/?return_sequences=1&cell.2=GRU")
    page.locator("[data-node=o] .lens-cell-number").click()
    expect(page.locator("[data-node=o]")).to_have_attribute("aria-expanded", "true")
    page.locator(".stSidebar").get_by_text("GRU(4)").click()
    expect(page.locator("[data-node=r]")).to_be_visible()
    expect(page.locator("[data-node][aria-expanded=true]")).to_have_count(0)
