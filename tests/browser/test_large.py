"""A run too large to be sent whole: wherever the reader goes, the numbers there come, and they are the run's own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from lstm_core.run import Run, run_experiment
from lstm_core.text import load
from tests.browser.harness import DESKTOP
from tests.browser.helpers import link, show_as

Open = Callable[..., Page]

LONG = Experiment(preset="noise", timesteps=1000, features=2, units=64, return_sequences=True)
WIDE = Experiment(preset="noise", timesteps=200, features=1, units=256, go_backwards=True)
COLOURS = """(step) => {
  const [image] = document.querySelectorAll(`.step[data-step="${step}"] image`)
  const [, row] = image.parentElement.getAttribute('viewBox').split(' ').map(Number)
  const canvas = Object.assign(document.createElement('canvas'), {width: image.getAttribute('width'), height: 1})
  const whole = new Image()
  whole.src = image.getAttribute('href')
  return whole.decode().then(() => {
    canvas.getContext('2d').drawImage(whole, 0, -row)
    return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, 1).data].filter((_, k) => k % 4 === 3)
  })
}"""
"""How opaque each unit of the upper state is painted at a step: what is no number, or not here, stays clear."""


@pytest.fixture
def picture(open_page: Open) -> Callable[..., Page]:
    def opened(experiment: Experiment, **more: object) -> Page:
        page = open_page(link(experiment, lang="en", **more), viewport=DESKTOP)
        page.locator(".lens-picture[data-step]").wait_for()
        show_as(page, "boxes")
        return page

    return opened


def stands_at(page: Page, run: Run, step: int, unit: int) -> None:
    """The picture stands at a step and a unit, and says the run's own numbers there."""
    expect(page.locator(f'.lens-picture[data-step="{step}"][data-unit="{unit}"]')).to_be_visible()
    value = float(run.trace.in_time_order("o")[step - 1, 0, unit - 1])
    expect(page.locator('.lens-cell-inside [data-node="o"]').first).to_contain_text(f"{value:.4f}")


def test_a_step_far_away_comes_when_someone_goes_there(picture: Callable[..., Page]) -> None:
    page, run = picture(LONG, step=1000), run_experiment(LONG)
    stands_at(page, run, 1000, 1)
    slider = page.get_by_role("slider", name="Step", exact=True)
    for step in (2, 503, 504, 999):
        slider.fill(str(step))
        stands_at(page, run, step, 1)


def test_a_unit_with_its_weights_comes_when_someone_goes_there(picture: Callable[..., Page]) -> None:
    page, run = picture(WIDE, step=1), run_experiment(WIDE)
    stands_at(page, run, 1, 1)  # the last one that it processes
    page.locator(".lens-window").focus()
    for unit in range(2, 12):
        page.keyboard.press("ArrowDown")
        stands_at(page, run, 1, unit)
    page.locator("[data-node=o] .lens-cell-shape").click()
    kernel = run.weights.kernel[0, 3 * 256 + 10]
    expect(page.locator(".lens-cell-inside")).to_contain_text(f"{kernel:.4f}")


def test_a_link_opens_at_its_step_and_unit(picture: Callable[..., Page]) -> None:
    page = picture(LONG, step=400, unit=60)
    stands_at(page, run_experiment(LONG), 400, 60)


def test_steps_that_are_scrolled_to_are_painted_once_they_come(picture: Callable[..., Page]) -> None:
    page = picture(LONG, step=1000)
    page.locator(".lens-window").evaluate("(window) => { window.scrollLeft = 0 }")
    page.locator(".step[data-step='3'] image").first.wait_for(state="attached")
    page.wait_for_function(f"async () => (await ({COLOURS})(3)).every((alpha) => alpha === 255)")
    expect(page.locator(".lens-picture[data-step='1000']")).to_be_visible()


def test_step_by_step_the_numbers_are_there_before_the_reader(picture: Callable[..., Page]) -> None:
    page, run = picture(LONG, step=430), run_experiment(LONG)
    stands_at(page, run, 430, 1)
    page.locator(".lens-window").focus()
    for step in range(431, 511):
        page.keyboard.press("ArrowRight")
        expect(page.locator(f'.lens-picture[data-step="{step}"]')).to_be_visible()
    stands_at(page, run, 510, 1)


def test_the_overview_is_of_the_whole_sequence(picture: Callable[..., Page]) -> None:
    page = picture(LONG)
    pixels = page.locator(".lens-scrubber canvas").evaluate(
        "(canvas) => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
    )
    alphas = np.array(pixels).reshape(-1, 4)[:, 3]
    assert (alphas == 255).all()
    assert len(alphas) == 100 * 16


def test_exact_code_too_long_for_the_page_is_left_to_the_file_and_that_is_said(picture: Callable[..., Page]) -> None:
    page = picture(Experiment(preset="noise", timesteps=6, units=256))
    expect(page.locator(".st-key-code")).to_have_count(1)
    page.locator(".st-key-code_kind").get_by_text("Exact", exact=True).click()
    expect(page.get_by_text(load("en")("code.exact_long"))).to_be_visible()
    expect(page.locator(".st-key-code")).to_have_count(0)
