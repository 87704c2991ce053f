"""The page's head is told Keras's answer by itself; more is drawn anew only where the answer changes more."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from lstm_core.outputs import settled
from lstm_core.query import encode
from lstm_core.run import run_experiment
from lstm_core.text import load
from tests.browser.harness import Server, wait_complete

NewPage = Callable[..., Page]

KERAS_MS = 90_000
AGREES = ".lens-badge[data-state=agrees]"
NOTE = ".lens-returned-note"


def opened(page: Page, server: Server, experiment: Experiment) -> list[str | bytes]:
    """Open an experiment that no other test has; return what the page sends to Streamlit, as it grows."""
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    page.goto(f"{server.url}/?{urlencode(encode(experiment).parameters)}")
    wait_complete(page)
    expect(page.locator(AGREES)).to_be_visible(timeout=KERAS_MS)
    return sent


def test_keras_answer_costs_no_run_of_the_page(new_browser_page: NewPage, server: Server) -> None:
    experiment = Experiment(units=7, weights_seed=9001)
    assert all(settled(output.array) for output in run_experiment(experiment).outputs)
    page = new_browser_page()
    assert len(opened(page, server, experiment)) == 1
    expect(page.locator(NOTE)).to_have_text(load("en")("returned.print_help"))


def test_a_last_digit_that_waits_for_keras_is_drawn_when_it_comes(new_browser_page: NewPage, server: Server) -> None:
    experiment = Experiment(units=7, weights_seed=9011)
    assert not all(settled(output.array) for output in run_experiment(experiment).outputs)
    page = new_browser_page()
    opened(page, server, experiment)
    expect(page.locator(NOTE)).to_have_text(load("en")("returned.print_help"))
