"""However the experiment is changed, every control says what the picture says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_core.layers.arguments import FLAGS
from lstm_core.text import load
from tests.browser.controlling import (
    Way,
    after_a_change,
    choose,
    choose_in_compare,
    expect_controls_to_agree,
    experiment_in,
    key_on_slider,
    open_groups,
    pick,
    press,
    shown_by,
    step_up,
    switch,
)
from tests.browser.harness import Server, painted, wait_complete

Open = Callable[..., Page]

GROUPS = ("weights", "call", "dropout", "layer")
BEGINNING = "/?units=3&dropout=0.2&mask=6&initial_state=1&initial_h=0.5&calls=2&forget_bias=0.5&seed=4&lang=en"
"""An experiment in which most controls show something else than they begin with."""


def use_code(page: Page) -> None:
    page.locator(".st-key-bring_open button").click()
    page.get_by_role("tab", name=load("en")("bring.code.tab")).click()
    page.locator(".st-key-bring_code_text textarea").fill(
        "LSTM(7, return_sequences=True, return_state=True, activation='relu', dropout=0.1, unroll=True)"
    )
    page.locator(".st-key-bring_code_read button").click()


def use_table(page: Page) -> None:
    page.locator(".st-key-bring_open button").click()
    page.locator(".st-key-bring_csv_text textarea").fill("a,b\n1,2\n3,4\n5,6\n")
    page.locator(".st-key-bring_csv_text textarea").press("Control+Enter")
    page.locator(".st-key-bring_csv_use button").click()


@pytest.fixture
def page(open_page: Open) -> Page:
    """The playground with all its groups open."""
    page = open_page(BEGINNING)
    open_groups(page, *GROUPS)
    assert page.locator(".stSidebar [class*=st-key-w_]").count() > 15
    expect_controls_to_agree(page)
    return page


@pytest.mark.parametrize("flag", FLAGS)
def test_comparing_flips_a_flag_goes_back_to_a_and_swaps(page: Page, flag: str) -> None:
    after_a_change(page, choose_in_compare(flag))
    assert getattr(experiment_in(page), flag)
    after_a_change(page, press(load("en")("compare.swap")))
    assert not getattr(experiment_in(page), flag)
    after_a_change(page, switch("return_state" if flag == "return_sequences" else "return_sequences"))
    after_a_change(page, step_up("units"))
    after_a_change(page, press(load("en")("compare.back")))
    assert getattr(experiment_in(page), flag)
    assert experiment_in(page).units == 3


def test_controls_dialogs_reset_back_and_forward(page: Page) -> None:
    for change in (
        *(switch(flag) for flag in FLAGS),
        step_up("units"),
        pick("cell", "GRU"),
        switch("reset_after"),
        pick("cell", "SimpleRNN"),
        pick("cell", "LSTM"),
        switch("use_bias"),
        choose("preset", load("en")("presets.noise")),
        use_table,
        use_code,
        choose("kernel_initializer", "orthogonal"),
        key_on_slider("forget_bias", "End"),
        press(load("en")("page.reset")),
        lambda page: page.go_back(),
        lambda page: page.go_back(),
        lambda page: page.go_forward(),
    ):
        after_a_change(page, change)


def test_an_initializer_and_its_numbers_are_chosen_by_keyboard(page: Page) -> None:
    def chosen_by_keys(name: str, choice: str) -> Way:
        def act(page: Page) -> None:
            box = page.locator(f".st-key-w_{name}").get_by_role("combobox")
            box.evaluate("(node) => node.scrollIntoView({ block: 'center' })")
            painted(page)
            box.fill(choice)
            expect(page.get_by_role("option", name=choice, exact=True)).to_be_visible()
            box.press("ArrowDown")
            box.press("Enter")

        return act

    def typed(name: str, number: str) -> Way:
        def act(page: Page) -> None:
            box = page.locator(f".st-key-w_{name} input")
            box.fill(number)
            box.press("Enter")

        return act

    after_a_change(page, chosen_by_keys("kernel_initializer", "random_normal"))
    after_a_change(page, typed("kernel_initializer_stddev", "0.3"))
    after_a_change(page, typed("kernel_initializer_mean", "-1"))
    assert experiment_in(page).kernel_initializer == "random_normal(-1.0,0.3)"
    after_a_change(page, chosen_by_keys("bias_initializer", "constant"))
    after_a_change(page, typed("bias_initializer_value", "0.125"))
    assert experiment_in(page).bias_initializer == "constant(0.125)"
    assert experiment_in(page).forget_bias is None
    after_a_change(page, chosen_by_keys("kernel_initializer", "zeros"))
    assert experiment_in(page).kernel_initializer == "zeros"
    after_a_change(page, lambda page: page.go_back())
    assert experiment_in(page).kernel_initializer == "random_normal(-1.0,0.3)"


def test_another_language_and_a_lesson_and_back_leave_no_control_behind(server: Server, page: Page) -> None:
    after_a_change(page, choose_in_compare("go_backwards"))
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("button", name=load("ko")("compare.swap"))).to_be_visible()
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.get_by_role("button", name=load("en")("compare.swap"))).to_be_visible()
    expect_controls_to_agree(page)
    page.goto(f"{server.url}{BEGINNING}&return_state=1&units=5")
    wait_complete(page)
    assert page.locator(".st-key-w_return_state input").is_checked()
    assert shown_by(page.locator(".st-key-w_units")) == 5
