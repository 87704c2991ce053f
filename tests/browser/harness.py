"""A real server and a real browser for the tests: start the app, open its page, wait until it is complete.

The page says that it is complete in its DOM: once a run is all drawn, an element carries `data-lens-ready`.
Its value, the run token, changes with every experiment shown.

The page's Content-Security-Policy forbids `eval`, and with it `wait_for_function("an expression")`: give it a function.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = "90"
"""Seconds that the polite Keras process may take for a question while other tests hold the processors."""
WITHOUT_KERAS = {"PYTHONPATH": str(ROOT / "tests" / "browser" / "without_tensorflow")}
"""The environment of a server that asks Keras nothing: for tests of all else, to leave the processors alone."""
DESKTOP, LAPTOP, PHONE = (1440, 900), (1280, 720), (390, 844)
PROBED = re.compile(r"/\w+/_stcore/(health|host-config)$")
"""Where Streamlit first looks for its server when a page below the root is opened; it then looks at the root."""
HERE = ("localhost", "127.0.0.1", "::1")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]

# Components draw into the page's own document (`isolate_styles=False`), so that one look finds everything.
PAGE_HELPERS = """
window.lens = {
  all: (selector) => [...document.querySelectorAll(selector)],
  one: (selector) => document.querySelector(selector),
  text: (selector) => window.lens.all(selector).map((element) => element.textContent).join('\\n'),
  idle: () => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning',
  token: () => window.lens.one('[data-lens-ready]')?.getAttribute('data-lens-ready') || null,
}
"""
COMPLETE = {
    "the script rests": "lens.idle()",
    "the charts are drawn": "lens.token() !== null",
    "Plotly has drawn": "lens.one('.js-plotly-plot .main-svg') !== null",
    "the picture stands at a step": "lens.one('.lens-picture[data-step]') !== null",
}
DRAWN = " && ".join(COMPLETE.values())


class Server:
    """A Streamlit server of our own: its process group, its address and its log."""

    def __init__(
        self,
        script: Path = ROOT / "app.py",
        *,
        cwd: Path = ROOT,
        env: Mapping[str, str] | None = None,
        options: tuple[str, ...] = (),
        address: str | None = None,
        port: int | None = None,
        run_by: tuple[str, ...] = (),
    ) -> None:
        """Start `streamlit run script` on a free port, in an empty home: nobody's own settings leak in."""
        self.port = port or free_port()
        self.url = f"http://{address or 'localhost'}:{self.port}"
        self._home = tempfile.TemporaryDirectory(prefix="lens-home-", ignore_cleanup_errors=True)
        self._log_path = Path(self._home.name) / "server.log"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
        command = [
            *run_by,
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(script),
            f"--server.port={self.port}",
            *([f"--server.address={address}"] if address else []),
            *options,
        ]
        with self._log_path.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=cwd,
                env={**inherited, "HOME": self._home.name, "LSTM_LENS_TASK_SECONDS": PATIENCE, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        """All that the server has printed."""
        return self._log_path.read_text(errors="replace")

    def wait_healthy(self, seconds: float = 60) -> None:
        """Wait until the server answers. Raises RuntimeError with its log."""

        def answers() -> bool:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                    return bool(answer.status == 200)
            except OSError:
                return False

        if not until(lambda: answers() or self.process.poll() is not None, seconds) or not answers():
            raise RuntimeError(f"The server did not answer on {self.url}. Its log:\n{self.log}")

    def stop(self) -> None:
        """End the server and every process it started."""
        for sign, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(seconds)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self._home.cleanup()


def until(holds: Callable[[], bool], seconds: float) -> bool:
    """Look again and again whether something outside of the page holds by now; return whether it did in time."""
    deadline = time.monotonic() + seconds
    look_again = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            return False
        look_again.wait(0.02)
    return True


def free_port() -> int:
    """A TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(
    script: Path = ROOT / "app.py", *, env: Mapping[str, str] | None = None, run_by: tuple[str, ...] = ()
) -> Iterator[Server]:
    """A healthy server, ended on leaving, whatever happened."""
    server = Server(script, env=env, run_by=run_by)
    try:
        server.wait_healthy()
        yield server
    finally:
        server.stop()


def launch(playwright: Playwright, executable: str) -> Browser:
    """A headless Chromium that talks to this machine only."""
    return playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)


@dataclass
class Traffic:
    """What the pages of one test asked for, and what they complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Record all that happens in this context from now on."""
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        context.on("console", self._hear)
        context.on("page", lambda page: page.on("websocket", lambda socket: self.requests.append(socket.url)))

    def _hear(self, message) -> None:
        if message.type == "error" and not PROBED.search(message.location["url"]):
            self.complaints.append(f"console: {message.text}")

    @property
    def outside(self) -> list[str]:
        """Requests for any other host; `data:` and `blob:` addresses go nowhere."""
        addresses = [url for url in self.requests if not url.startswith(("data:", "blob:"))]
        return [url for url in addresses if urlsplit(url).hostname not in HERE]


def new_page(
    browser: Browser,
    *,
    viewport: tuple[int, int] = DESKTOP,
    theme: Literal["light", "dark"] = "light",
    locale: str = "en-US",
    reduced_motion: bool = True,
    traffic: Traffic | None = None,
) -> Page:
    """An empty page in a fresh context: no cookies, no cache, no leftovers of another test."""
    context = browser.new_context(
        viewport={"width": viewport[0], "height": viewport[1]},
        color_scheme=theme,
        locale=locale,
        reduced_motion="reduce" if reduced_motion else "no-preference",
    )
    context.add_init_script(PAGE_HELPERS)
    if traffic:
        traffic.watch(context)
    return context.new_page()


def reload_at_once(page: Page) -> None:
    """Reload without waiting for anything, as an impatient learner does.

    Chromium refuses it in the moment in which one document makes room for the next; so we ask until it takes it.
    """

    def taken() -> bool:
        try:
            page.reload(wait_until="commit")
        except PlaywrightError as error:
            if "Not attached to an active page" not in error.message:
                raise
            return False
        return True

    assert until(taken, 10), "Chromium refused every reload"


def painted(page: Page) -> None:
    """Wait until the page has painted what it was last told: the second frame from now."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def run_token(page: Page) -> str | None:
    """The token of the experiment that is drawn, or None before the first one is."""
    return page.evaluate("lens.token()")


def wait_complete(page: Page, *, after: str | None = None, seconds: float = 30) -> str:
    """Wait until a whole experiment is drawn, under another token than `after`; give its token.

    Raises AssertionError with what was still missing.
    """
    try:
        page.wait_for_function(f"(after) => {DRAWN} && lens.token() !== after", arg=after, timeout=seconds * 1000)
    except PlaywrightTimeout as timeout:
        holds = {what: page.evaluate(check) for what, check in COMPLETE.items()}
        holds["the experiment is another"] = run_token(page) != after
        raise AssertionError(f"Not complete after {seconds} s: {holds}") from timeout
    return str(run_token(page))


def wait_lesson(page: Page) -> None:
    """Wait until a lesson's page is drawn: its head comes last."""
    page.locator(".lens-lesson h2").wait_for()
    page.wait_for_function("() => lens.idle() && lens.one('.lens-badge-text')?.textContent")
