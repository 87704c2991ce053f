"""What a step of the moving picture costs, in a real browser: 50 steps of 32 units, with the charts beside it.

Script is the event that moves the step, with all that follows it in the page: the layer, the cell and the charts'
cursor. Chromium's own trace tells how long the page's thread computed for it, so that other programs do not count.
"""

import json
import statistics
import sys
import time
from typing import NamedTuple
from urllib.parse import urlencode

import orjson
from playwright.sync_api import Page, sync_playwright

from lstm_core.experiment import Experiment
from lstm_core.figures.lens import payload
from lstm_core.figures.text import FigureText
from lstm_core.figures.time_figure import time_figure
from lstm_core.run import run_experiment
from lstm_core.share.link import encode
from lstm_core.text import load
from tests.bench.table import Figure, at_most, percentile_95, print_table
from tests.browser import chromium
from tests.browser.harness import launch, new_page, running_server, wait_complete

EXPERIMENT = Experiment(preset="noise", timesteps=50, units=32, return_sequences=True, return_state=True)
ROUNDS = 10
MAX_KB = 100.0
MAX_FIGURE_MS = 30.0
MAX_MEDIAN_MS, MAX_95_MS, MAX_TASK_MS = 1.0, 2.0, 50.0
KERAS_MS = 90_000
TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
SETTLE_MS = 1500  # after loading, and after the last step: the URL is written and the step read out


class Way(NamedTuple):
    """A way to move to `step`: the event that does it, and the script that sends that event."""

    name: str
    event: str
    move: str


WAYS = (
    Way(
        "scrubber",
        "input",
        "slider.value = step; slider.dispatchEvent(new Event('input', {bubbles: true}))",
    ),
    Way(
        "keyboard",
        "keydown",
        "const key = step > at ? 'ArrowRight' : 'ArrowLeft';"
        "view.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))",
    ),
    Way(
        "from the charts",
        "lens:step",
        "const detail = {step, unit: 1 + step % 32, quantity: 'f', pinned: true};"
        "document.dispatchEvent(new CustomEvent('lens:step', {detail}))",
    ),
)
# Moves through all steps there and back, one a frame.
SCRUB = """async (rounds) => {
    const slider = document.querySelector('.lens-scrubber input')
    const view = document.querySelector('.lens-window')
    const picture = document.querySelector('.lens-picture')
    const there = Array.from({length: 50}, (_, k) => k + 1)
    for (let round = 0; round < rounds; round += 1) {
        for (const step of round % 2 ? there.slice().reverse() : there) {
            await new Promise(requestAnimationFrame)
            const at = Number(picture.dataset.step)
            if (step === at) continue
            MOVE
            if (Number(picture.dataset.step) !== step) throw new Error(`stands at ${picture.dataset.step}, not ${step}`)
        }
    }
}"""
TO_THE_FIRST = (
    "document.querySelector('.lens-window').dispatchEvent(new KeyboardEvent('keydown', {key: 'Home', bubbles: true}))"
)


class Measured(NamedTuple):
    """One way of moving: milliseconds of script a step, the longest task, and how much went over the network."""

    name: str
    milliseconds: list[float]
    longest_task: float
    messages: int


def computed(trace: bytes, event: str) -> tuple[list[float], float]:
    """Milliseconds that the page's thread computed for each event of a kind, and for its longest task."""
    entries = json.loads(trace)["traceEvents"]
    threads = {
        (entry["pid"], entry["tid"])
        for entry in entries
        if entry["name"] == "thread_name" and entry["args"]["name"] == "CrRendererMain"
    }
    spans = [entry for entry in entries if entry["ph"] == "X" and (entry["pid"], entry["tid"]) in threads]
    tasks = [span["tdur"] / 1000 for span in spans if span["name"] == "RunTask" and "tdur" in span]
    milliseconds, end = [], 0
    for span in sorted(spans, key=lambda span: span["ts"]):
        of_kind = span["name"] == "EventDispatch" and span["args"]["data"]["type"] == event
        if of_kind and span["ts"] >= end:  # not one that another of its kind sent
            milliseconds.append(span["tdur"] / 1000)
            end = span["ts"] + span["dur"]
    return milliseconds, max(tasks)


def measure(page: Page, messages: list[object], way: Way) -> Measured:
    """Move through all steps in one way, there and back; `messages` grows with all that the network carries."""
    page.evaluate(TO_THE_FIRST)
    page.wait_for_timeout(SETTLE_MS)
    before = len(messages)
    browser = page.context.browser
    assert browser is not None
    browser.start_tracing(page=page, categories=TRACED)
    page.evaluate(SCRUB.replace("MOVE", way.move), ROUNDS)
    milliseconds, longest_task = computed(browser.stop_tracing(), way.event)
    page.wait_for_timeout(SETTLE_MS)
    return Measured(way.name, milliseconds, longest_task, len(messages) - before)


def measure_all() -> list[Measured]:
    """Open the page, wait until Keras has agreed and all is still, and move in every way."""
    executable = chromium.find()
    if executable is None:
        raise SystemExit("No Chromium: run `python -m tests.browser.chromium --install`.")
    with (
        running_server() as server,
        sync_playwright() as playwright,
        launch(playwright, executable) as browser,
    ):
        page = new_page(browser)
        page.goto(f"{server.url}/?{urlencode(encode(EXPERIMENT).parameters)}")
        wait_complete(page)
        page.locator(".lens-picture[data-step]").wait_for()
        page.locator(".lens-badge[data-state=agrees]").wait_for(timeout=KERAS_MS)
        messages: list[object] = []
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        for event in ("requestWillBeSent", "webSocketFrameSent", "webSocketFrameReceived"):
            network.on(f"Network.{event}", lambda message: messages.append(message))
        page.evaluate(SCRUB.replace("MOVE", WAYS[0].move), 2)  # warm
        return [measure(page, messages, way) for way in WAYS]


def figure_ms() -> float:
    """Return how long the charts' figure takes to make, T=1000 F=8 U=64, at best."""
    large = Experiment(preset="noise", timesteps=1000, features=8, units=64, return_sequences=True, return_state=True)
    run, text = run_experiment(large), FigureText(**load("en").section("figure"))
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        time_figure(run.trace, row=0, outputs=run.outputs, text=text)
        took.append(1000 * (time.perf_counter() - start))
    return min(took)


def figures() -> list[Figure]:
    """Measure the size of what is sent, the making of a figure, and every way of moving."""
    sizes = {
        language: len(orjson.dumps(payload(run_experiment(EXPERIMENT), load(language), row=0)))
        for language in ("en", "ko")
    }
    lines = [at_most("the moving picture's data, T=50 U=32", max(sizes.values()) / 1000, MAX_KB, unit=" kB")]
    lines.append(at_most("the charts' figure made, T=1000 U=64, at best", figure_ms(), MAX_FIGURE_MS, unit=" ms"))
    for name, milliseconds, longest_task, messages in measure_all():
        most = percentile_95(milliseconds)
        detail = f"p95 {most:.2f} ms (aim {MAX_95_MS:g}), slowest {max(milliseconds):.1f} ms, no message"
        lines.append(
            at_most(
                f"the moving picture, script a step, {name}, T=50 U=32, median",
                statistics.median(milliseconds),
                MAX_MEDIAN_MS,
                detail,
                unit=" ms",
            )
        )
        if longest_task > MAX_TASK_MS or messages or most > MAX_95_MS:
            found = f"p95 {most:.2f} ms, longest task {longest_task:.0f} ms, {messages} messages"
            lines.append(at_most(f"the moving picture, {name}: bounds broken", 1, 0, found, unit=""))
    return lines


if __name__ == "__main__":
    sys.exit(print_table(figures()))
