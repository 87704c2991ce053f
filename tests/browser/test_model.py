"""A model of several layers, as a learner makes it on the page: added, opened, moved, wrapped, with what stands around.

After each change every control, the list of the layers and the pictures say what the page's address says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_core.layers.model_weights import Opened
from lstm_core.model import layer_name, rows
from lstm_core.run import Run, run_experiment
from lstm_core.text import LANGUAGES, Catalogue, load
from tests.browser.controlling import (
    Way,
    after_a_change,
    choose,
    choose_in_compare,
    expect_controls_to_agree,
    experiment_in,
    open_groups,
    opened_in,
    pick,
    press,
    switch,
)
from tests.browser.helpers import expect_agreement, returned
from tests.browser.test_charts import Drawn
from tests.js.test_true_sentences import kind_of

Open = Callable[..., Page]

T = load("en")
GROUPS = ("model", "weights", "layer")
TWO = "/?lang=en&units=2&return_sequences=1&cell.2=GRU&units.2=3"
WRAPPED = "/?lang=en&units=2&bidirectional=1&return_sequences=1&cell.2=SimpleRNN&units.2=3&head=dense"


def run_in(page: Page) -> Run:
    """The run of the experiment in the page's address, with the layer opened that it says."""
    return run_experiment(experiment_in(page)).open(opened_in(page))


def layers(page: Page, t: Catalogue = T) -> Locator:
    """The list of the layers."""
    return page.get_by_role("radiogroup", name=t("model.layers"))


def expect_the_list_to_agree(page: Page, t: Catalogue = T) -> None:
    """Hold each layer's name and parameters, and which is opened, to the page's address; shapes are in the stack."""
    experiment, opened, listed = (
        experiment_in(page),
        opened_in(page),
        {row.number: row for row in rows(run_in(page).experiment)},
    )
    choices = layers(page, t).get_by_role("radio")
    expect(choices).to_have_count(len(experiment.places))
    for choice, place in zip(choices.all(), experiment.places, strict=True):
        row, direction = listed[place.layer], "model.backward" if place.backward else "model.forward"
        is_one_of_two = experiment.layers[place.layer - 1].bidirectional
        code = layer_name(experiment.layers[place.layer - 1])
        name = t(direction, code=code) if is_one_of_two else code
        expect(choice).to_have_accessible_name(f"{place.layer} · {name}")
        facts = t("model.row", parameters=row.parameters)
        expect(choice).to_have_accessible_description(t("model.row_backward") if place.backward else facts)
        expect(choice).to_be_checked(checked=place == opened)
    for row in rows(experiment):
        if row.number is None:
            text = f"{row.code} {t('model.row', parameters=row.parameters)}"
            expect(page.get_by_text(text, exact=True)).to_be_visible()
    shapes = [str(row.shape) for row in rows(experiment) if row.number or row.code.startswith("Dense")]
    expect(page.locator(".stack-names text.note").filter(has_text=re.compile(r"^\("))).to_have_text(shapes)


def expect_the_pictures_to_agree(page: Page) -> None:
    """Hold the charts, the cell and the sentence above it to the layer that is opened; and what the model returns."""
    run = run_in(page)
    h = run.trace.in_time_order("h")[:, 0].T
    np.testing.assert_allclose(Drawn(page).z("h"), h, atol=1e-6)
    step = int(page.locator(".lens-picture").get_attribute("data-step") or 0)
    assert float(page.locator("[data-node=h] .lens-cell-number").text_content() or "nan") == pytest.approx(
        h[0, step - 1], abs=5e-5
    )
    if page.evaluate("document.documentElement.lang") == "en":
        kind_of(run, 0, step, 1, page.locator(".lens-sentence").inner_text())
    shown = {name: numbers(text) for name, text in returned(page).items()}
    assert shown == {o.name: pytest.approx([*o.array.shape, *o.array.ravel()], abs=2e-4) for o in run.returned}


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d*)?(?:e[-+]\d+)?", text)]


def after(page: Page, act: Way) -> None:
    """Do something that changes the model, or which layer is opened, and hold all that is on screen to the address."""
    after_a_change(page, act)
    expect_the_list_to_agree(page)
    expect_the_pictures_to_agree(page)


def open_layer(number: int) -> Way:
    return lambda page: layers(page).locator("label").nth(number).click()


def key_in_list(key: str) -> Way:
    return lambda page: layers(page).get_by_role("radio", checked=True).press(key)


def typed(name: str, number: str) -> Way:
    def act(page: Page) -> None:
        box = page.locator(f".st-key-w_{name} input")
        box.fill(number)
        box.press("Enter")

    return act


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_layer_is_added_on_the_first_page_and_its_link_opens_the_model(open_page: Open, language: str) -> None:
    page, t = open_page(f"/?trained=none&lang={language}"), load(language)
    expect(layers(page, t)).to_have_count(0)
    open_groups(page, *GROUPS)
    after_a_change(page, press(t("model.add")))
    expect_the_list_to_agree(page, t)
    first, second = layers(page, t).get_by_role("radio").all()
    four_gates = [4 * (4 * (3 + 4) + 4), 4 * (4 * (4 + 4) + 4)]
    for choice, shape, parameters in ((first, "(1, 6, 4)", four_gates[0]), (second, "(1, 4)", four_gates[1])):
        expect(choice).to_have_accessible_description(t("model.row", shape=shape, parameters=parameters))
    expect(second).to_be_checked()
    expect_the_pictures_to_agree(page)
    expect_agreement(page)
    other = open_page(f"/?{urlsplit(page.url).query}")
    expect_the_list_to_agree(other, t)
    expect_the_pictures_to_agree(other)
    after_a_change(page, lambda page: page.go_back())
    expect(layers(page, t)).to_have_count(0)


def test_the_layer_on_screen_is_chosen_by_click_and_by_keyboard(open_page: Open) -> None:
    page = open_page(WRAPPED)
    open_groups(page, *GROUPS)
    for act, opened in (
        (open_layer(2), Opened(2)),
        (key_in_list("ArrowUp"), Opened(1, True)),
        (key_in_list("ArrowUp"), Opened(1)),
        (open_layer(1), Opened(1, True)),
        (lambda page: page.go_back(), Opened(1)),
    ):
        after(page, act)
        assert opened_in(page) == opened
    expect_agreement(page)


def test_layers_are_moved_and_taken_out(open_page: Open) -> None:
    page = open_page(f"{TWO}&layer=2")
    open_groups(page, *GROUPS)
    for act, cells in (
        (press(T("model.down")), "GRU LSTM"),
        (press(T("model.up")), "LSTM GRU"),
        (press(T("model.add")), "LSTM GRU GRU"),
        (open_layer(0), "LSTM GRU GRU"),
        (press(T("model.remove")), "GRU GRU"),
    ):
        after(page, act)
        assert [layer.cell for layer in experiment_in(page).layers] == cells.split()
    expect_agreement(page)
    after_a_change(page, press(T("model.remove")))
    expect(layers(page)).to_have_count(0)
    assert experiment_in(page).is_plain


def test_the_second_layer_becomes_another_cell_and_reads_in_both_directions(open_page: Open) -> None:
    page = open_page(f"{TWO}&layer=2")
    open_groups(page, *GROUPS)
    for act in (pick("cell", "SimpleRNN"), switch("bidirectional"), choose("merge_mode", "sum"), open_layer(2)):
        after(page, act)
    expect(page.locator(".lens-stack .name.chosen").first).to_be_visible()
    first, second = experiment_in(page).layers
    assert (first.cell, first.bidirectional) == ("LSTM", False)
    assert (second.cell, second.bidirectional, second.merge_mode) == ("SimpleRNN", True, "sum")
    assert opened_in(page) == Opened(2, True)
    expect_agreement(page)


def test_a_model_is_compared_changed_in_its_second_layer_and_left_by_reset_and_back(open_page: Open) -> None:
    page = open_page(f"{WRAPPED}&layer=2")
    open_groups(page, *GROUPS)
    for act in (
        choose_in_compare("return_sequences"),
        press(T("compare.swap")),
        choose("kernel_initializer", "orthogonal"),
        press(T("compare.back")),
    ):
        after_a_change(page, act)
        expect_the_list_to_agree(page)
    assert [layer.return_sequences for layer in experiment_in(page).layers] == [True, True]
    after_a_change(page, press(T("page.reset")))
    expect(layers(page)).to_have_count(0)
    after(page, lambda page: page.go_back())
    assert opened_in(page) == Opened(2)


def test_an_embedding_in_front_and_a_softmax_behind_are_listed_and_predict(open_page: Open) -> None:
    page = open_page("/?lang=en&units=2")
    open_groups(page, *GROUPS)
    for act in (
        choose("front", "embedding"),
        choose("head", "dense"),
        typed("head_units", "3"),
        choose("head_activation", "softmax"),
    ):
        after(page, act)
    assert [row.code for row in rows(experiment_in(page))] == ["Embedding(10, 3)", "LSTM(2)", "Dense(3, 'softmax')"]
    *_, one, two, three = numbers(returned(page)["prediction"])
    assert one + two + three == pytest.approx(1, abs=1e-4)
    expect_agreement(page)


def test_a_cell_of_the_stack_opens_its_layer_at_its_step_and_the_link_does_too(open_page: Open) -> None:
    page = open_page(WRAPPED)
    open_groups(page, *GROUPS)
    cell = ".lens-stack .cell"
    for row, step, opened in ((2, 3, Opened(2)), (1, 5, Opened(1, True))):
        after(
            page,
            lambda page, row=row, step=step: page.locator(f'{cell}[data-row="{row}"][data-step="{step}"] .box').click(),
        )
        assert opened_in(page) == opened
        expect(page.locator(f".lens-picture[data-step='{step}']")).to_be_attached()
        expect(page.locator(f"{cell}.chosen")).to_have_attribute("data-row", str(row))
        expect(page.locator(f"{cell}.chosen")).to_have_attribute("data-step", str(step))
    page.wait_for_url("**step=5**")
    other = open_page(f"/?{urlsplit(page.url).query}")
    expect(other.locator(f"{cell}.chosen")).to_have_attribute("data-row", "1")
    expect(other.locator(f"{cell}.chosen")).to_have_attribute("data-step", "5")
    expect_the_list_to_agree(other)
    expect_the_pictures_to_agree(other)
    expect_controls_to_agree(other)
    after(page, lambda page: page.go_back())
    assert opened_in(page) == Opened(2)
