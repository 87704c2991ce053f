"""The page's head is told Keras's answer by itself; more is drawn again only where the answer changes more.

Before there is a head, and where no script runs, the first HTML says what the page is.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, Route, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from lstm_core.experiment import Experiment
from lstm_core.keras_check.rounding import outputs_settled
from lstm_core.run import run_experiment
from lstm_core.share.link import encode
from lstm_core.text import LANGUAGES, load
from tests.browser.harness import PHONE, Server, wait_complete, wait_lesson
from tests.browser.helpers import expect_agreement
from tests.unit.test_first_html import Read

NewPage = Callable[..., Page]

NOTE = ".lens-returned-note"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_badge_says_is_whole_on_a_phone(new_browser_page: NewPage, server: Server, language: str) -> None:
    page = new_browser_page(viewport=PHONE)
    page.goto(f"{server.url}/?lang={language}&units=3")
    wait_complete(page)
    page.locator(".lens-badge summary").click()
    box = page.locator(".lens-badge-detail").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]


def opened(page: Page, server: Server, experiment: Experiment) -> list[str]:
    """Open an experiment that no other test has; return what the page asks of Streamlit, as it grows."""
    sent: list[str] = []

    def hear(data: str | bytes) -> None:
        asked = BackMsg.FromString(data).WhichOneof("type") if isinstance(data, bytes) else data
        if asked != "app_heartbeat":  # of a page that waits long
            sent.append(str(asked))

    page.on("websocket", lambda socket: socket.on("framesent", hear))
    page.goto(f"{server.url}/?{urlencode(encode(experiment).parameters)}")
    wait_complete(page)
    expect_agreement(page)
    return sent


def test_keras_answer_costs_no_run_of_the_page(new_browser_page: NewPage, server: Server) -> None:
    experiment = Experiment(units=7, weights_seed=9001)
    assert outputs_settled(run_experiment(experiment))
    page = new_browser_page()
    assert opened(page, server, experiment) == ["rerun_script"]
    expect(page.locator(NOTE)).to_have_text(load("en")("returned.print_help"))


def test_a_last_digit_that_waits_for_keras_is_drawn_when_it_comes(new_browser_page: NewPage, server: Server) -> None:
    experiment = Experiment(units=7, weights_seed=9011)
    assert not outputs_settled(run_experiment(experiment))
    page = new_browser_page()
    sent = opened(page, server, experiment)
    expect(page.locator(NOTE)).to_have_text(load("en")("returned.print_help"))
    assert sent == ["rerun_script"]  # Keras's own numbers come over HTTP, as the verdict does


def test_a_last_digit_that_comes_before_the_script_of_its_panel_is_drawn_too(
    new_browser_page: NewPage, server: Server
) -> None:
    experiment = Experiment(units=7, weights_seed=9018)
    assert not outputs_settled(run_experiment(experiment))
    page = new_browser_page()
    held: list[Route] = []
    page.route("**/lens/returned-*.js", lambda route: held.append(route))
    page.goto(f"{server.url}/?{urlencode(encode(experiment).parameters)}")
    expect_agreement(page)
    assert held
    for route in held:
        route.continue_()
    expect(page.locator(NOTE)).to_have_text(load("en")("returned.print_help"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["", "cell"])
def test_the_first_html_says_what_the_drawn_page_says(
    new_browser_page: NewPage, server: Server, name: str, language: str
) -> None:
    page = new_browser_page(locale="ko-KR" if language == "ko" else "en-US")  # as the link names no language
    answer = page.goto(f"{server.url}/{name}")
    assert answer is not None
    first = Read(answer.text())
    (wait_lesson if name else wait_complete)(page)
    assert (first.title, first.language) == (page.title(), page.evaluate("document.documentElement.lang"))
    assert first.language == language
    assert first.meta["og:title"] == first.title
    assert first.meta["og:url"] == f"{server.url}/{name}"
    with urllib.request.urlopen(first.meta["og:image"], timeout=10) as picture:
        assert picture.headers["content-type"] == "image/png"
