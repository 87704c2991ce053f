"""Every control of the playground: what it shows, what it has to show, and ways to change it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS
from lstm_core.layers.arguments import ARGUMENTS, FLAGS, INITIALIZER_ARGUMENTS
from lstm_core.layers.initializers import chosen
from lstm_core.layers.model_weights import Opened
from lstm_core.run import run_experiment
from lstm_core.share.page_link import decode_page
from lstm_core.text import Catalogue, load
from tests.browser.harness import painted, until, wait_complete
from tests.browser.helpers import unfold

Way = Callable[[Page], object]


def open_groups(page: Page, *groups: str) -> None:
    """Open groups of the sidebar."""
    for group in groups:
        unfold(page, f"group_{group}", page.locator(f".st-key-group_{group} [class*=st-key-w_]").first)


def shown_by(control: Locator) -> Any:
    """What a control shows: switched on or not, a number, a text, or the names of what is chosen."""
    if (switch := control.locator("input[type=checkbox]")).count():
        return switch.is_checked()
    if (number := control.locator("input[type=range], input[type=number]")).count():
        return float(number.input_value())
    if (text := control.locator("textarea, input[type=text]:not([role=combobox])")).count():
        return text.input_value()
    if (picked := control.get_by_role("radio", checked=True)).count():
        return picked.inner_text()
    if control.get_by_test_id("stMultiSelect").count():
        return control.locator("template ~ div [data-tag]").all_inner_texts()
    return control.get_by_role("combobox").input_value()


def expected_of(name: str, experiment: Experiment, place: Opened, t: Catalogue) -> Any:
    """What the control of a field has to show: of a layer's arguments, those of the one that is opened."""
    layer = experiment.layers[place.layer - 1]
    value = getattr(layer if name in ARGUMENTS else experiment, name)
    if name == "forget_bias" and value is None:
        bias = experiment.model_weights().of(place).bias
        return float(bias[layer.units]) if bias is not None and layer.has("forget_bias") else 0.0
    if name == "preset":
        return t(f"presets.{value}")
    if name in INITIALIZER_ARGUMENTS:
        return chosen(value).name
    if isinstance(value, bool | str):
        return value
    return [str(call) for call in value] if isinstance(value, tuple) else float(value)


def parameters_in(page: Page) -> dict[str, str]:
    """The parameters of the page's address."""
    return dict(parse_qsl(urlsplit(page.url).query))


def experiment_in(page: Page) -> Experiment:
    """The experiment that the page's address says."""
    return decode_page(parameters_in(page)).experiment


def opened_in(page: Page) -> Opened:
    """Which layer the page's address opens."""
    place = parameters_in(page).get("layer", "1")
    return Opened(int(place[0]), place.endswith("b"))


def expect_controls_to_agree(page: Page) -> None:
    """Hold every control that is there, and the shapes returned, to the page's address."""
    wait_complete(page)
    experiment, place = experiment_in(page), opened_in(page)
    t = load(page.evaluate("document.documentElement.lang"))
    there = [name for name in FIELDS if page.locator(f".st-key-w_{name}").count()]
    assert {*FLAGS, "preset", "units"} <= set(there)
    for name in there:
        expected = expected_of(name, experiment, place, t)
        assert shown_by(page.locator(f".st-key-w_{name}")) == pytest.approx(expected), name
        if name in INITIALIZER_ARGUMENTS:
            numbers = chosen(getattr(experiment.layers[place.layer - 1], name)).named
            boxes = page.locator(f"[class*=st-key-w_{name}_]")
            assert boxes.locator("label").all_inner_texts() == [*numbers]
            assert [shown_by(box) for box in boxes.all()] == [*numbers.values()]
    returned = run_experiment(experiment.changed(training=False)).returned
    shapes = [list(output.array.shape) for output in returned]
    printed = page.locator(
        ".st-key-returned .lens-tensor-shape, .st-key-returned_b .lens-tensor-shape"
    ).all_inner_texts()
    assert [[int(size) for size in re.findall(r"\d+", shape)] for shape in printed] == shapes


def after_a_change(page: Page, act: Way) -> None:
    before = wait_complete(page)
    act(page)
    wait_complete(page, after=before)
    expect_controls_to_agree(page)


def press(name: str) -> Way:
    return lambda page: page.get_by_role("button", name=name, exact=True).click()


def choose_in_compare(name: str) -> Way:
    def act(page: Page) -> None:
        page.locator(".st-key-compare_button button").click()
        page.get_by_role("menuitem").filter(has_text=name).click()

    return act


def switch(name: str) -> Way:
    return lambda page: page.locator(f".st-key-w_{name} label").first.click()


def pick(name: str, choice: str) -> Way:
    return lambda page: page.locator(f".st-key-w_{name}").get_by_role("radio", name=choice, exact=True).click()


def step_up(name: str) -> Way:
    return lambda page: page.locator(f".st-key-w_{name}").get_by_role("spinbutton").press("ArrowUp")


def key_on_slider(name: str, key: str) -> Way:
    return lambda page: page.locator(f".st-key-w_{name}").get_by_role("slider").press(key)


def choose(name: str, choice: str) -> Way:
    """Choose from a list; where the page is drawn again under it, which closes it, it is opened once more."""

    def act(page: Page) -> None:
        box = page.locator(f".st-key-w_{name}").get_by_role("combobox")
        box.evaluate("(node) => node.scrollIntoView({ block: 'center' })")  # to scroll later would close the list
        painted(page)

        def is_chosen() -> bool:
            box.fill("")
            box.fill(choice)
            with suppress(PlaywrightTimeout):
                page.get_by_role("option", name=choice, exact=True).click(timeout=3000)
                return True
            return False

        assert until(is_chosen, 30), f"{choice} cannot be chosen for {name}"

    return act
