"""Keras dies, hangs or disagrees while the page is open: the page goes on, says so, and recovers by itself."""

from __future__ import annotations

import os
import re
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from lstm_core.run import run_experiment
from lstm_core.share.link import encode
from tests.browser.harness import WITHOUT_KERAS, Server, Traffic, running_server, until, wait_complete
from tests.browser.helpers import KERAS_MS, expect_agreement, expected, flip, returned

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="finds the worker process through /proc")

TASK_SECONDS = 3  # instead of 20: how long Keras may take for one question on this file's server
BACK = 40_000  # milliseconds after which Keras must be back; some five seconds on an idle machine
HERE = Path(__file__).parent
SEEDS = count(100)  # of weights: each test, run once or twice, asks what Keras has never been asked before

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of this file's own, whose worker is ended and halted, and soon given up when it hangs."""
    with running_server(env={"LSTM_LENS_TASK_SECONDS": str(TASK_SECONDS)}) as running:
        yield running


@pytest.fixture
def seed() -> int:
    return next(SEEDS)


@pytest.fixture
def page(open_page: Open, seed: int) -> Page:
    """A page that Keras agrees with, and that keeps all that its badge says from now on in `window.told`."""
    page = open_page(f"/?weights_seed={seed}")
    expect_agreement(page)
    page.evaluate("""() => {
      window.told = []
      const keep = () => {
        const badge = document.querySelector('.lens-badge')
        if (badge) told.push(`${badge.dataset.state}: ${badge.querySelector('.lens-badge-detail').textContent}`)
      }
      const all = { subtree: true, childList: true, attributes: true, characterData: true }
      new MutationObserver(keep).observe(document.body, all)
    }""")
    return page


def parent_of(pid: int) -> int:
    stat = Path(f"/proc/{pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def child_of(server: Server, file: str, holds: str, but: int | None = None) -> int:
    """The process that the server has started, once it has one, whose file in /proc holds this text."""
    found: list[int] = []

    def look() -> bool:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                pid = int(folder.name)
                if pid != but and parent_of(pid) == server.process.pid and holds in (folder / file).read_text():
                    found.append(pid)
            except (OSError, IndexError):
                continue  # it ended meanwhile
        return bool(found)

    assert until(look, 30), "the server has no worker process"
    return found[0]


def worker_of(server: Server) -> int:
    """The process in which TensorFlow runs: it has its libraries loaded."""
    return child_of(server, "maps", "tensorflow")


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end(pid: int) -> None:
    """End a process from outside, and wait until it is gone."""
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: not is_running(pid), 10)


@contextmanager
def ended_and_away(server: Server) -> Iterator[int]:
    """End the idle worker from outside; the next one gets no further than its start until this is left."""
    ended = worker_of(server)
    end(ended)
    following = child_of(server, "cmdline", "spawn_main", but=ended)
    os.kill(following, signal.SIGSTOP)
    try:
        yield ended
    finally:
        os.kill(following, signal.SIGCONT)


def expect_trouble(page: Page, told: str) -> None:
    """Wait until the badge has said so; on a busy machine a worker may be back before anyone looks at it."""
    page.wait_for_function(
        "(words) => told.some((said) => said.startsWith('unavailable') && said.includes(words))",
        arg=told,
        timeout=TASK_SECONDS * 1000 + 15_000,
    )


def expect_recovery(page: Page) -> None:
    expect(page.locator(".lens-badge[data-state=agrees]")).to_be_visible(timeout=BACK)
    expect(page.locator(".lens-notice")).to_have_count(0)


def choose_units(page: Page, units: int) -> None:
    before = wait_complete(page)
    page.locator(".st-key-w_units").get_by_role("spinbutton").fill(str(units))
    page.keyboard.press("Enter")
    expect(page.locator(".lens-tensor-shape").first).to_have_text(f"(1, {units})")
    wait_complete(page, after=before)


def test_a_worker_killed_while_idle_is_said_and_replaced_and_the_page_goes_on(
    server: Server, page: Page, seed: int
) -> None:
    with ended_and_away(server) as killed:
        flip(page, "return_sequences")
        assert returned(page) == expected(weights_seed=seed, return_sequences=True)
        expect_trouble(page, "The Keras process was ended from outside. It is being restarted")
        flip(page, "return_state")
        assert returned(page) == expected(weights_seed=seed, return_sequences=True, return_state=True)
    expect_recovery(page)
    assert returned(page) == expected(weights_seed=seed, return_sequences=True, return_state=True)
    assert worker_of(server) != killed


def test_a_worker_killed_at_work_is_said_and_the_question_asked_again(server: Server, page: Page, seed: int) -> None:
    os.kill(worker_of(server), signal.SIGSTOP)  # so that it is surely at it
    choose_units(page, 5)
    expect(page.locator(".lens-badge[data-state=waiting]")).to_be_visible()
    os.kill(worker_of(server), signal.SIGKILL)
    expect_trouble(page, "ended from outside")
    assert returned(page) == expected(weights_seed=seed, units=5)
    expect_recovery(page)
    assert returned(page) == expected(weights_seed=seed, units=5)


def test_a_worker_that_hangs_is_given_up_and_said_and_replaced(server: Server, page: Page, seed: int) -> None:
    halted = worker_of(server)
    os.kill(halted, signal.SIGSTOP)
    try:
        flip(page, "go_backwards")
        assert returned(page) == expected(weights_seed=seed, go_backwards=True)
        expect(page.locator(".lens-badge[data-state=waiting]")).to_be_visible()
        expect_trouble(page, f"Keras gave no answer within {TASK_SECONDS} seconds. Its process is being restarted")
        flip(page, "return_state")
        assert returned(page) == expected(weights_seed=seed, go_backwards=True, return_state=True)
        expect_recovery(page)
        assert not is_running(halted)
    finally:
        if is_running(halted):
            os.kill(halted, signal.SIGKILL)


def test_a_worker_that_has_no_memory_left_is_said_and_replaced(server: Server, page: Page, seed: int) -> None:
    starved = worker_of(server)
    pages = int(Path(f"/proc/{starved}/statm").read_text().split()[0])
    taken = pages * resource.getpagesize()
    resource.prlimit(starved, resource.RLIMIT_AS, (taken, taken))
    flip(page, "return_sequences")
    assert returned(page) == expected(weights_seed=seed, return_sequences=True)
    expect_trouble(page, "")
    flip(page, "return_state")
    assert returned(page) == expected(weights_seed=seed, return_sequences=True, return_state=True)
    expect_recovery(page)
    assert worker_of(server) != starved


def test_dropout_is_shown_without_its_masks_while_keras_is_away_and_with_them_again(
    server: Server, open_page: Open, seed: int
) -> None:
    page = open_page("/?dropout=0.5&training=1&return_sequences=1")
    expect_agreement(page)
    with_masks = returned(page)
    with ended_and_away(server):
        flip(page, "return_state")
        plain = expected(dropout=0.5, training=False, return_sequences=True, return_state=True)
        # the masks are known already, from before: they do not depend on the flags
        assert returned(page)["output"] == with_masks["output"] != plain["output"]
    expect_recovery(page)
    with ended_and_away(server):
        page = open_page(f"/?dropout=0.25&training=1&weights_seed={seed}&seed={seed}")
        expect(page.locator(".lens-notice-info")).to_contain_text("the layer without dropout")
        assert returned(page) == expected(dropout=0.25, weights_seed=seed, seed=seed)
    expect_recovery(page)
    assert returned(page) != expected(dropout=0.25, weights_seed=seed, seed=seed)


def test_pages_beside_each_other_each_get_their_own_numbers(server: Server, new_browser_page: Open) -> None:
    experiments = [
        Experiment(units=3, weights_seed=seed, preset="noise", data_seed=seed, return_sequences=True, return_state=True)
        for seed in range(1, 5)
    ]
    pages = [new_browser_page() for _ in experiments]
    for page, experiment in zip(pages, experiments, strict=True):
        query = "&".join(f"{name}={value}" for name, value in encode(experiment).parameters.items())
        page.goto(f"{server.url}/?{query}", wait_until="commit")
    tokens = [wait_complete(page) for page in pages]
    for page in pages:  # all at once, without waiting for one another
        page.locator(".st-key-w_go_backwards label").first.click()
    for page, token, experiment in zip(pages, tokens, experiments, strict=True):
        wait_complete(page, after=token)
        run = run_experiment(experiment.changed(go_backwards=True))
        assert returned(page) == expected_of(run)
        expect_agreement(page)
        assert returned(page) == expected_of(run)
        assert f"weights_seed={experiment.weights_seed}" in page.url


def expected_of(run) -> dict[str, str]:
    e = run.experiment
    return expected(**{name: getattr(e, name) for name in e.__dataclass_fields__})


@pytest.fixture
def fresh_page(new_browser_page: Open) -> Iterator[Open]:
    """Opens a path of a server that has shown nothing yet, with an environment of its own."""
    with ExitStack() as left:

        def open_at(path: str, **env: str) -> Page:
            running = left.enter_context(running_server(env=env))
            page = new_browser_page()
            left.callback(page.close)  # before its server ends, lest it complain
            page.goto(running.url + path)
            wait_complete(page)
            return page

        yield open_at


def test_a_disagreement_is_shown_loudly(fresh_page: Open) -> None:
    page = fresh_page("/?return_sequences=1", PYTHONPATH=str(HERE / "wrong_keras"))
    assert returned(page) == expected(return_sequences=True)
    badge = page.locator(".lens-badge[data-state=disagrees]")
    expect(badge).to_be_visible(timeout=KERAS_MS)
    expect(page.locator(".lens-badge-text")).to_have_text(re.compile(r"Keras DISAGREES · \de-0[3-5]"))
    colour = badge.locator("summary").evaluate("node => getComputedStyle(node).backgroundColor")
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    assert red > 3 * max(green, blue)
    notice = page.locator(".lens-notice-error")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("gives other numbers than this page")
    expect(notice).to_contain_text("Please report")
    assert page.locator(".lens-notices").get_attribute("role") == "alert"
    before = wait_complete(page)
    page.get_by_role("button", name="한국어").click()
    wait_complete(page, after=before)
    expect(page.locator(".lens-badge-text")).to_contain_text("Keras와 불일치")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_deep_link_is_the_first_thing_that_a_fresh_server_shows(fresh_page: Open, language: str) -> None:
    page = fresh_page(f"/?units=2&return_state=1&lang={language}")
    assert {name: text.partition("\n")[0] for name, text in returned(page).items()} == dict.fromkeys(
        ("output", "state_h", "state_c"), "(1, 2)"
    )
    assert page.evaluate("document.documentElement.lang") == language
    expect(page.locator(".lens-head")).to_have_count(1)
    flip(page, "return_sequences")
    assert list(returned(page)) == ["output", "state_h", "state_c"]
    assert "units=2" in page.url


def test_a_server_that_ends_is_said_and_the_next_one_goes_on_by_itself(
    new_browser_page: Open, traffic: Traffic
) -> None:
    page = new_browser_page()
    lost = page.locator(".lens-connection")
    with running_server(env=WITHOUT_KERAS) as running:
        page.goto(f"{running.url}/?units=3&return_sequences=1")
        wait_complete(page)
        expect(lost).to_be_empty()
        with page.expect_console_message(lambda message: "Is Streamlit still running?" in message.text):
            os.killpg(running.process.pid, signal.SIGKILL)
            expect(lost).to_contain_text("The connection to the server is lost and is being restored")
        expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's would tell to start it "in your terminal"
        assert returned(page) == expected(units=3, return_sequences=True)
        again = Server(env=WITHOUT_KERAS, port=running.port)
    try:
        expect(lost).to_be_empty(timeout=BACK)
        flip(page, "return_state")  # in a fragment of which the new server has never heard from the old one
        assert returned(page) == expected(units=3, return_sequences=True, return_state=True)
        page.reload()
        wait_complete(page)
        assert returned(page) == expected(units=3, return_sequences=True, return_state=True)
    finally:
        page.close()  # it would go on to miss its server
        again.stop()
    assert "net::ERR_CONNECTION_REFUSED" in "".join(traffic.complaints)
    traffic.complaints.clear()
