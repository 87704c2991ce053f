"""The drawn figure, read back from the page: it holds the trace's numbers, marks what leaves, and is found by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from lstm_core.figures.theme import DARK_DIVERGING, LIGHT_DIVERGING, QUANTITY_COLOURS
from lstm_core.run import Run, run_experiment
from lstm_core.share.link import encode
from tests.browser.harness import DESKTOP, painted, wait_complete
from tests.browser.helpers import flip

Open = Callable[..., Page]

HEATMAPS = ("x", "h", "c", "f", "i", "candidate", "o")
TALL = (DESKTOP[0], 2600)  # all panels at once
LONG = "/?preset=noise&timesteps=1000&features=2&units=64"
COLUMNS = 200  # of a heatmap drawn at once, at most
RIM = 2  # pixels that an outline may stand outside its cells

# What Plotly has drawn and what stands over it: every panel with its values, printed numbers and marks, and where.
DRAWN = """() => {
  const plot = lens.one('.lens-charts .js-plotly-plot')
  const { height } = plot._fullLayout
  const panelOf = (node) => node.closest('.charts-overlay > svg')
  const numbers = (selector) => lens.all(`.charts-overlay ${selector}`).map((node) => ({
    text: node.textContent, x: Number(node.getAttribute('x')), y: Number(node.getAttribute('y')),
    width: Number(node.getAttribute('width')), height: Number(node.getAttribute('height')),
    panel: lens.all('.charts-overlay > svg').indexOf(panelOf(node)),
  }))
  const brackets = lens.all('.charts-overlay .charts-mark').map((node) => {
    const { x, y, width, height } = node.getBBox()
    const panel = lens.all('.charts-overlay > svg').indexOf(panelOf(node))
    return { x, y, width, height, panel, colour: node.getAttribute('stroke') }
  })
  return {
    range: plot._fullLayout.xaxis.range,
    values: numbers('.charts-value'), marks: brackets, badges: numbers('.charts-badge'),
    panels: plot.data.map((trace, k) => {
      const [low, high] = plot._fullLayout[`yaxis${trace.yaxis.slice(1)}`].domain
      const { range, _offset, _length } = plot._fullLayout[`xaxis${trace.xaxis.slice(1)}`]
      return {
        left: _offset, cell: _length / (range[1] - range[0]), panel: Number(trace.yaxis.slice(1) || 1) - 1,
        type: trace.type, quantity: trace.meta.quantity ?? null, axis: trace.yaxis, zmin: trace.zmin, zmax: trace.zmax,
        top: (1 - high) * height, height: (high - low) * height, columns: Array.from(trace.x ?? []),
        z: Array.from(trace.z ?? [], (row) => Array.from(row)), y: Array.from(plot._fullData[k].y ?? []),
      }
    }),
  }
}"""


class Drawn:
    """The figure as it stands in the page."""

    def __init__(self, page: Page) -> None:
        self.facts: dict[str, Any] = json.loads(page.evaluate(f"JSON.stringify(({DRAWN})())"))  # far quicker as text

    def heatmap(self, quantity: str) -> dict[str, Any]:
        return next(p for p in self.facts["panels"] if (p["type"], p["quantity"]) == ("heatmap", quantity))

    def z(self, quantity: str) -> np.ndarray:
        """What is drawn of a quantity, (rows, columns)."""
        return np.array(self.heatmap(quantity)["z"], np.float64)

    def lines(self) -> list[np.ndarray]:
        """The lines of h, then those of c, each over time."""
        return [np.array(p["y"]) for p in self.facts["panels"] if p["type"] == "scatter"]

    def step_at(self, quantity: str, x: float) -> int:
        """The step whose column begins or is at `x` of a panel's overlay."""
        return int(np.floor(x / self.heatmap(quantity)["cell"] + self.facts["range"][0] + 0.5 + 1e-6))

    def in_panel(self, what: str, quantity: str) -> list[dict[str, Any]]:
        return [item for item in self.facts[what] if item["panel"] == self.heatmap(quantity)["panel"]]

    def marked_steps(self, quantity: str) -> set[int]:
        """The steps under the brackets over a panel."""
        marks = self.in_panel("marks", quantity)
        assert all(0 <= self.heatmap(quantity)["top"] - mark["y"] <= 8 + RIM for mark in marks)
        return {
            step
            for mark in marks
            for step in range(self.step_at(quantity, mark["x"]), self.step_at(quantity, mark["x"] + mark["width"]) + 1)
        }

    def badges(self, quantity: str) -> dict[int, str]:
        """The outputs' names above a panel, by the step that they stand at."""
        return {self.step_at(quantity, badge["x"]): badge["text"] for badge in self.in_panel("badges", quantity)}

    def centre(self, quantity: str, step: int, row: int) -> tuple[float, float]:
        """A cell's middle on the stage."""
        panel = self.heatmap(quantity)
        x = panel["left"] + (step - self.facts["range"][0]) * panel["cell"]
        return x, panel["top"] + (row - 0.5) * panel["height"] / len(panel["z"])


@pytest.fixture
def page_of(open_page: Open) -> Callable[..., tuple[Page, Run]]:
    """Opens the page of an experiment; returns it with the run that it should show."""

    def open_experiment(*, viewport: tuple[int, int] = TALL, **arguments: object) -> tuple[Page, Run]:
        experiment = Experiment(**arguments)
        query = "".join(f"&{name}={value}" for name, value in encode(experiment).parameters.items())
        return open_page(f"/?trained=none{query}", viewport=viewport), run_experiment(experiment)

    return open_experiment


def grid(run: Run, quantity: str) -> np.ndarray:
    """The values of the first batch row, (rows, steps) in time order."""
    return run.trace.inputs[0].T if quantity == "x" else run.trace.in_time_order(quantity)[:, 0].T


def readout(page: Page) -> str:
    shown = page.locator(".charts-readout")
    return shown.inner_text() if shown.is_visible() else ""


def point_at(page: Page, quantity: str, step: int, row: int) -> None:
    x, y = Drawn(page).centre(quantity, step, row)
    page.locator(".charts-stage").hover(position={"x": x, "y": y})


def choose(page: Page, quantity: str, step: int, row: int) -> None:
    point_at(page, quantity, step, row)
    x, y = Drawn(page).centre(quantity, step, row)
    page.locator(".charts-stage").click(position={"x": x, "y": y})


# ---- the numbers ----


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"go_backwards": True, "mask": "1, 4"},
        {"preset": "noise", "timesteps": 60, "units": 9, "activation": "relu", "recurrent_activation": "linear"},
    ],
    ids=["plain", "backwards and masked", "beyond the usual range"],
)
def test_what_is_drawn_is_the_trace_to_the_bit(page_of, arguments: dict[str, object]) -> None:
    page, run = page_of(**arguments)
    drawn = Drawn(page)
    for quantity in HEATMAPS:
        np.testing.assert_array_equal(drawn.z(quantity), grid(run, quantity))
    np.testing.assert_array_equal(drawn.lines(), [*grid(run, "h"), *grid(run, "c")])


def test_the_second_batch_row_is_drawn_when_it_is_chosen(page_of) -> None:
    page, run = page_of(preset="noise", batch=3)
    before = wait_complete(page)
    page.get_by_role("slider", name="Batch row shown").focus()
    page.keyboard.press("ArrowRight")
    wait_complete(page, after=before)
    np.testing.assert_array_equal(Drawn(page).z("f"), run.trace["f"][:, 1].T)
    np.testing.assert_array_equal(Drawn(page).z("x"), run.trace.inputs[1].T)


GATES = ("f", "i", "candidate", "o")


@pytest.mark.parametrize(
    ("timesteps", "decimals"),
    [
        (6, {"x": 4, "h": 4, "c": 4, **dict.fromkeys(GATES, 2)}),
        (12, dict.fromkeys(HEATMAPS, 2) | {"x": 4}),
        (24, {"x": 2}),
    ],
)
def test_cells_with_room_have_their_value_in_them(page_of, timesteps: int, decimals: dict[str, int]) -> None:
    page, run = page_of(preset="noise", timesteps=timesteps, go_backwards=True)
    drawn = Drawn(page)
    for quantity in HEATMAPS:
        values = grid(run, quantity)
        printed = {(item["x"], item["y"]): item["text"] for item in drawn.in_panel("values", quantity)}
        by_place = [printed[place] for place in sorted(printed)]  # step by step, from the top
        shown = [f"{value:.{decimals[quantity]}f}" for value in values.T.ravel()] if quantity in decimals else []
        assert by_place == shown


def test_cells_without_room_have_none(page_of) -> None:
    page, _ = page_of(preset="sine", timesteps=48)
    assert Drawn(page).facts["values"] == []


def test_colour_ranges_do_not_follow_the_values(page_of) -> None:
    usual = dict.fromkeys("fio", (0, 1)) | dict.fromkeys(("h", "c", "candidate"), (-1, 1))
    for arguments in ({}, {"preset": "impulse", "kernel_initializer": "he_normal"}, {"preset": "sine", "units": 9}):
        page, _ = page_of(**arguments)
        drawn = Drawn(page)
        assert {q: (drawn.heatmap(q)["zmin"], drawn.heatmap(q)["zmax"]) for q in usual} == usual


def test_zero_is_light_on_a_light_page_and_dark_as_soon_as_the_page_is(page_of) -> None:
    page, _ = page_of()
    zero = """(colour) => {
      const trace = lens.one('.js-plotly-plot').data.find(({ meta }) => meta.quantity === 'h')
      return trace.colorscale[5][1] === colour
    }"""
    page.wait_for_function(zero, arg=LIGHT_DIVERGING[5])
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(zero, arg=DARK_DIVERGING[5])


# ---- what leaves ----


@pytest.mark.parametrize(("return_sequences", "return_state"), list(product((False, True), repeat=2)))
@pytest.mark.parametrize("go_backwards", [False, True])
def test_the_marks_are_the_values_that_the_layer_returns(
    page_of, go_backwards: bool, return_sequences: bool, return_state: bool
) -> None:
    page, run = page_of(return_sequences=return_sequences, return_state=return_state, go_backwards=go_backwards)
    drawn = Drawn(page)
    last = 1 if go_backwards else 6
    assert drawn.marked_steps("h") == ({1, 2, 3, 4, 5, 6} if return_sequences else {last})
    assert drawn.marked_steps("c") == ({last} if return_state else set())
    other = 7 - last if go_backwards and return_state else 1  # not where state_h's name stands
    if return_sequences:
        assert drawn.badges("h") == {other: "1 output"} | ({last: "2 state_h"} if return_state else {})
    else:
        assert drawn.badges("h") == {last: "1 output · 2 state_h" if return_state else "1 output"}
    assert drawn.badges("c") == ({last: "3 state_c"} if return_state else {})
    runs = 1 + (return_sequences and return_state)
    assert [mark["colour"] for mark in drawn.in_panel("marks", "h")] == [QUANTITY_COLOURS["h"]] * runs
    h = run.outputs[0].array[0]
    np.testing.assert_array_equal(drawn.z("h")[:, last - 1], h[-1] if return_sequences else h)
    if return_state:
        np.testing.assert_array_equal(drawn.z("c")[:, last - 1], run.outputs[2].array[0])


def test_zeros_that_a_mask_made_are_not_marked_and_said_to_be_no_h(page_of) -> None:
    page, run = page_of(return_sequences=True, return_state=True, mask="2, 6", zero_output_for_mask=True)
    drawn = Drawn(page)
    assert drawn.marked_steps("h") == {1, 3, 4, 5, 6}
    assert drawn.badges("h") == {1: "1 output", 6: "2 state_h"}  # step 6 leaves as state_h alone
    assert not run.outputs[0].array[0, 5].any()
    np.testing.assert_array_equal(drawn.z("h")[:, 5], run.outputs[1].array[0])
    expect(page.locator(".charts-note", has_text="output: zeros at masked steps, not an h")).to_have_count(1)


def test_a_row_that_repeats_is_marked_at_its_own_steps(page_of) -> None:
    page, run = page_of(return_sequences=True, mask="1-2, 5")
    drawn = Drawn(page)
    assert drawn.marked_steps("h") == {3, 4, 5, 6}  # before the first used step Keras returns zeros
    assert not run.outputs[0].array[0, :2].any()
    np.testing.assert_array_equal(drawn.z("h")[:, 2:], run.outputs[0].array[0, 2:].T)


def test_panels_say_which_output_they_are(page_of) -> None:
    page, _ = page_of(return_sequences=True, return_state=True)
    expect(page.locator(".charts-returned")).to_have_text(["returned: 1 output · 2 state_h", "returned: 3 state_c"])
    flip(page, "return_state")
    expect(page.locator(".charts-returned")).to_have_text(["returned: 1 output"])
    expect(page.locator(".charts-kept")).to_have_text(["not returned"])


# ---- pointing ----


@pytest.mark.parametrize(
    ("language", "masked_cell", "input_cell", "line"),
    [
        ("en", 'h, hidden state · step 3 ("sat") · masked: skipped · unit 2 · value {}', "feature 2", "step 5"),
        ("ko", "h, 은닉 상태 · 타임스텝 3(‘sat’) · 마스킹됨: 건너뜀 · 유닛 2 · 값 {}", "특성 2", "타임스텝 5"),
    ],
)
def test_a_cell_says_in_words_what_it_is(
    open_page: Open, language: str, masked_cell: str, input_cell: str, line: str
) -> None:
    sentence = "the cat sat on the mat"
    run = run_experiment(Experiment(mask="3"))
    page = open_page(f"/?lang={language}&sentence={sentence}&mask=3", viewport=TALL)
    point_at(page, "h", 3, 2)
    assert readout(page) == masked_cell.format(f"{grid(run, 'h')[1, 2]:.4f}")
    point_at(page, "x", 1, 2)
    assert input_cell in readout(page)
    assert readout(page).endswith(f"{grid(run, 'x')[1, 0]:.4f}")
    lines = next(p for p in Drawn(page).facts["panels"] if p["type"] == "scatter")
    x, _ = Drawn(page).centre("h", 5, 1)
    page.locator(".charts-stage").hover(position={"x": x, "y": lines["top"] + lines["height"] / 2})
    assert line in readout(page)
    page.locator(".lens-head h1").hover()
    assert readout(page) == ""


def test_each_cell_is_found_where_it_is_drawn(page_of) -> None:
    page, run = page_of(units=3, go_backwards=True)
    for quantity in HEATMAPS[1:]:
        for step, row in ((1, 1), (4, 3), (6, 2)):
            point_at(page, quantity, step, row)
            words = readout(page).split(" · ")
            assert words[1].startswith(f"step {step} ")
            assert words[2:] == [f"unit {row}", f"value {grid(run, quantity)[row - 1, step - 1]:.4f}"]


def test_pointing_at_a_cell_does_not_move_the_charts_away_from_under_the_pointer(page_of) -> None:
    page, _ = page_of()
    tops = set()
    for quantity, step, row in (("x", 1, 2), ("h", 6, 4), ("c", 2, 3), ("f", 4, 1), ("candidate", 5, 2), ("o", 3, 3)):
        point_at(page, quantity, step, row)
        painted(page)
        charts, lens = (page.locator(one).bounding_box() for one in (".charts-stage", ".lens-picture"))
        tops.add(charts["y"] - lens["y"])  # the page may have been scrolled
    assert max(tops) - min(tops) < 1


def test_words_stay_where_they_are_when_the_figure_is_drawn_again(page_of) -> None:
    page, _ = page_of()
    choose(page, "h", 1, 2)  # where it still is under the pointer afterwards
    words = readout(page)
    assert words.startswith('h, hidden state · step 1 ("the") · unit 2')
    width = Drawn(page).heatmap("x")["cell"]
    page.set_viewport_size({"width": TALL[0] - 200, "height": TALL[1]})
    page.wait_for_function("(width) => lens.one('.js-plotly-plot')._fullLayout.xaxis._length / 6 < width", arg=width)
    painted(page)
    assert readout(page) == words


# ---- the keyboard ----


def test_arrow_keys_walk_through_every_panel_and_are_said_aloud(page_of) -> None:
    page, run = page_of(units=2, features=1)
    chart = page.locator(".lens-charts")
    chart.focus()
    said = []
    for key in ("ArrowRight", "ArrowRight", "End", "ArrowRight", "ArrowDown", "ArrowDown", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        said.append(readout(page))
        assert page.locator(".charts-live").inner_text() == said[-1]
    steps = [re.search(r"step (\d)", words)[1] for words in said]
    assert steps == ["1", "2", "6", "6", "6", "6", "1", "1"]
    assert [words.split(" · ")[0] for words in said] == ["x, input"] * 4 + ["h, hidden state"] * 4
    assert said[5].endswith(f"unit 2 · value {grid(run, 'h')[1, 5]:.4f}")
    for _ in range(30):
        page.keyboard.press("ArrowDown")
    assert readout(page).startswith("o, output gate · step 1")
    page.keyboard.press("Escape")
    assert readout(page) == ""
    assert page.evaluate("lens.one('.charts-cursor').getAttribute('visibility')") == "hidden"


# ---- linked pictures ----


@pytest.fixture
def told(page_of) -> tuple[Page, Callable[[], list[dict[str, Any]]]]:
    """A page whose chart's own `lens:step` events are collected."""
    page, _ = page_of()
    page.evaluate("""() => {
      window.told = []
      document.addEventListener('lens:step', ({ detail }) => {
        const { source, ...said } = detail
        if (source === lens.one('.lens-charts') && said.step) window.told.push(said)
      })
    }""")
    return page, lambda: page.evaluate("window.told.splice(0)")


def test_pointing_and_choosing_tell_the_other_pictures_the_step(told) -> None:
    page, events = told
    point_at(page, "c", 2, 3)
    assert events()[-1] == {"step": 2, "unit": 3, "quantity": "c", "pinned": False}
    choose(page, "f", 4, 1)
    assert events()[-1] == {"step": 4, "unit": 1, "quantity": "f", "pinned": True}
    page.locator(".lens-charts").focus()
    page.keyboard.press("ArrowLeft")
    assert events()[-1] == {"step": 3, "unit": 1, "quantity": "f", "pinned": True}


def test_the_cursor_follows_the_other_pictures_through_all_panels(told) -> None:
    page, events = told
    for step in (5, 2):
        detail = f"{{ step: {step}, pinned: true, source: document.body }}"
        page.evaluate(f"document.dispatchEvent(new CustomEvent('lens:step', {{ detail: {detail} }}))")
        outlines = page.evaluate("""() => lens.all('.charts-cursor').map((cursor) => {
          const box = cursor.getBoundingClientRect(), stage = lens.one('.charts-stage').getBoundingClientRect()
          return [cursor.getAttribute('visibility'), box.x - stage.x + box.width / 2, box.y - stage.y]
        })""")
        drawn = Drawn(page)
        assert len(outlines) == len(HEATMAPS) + 2
        assert {visibility for visibility, _, _ in outlines} == {"visible"}
        for quantity in HEATMAPS:
            _, x, y = outlines[drawn.heatmap(quantity)["panel"]]
            assert x == pytest.approx(drawn.centre(quantity, step, 1)[0], abs=2)
            assert y == pytest.approx(drawn.heatmap(quantity)["top"], abs=2)
    assert events() == []  # who follows does not lead


# ---- long sequences ----


def zoom(page: Page, name: str) -> None:
    before = page.evaluate("JSON.stringify(lens.one('.js-plotly-plot').layout.xaxis.range)")
    page.locator(f"[data-zoom={name}]").click()
    page.wait_for_function(
        "(before) => JSON.stringify(lens.one('.js-plotly-plot').layout.xaxis.range) !== before", arg=before
    )
    page.wait_for_function("() => lens.one('.js-plotly-plot').data[0].z !== undefined")


def test_a_long_sequence_is_drawn_in_means_and_zoomed_in_step_by_step(open_page: Open) -> None:
    page = open_page(LONG, viewport=TALL)
    run = run_experiment(Experiment(preset="noise", timesteps=1000, features=2, units=64))
    h = grid(run, "h").astype(np.float64)
    drawn = Drawn(page)
    np.testing.assert_allclose(drawn.z("h"), h.reshape(64, COLUMNS, 5).mean(2), rtol=0, atol=1 / 65_000)
    np.testing.assert_allclose(drawn.lines()[:64], h.reshape(64, COLUMNS, 5).mean(2), rtol=0, atol=1 / 65_000)
    expect(page.locator(".charts-binned")).to_have_text(
        "each column is the mean of up to 5 steps; zoom in to see every step"
    )
    choose(page, "h", 503, 10)
    mean = f"{h[9, 500:505].mean():.3f}"
    assert readout(page) == f"h, hidden state · steps 501–505, mean · unit 10 · value {mean}"
    for steps in (3, 2, 2, 1):
        zoom(page, "zoom_in")
        said = f"each column is the mean of up to {steps} steps; zoom in to see every step" if steps > 1 else ""
        expect(page.locator(".charts-binned")).to_have_text(said)  # those that were asked for have come
        drawn = Drawn(page)
        assert drawn.z("h").shape[1] <= COLUMNS
    low, high = drawn.facts["range"]
    assert (high - low, (low + high) / 2) == (62.5, pytest.approx(503, abs=3))  # about the step that was chosen
    first = round(drawn.heatmap("h")["columns"][0] + 0.5)
    np.testing.assert_array_equal(drawn.z("h"), h[:, first - 1 : first - 1 + drawn.z("h").shape[1]])
    assert (first <= low + 0.5, first + drawn.z("h").shape[1] > high - 0.5) == (True, True)
    point_at(page, "h", 500, 10)
    assert readout(page) == f"h, hidden state · step 500 · unit 10 · value {in_words(h[9, 499])}"
    zoom(page, "zoom_reset")
    drawn = Drawn(page)
    assert drawn.facts["range"] == [0.5, 1000.5]
    assert drawn.z("h").shape == (64, COLUMNS)


def test_zooming_in_at_an_end_halves_what_is_shown_and_ends_at_a_few_steps(open_page: Open) -> None:
    page = open_page("/?preset=sine&timesteps=96", viewport=TALL)
    choose(page, "h", 96, 1)
    for steps in (48, 24, 12, 6):
        zoom(page, "zoom_in")
        assert Drawn(page).facts["range"] == [96.5 - steps, 96.5]
    page.locator("[data-zoom=zoom_in]").click()
    assert Drawn(page).facts["range"] == [90.5, 96.5]
    zoom(page, "zoom_out")
    assert Drawn(page).facts["range"] == [84.5, 96.5]


def in_words(value: float) -> str:
    """As the page writes a value: four decimals, or three digits where those would hide it."""
    return f"{value:.4f}" if abs(value) >= 0.001 else f"{value:.3g}"


def test_a_dragged_range_is_zoomed_to_and_stays_when_a_flag_is_flipped(open_page: Open) -> None:
    page = open_page(LONG, viewport=TALL)
    stage = page.locator(".charts-stage").bounding_box()
    drawn = Drawn(page)
    (from_x, y), (to_x, _) = drawn.centre("h", 301, 20), drawn.centre("h", 400, 20)
    page.mouse.move(stage["x"] + from_x, stage["y"] + y)
    page.mouse.down()
    page.mouse.move(stage["x"] + to_x, stage["y"] + y + 4, steps=5)
    page.mouse.up()
    page.wait_for_function("() => lens.one('.js-plotly-plot').layout.xaxis.range[0] > 200")
    expect(page.locator(".charts-binned")).to_have_text("")
    low, high = Drawn(page).facts["range"]
    assert (low, high) == (pytest.approx(301, abs=3), pytest.approx(400, abs=3))
    flip(page, "return_sequences")
    flip(page, "go_backwards")
    assert Drawn(page).facts["range"] == [low, high]
    run = run_experiment(Experiment(preset="noise", timesteps=1000, features=2, units=64, go_backwards=True))
    drawn = Drawn(page)
    first = round(drawn.heatmap("o")["columns"][0] + 0.5)
    np.testing.assert_array_equal(drawn.z("o"), grid(run, "o")[:, first - 1 : first - 1 + drawn.z("o").shape[1]])
    assert drawn.in_panel("marks", "h") != []  # all of it is returned


def test_a_short_sequence_has_no_zoom_and_another_length_begins_whole(open_page: Open) -> None:
    page = open_page("/?preset=sine&timesteps=48")
    expect(page.locator(".charts-toolbar")).to_be_hidden()
    page = open_page("/?preset=sine&timesteps=100")
    zoom(page, "zoom_in")
    before = wait_complete(page)
    box = page.locator(".st-key-w_timesteps input")
    box.fill("120")
    box.press("Enter")
    wait_complete(page, after=before)
    assert Drawn(page).facts["range"] == [0.5, 120.5]


@pytest.mark.parametrize("flag", ["return_sequences", "return_state", "go_backwards", "stateful"])
def test_the_figure_is_redrawn_in_place_by_every_flag(open_page: Open, flag: str) -> None:
    page = open_page()
    page.evaluate("lens.one('.js-plotly-plot').marked = true")
    flip(page, flag)
    assert page.evaluate("lens.one('.js-plotly-plot').marked") is True
    assert page.evaluate("lens.all('.js-plotly-plot').length") == 1


def test_colours_stretched_over_the_values_say_which_those_are(page_of) -> None:
    page, run = page_of()
    assert drawn_ends(page, "f") == ((0, 1), ["0 shut", "1 open"])
    switch = page.get_by_role("switch", name="Stretch colours to the values")
    switch.check()
    first = page.locator(".charts-legend").nth(Drawn(page).heatmap("f")["panel"])
    expect(first).not_to_contain_text("shut")
    for quantity in ("f", "o"):
        low, high = float(grid(run, quantity).min()), float(grid(run, quantity).max())
        assert drawn_ends(page, quantity) == (pytest.approx((low, high)), [f"{low:.3g}", f"{high:.3g}"])
    reach = float(np.abs(grid(run, "h")).max())
    assert drawn_ends(page, "h") == (pytest.approx((-reach, reach)), [f"{-reach:.3g}", f"+{reach:.3g}"])
    flip(page, "go_backwards")
    expect(first).not_to_contain_text("shut")
    switch.uncheck()
    expect(first).to_contain_text("shut")
    assert drawn_ends(page, "f") == ((0, 1), ["0 shut", "1 open"])


def drawn_ends(page: Page, quantity: str) -> tuple[tuple[float, float], list[str]]:
    """Where a heatmap's colours end, and what its legend says of it."""
    drawn = Drawn(page).heatmap(quantity)
    said = page.locator(".charts-legend").nth(drawn["panel"]).locator("span:not(:empty)").all_inner_texts()
    return (drawn["zmin"], drawn["zmax"]), said


def test_lines_say_at_their_ends_which_unit_they_are_and_of_many_the_chosen_one_does(page_of) -> None:
    page, _ = page_of(units=3)
    expect(page.locator(".charts-unit-number")).to_have_text(["1", "2", "3"] * 2)
    expect(page.locator(".charts-chosen-line")).to_have_count(0)
    page, _ = page_of(units=12)
    expect(page.locator(".charts-unit-number")).to_have_text(["1", "1"])
    page.locator("[data-do=unit_down]").click()
    expect(page.locator(".charts-unit-number")).to_have_text(["2", "2"])
    expect(page.locator(".charts-chosen-line")).to_have_count(2)
