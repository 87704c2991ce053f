"""The moving picture as boxes: what leaves the layer, moving through the steps, linked with charts, kept in the URL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from lstm_core.keras_check.messages import layer_call
from lstm_core.keras_check.tasks import run_layer
from lstm_core.run import run_experiment
from tests.browser.harness import DESKTOP, PHONE, Server, Traffic, running_server, wait_complete
from tests.browser.helpers import link, show_as

Open = Callable[..., Page]
NAMES = ("output", "state_h", "state_c")

WIRES = """() => [...document.querySelectorAll('.lens-layer .step')].flatMap((step) => {
    const numbers = [...step.querySelectorAll('.strip-number')].map((number) => number.textContent)
    return step.querySelector('.lit[data-output]')
        ? [{step: Number(step.dataset.step), place: step.querySelector('.place')?.textContent ?? null, h: numbers[1],
            name: step.querySelector('.h-name').textContent}]
        : []
})"""
BOXES = """() => [...document.querySelectorAll('.lens-layer .output')].map((box) => ({
    order: Number(box.querySelector('.order').textContent),
    name: box.querySelector('.output-name').lastChild.textContent,
    shape: box.querySelector('.output-shape').textContent,
}))"""
LAST_STATES = (
    """(step) => [...document.querySelectorAll(`.step[data-step="${step}"] .strip-number`)].map((n) => n.textContent)"""
)
TELL = """(detail) => document.dispatchEvent(new CustomEvent('lens:step', {detail: {source: null, ...detail}}))"""


def small(**arguments: Any) -> Experiment:
    """One unit, so that the picture prints its numbers."""
    return Experiment(preset="noise", timesteps=5, features=2, units=1, **arguments)


@pytest.fixture
def open_page(open_page: Open) -> Open:
    """Open the page as the other tests do, and let the moving picture show boxes."""

    def open_at(path: str = "/?trained=none", **options: Any) -> Page:
        page = open_page(path, **options)
        page.locator(".lens-picture[data-step]").wait_for()
        show_as(page, "boxes")
        return page

    return open_at


def stands_at(page: Page, *, step: int, unit: int = 1) -> None:
    picture = page.locator(".lens-picture")
    expect(picture).to_have_attribute("data-step", str(step))
    expect(picture).to_have_attribute("data-unit", str(unit))
    expect(page.locator(".step.chosen")).to_have_attribute("data-step", str(step))


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


# ---- flags are wires ----


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("return_state", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_the_lit_wires_are_what_keras_returns(
    open_page: Open, return_sequences: bool, return_state: bool, go_backwards: bool
) -> None:
    experiment = small(return_sequences=return_sequences, return_state=return_state, go_backwards=go_backwards)
    returned = run_layer(layer_call(experiment))[-1]
    page = open_page(link(experiment))

    boxes = sorted(page.evaluate(BOXES), key=lambda box: box["order"])
    assert boxes == [
        {"order": order, "name": name, "shape": str(tensor.shape)}
        for order, (name, tensor) in enumerate(zip(NAMES, returned, strict=False), start=1)
    ]

    wires = page.evaluate(WIRES)
    output = returned[0].reshape(-1)
    if return_sequences:
        assert sorted(int(wire["place"].strip("[]")) for wire in wires) == list(range(len(output)))
        assert [wire["h"] for wire in wires] == [f"{output[int(wire['place'].strip('[]'))]:.4f}" for wire in wires]
    else:
        assert [wire["h"] for wire in wires] == [f"{output[0]:.4f}"]
        assert [wire["place"] for wire in wires] == [None]

    if return_state:
        last = 1 if go_backwards else 5
        state_h, state_c = (tensor.item() for tensor in returned[1:])
        assert page.evaluate(LAST_STATES, last) == [f"{state_c:.4f}", f"{state_h:.4f}"]
    expect(page.locator(".lens-layer .kept")).to_have_count(0 if return_state else 2)
    exit_side = page.locator(".lens-layer > .lens-end").nth(0 if go_backwards else 1)
    expect(exit_side.locator(".output")).to_have_count(len(returned))


def test_masked_steps_pass_the_state_through_and_zeros_are_marked(open_page: Open) -> None:
    experiment = small(return_sequences=True, mask="2,4", zero_output_for_mask=True)
    (output,) = run_layer(layer_call(experiment))[-1]
    page = open_page(link(experiment))
    zeros = [wire["step"] for wire in page.evaluate(WIRES) if wire["name"] == "0"]
    assert zeros == (np.flatnonzero(output[0, :, 0] == 0) + 1).tolist() == [2, 4]
    expect(page.locator(".step.masked")).to_have_count(2)
    expect(page.locator(".step.masked .chain")).to_have_count(4)
    expect(page.locator(".step.masked .strip-number")).to_have_count(0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "start at zero"),
        ({"initial_state": True, "initial_h": 0.5}, "given: initial_state"),
        ({"stateful": True, "calls": 3}, "kept from call 2"),
        ({"stateful": True, "calls": 2, "reset_before": (2,)}, "reset to zero"),
    ],
)
def test_the_left_end_says_where_the_state_comes_from(open_page: Open, arguments: dict[str, Any], words: str) -> None:
    page = open_page(link(small(**arguments)))
    expect(page.locator(".lens-start p")).to_have_text(words)
    expect(page.locator(".lens-exit .waiting")).to_have_count(2 if arguments.get("stateful") else 0)


def test_a_flag_changes_the_wires_in_place_and_the_step_stays(open_page: Open) -> None:
    page = open_page(link(small(), step=3))
    stands_at(page, step=3)
    page.evaluate("window.kept = document.querySelector('.lens-picture')")
    before = wait_complete(page)
    page.locator(".st-key-w_return_sequences label").first.click()
    wait_complete(page, after=before)
    expect(page.locator(".step .lit[data-output]")).to_have_count(5)
    stands_at(page, step=3)
    assert page.evaluate("window.kept === document.querySelector('.lens-picture')")


# ---- moving ----


def test_every_way_of_moving_works_from_the_keyboard(open_page: Open) -> None:
    page = open_page(link(Experiment()))
    stands_at(page, step=6)
    page.locator(".lens-window").focus()
    for key, step, unit in [
        ("ArrowLeft", 5, 1), ("ArrowDown", 5, 2), ("Home", 1, 2), ("ArrowLeft", 1, 2), ("ArrowRight", 2, 2),
        ("ArrowUp", 2, 1), ("ArrowUp", 2, 1), ("End", 6, 1), ("ArrowRight", 6, 1),
    ]:  # fmt: skip
        page.keyboard.press(key)
        stands_at(page, step=step, unit=unit)
    page.keyboard.press("Space")
    stands_at(page, step=1)
    expect(page.locator(".lens-playing")).to_have_count(1)
    page.keyboard.press("Space")
    expect(page.locator(".lens-playing")).to_have_count(0)


def test_the_scrubber_the_buttons_and_a_click_move_it(open_page: Open) -> None:
    page = open_page(link(Experiment()))
    page.get_by_role("slider", name="Step", exact=True).fill("2")
    stands_at(page, step=2)
    page.get_by_role("button", name="Next step").click()
    stands_at(page, step=3)
    page.get_by_role("button", name="Previous step").click()
    stands_at(page, step=2)
    page.get_by_role("button", name="Next unit").click()
    stands_at(page, step=2, unit=2)
    page.locator(".step[data-step='5'] .box").click(position={"x": 4, "y": 50})
    stands_at(page, step=5, unit=2)
    strip = page.locator(".step[data-step='4'] path.strip-frame").first
    box = strip.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + box["height"] / 2)
    stands_at(page, step=4, unit=3)


def test_the_sentence_says_the_gates_of_the_step(open_page: Open) -> None:
    run = run_experiment(Experiment())
    keep, write = (run.trace[gate][3, 0, 1] for gate in ("f", "i"))
    page = open_page(link(Experiment(), step=4, unit=2))
    said = (
        f"At step 4 the forget gate of unit 2 keeps {100 * keep:.0f} % of the old memory, c₃; "
        f"the input gate lets in {100 * write:.0f} % of the candidate."
    )
    expect(page.locator(".lens-sentence")).to_have_text(said)
    page.locator(".lens-window").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".lens-live")).to_have_text(said)


NOTE_STEPS = """() => {
    window.steps = []
    const note = () => window.steps.at(-1) !== picture.dataset.step && window.steps.push(picture.dataset.step)
    const picture = document.querySelector('.lens-picture')
    new MutationObserver(note).observe(picture, {attributes: true, attributeFilter: ['data-step']})
}"""


def played(page: Page) -> list[str]:
    """Play to the end, and return the steps at which the picture stood, in their order."""
    page.evaluate(NOTE_STEPS)
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=20_000)
    return page.evaluate("window.steps")


def test_nothing_plays_by_itself_and_a_play_shows_the_order_inside_a_step(open_page: Open) -> None:
    page = open_page(link(Experiment(), step=1), reduced_motion=False)
    expect(page.locator(".lens-playing")).to_have_count(0)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    stands_at(page, step=1)
    assert played(page) == ["1", "2", "3", "4", "5", "6"]
    stands_at(page, step=6)


def test_a_play_follows_the_processing_backwards(open_page: Open) -> None:
    page = open_page(link(Experiment(go_backwards=True), step=6))
    assert played(page)[-5:] == ["5", "4", "3", "2", "1"]


def test_the_loop_keeps_the_step_and_so_do_the_boxes_again(open_page: Open) -> None:
    page = open_page(link(Experiment(), step=3))
    show_as(page, "loop")
    expect(page.locator(".lens-heading h3")).to_contain_text("loop")
    shown = """() => [...document.querySelectorAll('.step')]
        .filter((step) => getComputedStyle(step).opacity === '1').map((step) => step.dataset.step)"""
    assert page.evaluate(shown) == ["3"]
    page.locator(".lens-window").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(shown) == ["4"]
    show_as(page, "boxes")
    assert len(page.evaluate(shown)) == 6
    stands_at(page, step=4)


@pytest.mark.parametrize("reduced_motion", [True, False])
def test_steps_glide_only_where_motion_is_welcome(open_page: Open, reduced_motion: bool) -> None:
    page = open_page(link(Experiment()), reduced_motion=reduced_motion)
    show_as(page, "loop")
    gliding = page.evaluate("document.querySelector('.lens-picture').getAnimations({subtree: true}).length > 0")
    assert gliding is not reduced_motion


def test_a_thousand_steps_have_a_window_that_follows(open_page: Open) -> None:
    page = open_page(link(Experiment(preset="sine", timesteps=1000, units=8), step=2))
    expect(page.locator(".lens-frame")).to_be_visible()
    page.locator(".lens-window").focus()
    for key, step in [("End", 1000), ("Home", 1), ("ArrowRight", 2)]:
        page.keyboard.press(key)
        stands_at(page, step=step)
        expect(page.locator(".step.chosen .box")).to_be_in_viewport()
    assert page.locator(".step").count() <= 64


# ---- linked with the charts, in the browser ----

CURSOR = "document.querySelector('.charts-cursor')?.getAttribute('transform')"


def test_the_pictures_step_moves_the_charts_cursor(open_page: Open) -> None:
    page = open_page(link(Experiment(), step=2))
    expect(page.locator(".charts-cursor").first).to_have_attribute("visibility", "visible")
    first = page.evaluate(CURSOR)
    page.locator(".lens-window").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(first) => {CURSOR} !== first", arg=first)


def test_pointing_at_a_chart_moves_the_picture_and_a_click_keeps_it(open_page: Open) -> None:
    page = open_page(link(Experiment(), step=2))
    heatmap = page.evaluate("""() => {
        const cell = [...document.querySelectorAll('.charts-overlay .charts-value')].at(-1)
        cell.scrollIntoView({block: 'center'})
        const {x, y, width, height} = cell.getBoundingClientRect()
        return [x + width / 2, y + height / 2]
    }""")
    page.mouse.move(*heatmap)
    stands_at(page, step=6, unit=4)
    page.mouse.move(1, 1)
    stands_at(page, step=2)
    page.mouse.click(*heatmap)
    page.mouse.move(1, 1)
    stands_at(page, step=6, unit=4)
    assert page.evaluate("document.querySelector('.charts-cursor').getAttribute('visibility')") == "visible"


def test_a_step_told_by_any_picture_is_followed_within_bounds(open_page: Open) -> None:
    page = open_page(link(Experiment(), step=2))
    page.evaluate(TELL, {"step": 4, "unit": 3, "quantity": "f", "pinned": True})
    stands_at(page, step=4, unit=3)
    page.evaluate(TELL, {"step": 99, "unit": 99, "pinned": True})
    stands_at(page, step=6, unit=4)


def test_moving_asks_the_network_nothing(open_page: Open) -> None:
    page = open_page(link(Experiment()))
    expect(page.locator(".lens-badge[data-state=agrees]")).to_be_visible(timeout=60_000)
    asked: list[object] = []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    for event in ("requestWillBeSent", "webSocketFrameSent", "webSocketFrameReceived"):
        network.on(f"Network.{event}", lambda message: asked.append(message))
    page.locator(".lens-window").focus()
    for key in ("Home", "ArrowRight", "ArrowDown", "End"):
        page.keyboard.press(key)
    stands_at(page, step=6, unit=2)
    page.wait_for_url("**unit=2**")
    assert asked == []


def test_it_works_without_charts(server: Server, new_browser_page: Open, traffic: Traffic) -> None:
    page = new_browser_page()
    page.route("**/lens/plotly*", lambda route: route.abort())
    page.goto(server.url)
    page.locator(".lens-window").focus()
    page.keyboard.press("Home")
    stands_at(page, step=1)
    page.context.close()
    traffic.complaints.clear()  # that Plotly.js did not come


def test_it_goes_on_when_the_server_is_gone(new_browser_page: Open, traffic: Traffic) -> None:
    with running_server() as server:
        page = new_browser_page()
        page.goto(server.url)
        wait_complete(page)
    page.locator(".lens-window").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    stands_at(page, step=2)
    page.context.close()
    traffic.complaints.clear()  # that the server does not answer


# ---- the URL ----


def test_step_and_unit_go_into_the_url_and_come_back_from_it(open_page: Open) -> None:
    page = open_page(link(Experiment(units=3, return_state=True)))
    assert not query_of(page).keys() & {"step", "unit"}
    page.locator(".lens-window").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**unit=2**")
    assert query_of(page) == {"units": ["3"], "return_state": ["1"], "step": ["1"], "unit": ["2"]}
    again = open_page("/?" + urlsplit(page.url).query)
    stands_at(again, step=1, unit=2)
    expect(again.locator(".lens-notice")).to_have_count(0)


def test_a_change_of_the_experiment_keeps_the_step_in_the_url_and_a_step_is_no_change(open_page: Open) -> None:
    page = open_page()
    page.locator(".lens-window").focus()
    page.keyboard.press("Home")
    page.wait_for_url("**step=1**")
    for flag in ("return_sequences", "return_state"):
        before = wait_complete(page)
        page.locator(f".st-key-w_{flag} label").first.click()
        wait_complete(page, after=before)
    page.wait_for_url("**return_state=1**step=1**")  # the server had written the address without them
    assert query_of(page) == {"return_sequences": ["1"], "return_state": ["1"], "step": ["1"], "unit": ["1"]}
    stands_at(page, step=1)


def test_nonsense_in_the_url_is_ignored(open_page: Open) -> None:
    page = open_page("/?step=-3&unit=lots")
    stands_at(page, step=6)
    expect(page.locator(".lens-notice")).to_have_count(0)


# ---- for everyone ----


def test_words_of_a_sentence_are_never_markup(open_page: Open) -> None:
    page = open_page("/?sentence=<img src=x onerror=document.title='hit'> <b>bold</b>")
    expect(page.locator(".step .word").first).to_have_text("<img")
    assert page.locator(".lens-picture img, .lens-picture b").count() == 0
    assert page.title() == "LSTM Lens"


def test_a_screen_reader_hears_what_the_layer_is(open_page: Open) -> None:
    page = open_page(link(Experiment(return_state=True)))
    expect(page.get_by_role("group", name="An LSTM layer. Units: 4. Time steps: 6.")).to_have_count(1)
    expect(page.get_by_role("slider", name="Step", exact=True)).to_have_attribute("aria-valuetext", "step 6 of 6, mat")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(
    open_page: Open, viewport: tuple[int, int], theme: str, language: str
) -> None:
    experiment = Experiment(return_sequences=True, return_state=True, stateful=True, mask="2")
    page = open_page(link(experiment, lang=language), viewport=viewport, theme=theme)
    found = Axe().run(page, context=".lens-picture").response["violations"]
    assert [problem["id"] for problem in found if problem["impact"] in ("serious", "critical")] == []
    assert page.evaluate(
        "document.querySelector('.stMain').scrollWidth <= document.querySelector('.stMain').clientWidth"
    )
    box = page.locator(".lens-picture").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= viewport[0]
