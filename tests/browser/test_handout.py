"""The handout in a real browser: from a file, in a sandboxed frame, in both themes, and no request to anywhere."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.outputs import printed
from lstm_core.run import run_experiment
from lstm_core.share.handout import handout
from tests.browser.harness import PHONE, Traffic

Open = Callable[..., Page]

RUN = run_experiment(Experiment(return_sequences=True, return_state=True, sentence="the </script> <b>cat sat"))
TITLE = "</title></script><script>document.title='hit'</script> Week 3"


def written(folder: Path, language: str = "en") -> Path:
    path = folder / "lstm lens.html"
    path.write_text(handout(RUN, text.load(language), title=TITLE, row=0), encoding="utf-8")
    return path


def cursor(place: Page | FrameLocator) -> str | None:
    return place.locator(".charts-cursor").first.get_attribute("transform")


def expect_to_follow_the_keyboard(place: Page | FrameLocator, page: Page) -> None:
    """Everything is drawn; a key moves the picture, and the charts follow it."""
    place.locator("[data-lens-ready] .main-svg").first.wait_for()
    picture = place.locator(".lens-picture")
    expect(picture).to_have_attribute("data-step", "4")
    before = cursor(place)
    place.locator(".lens-play").focus()
    page.keyboard.press("ArrowLeft")
    expect(picture).to_have_attribute("data-step", "3")
    assert cursor(place) != before
    expect(place.locator(".lens-live")).to_have_text(place.locator(".lens-sentence").inner_text())  # after the address


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ko", "dark")])
def test_a_double_click_opens_it_without_a_server_or_the_net(
    new_browser_page: Open, traffic: Traffic, tmp_path: Path, language: str, theme: str
) -> None:
    page = new_browser_page(theme=theme)
    page.context.set_offline(True)
    page.goto(written(tmp_path, language).as_uri())
    assert page.title() == TITLE
    expect_to_follow_the_keyboard(page, page)
    expect(page.locator(".lens-tensor-print")).to_have_text([printed(output.array) for output in RUN.outputs])
    page.locator(".lens-play").click()
    expect(page.locator(".lens-picture")).to_have_attribute("data-step", "4", timeout=15_000)
    assert page.evaluate("document.documentElement.lang") == language
    with page.expect_download() as download:
        page.locator(".lens-save").click()
    assert Path(download.value.path()).read_bytes().startswith(b"<svg")
    assert [url for url in traffic.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert len([url for url in traffic.requests if url.startswith("file:")]) == 1
    traffic.requests.clear()  # a file has no host


def test_it_follows_the_readers_theme_at_once(new_browser_page: Open, traffic: Traffic, tmp_path: Path) -> None:
    page = new_browser_page(viewport=PHONE)
    page.goto(written(tmp_path).as_uri())
    page.locator("[data-lens-ready] .main-svg").first.wait_for()
    ink = "getComputedStyle(document.querySelector('.main-svg .xtick text')).fill"
    light, paper = page.evaluate(ink), page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{ink} !== {light!r}")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != paper
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    traffic.requests.clear()


def test_a_sandboxed_frame_shows_it_and_nothing_complains(
    new_browser_page: Open, traffic: Traffic, tmp_path: Path
) -> None:
    page = new_browser_page()
    inside = html.escape(written(tmp_path).read_text("utf-8"))
    page.set_content(f'<iframe sandbox="allow-scripts" width="1200" height="850" srcdoc="{inside}"></iframe>')
    frame = page.frame_locator("iframe")
    expect_to_follow_the_keyboard(frame, page)
    expect(frame.locator("h1")).to_have_text(TITLE)
    frame.locator("#essential .lens-code-copy").click()
    expect(frame.locator("#essential .lens-code-copy")).to_have_text("Copied")
    assert [url for url in traffic.requests if not url.startswith(("data:", "blob:", "about:"))] == []


def test_the_layers_of_a_model_stand_above_and_go_to_a_step_together_with_the_opened_one(
    new_browser_page: Open, traffic: Traffic, tmp_path: Path
) -> None:
    layers = LayerArguments(units=2, bidirectional=True, return_sequences=True), LayerArguments(units=3, cell="GRU")
    run = run_experiment(Experiment(sentence="the cat sat down", layers=layers, head="dense"))
    path = tmp_path / "model.html"
    path.write_text(handout(run.open(Opened(2)), text.load("en"), title="", row=0), encoding="utf-8")
    page = new_browser_page()
    page.context.set_offline(True)
    page.goto(path.as_uri())
    expect_to_follow_the_keyboard(page, page)
    cells = page.locator("#stack .cell[data-row]")
    expect(cells.first).to_be_visible()
    page.locator('#stack .cell[data-row="2"][data-step="2"]').click()
    expect(page.locator(".lens-picture")).to_have_attribute("data-step", "2")
    expect(page.locator(".lens-tensor-name")).to_have_text(["prediction"])
    assert {url for url in traffic.requests if not url.startswith(("data:", "blob:"))} == {path.as_uri()}
    traffic.requests.clear()  # a file has no host
