"""The memory of a unit as a river: its numbers, its views, and a play that draws nothing before it is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from lstm_core.figures.lens import most_happens
from lstm_core.learned import percent
from lstm_core.run import run_experiment
from tests.browser.harness import DESKTOP, LAPTOP
from tests.browser.helpers import link, show_as

Open = Callable[..., Page]

TRAINED = {"kernel_initializer": "random_normal", "preset": "noise", "timesteps": 5, "features": 2, "units": 2}
"""Enough of a layer for its river to have numbers of both signs."""

# At each step of a play: which steps show anything that is computed, how far the river is drawn, and what has left.
NOTE = """() => {
  const picture = document.querySelector('.lens-picture')
  const seen = (node) => node.checkVisibility({visibilityProperty: true})
  window.noted = []
  new MutationObserver(() => {
    const step = Number(picture.dataset.step)
    if (!picture.matches('.lens-playing') || noted.at(-1)?.step === step) return
    const made = [...picture.querySelectorAll('.step')].filter((step) => seen(step.querySelector('.made')))
    const chains = picture.querySelector('.lens-chains')
    const [, right, , left = right] = getComputedStyle(chains).clipPath.match(/-?[\\d.]+px/g).map(parseFloat)
    const content = picture.querySelector('.lens-window > svg').width.baseVal.value
    noted.push({
      step, made: made.map((node) => Number(node.dataset.step)), left: seen(picture.querySelector('.lens-exit > svg')),
      from: left / content, to: 1 - right / content, labels: picture.querySelectorAll('.step-name').length})
  }).observe(picture, {attributes: true, attributeFilter: ['data-step']})
}"""


def texts(page: Page, name: str) -> list[str]:
    return page.locator(f".lens-layer .step .{name}").all_text_contents()


def brief(value: float) -> str:
    said = f"{value:.2f}"
    return said if float(said) else said.lstrip("-")


def whole_river(page: Page) -> None:
    expect(page.locator(".lens-picture.lens-playing")).to_have_count(0)
    expect(page.locator(".lens-chains")).to_have_css("clip-path", "none")
    expect(page.locator(".step.ahead")).to_have_count(0)


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "SimpleRNN"])
def test_the_river_has_the_traces_numbers_unit_by_unit(open_page: Open, cell: str) -> None:
    experiment = Experiment(**TRAINED, cell=cell)
    trace = run_experiment(experiment).trace
    page = open_page(link(experiment, step=2))
    memory = trace[{"LSTM": "c"}.get(cell, "h")][:, 0]
    for unit in (0, 1):
        expect(page.locator(f".lens-picture[data-unit='{unit + 1}']")).to_be_visible()
        assert texts(page, "value") == [brief(value) for value in memory[:, unit]]
        if cell == "SimpleRNN":
            assert texts(page, "gain") == []
        else:
            write = trace["i"] * trace["candidate"] if cell == "LSTM" else (1 - trace["z"]) * trace["h_tilde"]
            assert [float(said) for said in texts(page, "gain")] == pytest.approx(write[:, 0, unit], abs=0.0051)
        page.locator(".lens-window").focus()
        page.keyboard.press("ArrowDown")


def test_the_playground_begins_with_the_river_and_a_lesson_with_boxes(open_page: Open, open_lesson: Open) -> None:
    page = open_page("/?lang=en")
    expect(page.locator(".lens-views [aria-pressed=true]")).to_have_text("river")
    expect(page.locator(".lens-chains .river").first).to_be_attached()
    lesson = open_lesson("cell?lang=en")
    expect(lesson.locator(".lens-views [aria-pressed=true]")).to_have_text("boxes")
    expect(lesson.locator(".lens-layer .box").first).to_be_visible()


def test_the_views_are_of_the_same_step_and_stay_with_a_change(open_page: Open) -> None:
    page = open_page(link(Experiment(units=2), step=3, lang="en"))
    frame = page.locator(".step.chosen")
    for view, part in (("boxes", ".box"), ("loop", ".box"), ("river", ".frame")):
        show_as(page, view)
        expect(page.locator(".lens-picture")).to_have_attribute("data-view", view)
        expect(frame).to_have_attribute("data-step", "3")
        expect(frame.locator(part)).to_be_attached()
    show_as(page, "boxes")
    page.locator(".st-key-w_return_sequences label").first.click()
    expect(page.locator(".lens-layer .output-shape").first).to_have_text("(1, 6, 2)")
    expect(page.locator(".lens-views [aria-pressed=true]")).to_have_text("boxes")


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("view", ["river", "boxes"])
def test_a_play_draws_nothing_that_is_not_computed_yet(open_page: Open, view: str, go_backwards: bool) -> None:
    page = open_page(link(Experiment(units=2, go_backwards=go_backwards), step=6 if go_backwards else 1))
    show_as(page, view)
    page.evaluate(NOTE)
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=20_000)
    noted: list[dict[str, Any]] = page.evaluate("noted")
    assert [one["step"] for one in noted][-5:] == ([5, 4, 3, 2, 1] if go_backwards else [2, 3, 4, 5, 6])
    for one in noted:
        step = one["step"]
        assert one["made"] == list(range(step, 7) if go_backwards else range(1, step + 1))
        drawn = (one["from"], one["to"])
        assert drawn == pytest.approx(((step - 1) / 6, 1) if go_backwards else (0, step / 6), abs=0.01)
        assert one["left"] == (step == (1 if go_backwards else 6))
        assert one["labels"] == 6  # what goes in is known
    whole_river(page)


def test_a_pause_shows_the_picture_whole(open_page: Open) -> None:
    page = open_page(link(Experiment(units=2), step=1))
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".step.ahead").first).to_be_attached()
    page.get_by_role("button", name="Pause").click()
    whole_river(page)


def test_the_river_fills_smoothly_only_where_motion_is_welcome(open_page: Open) -> None:
    for reduced_motion in (True, False):
        page = open_page(link(Experiment(units=2), step=1), reduced_motion=reduced_motion)
        page.get_by_role("button", name="Play").click()
        expect(page.locator(".step.ahead").first).to_be_attached()
        moves = "node => getComputedStyle(node).transitionDuration !== '0s'"
        assert page.locator(".lens-chains").evaluate(moves) is not reduced_motion


def test_a_chart_moves_the_frame_and_a_click_on_the_river_moves_the_charts(open_page: Open) -> None:
    page = open_page(link(Experiment(units=2), step=1))
    tell = "(detail) => document.dispatchEvent(new CustomEvent('lens:step', {detail: {source: null, ...detail}}))"
    page.evaluate(tell, {"step": 4, "unit": 2, "pinned": False})
    expect(page.locator(".step.chosen")).to_have_attribute("data-step", "4")
    expect(page.locator(".lens-picture")).to_have_attribute("data-unit", "2")
    page.evaluate("() => document.addEventListener('lens:step', ({detail}) => (window.heard = detail))")
    page.locator(".step[data-step='5'] .touch").click(force=True)
    assert page.evaluate("[heard.step, heard.pinned]") == [5, True]


def test_it_opens_at_the_step_at_which_most_happens_unless_the_link_says_where(open_page: Open) -> None:
    experiment = Experiment(**TRAINED)
    trace = run_experiment(experiment).trace
    changes = np.abs(np.diff(trace["c"][:, 0, 0], prepend=0))
    assert most_happens(trace, 0) == int(changes.argmax()) + 1 != 5  # the last, where it would open else
    page = open_page(link(experiment))
    expect(page.locator(".lens-picture")).to_have_attribute("data-step", str(int(changes.argmax()) + 1))
    page = open_page(link(experiment, step=4))
    expect(page.locator(".lens-picture")).to_have_attribute("data-step", "4")


def test_above_each_step_stands_what_a_models_head_says(open_page: Open) -> None:
    experiment = Experiment(units=2, return_sequences=True, head="dense", head_activation="sigmoid")
    prediction = run_experiment(experiment).last.prediction
    assert prediction is not None
    page = open_page(link(experiment, lang="en"))
    assert texts(page, "saying") == [percent(share) for share in prediction[0, :, 0].tolist()]
    bars = page.locator(".lens-layer .saying-bar").evaluate_all("bars => bars.map((bar) => bar.height.baseVal.value)")
    np.testing.assert_allclose(np.array(bars) / bars[0], prediction[0, :, 0] / prediction[0, 0, 0], rtol=1e-4)
    expect(page.locator(".lens-start .says")).to_have_text(["Dense says"])


def test_the_river_is_lower_where_the_window_is(open_page: Open) -> None:
    heights = []
    for viewport in (DESKTOP, LAPTOP):
        page = open_page("/?lang=en", viewport=viewport)
        heights.append(page.locator(".lens-layer").bounding_box()["height"])
    assert heights[0] == pytest.approx(250, abs=5)
    assert heights[1] == pytest.approx(194, abs=5)
