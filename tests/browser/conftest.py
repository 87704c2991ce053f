"""The fixtures of every test that needs a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.harness import Server, Traffic, launch, new_page, running_server, wait_complete, wait_lesson

expect.set_options(timeout=20_000)  # milliseconds: a busy machine may take its time

NO_BROWSER = "no Chromium here: run `python -m tests.browser.chromium --install`, or name one in CHROMIUM"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests. Without any: a failure where CI is set, else a skip."""
    executable = chromium.find()
    if executable is None and chromium.in_ci():
        pytest.fail(NO_BROWSER)
    if executable is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright, launch(playwright, executable) as chromium_browser:
        yield chromium_browser


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """The app, running; a test that breaks its server starts another with `running_server()`."""
    with running_server() as running:
        yield running


@pytest.fixture
def traffic() -> Traffic:
    """What this test's pages asked for and complained about; a test that expects complaints clears them."""
    return Traffic()


@pytest.fixture
def new_browser_page(browser: Browser, traffic: Traffic) -> Iterator[Callable[..., Page]]:
    """Makes empty pages (options: `harness.new_page`) that must ask no other host and complain of nothing."""
    pages: list[Page] = []

    def make(**options) -> Page:
        pages.append(new_page(browser, traffic=traffic, **options))
        return pages[-1]

    yield make
    for page in pages:
        page.context.close()
    assert traffic.outside == []
    assert traffic.complaints == []


@pytest.fixture
def open_page(server: Server, new_browser_page: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    """Opens the app at `path` (with its query) and waits until the page is complete."""

    def open_at(path: str = "/?trained=none", **options) -> Page:
        page = new_browser_page(**options)
        page.goto(server.url + path)
        wait_complete(page)
        return page

    yield open_at
    print(server.log[-3000:])  # pytest shows it where the test has failed


@pytest.fixture
def open_lesson(server: Server, new_browser_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a lesson, named with its query, and waits until it is drawn to its end."""

    def open_at(path: str, **options) -> Page:
        page = new_browser_page(**options)
        page.goto(f"{server.url}/{path}")
        wait_lesson(page)
        return page

    return open_at
