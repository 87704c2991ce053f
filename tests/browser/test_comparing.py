"""A pinned experiment beside the one on screen, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from lstm_core.run import run_experiment

Open = Callable[..., Page]


def test_one_click_pins_the_experiment_and_flips_a_flag(open_page: Open) -> None:
    page = open_page("/?lang=en&units=2")
    page.locator(".st-key-compare_button button").click()
    page.get_by_role("menuitem", name="return_sequences").click()
    table = page.locator(".lens-compare table")
    expect(table.first.locator("tbody tr")).to_have_text(["return_sequencesFalseTrue"])
    expect(table.last.locator("tbody tr")).to_have_text(["output(1, 2)(1, 6, 2)other shape"])
    expect(page.locator(".st-key-compare_charts .charts-title")).to_have_count(3)
    expect(page.get_by_text("At every step and unit shown, h is the same number in A and B.")).to_be_visible()
    expect(page.locator(".lens-diff ins")).to_contain_text(["return_sequences=True"])
    page.wait_for_url("**return_sequences=1**")
    link = page.url
    assert "a=units%3D2" in link

    other = open_page(f"/?{urlsplit(link).query}")
    expect(other.locator(".lens-compare table").first.locator("tbody tr")).to_have_text(["return_sequencesFalseTrue"])
    other.locator(".st-key-compare_swap button").click()
    expect(other.locator(".lens-compare table").first.locator("tbody tr")).to_have_text(["return_sequencesTrueFalse"])
    other.locator(".st-key-compare_end button").click()
    expect(other.locator(".lens-compare")).to_have_count(0)
    expect(other).to_have_url(re.compile(r"\?units=2&lang=en$"))


def test_the_difference_shown_is_that_of_the_two_runs(open_page: Open) -> None:
    page = open_page("/?lang=en&a=units%3D2&units=2&forget_bias=3")
    a, b = run_experiment(Experiment(units=2)), run_experiment(Experiment(units=2, forget_bias=3.0))
    apart = (b.trace["h"] - a.trace["h"])[:, 0].T
    values = page.locator(".st-key-compare_charts .charts-overlay .charts-value")
    expect(values).to_have_count(3 * apart.size)
    shown = values.all_text_contents()[2 * apart.size :]
    assert [float(value) for value in shown] == pytest.approx(apart.ravel(), abs=5.1e-5)


def test_another_cell_with_as_many_parameters_is_one_click_away(open_page: Open) -> None:
    page = open_page("/?lang=en&units=8")
    page.locator(".st-key-compare_button button").click()
    page.get_by_role("menuitem", name="SimpleRNN(18), about equal parameters: 396 to 384").click()
    tables = page.locator(".lens-compare table")
    expect(tables.first.locator("tbody tr")).to_have_text(["cellLSTMSimpleRNN", "units818"])
    expect(tables.nth(1).locator("tbody tr").first).to_have_text("parameters38439612")
    page.wait_for_url("**cell=SimpleRNN**")


def test_two_models_are_compared_layer_by_layer(open_page: Open) -> None:
    page = open_page("/?lang=en&a=units%3D2&units=2&return_sequences=1&units.2=3&cell.2=GRU")
    rows = page.locator(".lens-compare table").first.locator("tbody tr")
    expect(rows).to_have_text(["return_sequencesFalseTrue", "layer 2not thereGRU(3)"])
