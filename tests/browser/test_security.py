"""What the browser is made to forbid, and what a stranger may send.

That no page needs more than the policy allows, every browser test shows: a breach is a complaint in the console.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from pages.ui.server.plotly_asset import plotly_url
from pages.ui.server.security import FRAME_ANCESTORS, headers
from tests.browser.harness import WITHOUT_KERAS, Server, Traffic, running_server, wait_complete
from tests.browser.helpers import open_import
from tests.load.crowd import resident_megabytes

Open = Callable[..., Page]


def ask(url: str) -> tuple[int, dict[str, str]]:
    """Status and headers of what the server answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}
    except urllib.error.HTTPError as answer:
        return answer.code, {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/cell", 200),
        ("/favicon.png", 200),
        (plotly_url(), 200),
        ("/_stcore/health", 200),
        ("/_stcore/host-config", 200),
        ("/media/nothing", 404),
        ("/%2e%2e/secrets", 400),
        ("/_stcore/metrics", 404),
        ("/_stcore/agent/openapi.json", 404),
    ],
)
def test_every_answer_carries_the_headers_and_what_no_learner_needs_is_closed(
    server: Server, path: str, status: int
) -> None:
    given, answered = ask(server.url + path)
    assert given == status
    assert answered.items() >= headers().items()


def test_the_policy_is_kept_by_the_browser(open_page: Open, traffic: Traffic) -> None:
    page = open_page()
    tried = page.evaluate("""async () => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.body.append(script)
      const drawn = new Promise((done) => {
        const image = new Image()
        image.onload = () => done('loaded')
        image.onerror = () => done('refused')
        image.src = 'https://example.org/pixel.png'
      })
      const asked = fetch('https://example.org/').then(() => 'answered', () => 'refused')
      return [window.ran ?? 'refused', await drawn, await asked]
    }""")
    assert tried == ["refused"] * 3
    said = "\n".join(complaint for complaint in traffic.complaints if "Content Security Policy" in complaint)
    assert [name for name in ("script-src", "img-src", "connect-src") if name not in said] == []
    traffic.requests.clear()  # the refused ones are among them
    traffic.complaints.clear()


@pytest.fixture
def lms() -> Iterator[str]:
    """Another site, whose page shows the address of its query in a frame."""

    class Embedding(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><iframe src='{self.path[2:]}' width=1200 height=800></iframe>".encode())

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    site = HTTPServer(("127.0.0.1", 0), Embedding)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()
    site.server_close()


def test_another_site_may_frame_the_app_only_where_configured(
    server: Server, lms: str, new_browser_page: Open, traffic: Traffic
) -> None:
    page = new_browser_page()
    with page.expect_console_message(lambda message: "frame-ancestors 'self'" in message.text):
        page.goto(f"{lms}/?{server.url}")
    traffic.complaints.clear()
    with running_server(env={FRAME_ANCESTORS: f"'self' {lms}", **WITHOUT_KERAS}) as allowing:
        page.goto(f"{lms}/?{allowing.url}")
        expect(page.frame_locator("iframe").locator(".lens-picture[data-step]")).to_be_visible()
        page.context.close()


@pytest.mark.parametrize(("megabytes", "code"), [(4.1, 1009), (0.001, 1002)])
def test_a_message_that_no_page_sends_ends_the_connection(server: Server, megabytes: float, code: int) -> None:
    address = f"ws://localhost:{server.port}/_stcore/stream"
    with connect(address, subprotocols=[Subprotocol("streamlit")]) as socket:
        with suppress(ConnectionClosed):  # while it is still being sent
            socket.send(b"\xff" * int(megabytes * 1e6))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code


def test_a_file_of_more_than_a_megabyte_is_refused_by_the_page_and_by_the_server(
    open_page: Open, traffic: Traffic
) -> None:
    page = open_page()
    open_import(page)
    upload = page.locator(".st-key-bring_csv_file")
    small, large = (
        {"name": f"{length}.csv", "mimeType": "text/csv", "buffer": b"1\n" * (length // 2)} for length in (4, 2**21)
    )
    with page.expect_request(lambda request: "/upload_file/" in request.url and request.method == "PUT") as sent:
        upload.locator("input").set_input_files(small)
    expect(page.locator(".lens-preview")).to_be_visible()
    upload.locator("input").set_input_files(large)
    expect(upload).to_contain_text("must be 1.0MB or smaller")
    assert [url for url in traffic.requests if "/upload_file/" in url] == [sent.value.url]
    statuses = page.evaluate(
        """async ([url, sizes]) => Promise.all(sizes.map(async (size) => {
          const form = new FormData()
          form.append('file', new Blob([new Uint8Array(size)]), 'a.csv')
          const token = decodeURIComponent(document.cookie.match(/_streamlit_xsrf=([^;]*)/)[1])
          return (await fetch(url, { method: 'PUT', body: form, headers: { 'X-Xsrftoken': token } })).status
        }))""",
        [sent.value.url, [10, 2**20 + 1, 3 * 2**20]],
    )
    assert statuses == [204, 413, 413]
    traffic.complaints.clear()  # the browser's own, of the two refusals


def test_a_session_holds_twenty_megabytes_of_files(new_browser_page: Open) -> None:
    with running_server(env=WITHOUT_KERAS) as server:
        page = new_browser_page()
        page.goto(server.url)
        wait_complete(page)
        open_import(page)
        with page.expect_request(lambda request: "/upload_file/" in request.url and request.method == "PUT") as sent:
            page.locator(".st-key-bring_csv_file input").set_input_files(
                {"name": "a.csv", "mimeType": "text/csv", "buffer": b"1\n2\n"}
            )
        expect(page.locator(".lens-preview")).to_be_visible()
        before = resident_megabytes(server.process.pid)
        statuses = page.evaluate(
            """async (url) => {
              const token = decodeURIComponent(document.cookie.match(/_streamlit_xsrf=([^;]*)/)[1])
              const statuses = []
              for (let number = 0; number < 60; number++) {
                const form = new FormData()
                form.append('file', new Blob([new Uint8Array(1e6)]), 'a.csv')
                const headers = { 'X-Xsrftoken': token }
                statuses.push((await fetch(`${url}${number}`, { method: 'PUT', body: form, headers })).status)
              }
              return statuses
            }""",
            sent.value.url,
        )
        held = resident_megabytes(server.process.pid) - before
        assert statuses == [204] * 60
        assert held < 35  # of the 60 that it has sent
        page.context.close()
