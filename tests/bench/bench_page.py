"""How fast the page is, in a real browser, against the Streamlit apps beside this file, an empty one and a plain one.

All are measured in turns in one run: the time from starting a fresh server to its first complete page, the time of a
reload with a warm server, and the time from a change to the page with all of its consequences. For an idle machine.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.table import Figure, at_most, percentile_95, print_table
from tests.browser import chromium
from tests.browser.harness import DRAWN, ROOT, Server, launch, new_page

STARTS = 5
RELOADS = 12
WARM_UPS, TOGGLES = 3, 40
SETTLE_MS = 500  # after a click, so that what goes on behind one page is over before the other one's turn
MAX_OF_EMPTY = 1.4
MAX_CHANGE_MS = 100.0

CODE = "lens.text('.lens-code code')"
HELD = ("lens.token()", "lens.text('.lens-cell-hand-said')")
PLAIN_CODE = "lens.text('[data-testid=stCode]')"
RETURNED = "lens.text('.lens-tensor-print')"
PLAIN_RETURNED = "lens.text('[data-testid=stText]')"


@dataclass(frozen=True)
class App:
    """One of the two apps, and how to see in its page that it is done."""

    name: str
    script: Path
    options: tuple[str, ...]
    complete: str
    """JavaScript: whether the first page is all there."""
    toggle: str = ""
    """CSS selector of return_sequences."""
    consequences: tuple[str, ...] = ()
    """JavaScript: what has to be another value after the click, each of them."""
    at_rest: str = "true"
    """JavaScript: what has to hold besides."""


OURS = App(
    name="LSTM Lens",
    script=ROOT / "app.py",
    options=(),
    toggle=".st-key-w_return_sequences label",
    complete=f"{DRAWN} && {CODE} && {RETURNED}",
    consequences=("lens.token()", CODE, RETURNED),
)
# As anyone would start it: Streamlit's own settings, but for what would ask other hosts.
AS_IT_COMES = ("--server.headless=true", "--browser.gatherUsageStats=false", "--browser.serverAddress=localhost")
PLAIN = App(
    name="plain app",
    script=Path(__file__).with_name("plain_app.py"),
    options=AS_IT_COMES,
    toggle=".st-key-return_sequences label",
    complete=f"lens.idle() && lens.all('.js-plotly-plot').length === 9 && {PLAIN_CODE} && {PLAIN_RETURNED}",
    consequences=(PLAIN_CODE, PLAIN_RETURNED),
    at_rest="lens.idle()",
)

EMPTY = App(
    name="an empty Streamlit page",
    script=Path(__file__).with_name("empty_app.py"),
    options=AS_IT_COMES,
    complete="lens.idle() && lens.text('[data-testid=stMarkdown]')",
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


def milliseconds(page: Page, event: str, act: Callable[[], None], consequences: Sequence[str], at_rest: str) -> float:
    """Milliseconds from the event of `act` to the first frame with all consequences, by the browser's own clock."""
    page.bring_to_front()
    page.evaluate(
        f"""() => {{
            const look = () => [{", ".join(consequences)}]
            const before = look()
            const isDone = () => look().every((now, i) => now && now !== before[i]) && ({at_rest})
            window.latency = new Promise((resolve) => {{
                const onEvent = (event) => {{
                    const onFrame = () => isDone()
                        ? resolve(performance.now() - event.timeStamp)
                        : requestAnimationFrame(onFrame)
                    requestAnimationFrame(onFrame)
                }}
                addEventListener('{event}', onEvent, {{capture: true, once: true}})
            }})
        }}"""
    )
    act()
    taken = float(page.evaluate("window.latency"))
    page.wait_for_timeout(SETTLE_MS)
    return taken


def measure_starts(browser: Browser) -> dict[str, list[float]]:
    """Seconds to the first page, of all in turns; a first start of each, off a cold disk, does not count."""
    apps = (OURS, PLAIN, EMPTY)
    seconds: dict[str, list[float]] = {app.name: [] for app in apps}
    for turn in range(STARTS + 1):
        for app in apps:
            taken = first_page_seconds(app, browser)
            if turn > 0:
                seconds[app.name].append(taken)
    return seconds


def measure_reloads(browser: Browser) -> dict[str, list[float]]:
    """Seconds that a reload of the page takes with a warm server, in turns."""
    seconds: dict[str, list[float]] = {OURS.name: [], EMPTY.name: []}
    with fresh_server(OURS) as ours, fresh_server(EMPTY) as empty:
        pages = {OURS: new_page(browser), EMPTY: new_page(browser)}
        servers = {OURS: ours, EMPTY: empty}
        for turn in range(WARM_UPS + RELOADS):
            for app, page in pages.items():
                page.bring_to_front()
                started = time.perf_counter()
                open_first_page(app, servers[app], page)
                if turn >= WARM_UPS:
                    seconds[app.name].append(time.perf_counter() - started)
                page.wait_for_timeout(SETTLE_MS)
        for page in pages.values():
            page.context.close()
    return seconds


def measure_changes(browser: Browser) -> dict[str, list[float]]:
    """Milliseconds that a flag takes, of both apps in turns, both warm; and of ours a word typed, and a gate held."""
    taken: dict[str, list[float]] = {OURS.name: [], PLAIN.name: [], "word": [], "gate": []}
    with fresh_server(OURS) as ours, fresh_server(PLAIN) as plain:
        pages = {OURS: new_page(browser), PLAIN: new_page(browser)}
        for app, server in ((OURS, ours), (PLAIN, plain)):
            open_first_page(app, server, pages[app])
        page = pages[OURS]
        box = page.locator(".st-key-w_sentence input")
        page.locator(".lens-cell-diagram [data-node=f]").press("Enter")
        slider = page.locator(".lens-cell-hand-slider")
        for turn in range(WARM_UPS + TOGGLES):
            now = {
                app.name: milliseconds(one, "click", one.locator(app.toggle).first.click, app.consequences, app.at_rest)
                for app, one in pages.items()
            }
            box.fill("aabb" if turn % 2 else "aaabb")
            now["word"] = milliseconds(page, "keydown", partial(box.press, "Enter"), OURS.consequences, "true")
            slider.focus()
            key = "End" if turn % 2 else "Home"
            now["gate"] = milliseconds(page, "keydown", partial(slider.press, key), HELD, "true")
            if turn >= WARM_UPS:
                for name, one in now.items():
                    taken[name].append(one)
        for one in pages.values():
            one.context.close()
    return taken


def figures() -> list[Figure]:
    """Measure the apps."""
    executable = chromium.find()
    if executable is None:
        raise SystemExit("No Chromium: run `python -m tests.browser.chromium --install`.")
    with sync_playwright() as playwright, launch(playwright, executable) as browser:
        starts = measure_starts(browser)
        reloads = measure_reloads(browser)
        changes = measure_changes(browser)
    start, plain_start, empty_start = (statistics.median(starts[app.name]) for app in (OURS, PLAIN, EMPTY))
    reload, empty_reload = (statistics.median(reloads[app.name]) for app in (OURS, EMPTY))
    return [
        at_most(
            "fresh server to first complete page, against an empty Streamlit page",
            start / empty_start,
            MAX_OF_EMPTY,
            f"{start:.1f} s against {empty_start:.1f} s; the plain app {plain_start:.1f} s",
            unit="x",
        ),
        at_most(
            "a reload with a warm server, the same",
            reload / empty_reload,
            MAX_OF_EMPTY,
            f"{reload:.2f} s against {empty_reload:.2f} s",
            unit="x",
        ),
        *(
            at_most(
                f"{what} to everything updated, median",
                statistics.median(changes[name]),
                MAX_CHANGE_MS,
                f"p95 {percentile_95(changes[name]):.0f} ms{more}",
                unit=" ms",
            )
            for name, what, more in (
                (OURS.name, "a flag flipped", f"; the plain app {statistics.median(changes[PLAIN.name]):.0f} ms"),
                ("word", "a word typed", ""),
                ("gate", "a gate held", ""),
            )
        ),
    ]


if __name__ == "__main__":
    sys.exit(print_table(figures()))
