"""The inside of the cell: its numbers are the trace's, and the terms of every formula add up as they are shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from lstm_core.assets import asset
from lstm_core.experiment import Experiment
from lstm_core.figures.lens import payload
from lstm_core.layers.trace import DropoutMasks, Trace, of_one_layer
from lstm_core.run import Run, run_experiment
from lstm_core.text import load
from tests.browser.harness import DESKTOP, LAPTOP, PHONE, Server, wait_complete
from tests.browser.modules import define

Open = Callable[..., Page]
Shown = dict[str, Any]

SCRIPTS = ("components/lens/payload.js", "components/lens/cell.js")
Z = {"i": "z_i", "f": "z_f", "candidate": "z_c", "o": "z_o"}  # a gate's pre-activation in the trace
ON_WIRES = ("i", "f", "candidate", "o", "c", "tanh_c", "h")

PREPARE = """(data) => {
  window.P = readPayload(data)
  window.S = { step: P.last, unit: 1, node: null }
  document.body.replaceChildren()
  window.cell = makeCell(document.body, (change) => cell.show(P, Object.assign(S, change)))
  cell.show(P, S)
}"""

# What is drawn for a selection: numbers on the wires, and the panel.
READ = """([selection, phase]) => {
  cell.show(P, Object.assign(S, selection), phase)
  const text = (from, selector) => from.querySelector(selector)?.textContent ?? null
  const seen = (from, selector) => [...from.querySelectorAll(selector)].filter((part) => !part.closest('[hidden]'))
  const texts = (from, selector) => seen(from, selector).map((part) => part.textContent)
  const panel = document.querySelector('.lens-cell-panel')
  return {
    wires: Object.fromEntries([...document.querySelectorAll('[data-node]')].map((part) =>
      [part.dataset.node, text(part, '.lens-cell-number')])),
    lines: seen(panel, '.lens-cell-equation').map((line) => texts(line, 'span').join('')),
    sum: texts(panel, '[data-role=sum]')[0],
    result: texts(panel, '[data-role=result]')[0],
    groups: seen(panel, '.lens-cell-group').map((group) => ({
      title: text(group, '.lens-cell-group-title'),
      sum: text(group, '.lens-cell-group-sum'),
      terms: seen(group, '.lens-cell-term').map((term) => Object.fromEntries(
        seen(term, 'span').map((part) => [part.className.replace('lens-cell-', ''), part.textContent]))),
      rest: texts(group, '.lens-cell-rest')[0] ?? null,
    })),
    what: text(panel, '.lens-cell-what'),
    notes: texts(panel, '.lens-cell-note'),
  }
}"""


@pytest.fixture
def draw(new_browser_page: Open) -> Callable[..., tuple[Page, Run]]:
    """Draws the cell of an experiment in a page of its own."""

    def drawn(experiment: Experiment, masks: list[DropoutMasks] | None = None, **options) -> tuple[Page, Run]:
        page = new_browser_page(**options)
        page.set_content("<!doctype html><style>:root { --st-text-color: #000; --st-background-color: #fff }</style>")
        page.add_style_tag(content=asset("page/scale.css") + asset("components/lens/cell.css"))
        define(page, *SCRIPTS)
        run = run_experiment(experiment, of_one_layer(masks) if masks else None)
        page.evaluate(PREPARE, json.loads(json.dumps(payload(run, load("en"), row=0))))
        return page, run

    return drawn


def read(page: Page, *, phase: int = 0, **selection: object) -> Shown:
    return page.evaluate(READ, [selection, phase])


def last_digit(shown: str) -> float:
    """What one unit of the last digit shown is worth."""
    return float(Decimal(1).scaleb(int(Decimal(shown).as_tuple().exponent)))


def is_rounded(shown: str, exact: float, *, digits: float = 0.5) -> bool:
    """Whether a text is the number rounded to its last digit; float32 and double precision may differ by 1e-6."""
    return abs(float(shown) - exact) <= digits * last_digit(shown) + 1e-6 * max(1.0, abs(exact))


def value(trace: Trace, name: str, step: int, unit: int) -> float:
    return float(trace.in_time_order(name)[step - 1, 0, unit - 1])


def before(run: Run, name: str, step: int, unit: int) -> float:
    """The state that a step starts from."""
    trace = run.trace
    position = trace.time_index.tolist().index(step - 1)
    states = trace[name]
    return float(states[position - 1, 0, unit - 1] if position else trace.start[name][0, unit - 1])


def some_places(run: Run) -> list[tuple[int, int]]:
    """The first, a middle and the last step, each with the first, a middle and the last unit."""
    steps, _, units = run.trace["h"].shape
    thirds = [(1, (size + 1) // 2, size) for size in (steps, units)]
    return [(step, unit) for step in sorted(set(thirds[0])) for unit in sorted(set(thirds[1]))]


def drawn_masks(experiment: Experiment) -> list[DropoutMasks]:
    """Dropout masks as Keras draws them with any recurrent dropout: one for each gate, some values dropped."""
    generator = np.random.default_rng(5)
    widths = (experiment.shape[2], experiment.units)
    return [DropoutMasks(*(generator.integers(0, 2, (4, 1, width)).astype(np.float32) * 2 for width in widths))]


EXPERIMENTS = {
    "first page": Experiment(),
    "one number a step, one unit": Experiment(preset="article", features=1, units=1),
    "many units and features": Experiment(preset="noise", timesteps=50, features=16, units=32),
    "backwards": Experiment(go_backwards=True, units=3),
    "masked": Experiment(mask="1, 3-4", units=3),
    "dropout": Experiment(units=8, features=8, dropout=0.5, recurrent_dropout=0.5, training=True),
    "no bias": Experiment(use_bias=False),
    "given state": Experiment(initial_state=True, initial_h=2.5, initial_c=-40.0),
    "unbounded": Experiment(activation="linear", recurrent_activation="relu", preset="ramp", timesteps=30, features=2),
    "large numbers": Experiment(preset="typed", typed="100000 -3; 5000 20000; 0.5 1", activation="relu"),
    "tiny numbers": Experiment(preset="typed", typed="0.00002 0; 0 0.0000003; 0 0", use_bias=False),
    "hard sigmoid": Experiment(recurrent_activation="hard_sigmoid"),
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_terms_shown_add_up_to_the_sum_shown(draw: Callable[..., tuple[Page, Run]], name: str) -> None:
    experiment = EXPERIMENTS[name]
    page, run = draw(experiment, drawn_masks(experiment) if experiment.draws_dropout else None)
    for step, unit in some_places(run):
        for gate, z in Z.items():
            shown = read(page, step=step, unit=unit, node=gate)
            for group in shown["groups"]:
                parts = [Decimal(term["product"]) for term in group["terms"]]
                if group["rest"]:
                    parts.append(Decimal(group["rest"].split("together ")[1]))
                assert not parts or sum(parts) == Decimal(group["sum"])
            assert sum(Decimal(group["sum"]) for group in shown["groups"]) == Decimal(shown["sum"])
            assert is_rounded(shown["sum"], value(run.trace, z, step, unit))
            assert is_rounded(shown["result"], value(run.trace, gate, step, unit))


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_numbers_on_the_wires_are_the_trace(draw: Callable[..., tuple[Page, Run]], name: str) -> None:
    experiment = EXPERIMENTS[name]
    page, run = draw(experiment, drawn_masks(experiment) if experiment.draws_dropout else None)
    for step, unit in some_places(run):
        wires = read(page, step=step, unit=unit)["wires"]
        for quantity in ON_WIRES:
            assert is_rounded(wires[quantity], value(run.trace, quantity, step, unit))
        c_before = before(run, "c", step, unit)
        gates = {gate: value(run.trace, gate, step, unit) for gate in Z}
        assert is_rounded(wires["c_before"], c_before)
        assert is_rounded(wires["keep"], gates["f"] * c_before, digits=1)
        assert is_rounded(wires["write"], gates["i"] * gates["candidate"], digits=1)
        if run.trace.mask is None or run.trace.mask[0, step - 1]:
            assert Decimal(wires["keep"]) + Decimal(wires["write"]) == Decimal(wires["c"])
        else:
            assert wires["c"] == wires["c_before"]


def test_each_factor_of_a_term_is_a_weight_and_what_it_multiplies(draw: Callable[..., tuple[Page, Run]]) -> None:
    page, run = draw(Experiment(units=3, features=2))
    x, h, bias = read(page, step=4, unit=2, node="f")["groups"]
    column = 3 + 1  # of f for unit 2
    kernel, recurrent = run.weights.kernel[:, column], run.weights.recurrent_kernel[:, column]
    assert [term["label"] for term in x["terms"] + h["terms"]] == ["x1", "x2", "h1", "h2", "h3"]
    for term, number, weight in zip(x["terms"], run.trace.inputs[0, 3], kernel, strict=True):
        assert is_rounded(term["value"], number)
        assert is_rounded(term["weight"], weight)
    for term, number, weight in zip(h["terms"], run.trace["h"][2, 0], recurrent, strict=True):
        assert is_rounded(term["value"], number)
        assert is_rounded(term["weight"], weight)
    assert bias == {"title": "b_f", "sum": "1.0000", "terms": [], "rest": None}


def test_of_many_units_the_largest_terms_stand_first_and_all_can_be_opened(
    draw: Callable[..., tuple[Page, Run]],
) -> None:
    page, _ = draw(Experiment(units=32))
    _, few, _ = read(page, step=6, unit=9, node="o")["groups"]
    sizes = [abs(Decimal(term["product"])) for term in few["terms"]]
    assert len(sizes) == 4
    assert sizes == sorted(sizes, reverse=True)
    assert few["rest"].startswith("and 28 more, together ")
    page.get_by_role("button", name="and 28 more").click()
    _, every, _ = read(page)["groups"]
    assert [term["label"] for term in every["terms"]] == [f"h{unit}" for unit in range(1, 33)]
    assert sum(Decimal(term["product"]) for term in every["terms"]) == Decimal(every["sum"]) == Decimal(few["sum"])
    page.get_by_role("button", name="only the largest").click()
    assert read(page)["groups"][1] == few


def test_dropout_is_a_factor_where_there_is_dropout(draw: Callable[..., tuple[Page, Run]]) -> None:
    experiment = EXPERIMENTS["dropout"]
    (masks,) = drawn_masks(experiment)
    assert masks.dropout is not None
    page, _ = draw(experiment, [masks])
    shown = read(page, step=3, unit=2, node="f")
    for term in shown["groups"][0]["terms"]:
        factor = masks.dropout[1, 0, int(term["label"][1:]) - 1]
        assert float(term["factor"]) == factor
        assert factor or float(term["product"]) == 0
    assert any("dropout" in note for note in shown["notes"])
    page, _ = draw(Experiment())
    assert all("factor" not in term for group in read(page, node="f")["groups"] for term in group["terms"])


def test_a_masked_step_hands_both_states_on_and_throws_the_gates_away(draw: Callable[..., tuple[Page, Run]]) -> None:
    page, _ = draw(Experiment(mask="3", units=2))
    shown = read(page, step=3, unit=1, node=None)
    c, h = shown["wires"]["c"], shown["wires"]["h"]
    assert shown["lines"] == ["c₃ = c₂", f"= {c}", "h₃ = h₂", f"= {h}"]
    assert (c, h) == (read(page, step=2)["wires"]["c"], read(page, step=2)["wires"]["h"])
    assert "threw it away" in read(page, step=3, node="f")["notes"][0]
    assert "untouched" in read(page, step=3, node="c")["what"]
    expect(page.locator(".lens-cell-bypass").first).to_be_visible()
    read(page, step=2)
    expect(page.locator(".lens-cell-bypass").first).to_be_hidden()


def test_small_formulas_say_what_they_are_of(draw: Callable[..., tuple[Page, Run]]) -> None:
    page, _ = draw(Experiment(go_backwards=True, activation="relu"))
    wires = read(page, step=2, unit=3)["wires"]
    bracketed = {name: f"({text})" if text.startswith("-") else text for name, text in wires.items()}
    for node, symbols, numbers in [
        ("keep", "keep = f × c₃", f"= {wires['f']} × {bracketed['c_before']} = {wires['keep']}"),
        ("write", "write = i × c~", f"= {wires['i']} × {bracketed['candidate']} = {wires['write']}"),
        ("c", "c₂ = keep + write", f"= {wires['keep']} + {bracketed['write']} = {wires['c']}"),
        ("tanh_c", "relu(c₂)", f"= relu({wires['c']}) = {wires['tanh_c']}"),
        ("h", "h₂ = o × relu(c₂)", f"= {wires['o']} × {bracketed['tanh_c']} = {wires['h']}"),
    ]:
        assert read(page, node=node)["lines"] == [symbols, numbers]


def test_activations_name_themselves(draw: Callable[..., tuple[Page, Run]]) -> None:
    page, _ = draw(Experiment(activation="relu", recurrent_activation="hard_sigmoid"))
    assert page.locator(".lens-cell-activation").all_text_contents() == ["hard_sigmoid"] * 2 + ["relu", "hard_sigmoid"]
    assert page.locator(".lens-cell-pill-name").text_content() == "relu"
    assert read(page, node="o")["lines"][0].startswith("o = hard_sigmoid(")


def test_wires_are_as_wide_as_their_values_are_large(draw: Callable[..., tuple[Page, Run]]) -> None:
    page, run = draw(Experiment(preset="article", units=2))
    widths = page.locator(".lens-cell-wire[data-colour=f] .lens-cell-line").evaluate_all(
        "(lines) => lines.map((line) => parseFloat(line.style.strokeWidth))"
    )
    f, keep = value(run.trace, "f", 6, 1), value(run.trace, "f", 6, 1) * before(run, "c", 6, 1)
    assert widths == pytest.approx([2 + 9 * f, 2 + 9 * abs(keep)], abs=1e-3)


def test_a_play_has_not_reached_what_is_faint(draw: Callable[..., tuple[Page, Run]]) -> None:
    page, _ = draw(Experiment())
    stages = [{"c_before", "h_before", "x", "f", "i", "o"}, {"candidate"}, {"keep", "write", "c"}, {"tanh_c", "h"}]
    for phase in (1, 2, 3, 4, 0):
        read(page, phase=phase)
        reached = page.locator("[data-node]").evaluate_all(
            "(parts) => parts.filter((part) => getComputedStyle(part).opacity === '1').map((part) => part.dataset.node)"
        )
        assert set(reached) == set().union(*stages[: phase or 4])


def test_a_part_stays_open_until_another_is_pointed_at_and_a_click_holds_it(
    draw: Callable[..., tuple[Page, Run]],
) -> None:
    page, _ = draw(Experiment())
    what, forget = page.locator(".lens-cell-what"), page.locator("[data-node=f] .lens-cell-shape")
    expect(what).to_contain_text("Point at or click any part")
    forget.hover()
    expect(what).to_contain_text("Forget gate")
    page.mouse.move(1, 1)
    expect(what).to_contain_text("Forget gate")
    page.locator("[data-node=i] .lens-cell-shape").hover()
    expect(what).to_contain_text("Input gate")
    forget.click()
    page.mouse.move(1, 1)
    expect(what).to_contain_text("Forget gate")
    page.locator("[data-node=c] .lens-cell-shape").hover()
    expect(what).to_contain_text("The new cell state")
    page.mouse.move(1, 1)
    expect(what).to_contain_text("Forget gate")
    forget.click()
    page.mouse.move(1, 1)
    expect(what).to_contain_text("Point at or click any part")


def test_the_pointer_reaches_the_panel_over_other_parts_and_the_formula_goes_with_the_step(
    draw: Callable[..., tuple[Page, Run]],
) -> None:
    page, run = draw(Experiment(units=32))
    what, more = page.locator(".lens-cell-what"), page.get_by_role("button", name="and 28 more")
    page.clock.install(time=0)
    page.locator("[data-node=f] .lens-cell-shape").hover()
    gate, link = page.locator("[data-node=f]").bounding_box(), more.bounding_box()
    assert gate is not None
    assert link is not None
    page.clock.pause_at(3_600_000)  # the pointer rests on nothing, however long a busy machine takes to move it
    page.mouse.move(gate["x"] + 400, gate["y"] + 40, steps=40)  # over the three other gates
    page.mouse.move(link["x"] + 10, link["y"] + 8, steps=20)
    page.clock.resume()
    expect(what).to_contain_text("Forget gate")
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".lens-cell-term:visible")).to_have_count(3 + 32)
    for step in (3, 4):
        page.evaluate("(step) => cell.show(P, Object.assign(S, { step }))", step)
        expect(page.locator(".lens-cell-panel [data-role=result]:visible")).to_have_text(
            f"{value(run.trace, 'f', step, 1):.4f}"
        )


def test_a_finger_is_told_to_tap_and_a_tap_opens_a_part(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{server.url}/?lang=en")
    what = page.locator(".lens-cell-what")
    expect(what).to_contain_text("Tap any part of the cell")
    page.locator(".lens-cell-inside [data-node=f] .lens-cell-shape").tap()
    expect(what).to_contain_text("Forget gate")
    page.locator(".lens-cell-panel").tap()
    expect(what).to_contain_text("Forget gate")
    page.locator(".lens-cell-inside [data-node=f] .lens-cell-shape").tap()
    expect(what).to_contain_text("Tap any part of the cell")
    context.close()


FITS = """() => [...document.querySelectorAll('.lens-cell-inside [data-node]')].filter((part) => {
  part.dispatchEvent(new MouseEvent('click', { bubbles: true }))
  const panel = document.querySelector('.lens-cell-panel')
  return panel.scrollHeight > panel.clientHeight || panel.scrollWidth > panel.clientWidth
}).map((part) => part.dataset.node)"""


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("viewport", [DESKTOP, LAPTOP, PHONE])
def test_every_formula_of_the_first_experiment_fits_its_panel(
    open_page: Open, viewport: tuple[int, int], language: str
) -> None:
    page = open_page(f"/?trained=none&lang={language}", viewport=viewport)
    assert page.evaluate(FITS) == []


def test_every_part_opens_from_the_keyboard(draw: Callable[..., tuple[Page, Run]]) -> None:
    page, _ = draw(Experiment())
    opened = []
    for _part in range(12):
        page.keyboard.press("Tab")
        opened.append(page.evaluate("S.node"))
    assert set(opened) == {*ON_WIRES, "c_before", "h_before", "x", "keep", "write"}
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("S.node") == opened[-1]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    assert page.evaluate("S.node") is None
    focused = page.locator("[data-node]:focus-visible .lens-cell-shape")
    unfocused = page.locator("[data-node=f] .lens-cell-shape")
    strokes = [part.evaluate("(shape) => getComputedStyle(shape).strokeWidth") for part in (focused, unfocused)]
    assert strokes == ["4px", "2.5px"]


def test_in_the_app_a_part_keeps_its_formula_from_step_to_step(open_page: Open) -> None:
    page = open_page("/?units=32&return_sequences=1&step=6", viewport=PHONE)
    page.locator(".lens-cell-inside [data-node=i] .lens-cell-shape").click()
    trace = run_experiment(Experiment(units=32, return_sequences=True)).trace
    for step in (6, 5):
        result = page.locator(".lens-cell-panel [data-role=result]:visible")
        expect(result).to_have_text(f"{value(trace, 'i', step, 1):.4f}")
        page.keyboard.press("ArrowLeft")
    main = page.locator(".stMain")
    assert main.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    wait_complete(page)
