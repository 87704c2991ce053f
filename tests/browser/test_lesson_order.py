"""Lesson 6 in a real browser: its rows of steps follow their switches."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_core.lessons import order
from lstm_core.lessons.order import BASE, Padding, padded
from lstm_core.run import run_experiment
from tests.browser.harness import DESKTOP, PHONE, wait_lesson
from tests.browser.helpers import answer

Open = Callable[..., Page]


def numbers(row: Locator) -> list[float]:
    """All numbers of a row of steps, cell by cell."""
    return [float(number) for number in row.locator(".number").all_text_contents()]


def test_the_output_of_a_backwards_layer_is_drawn_in_the_order_of_processing(open_lesson: Open) -> None:
    page = open_lesson("order?lang=en")
    assert page.locator(".lens-timeline").count() == 0
    answer(page, "backwards")
    picture = page.locator(".st-key-order .lens-timeline")
    inside, output = (numbers(row) for row in picture.locator("section").all())
    units, steps = BASE.units, BASE.shape[1]
    assert picture.locator(".link").count() == steps
    in_time = run_experiment(BASE).trace.in_time_order("h")[:, 0].ravel()
    assert inside == pytest.approx(in_time, abs=6e-5)
    assert output == [inside[units * k + unit] for k in reversed(range(steps)) for unit in range(units)]
    page.locator(".st-key-w_go_backwards label").click()
    expect(page.get_by_text("Forwards both orders are the same")).to_be_visible()
    wait_lesson(page)
    inside, output = (numbers(row) for row in picture.locator("section").all())
    assert inside == output


@pytest.mark.parametrize(("viewport", "name"), [(PHONE, "{}"), (DESKTOP, "타임스텝 {}")])
def test_every_step_has_its_number_under_it_on_a_phone_too(open_lesson: Open, viewport, name: str) -> None:
    page = open_lesson("order?lang=ko", viewport=viewport)
    answer(page, "backwards")
    places = page.locator(".st-key-order .lens-timeline section").first.locator("text.place tspan")
    expect(places).to_have_text([name.format(k + 1) for k in range(BASE.shape[1])])


def test_padding_masks_and_outputs_follow_their_switches(open_lesson: Open) -> None:
    page = open_lesson("order?lang=en")
    answer(page, "masked")
    picture = page.locator(".st-key-masks .lens-timeline")
    expect(picture.locator("section").nth(1).locator(".step.masked")).to_have_count(order.MISSING)
    page.get_by_role("radiogroup").get_by_text("left", exact=True).click()
    page.locator(".st-key-order_begun label").click()
    expect(page.get_by_text("the output is zeros although h is 0.5000")).to_be_visible()
    wait_lesson(page)
    _, states, output = (numbers(row) for row in picture.locator("section").all())
    trace = run_experiment(padded(BASE, Padding("left", begun=True))).trace
    assert output == pytest.approx(trace.output[:, 1].ravel(), abs=6e-5)
    assert set(output[: order.MISSING * BASE.units]) == {0}
    assert set(states[: (1 + order.MISSING) * 2 * BASE.units]) == {order.BEGUN}
    page.locator(".st-key-order_mask label").click()
    expect(page.get_by_text("Without a mask the padding is read as if it were words")).to_be_visible()
    expect(picture.locator(".ground.masked")).to_have_count(0)


def test_wires_run_from_call_to_call_where_the_state_is_kept(open_lesson: Open) -> None:
    page = open_lesson("order?lang=en")
    answer(page, "stateful")
    picture = page.locator(".st-key-calls .lens-timeline")
    states = 2
    expect(picture.locator(".carried")).to_have_count(states)
    page.locator(".st-key-order_reset label").click()
    expect(picture.locator(".carried")).to_have_count(2 * states)
    page.locator(".st-key-order_stateful label").click()
    expect(picture.locator(".carried")).to_have_count(0)
    wait_lesson(page)
    first, second, third = (numbers(row) for row in picture.locator("section").all())
    assert first == second == third
