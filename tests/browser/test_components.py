"""What happens to a component before it is drawn: data change while its script loads, or someone points at it."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstm_core.assets import Parts, charts_parts, lens_parts, parts
from lstm_core.experiment import Experiment
from lstm_core.figures.lens import payload
from lstm_core.figures.parameters import parameters
from lstm_core.figures.stack import StackedLayer, stack
from lstm_core.figures.text import FigureText
from lstm_core.figures.time_figure import time_figure
from lstm_core.figures.units_steps import units_steps
from lstm_core.layers.spec import LSTM
from lstm_core.run import run_experiment
from lstm_core.text import load
from pages.ui.server.plotly_asset import plotly_url
from tests.browser.harness import Server, wait_complete

Open = Callable[..., Page]

# Both calls come as soon as the script is there; then Streamlit calls what the overtaken first one returned.
OVERTAKEN = """async ({source, html, first, second}) => {
  const {default: show} = await import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})))
  const parentElement = document.createElement('div')
  parentElement.id = 'overtaken'
  parentElement.innerHTML = html
  document.body.prepend(parentElement)
  const bytes = (text) => new TextEncoder().encode(text)
  const end = show({data: bytes(first), parentElement})
  show({data: bytes(second), parentElement})
  end()
}"""


def charts_data(units: int) -> str:
    run = run_experiment(Experiment(units=units))
    figure = time_figure(run.trace, row=0, outputs=run.outputs, text=FigureText(**load("en").section("figure")))
    return json.dumps({"figure": figure, "token": f"units-{units}", "plotly": plotly_url()})


def lens_data(units: int) -> str:
    return json.dumps({"picture": payload(run_experiment(Experiment(units=units)), load("en"), row=0, labels=None)})


PARAMETERS, UNITS_STEPS, STACK = (parts(f"components/{name}/{name}") for name in ("parameters", "units_steps", "stack"))


def parameters_data(units: int) -> str:
    return json.dumps(parameters(LSTM, load("en"), features=3, units=units))


def units_steps_data(units: int) -> str:
    return json.dumps(units_steps(LSTM, load("en"), features=3, units=units, steps=4))


def stack_data(layers: int) -> str:
    h = np.zeros((3, 2), np.float32)
    return json.dumps({"picture": stack([StackedLayer("LSTM(2)", (h,))] * layers, load("en"))})


@pytest.mark.parametrize(
    ("parts", "data", "drawn"),
    [
        (charts_parts(), charts_data, "#overtaken [data-lens-ready=units-2]"),
        (lens_parts(), lens_data, "#overtaken .lens-picture[data-unit='1']"),
        (PARAMETERS, parameters_data, "#overtaken .lens-formula[aria-label$='= 48']"),
        (UNITS_STEPS, units_steps_data, "#overtaken .step:nth-of-type(4) .unit:nth-of-type(2)"),
        (STACK, stack_data, "#overtaken .cell[data-row='1'][data-step='1']"),
    ],
    ids=["charts", "lens", "parameters", "units_steps", "stack"],
)
def test_data_that_change_while_the_script_loads_are_drawn(
    open_page: Open, parts: Parts, data: Callable[[int], str], drawn: str
) -> None:
    page = open_page()
    page.evaluate(OVERTAKEN, {"source": parts.js, "html": parts.html, "first": data(1), "second": data(2)})
    expect(page.locator(drawn)).to_be_attached()


PLAIN = {
    "data": [{"type": "scatter", "y": [3.0, 2.0, 1.0], "meta": {"light": "#0000ff", "dark": "#ffff00"}}],
    "layout": {"height": 240, "xaxis": {"title": {"text": "epoch"}}},
    "meta": {"alt": "Loss, epoch by epoch"},
}

DRAWN = """async ({source, html, data}) => {
  const {default: show} = await import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})))
  const parentElement = Object.assign(document.createElement('div'), { id: 'plain', innerHTML: html })
  document.body.prepend(parentElement)
  show({data: new TextEncoder().encode(data), parentElement})
}"""


def test_a_plain_plotly_figure_is_drawn_in_the_pages_colours_and_nothing_over_it(open_page: Open) -> None:
    page = open_page()
    charts = charts_parts()
    data = json.dumps({"figure": PLAIN, "token": "loss", "plotly": plotly_url()})
    page.evaluate(DRAWN, {"source": charts.js, "html": charts.html, "data": data})
    chart = page.locator("#plain .lens-charts")
    expect(chart).to_have_attribute("data-lens-ready", "loss")
    expect(page.get_by_role("figure", name="Loss, epoch by epoch")).to_be_visible()
    expect(chart.locator(".scatterlayer .js-line")).to_have_css("stroke", "rgb(0, 0, 255)")
    expect(chart.locator(".g-xtitle")).to_have_text("epoch")
    assert chart.locator(".charts-panels > *, .charts-overlay text, .charts-overlay rect").count() == 0
    expect(chart.locator(".charts-save")).to_be_hidden()
    chart.press("ArrowRight")
    middle = "(stage) => { const { left, top } = stage.getBoundingClientRect(); return [left + 200, top + 100] }"
    x, y = chart.locator(".charts-stage").evaluate(middle)
    chart.locator(".charts-stage").dispatch_event("pointermove", {"clientX": x, "clientY": y})
    expect(chart.locator(".charts-readout")).to_be_hidden()


# The picture's first images stay undecoded until `decodeNow` is called: nothing is drawn before.
SLOW_IMAGES = """
  const decoded = new Promise((resolve) => (window.decodeNow = resolve))
  const decode = HTMLImageElement.prototype.decode
  HTMLImageElement.prototype.decode = function () { return decoded.then(() => decode.call(this)) }
"""


def test_what_is_pointed_at_clicked_or_pressed_before_there_are_numbers_disturbs_nothing(
    server: Server, new_browser_page: Open
) -> None:
    page = new_browser_page()
    page.add_init_script(SLOW_IMAGES)
    page.goto(server.url + "/?trained=none&lang=en")
    cell = page.locator(".lens-cell-diagram")  # which cell it is, the numbers say
    cell.wait_for()
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.up()
    page.locator(".lens-play").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".lens-picture[data-step]").count() == 0
    page.evaluate("decodeNow()")
    wait_complete(page)


# Everything that a hand or a script can do to a component: at once, then while the page gives it no room, then again.
IMPATIENT = """async ({source, html, data}) => {
  const {default: show} = await import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})))
  const parentElement = Object.assign(document.createElement('div'), { id: 'impatient', hidden: true })
  parentElement.innerHTML = html
  document.body.prepend(parentElement)
  const at = { bubbles: true, clientX: 40, clientY: 40, pointerType: 'mouse' }
  const events = [
    ...['pointermove', 'pointerover', 'pointerleave', 'click'].map((type) => () => new PointerEvent(type, at)),
    ...['ArrowRight', 'Home', ' ', 'Enter', 'Escape'].map((key) => () => new KeyboardEvent('keydown', { ...at, key })),
    ...['input', 'change', 'focusin', 'focusout', 'blur', 'scroll'].map((type) => () => new Event(type, at)),
  ]
  window.pester = () => {
    for (const node of [parentElement, ...parentElement.querySelectorAll('*')]) {
      if (!node.closest('.lens-save, .charts-save, .charts-plot')) for (const made of events) node.dispatchEvent(made())
    }
    document.dispatchEvent(new CustomEvent('lens:step', { detail: { step: 2, source: null, pinned: true } }))
    document.dispatchEvent(new CustomEvent('lens:step', { detail: { source: null, pinned: false } }))
  }
  const end = show({ data: new TextEncoder().encode(data), parentElement })
  pester()
  window.leave = () => {
    parentElement.remove()
    end()
    pester()
  }
}"""


@pytest.mark.parametrize(
    ("parts", "data", "known", "drawn"),
    [
        (charts_parts(), charts_data, ".lens-charts[aria-label]", "#impatient [data-lens-ready=units-2]"),
        (lens_parts(), lens_data, ".lens-picture[data-step]", "#impatient .step"),
        (PARAMETERS, parameters_data, "svg[role=group]", "#impatient .gate"),
        (UNITS_STEPS, units_steps_data, ".units-steps-units input[max='12']", "#impatient .step"),
        (STACK, stack_data, ".stack-window", "#impatient .cell"),
    ],
    ids=["charts", "lens", "parameters", "units_steps", "stack"],
)
def test_whatever_comes_before_it_is_drawn_or_after_it_is_gone_does_no_harm(
    open_page: Open, parts: Parts, data: Callable[[int], str], known: str, drawn: str
) -> None:
    page = open_page()
    page.evaluate(IMPATIENT, {"source": parts.js, "html": parts.html, "data": data(2)})
    expect(page.locator(f"#impatient {known}")).to_be_attached()
    page.evaluate("pester()")  # it knows its numbers, and has no room
    page.evaluate("document.getElementById('impatient').hidden = false")
    expect(page.locator(drawn).first).to_be_attached()
    page.evaluate("pester()")
    page.evaluate("leave()")
