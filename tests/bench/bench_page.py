"""How fast the page is, in a real browser, against the plain Streamlit app beside this file.

Both are measured in turns in one run: the time from starting a fresh server to its first complete page, and
the time from a click on return_sequences to the page with all of its consequences. For an idle machine.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.table import Figure, at_most, percentile_95, print_table
from tests.browser import chromium
from tests.browser.harness import DRAWN, ROOT, Server, launch, new_page

STARTS = 5
WARM_UPS, TOGGLES = 3, 40
SETTLE_MS = 500  # after a click, so that what goes on behind one page is over before the other one's turn
MAX_START_RATIO = 0.25
MAX_TOGGLE_MS = 100.0

CODE = "lens.text('.lens-code code')"
PLAIN_CODE = "lens.text('[data-testid=stCode]')"
RETURNED = "lens.text('.lens-tensor-print')"
PLAIN_RETURNED = "lens.text('[data-testid=stText]')"


@dataclass(frozen=True)
class App:
    """One of the two apps, and how to see in its page that it is done."""

    name: str
    script: Path
    options: tuple[str, ...]
    toggle: str
    """CSS selector of return_sequences."""
    complete: str
    """JavaScript: whether the first page is all there."""
    consequences: tuple[str, ...]
    """JavaScript: what has to be another value after the click, each of them."""
    at_rest: str
    """JavaScript: what has to hold besides."""


OURS = App(
    name="LSTM Lens",
    script=ROOT / "app.py",
    options=(),
    toggle=".st-key-w_return_sequences label",
    complete=f"{DRAWN} && {CODE} && {RETURNED}",
    consequences=("lens.token()", CODE, RETURNED),
    at_rest="true",
)
# As anyone would start it: Streamlit's own settings, but for what would ask other hosts.
PLAIN = App(
    name="plain app",
    script=Path(__file__).with_name("plain_app.py"),
    options=(
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
        "--browser.serverAddress=localhost",
    ),
    toggle=".st-key-return_sequences label",
    complete=f"lens.idle() && lens.all('.js-plotly-plot').length === 9 && {PLAIN_CODE} && {PLAIN_RETURNED}",
    consequences=(PLAIN_CODE, PLAIN_RETURNED),
    at_rest="lens.idle()",
)


@contextmanager
def fresh_server(app: App) -> Iterator[Server]:
    """A server of this app that has only just been started, and is ended on leaving."""
    with tempfile.TemporaryDirectory() as empty:
        cwd = ROOT if app is OURS else Path(empty)
        server = Server(app.script, cwd=cwd, options=app.options)
        try:
            yield server
        finally:
            server.stop()


def open_first_page(app: App, server: Server, page: Page) -> None:
    """Open the page as soon as the server answers, and wait until it is complete."""
    server.wait_healthy()
    page.goto(server.url, wait_until="commit")
    page.wait_for_function(f"() => {app.complete}", timeout=60_000)


def first_page_seconds(app: App, browser: Browser) -> float:
    """Seconds from starting a server's process to its first complete page; the browser's cache is empty."""
    page = new_page(browser)
    started = time.perf_counter()
    with fresh_server(app) as server:
        open_first_page(app, server, page)
        seconds = time.perf_counter() - started
        page.context.close()
    return seconds


def toggle_milliseconds(app: App, page: Page) -> float:
    """Milliseconds from the click to the first frame with all consequences, by the browser's own clock."""
    page.bring_to_front()
    page.evaluate(
        f"""() => {{
            const look = () => [{", ".join(app.consequences)}]
            const before = look()
            const isDone = () => look().every((now, i) => now && now !== before[i]) && ({app.at_rest})
            window.latency = new Promise((resolve) => {{
                const onClick = (event) => {{
                    const onFrame = () => isDone()
                        ? resolve(performance.now() - event.timeStamp)
                        : requestAnimationFrame(onFrame)
                    requestAnimationFrame(onFrame)
                }}
                addEventListener('click', onClick, {{capture: true, once: true}})
            }})
        }}"""
    )
    page.locator(app.toggle).first.click()
    milliseconds = float(page.evaluate("window.latency"))
    page.wait_for_timeout(SETTLE_MS)
    return milliseconds


def measure_starts(browser: Browser) -> dict[str, list[float]]:
    """Seconds to the first page, of both in turns; a first start of each, off a cold disk, does not count."""
    seconds: dict[str, list[float]] = {OURS.name: [], PLAIN.name: []}
    for turn in range(STARTS + 1):
        for app in (OURS, PLAIN):
            taken = first_page_seconds(app, browser)
            if turn > 0:
                seconds[app.name].append(taken)
    return seconds


def measure_toggles(browser: Browser) -> dict[str, list[float]]:
    """Milliseconds a click on return_sequences takes, of both apps in turns, both warm."""
    milliseconds: dict[str, list[float]] = {OURS.name: [], PLAIN.name: []}
    with fresh_server(OURS) as ours, fresh_server(PLAIN) as plain:
        pages = {OURS: new_page(browser), PLAIN: new_page(browser)}
        for app, server in ((OURS, ours), (PLAIN, plain)):
            open_first_page(app, server, pages[app])
        for turn in range(WARM_UPS + TOGGLES):
            for app, page in pages.items():
                taken = toggle_milliseconds(app, page)
                if turn >= WARM_UPS:
                    milliseconds[app.name].append(taken)
        for page in pages.values():
            page.context.close()
    return milliseconds


def figures() -> list[Figure]:
    """Measure both apps."""
    executable = chromium.find()
    if executable is None:
        raise SystemExit("No Chromium: run `python -m tests.browser.chromium --install`.")
    with sync_playwright() as playwright, launch(playwright, executable) as browser:
        starts = measure_starts(browser)
        toggles = measure_toggles(browser)
    start, plain_start = (statistics.median(starts[app.name]) for app in (OURS, PLAIN))
    toggle, plain_toggle = (statistics.median(toggles[app.name]) for app in (OURS, PLAIN))
    return [
        at_most(
            "fresh server to first complete page, share of the plain app's time",
            start / plain_start,
            MAX_START_RATIO,
            f"{start:.1f} s against {plain_start:.1f} s",
            unit="",
        ),
        at_most(
            "a flag flipped to everything updated, median",
            toggle,
            MAX_TOGGLE_MS,
            f"p95 {percentile_95(toggles[OURS.name]):.0f} ms; the plain app {plain_toggle:.0f} ms",
            unit=" ms",
        ),
    ]


if __name__ == "__main__":
    sys.exit(print_table(figures()))
