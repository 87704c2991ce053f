"""The dialog that hands an experiment out: what it gives is the experiment on screen."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.run import run_experiment
from lstm_core.share import exports
from tests.browser.harness import PHONE, Server, wait_complete
from tests.browser.helpers import expect_agreement

Open = Callable[..., Page]

EXPERIMENT = Experiment(units=3, return_state=True, sentence="=1+1 cat")
ADDRESS = "/?units=3&return_state=1&sentence=%3D1%2B1+cat"


def open_dialog(page: Page) -> None:
    page.locator(".lens-take").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def taken(page: Page, name: str) -> bytes:
    """What a button of the dialog gives."""
    with page.expect_download() as download:
        page.locator(f".st-key-take_{name} button").click()
    return Path(download.value.path()).read_bytes()


def test_what_is_taken_away_is_the_experiment_on_screen(open_page: Open) -> None:
    page = open_page(f"{ADDRESS}&lang=ko")
    open_dialog(page)
    run, t = run_experiment(EXPERIMENT), text.load("ko")
    assert taken(page, "script").decode() == exports.script(EXPERIMENT, t)
    assert taken(page, "notebook").decode() == exports.notebook(EXPERIMENT, t)
    assert taken(page, "table") == exports.table(run)
    assert taken(page, "arrays") == exports.arrays(run)


def test_the_handout_has_the_title_and_opens_where_the_page_stood(open_page: Open) -> None:
    page = open_page(f"{ADDRESS}&step=1")
    expect_agreement(page)
    open_dialog(page)
    title = page.get_by_label("Title of the handout")
    title.fill("Week <3>")
    with page.expect_download() as download:
        page.get_by_role("button", name="Handout (.html)").click()
    said = Path(download.value.path()).read_text("utf-8")
    assert "<h1>Week &lt;3&gt;</h1>" in said
    assert '"opensAt": 1' in said
    assert "agrees" in said.partition("</header>")[0].rpartition("handout-head")[2]


def test_nothing_of_the_dialog_is_there_before_it_is_opened_and_it_can_be_closed(open_page: Open) -> None:
    page = open_page()
    assert page.locator(".lens-qr, [data-testid=stDownloadButton]").count() == 0
    open_dialog(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    before = wait_complete(page)
    page.locator(".st-key-w_return_state label").first.click()
    wait_complete(page, after=before)
    assert page.get_by_role("dialog").count() == 0


def test_a_phone_that_reads_the_code_opens_this_experiment_at_this_step(server: Server, open_page: Open) -> None:
    page = open_page(ADDRESS, viewport=PHONE, theme="dark")
    page.locator(".lens-window").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**step=1**")
    open_dialog(page)
    code = page.locator(".lens-qr")
    page.wait_for_function("() => lens.one('.lens-qr img')?.naturalWidth > 0")
    image = np.asarray(Image.open(io.BytesIO(code.screenshot())).convert("L"))
    (read,) = zxingcpp.read_barcodes(image)
    assert read.text == page.url
    assert read.text.startswith(server.url)
    assert page.evaluate("document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth")


def test_a_link_too_long_for_a_code_is_said(open_page: Open) -> None:
    numbers = " ".join(str(value) for value in np.random.default_rng(0).random(640).round(6))
    page = open_page(f"/?preset=typed&typed={numbers}")
    open_dialog(page)
    expect(page.get_by_role("dialog")).to_contain_text("too long for a QR code")
    assert page.locator(".lens-qr").count() == 0
