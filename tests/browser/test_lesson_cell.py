"""Lesson 2 in a real browser: the gate's switch, the band of c, and the half-life on the curve."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_core.lessons import cell
from lstm_core.run import run_experiment
from tests.browser.harness import PHONE, wait_lesson

Open = Callable[..., Page]
POSITIONS = list(cell.SWITCH)


def answer(page: Page, question: str) -> None:
    page.locator(f".st-key-predict_{question} [role=radiogroup] label").first.click()
    page.locator(f".st-key-predict_{question} [data-testid=stAlert]").wait_for()
    wait_lesson(page)


def turn(page: Page, switch: str, position: str) -> None:
    button = page.locator(f".st-key-switch_{switch} button").nth(POSITIONS.index(position))
    button.click()
    expect(button).to_be_checked()
    wait_lesson(page)


def test_the_picture_opens_at_the_impulse_and_at_the_step_of_a_link(open_lesson: Open) -> None:
    page = open_lesson("cell?lang=en")
    expect(page.locator(".lens-picture[data-step]")).to_have_attribute("data-step", "1")
    page = open_lesson("cell?lang=en&step=7")
    expect(page.locator(".lens-picture[data-step]")).to_have_attribute("data-step", "7")


@pytest.mark.parametrize("position", POSITIONS)
def test_the_switch_lets_the_impulse_fade_or_stay_and_stands_in_the_address(open_lesson: Open, position: str) -> None:
    page = open_lesson("cell?lang=en")
    assert page.locator(".lens-chain").count() == 0
    answer(page, "bias")
    turn(page, "forget", position)
    run = run_experiment(cell.BASE.changed(forget_bias=cell.SWITCH[position]))
    expected = [f"{value:.2f}" for value in run.trace.c[:, 0, 0]]
    expect(page.locator(".lens-chain .number")).to_have_text(expected)
    assert f"forget_bias={cell.SWITCH[position]:g}" in page.url
    answer(page, "fade")
    expect(page.locator(".lens-curve .mark")).to_have_count(len(cell.half_lives(run)))
    lit = page.locator(".st-key-switch_forget_again button[aria-checked=true]")
    expect(lit).to_have_text({"shut": "Shut", "half": "Half open", "open": "Open"}[position])


def test_the_half_life_on_the_curve_is_where_the_dots_pass_one_half(open_lesson: Open) -> None:
    page = open_lesson("cell?lang=en&forget_bias=2", viewport=PHONE)
    answer(page, "fade")
    expect(page.locator(".lens-curve .mark-words").first).to_have_text("1/2 after 5.46 steps")  # ln 0.5 / ln 0.8808
    at = float(page.locator(".lens-curve .point").first.get_attribute("cx") or "nan")
    dots = [float(dot.get_attribute("cx") or "nan") for dot in page.locator(".lens-curve svg > .real").all()[-20:]]
    assert dots[5] < at < dots[6]


def test_shutting_the_output_gate_leaves_c_alone(open_lesson: Open) -> None:
    page = open_lesson("cell?lang=en")
    answer(page, "shown")
    turn(page, "output", "shut")
    expect(page.get_by_text("c differs by at most 0.0000")).to_be_visible()
    expect(page.locator(".st-key-gates section").last.locator(".number")).to_have_text(["0.0025", "0.0025"])
