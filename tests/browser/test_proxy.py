"""A class behind HAProxy with the deployed haproxy.cfg: two replicas, and one of them killed under its learners."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium, proxy
from tests.browser.harness import wait_complete
from tests.browser.helpers import expected, flip, returned
from tests.browser.proxy import Passed, Proxied, proxied

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="gives each replica an address 127.0.0.x of its own")

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def behind() -> Iterator[Proxied]:
    """The app's two replicas and HAProxy. Without HAProxy: a failure where CI is set, else a skip."""
    executable = proxy.find()
    if executable is None and chromium.in_ci():
        pytest.fail(proxy.MISSING)
    if executable is None:
        pytest.skip(proxy.MISSING)
    with proxied(executable) as running:
        yield running


def cookie(page: Page) -> str:
    """What names the replica of this page's learner."""
    (value,) = [found["value"] for found in page.context.cookies() if found["name"] == "lens_replica"]
    return value


def test_learners_stay_with_their_replica_and_carry_on_when_it_is_killed(
    behind: Proxied, new_browser_page: Open
) -> None:
    assert behind.up
    learners = [new_browser_page(), new_browser_page()]
    for page, units in zip(learners, (3, 2), strict=True):
        page.goto(f"{behind.url}/?units={units}&weights_seed=5")
        wait_complete(page)
    homes = [cookie(page) for page in learners]
    assert homes[0] != homes[1]  # the second went where fewer were
    first, second = [done.replica for done in behind.passed if done.path == "/"]
    assert {first, second} == set(behind.replicas)

    for page, units in zip(learners, (3, 2), strict=True):
        flip(page, "return_sequences")
        assert returned(page) == expected(units=units, weights_seed=5, return_sequences=True)
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as taken:  # made by the replica that has the session, and no other
            page.get_by_role("button", name="Script (.py)").click()
        assert re.search(rf"keras.layers.LSTM\(\s*{units},", taken.value.path().read_text())
        page.reload()
        wait_complete(page)
        assert returned(page) == expected(units=units, weights_seed=5, return_sequences=True)
    assert [cookie(page) for page in learners] == homes
    assert [done.cookie for done in behind.passed if done.cookie != "VN"] == ["NI", "NI"]  # each learner's first alone
    assert {done.status for done in behind.passed} <= {"200", "101", "304"}

    left, stayed = learners
    os.killpg(behind.replicas[first].process.pid, signal.SIGKILL)
    expect(left.locator(".lens-connection")).to_contain_text("The connection to the server is lost")
    expect(left.locator(".lens-connection")).to_be_empty()
    flip(left, "return_state")
    assert returned(left) == expected(units=3, weights_seed=5, return_sequences=True, return_state=True)
    assert cookie(left) == homes[1]
    left.reload()
    wait_complete(left)
    assert returned(left) == expected(units=3, weights_seed=5, return_sequences=True, return_state=True)
    flip(stayed, "return_state")
    assert returned(stayed) == expected(units=2, weights_seed=5, return_sequences=True, return_state=True)
    assert cookie(stayed) == homes[1]

    for page in learners:
        page.context.close()
    assert Counter(behind.sockets(6)) == {
        Passed(first, "101", "VN", "/_stcore/stream"): 2,  # opened and reloaded, until it was killed
        Passed(second, "101", "VN", "/_stcore/stream"): 4,
    }
