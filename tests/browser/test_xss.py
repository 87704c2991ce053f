"""What a stranger writes is shown as text: no script of theirs runs and no request leaves, wherever they wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS
from lstm_core.run import run_experiment
from lstm_core.share.handout import handout
from tests.browser.harness import ROOT, Server, Traffic, wait_complete
from tests.browser.helpers import open_import, paste_table
from tests.browser.payloads import BREACHES, PAYLOADS
from tests.unit.npz_files import npz

Open = Callable[..., Page]
HTML = [payload for payload in PAYLOADS if re.match(r"<(img|svg|iframe|style|a|base|form|details)\b", payload)]


@pytest.fixture
def page(new_browser_page: Open) -> Page:
    """An empty page, in which a dialog of the browser's own is a breach."""
    page = new_browser_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a script opened a dialog: {dialog.message}"))
    return page


def show(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/?{query}")
    wait_complete(page)


def expect_nothing_but_text(page: Page) -> None:
    assert page.evaluate(BREACHES) == []


def test_there_are_fifty() -> None:
    assert len(set(PAYLOADS)) == 50
    assert [payload for payload in PAYLOADS if re.search(r"[\s,;]", payload) or len(payload) > 40] == []


def test_one_that_worked_would_be_seen(browser: Browser) -> None:
    page = browser.new_page()
    for payload in HTML:
        page.set_content("<!doctype html><p>")
        page.evaluate("() => delete window.xss")
        assert page.evaluate(BREACHES) == []
        page.evaluate("(payload) => document.body.insertAdjacentHTML('beforeend', payload)", payload)
        assert page.evaluate(BREACHES) != [], payload
    page.close()


@pytest.mark.parametrize("path", ["/", "/order"])
def test_in_every_parameter_of_the_address(server: Server, page: Page, path: str) -> None:
    names = [*FIELDS, "lang", "step", "unit", "a", "unknown"]
    for first in (0, 25):
        rotated = PAYLOADS[first:] + PAYLOADS[:first]
        query = dict(zip(names, rotated, strict=False)) | {"preset": "typed", "sentence": rotated[-1]}
        page.goto(f"{server.url}{path}?{urlencode(query)}#{rotated[-2]}")
        expect(page.locator(".lens-notice-warning").first).to_be_visible()
        expect(page.locator(".lens-notices")).to_contain_text(query["units"])
        expect_nothing_but_text(page)


def test_in_the_sentence_and_so_in_every_figure_and_in_the_handout(
    server: Server, page: Page, traffic: Traffic, tmp_path: Path
) -> None:
    show(page, server, "trained=none")
    box = page.locator(".st-key-w_sentence input")
    for first in range(0, 50, 10):
        words = " ".join(PAYLOADS[first : first + 10])
        before = wait_complete(page)
        box.fill(words[:400])
        box.press("Enter")
        wait_complete(page, after=before)
        expect(page.locator(".lens-picture")).to_contain_text(PAYLOADS[first][:4])  # long words are cut
        expect_nothing_but_text(page)
    written = tmp_path / "handout.html"
    run = run_experiment(Experiment(sentence=" ".join(PAYLOADS)[:400]))
    written.write_text(handout(run, text.load("en"), title=" ".join(PAYLOADS), row=0), encoding="utf-8")
    page.goto(written.as_uri())
    page.locator("[data-lens-ready] .main-svg").first.wait_for()
    expect_nothing_but_text(page)
    traffic.requests.remove(written.as_uri())


def test_in_a_box_for_numbers_or_for_a_mask(server: Server, page: Page) -> None:
    show(page, server, "preset=typed&typed=1 2 3")
    page.get_by_text("The call: states, masks, several calls").click()
    for box, payloads in (("w_typed textarea", PAYLOADS[::10]), ("w_mask input", PAYLOADS[1::10])):
        for payload in payloads:
            page.locator(f".st-key-{box}").fill(payload)
            page.locator(f".st-key-{box}").press("Control+Enter" if box.endswith("area") else "Enter")
            expect(page.locator(".lens-notice-warning")).to_contain_text(payload)
            expect_nothing_but_text(page)
        page.locator(f".st-key-{box}").fill("1" if box.endswith("area") else "")
        page.locator(f".st-key-{box}").press("Control+Enter" if box.endswith("area") else "Enter")
        expect(page.locator(".lens-notice-warning")).to_have_count(0)


def test_in_a_table_its_header_and_its_name(server: Server, page: Page) -> None:
    show(page, server)
    open_import(page)
    for first in (0, 25):
        names = ['"' + payload.replace('"', '""') + '"' for payload in PAYLOADS[first : first + 25]]
        paste_table(page, "\n".join([",".join(names), ",".join("12345"[i % 5] for i in range(25))]))
        expect(page.locator(".lens-preview")).to_contain_text(PAYLOADS[first + 1])
        expect_nothing_but_text(page)
        page.locator("[class*=st-key-bring_csv_columns] input").click()  # the names, as choices
        expect(page.get_by_text(f"1 ({PAYLOADS[first]})", exact=True)).to_be_visible()
        expect_nothing_but_text(page)
        page.keyboard.press("Escape")
    for payload in [payload for payload in PAYLOADS[2::12] if '"' not in payload]:  # a quote is the table's own
        paste_table(page, f"a\n1\n{payload}\n2")
        expect(page.locator(".lens-note").first).to_contain_text(payload)
        expect_nothing_but_text(page)
    content = "a\n" + "\n".join(payload for payload in PAYLOADS if '"' not in payload)
    file = {"name": "<img src=x onerror=xss=1>.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.locator(".st-key-bring_csv_file input").set_input_files(file)
    expect(page.locator(".st-key-bring_csv_file")).to_contain_text("<img")
    expect(page.locator(".lens-note").first).to_contain_text(PAYLOADS[0])
    expect_nothing_but_text(page)


def test_in_code_and_in_a_weights_file(server: Server, page: Page) -> None:
    show(page, server)
    open_import(page, "Code")
    for payload in PAYLOADS[3::10]:
        page.locator(".st-key-bring_code_text textarea").fill(
            f"# {payload}\nkeras.layers.LSTM(4, activation={payload!r})"
        )
        page.locator(".st-key-bring_code_read button").click()
        expect(page.get_by_role("dialog").locator(".lens-notice-warning")).to_contain_text(payload[:20])
        expect_nothing_but_text(page)
    page.get_by_role("tab", name="Weights").click()
    named = {payload.replace("/", "|"): np.zeros((2, 2), "float32") for payload in PAYLOADS}
    file = {"name": "<img src=x onerror=xss=1>.npz", "mimeType": "application/octet-stream", "buffer": npz(**named)}
    page.locator(".st-key-bring_weights_file input").set_input_files(file)
    expect(page.locator(".lens-note")).to_be_visible()
    expect_nothing_but_text(page)


def test_no_script_of_the_app_makes_html_of_data() -> None:
    """The one place that sets HTML is the loader, with a component's own unchanging template."""
    dangerous = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc")
    scripts = [path for path in (ROOT / "assets").rglob("*.js") if path.name != "plotly-cartesian.min.js"]
    assert len(scripts) > 20
    assert [path.name for path in scripts if dangerous.search(path.read_text("utf-8"))] == []
    unsafe = re.compile(r"unsafe_allow_html|st\.html\(|components\.v1")
    assert [path.name for path in (ROOT / "pages").rglob("*.py") if unsafe.search(path.read_text("utf-8"))] == []
