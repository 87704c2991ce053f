"""The playground in a real browser, as a learner uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.outputs import printed
from lstm_core.run import run_experiment
from lstm_core.share.link import encode
from tests.browser import tour
from tests.browser.harness import DESKTOP, PHONE, Server, painted, running_server, wait_complete
from tests.browser.helpers import KERAS_MS, expect_agreement, expected, flip, returned, unfold

Open = Callable[..., Page]


def badge(page: Page) -> str:
    return page.locator(".lens-badge").get_attribute("data-state") or ""


def test_the_first_page_shows_a_running_layer_that_keras_agrees_with(open_page: Open) -> None:
    page = open_page()
    assert returned(page) == expected()
    assert "keras.layers.LSTM(" in page.locator(".lens-code code").inner_text()
    expect_agreement(page)
    expect(page.locator(".lens-badge-text")).to_contain_text(re.compile(r"Keras 3\.\d+\.\d+ agrees · \de-0[78]"))


@pytest.mark.parametrize("return_state", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_each_case_of_the_two_flags_shows_its_tensors(
    open_page: Open, return_sequences: bool, return_state: bool
) -> None:
    page = open_page()
    if return_sequences:
        flip(page, "return_sequences")
    if return_state:
        flip(page, "return_state")
    assert returned(page) == expected(return_sequences=return_sequences, return_state=return_state)


def test_flipping_return_sequences_says_what_changed_and_what_did_not(open_page: Open) -> None:
    page = open_page()
    expect(page.locator(".lens-returned .lens-changed")).to_contain_text("Flip a flag")
    flip(page, "return_sequences")
    changed = page.locator(".lens-returned .lens-changed")
    expect(changed).to_contain_text("output: (1, 4) → (1, 6, 4)")
    expect(changed).to_contain_text("Inside the layer all is as before")
    expect(page.locator(".lens-code code")).to_contain_text("return_sequences=True")
    flip(page, "go_backwards")
    expect(changed).to_contain_text("Inside the layer the gates, h and c changed.")


def test_the_link_is_the_experiment(open_page: Open) -> None:
    experiment = Experiment(units=3, preset="sine", timesteps=9, go_backwards=True, return_state=True, mask="2-3")
    query = "&".join(f"{name}={value}" for name, value in encode(experiment).parameters.items())
    page = open_page(f"/?{query}")
    shown = {o.name: f"{o.array.shape}\n{printed(o.array)}" for o in run_experiment(experiment).outputs}
    assert returned(page) == shown
    flip(page, "return_sequences")
    again = open_page(f"/?{urlsplit(page.url).query}")
    assert returned(again) == returned(page)
    assert parse_qs(urlsplit(page.url).query)["return_sequences"] == ["1"]


def test_the_playground_has_its_name_as_an_address_too(open_page: Open) -> None:
    page = open_page("/playground?units=2&return_state=1")
    assert returned(page) == expected(units=2, return_state=True)


def test_back_brings_the_experiment_before(open_page: Open) -> None:
    page = open_page()
    flip(page, "return_sequences")
    before = wait_complete(page)
    page.go_back()
    wait_complete(page, after=before)
    assert returned(page) == expected()


def test_bad_values_in_a_link_fall_back_one_by_one_and_are_told(open_page: Open) -> None:
    page = open_page("/?units=900&return_state=1&dropout=lots")
    notices = page.locator(".lens-notice-warning")
    expect(notices).to_have_count(2)
    expect(notices.nth(0)).to_contain_text("dropout: “lots”")
    expect(notices.nth(1)).to_contain_text("units: 900 is outside 1 to 256")
    assert returned(page) == expected(return_state=True)


def test_a_refused_number_is_named_and_the_last_good_picture_stays(open_page: Open) -> None:
    page = open_page("/?preset=typed&typed=1 2 3")
    good = returned(page)
    box = page.locator(".st-key-w_typed textarea")
    for text, told in [
        ("1 nan 3", "“nan” in batch row 1, at step 2"),
        ("1 2; 3", "1 features where the first has 2"),
        ("1e309", "float32"),
    ]:
        box.fill(text)
        box.press("Control+Enter")
        expect(page.locator(".lens-notice-warning")).to_contain_text(told)
        assert returned(page) == good
        assert box.input_value() == text
    box.fill("4 5 6")
    box.press("Control+Enter")
    expect(page.locator(".lens-notice")).to_have_count(0)
    assert returned(page) == expected(preset="typed", typed="4 5 6")


def test_a_comma_that_may_be_decimal_is_asked_about(open_page: Open) -> None:
    page = open_page("/?preset=typed")
    box = page.locator(".st-key-w_typed textarea")
    box.fill("0,1; 0,2")
    box.press("Control+Enter")
    expect(page.locator(".lens-notice-warning")).to_contain_text("two ways")
    before = wait_complete(page)
    page.get_by_role("button", name="Two features a step: 0 1; 0 2").click()
    wait_complete(page, after=before)
    assert returned(page) == expected(preset="typed", typed="0 1; 0 2")
    expect(page.locator(".lens-notice")).to_have_count(0)


def test_user_text_is_never_markup(open_page: Open) -> None:
    words = "<img src=x onerror=document.title='hit'> **b** ![a](http://elsewhere.invalid/x.png)"
    page = open_page(f"/?sentence={words}&return_sequences=1")
    expect(page.locator(".lens-layer text.input-word").first).to_have_text("<img")
    painted(page)
    assert page.title() == "LSTM Lens"
    assert page.locator("img[src='x']").count() == 0


def test_dropout_shows_the_masks_of_keras_and_keras_agrees(open_page: Open) -> None:
    page = open_page("/?dropout=0.5&recurrent_dropout=0.3&training=1&stateful=1&calls=2")
    expect_agreement(page)
    expect(page.locator(".lens-notice")).to_have_count(0)


def test_the_exact_script_and_the_readable_step_are_there(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("radio", name="Exact").click()
    expect(page.locator(".lens-code code")).to_contain_text("layer.set_weights([kernel, recurrent_kernel, bias])")
    page.get_by_role("radio", name="NumPy step").click()
    expect(page.locator(".lens-code code")).to_contain_text("c = f * c_prev + i * candidate")


def test_a_number_can_be_set_in_the_table_and_emptied_again(open_page: Open) -> None:
    page = open_page(viewport=(1440, 1600))
    unfold(page, "group_weights", page.locator(".st-key-hand_open_weights"))
    unfold(page, "hand_open_weights", page.locator("[data-testid=stDataFrame] canvas").first)
    row_height, first_column = 35, 80
    for keys, edits in (("2.5", (Edit("kernel", 0, 4, 2.5),)), ("Delete", ())):
        table = page.locator("[data-testid=stDataFrame] canvas").first
        editor = page.locator("#portal input")
        before = wait_complete(page)
        while not editor.count():  # the first clicks may only bring up the table's toolbar and choose the cell
            table.click(position={"x": first_column, "y": 1.5 * row_height}, force=True)
            painted(page)
        if keys == "Delete":
            page.keyboard.press("Escape")
            expect(editor).to_have_count(0)
            page.keyboard.press(keys)
        else:
            editor.fill(keys)
            page.keyboard.press("Enter")
        wait_complete(page, after=before)
        assert returned(page) == expected(edits=edits)


def test_a_number_set_by_hand_counts_and_is_in_the_link(open_page: Open) -> None:
    page = open_page("/?edits=kernel.0.4=0.5;h.0.1=1&initial_state=1")
    assert returned(page) == {
        o.name: f"{o.array.shape}\n{printed(o.array)}"
        for o in run_experiment(
            Experiment(initial_state=True, edits=(Edit("kernel", 0, 4, 0.5), Edit("h", 0, 1, 1.0)))
        ).outputs
    }


def test_korean_comes_from_the_browser_and_can_be_switched_and_stays_in_the_link(open_page: Open) -> None:
    page = open_page(locale="ko-KR")
    expect(page.locator("h3", has_text="반환값")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "ko"
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator("h3", has_text="Returned")).to_be_visible()
    page.wait_for_url("**lang=en**")
    page.wait_for_function("() => document.documentElement.lang === 'en'")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_nothing_scrolls_sideways_and_nothing_complains(
    open_page: Open, viewport: tuple[int, int], theme: str, language: str
) -> None:
    page = open_page(f"/?lang={language}&return_sequences=1&return_state=1", viewport=viewport, theme=theme)
    expect_nothing_sideways(page, ".lens-head", ".lens-returned", ".js-plotly-plot")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_model_scrolls_only_in_its_own_window_on_a_phone(open_page: Open, language: str) -> None:
    page = open_page(f"/?lang={language}&{urlencode(tour.MODEL)}", viewport=PHONE)
    expect(page.locator(".lens-stack .cell").first).to_be_visible()
    expect_nothing_sideways(page, ".lens-stack", ".lens-picture", ".lens-returned", ".js-plotly-plot")


def expect_nothing_sideways(page: Page, *panels: str) -> None:
    """The page is as wide as the window, and these panels stand in it as a whole."""
    page.wait_for_function("() => (({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(lens.one('.stMain'))")
    assert page.viewport_size is not None
    for panel in panels:
        box = page.locator(panel).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page.viewport_size["width"]


def test_tensorflow_is_never_in_the_apps_process(server: Server, open_page: Open) -> None:
    page = open_page()
    expect_agreement(page)
    maps = Path(f"/proc/{server.process.pid}/maps")
    if not maps.exists():
        pytest.skip("only Linux tells which libraries a process has loaded")
    assert "tensorflow" not in maps.read_text()


def test_without_tensorflow_the_page_works_on_numpy_and_says_so(new_browser_page: Open) -> None:
    blocker = Path(__file__).parent / "without_tensorflow"
    with running_server(env={"PYTHONPATH": str(blocker)}) as server:
        page = new_browser_page()
        page.goto(f"{server.url}/?trained=none")
        wait_complete(page)
        assert returned(page) == expected()
        expect(page.locator(".lens-badge[data-state=unavailable]")).to_be_visible(timeout=KERAS_MS)
        expect(page.locator(".lens-badge-detail")).to_contain_text("pip install -r requirements.txt")
        flip(page, "return_sequences")
        assert returned(page) == expected(return_sequences=True)
        page.close()  # before its server ends, lest it complain
