"""Lesson 2 in a real browser: the gate's switch, the band of c, and the half-life on the curve."""

import math
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_core.lessons import cell
from lstm_core.run import Run, run_experiment
from tests.browser.harness import PHONE, wait_lesson
from tests.browser.helpers import answer

Open = Callable[..., Page]
POSITIONS = {name: list(at) for name, at in cell.SWITCHES.items()}
LABELS = {"shut": "Shut", "half": "Half open", "default": "1 · default", "open": "Open"}


def turn(page: Page, switch: str, position: str) -> None:
    gate = "output" if switch == "output" else "forget"
    button = page.locator(f".st-key-switch_{switch} button").nth(POSITIONS[gate].index(position))
    button.click()
    expect(button).to_be_checked()
    wait_lesson(page)


def lit(page: Page, switch: str) -> Locator:
    return page.locator(f".st-key-switch_{switch} button[aria-checked=true]")


def run_with(gate: str, position: str) -> Run:
    return run_experiment(cell.with_bias(cell.BASE, gate, cell.SWITCHES[gate][position]))


def test_the_picture_opens_at_the_impulse_and_at_the_step_of_a_link(open_lesson: Open) -> None:
    page = open_lesson("cell?lang=en")
    expect(page.locator(".lens-picture[data-step]")).to_have_attribute("data-step", "1")
    page = open_lesson("cell?lang=en&step=7")
    expect(page.locator(".lens-picture[data-step]")).to_have_attribute("data-step", "7")


@pytest.mark.parametrize("position", POSITIONS["forget"])
def test_the_switch_lets_the_impulse_fade_or_stay(open_lesson: Open, position: str) -> None:
    page = open_lesson("cell?lang=en")
    assert page.locator(".lens-chain").count() == 0
    answer(page, "bias")
    expect(lit(page, "forget")).to_have_text(LABELS["default"])
    if position != "default":
        turn(page, "forget", position)
    run = run_with("forget", position)
    expected = [f"{value:.3f}" for value in run.trace["c"][:, 0, 0]]
    expect(page.locator(".lens-chain .number")).to_have_text(expected)
    said = cell.facts(run)
    expect(page.locator(".st-key-prose_faded")).to_contain_text(f"{said['last']} is left, {said['share']} of it")
    answer(page, "fade")
    turn(page, "forget_again", position)
    expect(page.locator(".lens-curve .mark")).to_have_count(len(cell.half_lives(run)))


def test_each_section_opens_in_the_state_it_talks_about_and_hears_of_no_other_switch(open_lesson: Open) -> None:
    page = open_lesson("cell?lang=en")
    for question in ("bias", "fade", "shown"):
        answer(page, question)
    chain, curve, shown = (page.locator(at) for at in (".lens-chain .number", ".lens-curve .level", ".st-key-gates"))
    expect(lit(page, "forget_again")).to_have_text(LABELS["half"])
    expect(page.locator(".st-key-prose_halved")).to_contain_text("1.00 steps")
    expect(lit(page, "output")).to_have_text(LABELS["shut"])
    expect(page.locator(".st-key-prose_shown")).to_contain_text("= 0.001842, while c is 0.9616")
    expect(page.get_by_text("c differs by at most 0 at any step")).to_be_visible()
    picture = page.locator(".lens-picture svg").first.inner_html()
    before = {"chain": chain.all_text_contents(), "curve": curve.all_text_contents(), "gates": shown.inner_text()}
    turn(page, "forget_again", "shut")
    turn(page, "output", "half")
    expect(page.locator(".st-key-prose_shown")).to_contain_text("= 0.3725, while c is 0.9616")
    expect(chain).to_have_text(before["chain"])
    turn(page, "forget", "open")
    expect(chain.last).to_have_text("0.917")
    expect(lit(page, "forget_again")).to_have_text(LABELS["shut"])
    expect(page.locator(".st-key-prose_shown")).to_contain_text("= 0.3725, while c is 0.9616")
    assert curve.all_text_contents() != before["curve"]
    assert shown.inner_text() == before["gates"]
    assert page.locator(".lens-picture svg").first.inner_html() == picture
    turn(page, "output", "open")
    expect(page.locator(".st-key-prose_wide_open")).to_be_visible()
    expect(page.get_by_text("c differs by at most")).to_have_count(0)


def test_the_slider_beside_the_switch_goes_between_its_positions(open_lesson: Open) -> None:
    page = open_lesson("cell?lang=en")
    answer(page, "bias")
    thumb = page.locator(".st-key-bias_forget").get_by_role("slider")
    thumb.press("ArrowRight")
    expect(page.locator(".st-key-prose_faded")).to_contain_text(f"{100 / (1 + math.exp(-1.1)):.2f}% of c goes through")
    expect(lit(page, "forget")).to_have_count(0)
    thumb.press("ArrowLeft")
    expect(lit(page, "forget")).to_have_text(LABELS["default"])


@pytest.mark.parametrize("query", ["timesteps=1", "use_bias=0", "preset=noise&features=3", "mask=1", "units=20"])
def test_a_link_with_another_layer_or_sequence_is_told_from_the_lesson_itself(open_lesson: Open, query: str) -> None:
    page = open_lesson(f"cell?lang=en&{query}")
    for question in ("bias", "fade", "shown"):
        answer(page, question)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.locator(".st-key-prose_intro")).to_have_count(0)
    page.get_by_role("button", name="The lesson as it begins").click()
    expect(page.locator(".st-key-prose_intro")).to_contain_text("at step 20?")
    wait_lesson(page)


def test_the_half_life_on_the_curve_is_where_the_dots_pass_one_half(open_lesson: Open) -> None:
    page = open_lesson("cell?lang=en&forget_bias=2", viewport=PHONE)
    answer(page, "fade")
    expect(page.locator(".lens-curve .mark-words").first).to_have_text("1/2 after 5.46 steps")  # ln 0.5 / ln 0.8808
    at = float(page.locator(".lens-curve .point").first.get_attribute("cx") or "nan")
    dots = [float(dot.get_attribute("cx") or "nan") for dot in page.locator(".lens-curve svg > .real").all()[-20:]]
    assert dots[5] < at < dots[6]


@pytest.mark.parametrize("position", ["shut", "half"])
def test_a_half_life_is_marked_on_the_drawn_line(open_lesson: Open, position: str) -> None:
    page = open_lesson("cell?lang=en")
    answer(page, "fade")
    turn(page, "forget_again", position)
    life = cell.half_lives(run_with("forget", position))[0]
    expect(page.locator(".lens-curve .mark-words").first).to_have_text(f"1/2 after {life:.2f} steps")
    ring = page.locator(".lens-curve .point").first
    line = page.locator(".lens-curve path.expected").get_attribute("d") or ""
    points = [tuple(map(float, pair.split())) for pair in re.split("[ML]", line)[1:]]
    x, y = (float(ring.get_attribute(at) or "nan") for at in ("cx", "cy"))
    assert min(math.dist((x, y), point) for point in points) < 0.5


@pytest.mark.parametrize("language", ["en", "ko"])
def test_all_positions_of_a_switch_are_seen_on_a_phone(open_lesson: Open, language: str) -> None:
    page = open_lesson(f"cell?lang={language}", viewport=PHONE)
    answer(page, "bias")
    for button in page.locator(".st-key-switch_forget button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE[0] - 12  # beyond the margin it could only be scrolled to
