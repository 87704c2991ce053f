"""What is saved as an image is what is on screen: as a file of its own it looks the same and asks for nothing."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from lstm_core.run import run_experiment
from tests.browser.harness import PHONE, Traffic, wait_complete

Open = Callable[..., Page]

ADDRESS = "/?units=3&return_sequences=1&return_state=1&mask=2"
RUN = run_experiment(Experiment(units=3, return_sequences=True, return_state=True, mask="2"))
PLACE = """(part) => {
  const [box, frame] = [part, part.closest('.lens-picture')].map((node) => node.getBoundingClientRect())
  return [box.left - frame.left, box.top - frame.top, frame.bottom - box.bottom, box.width, box.height]
}"""
TALL = (1440, 2600)  # all of it stands in the window, for a screenshot
CASES = pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "ko")])


def saved(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator(button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def expect_self_contained(svg: str) -> None:
    """Nothing in the file is left to be resolved elsewhere."""
    for foreign in ("var(", "color-mix", "light-dark", "<style", "class=", "foreignObject", "NaN", "Infinity"):
        assert foreign not in svg
    assert all(address.startswith("data:image/png") for address in re.findall(r'href="([^"]*)"', svg))
    referred = re.findall(r"url\(([^)]*)\)", svg)
    assert all(re.search(rf'id="{re.escape(name[1:])}"', svg) for name in referred)
    fonts = set(re.findall(r'font-family="([^"]*)"', svg))
    assert fonts
    assert all(re.search(r"(sans-serif|monospace)$", font) for font in fonts)


def picture(image: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGB"), dtype=np.int16)


def share_apart(one: np.ndarray, other: np.ndarray) -> float:
    """The share of pixels that differ visibly, where both pictures fit best: on the page they stand between pixels."""
    assert max(abs(a - b) for a, b in zip(one.shape, other.shape, strict=True)) <= 2
    height, width = (min(sides) - 2 for sides in zip(one.shape[:2], other.shape[:2], strict=True))
    middle = one[1 : height + 1, 1 : width + 1]
    moved = (other[y : y + height, x : x + width] for y, x in product((0, 1, 2), repeat=2))
    return min(float((np.abs(middle - shown).max(axis=2) > 64).mean()) for shown in moved)


def opened(new_browser_page: Open, traffic: Traffic, path: Path) -> np.ndarray:
    """The file by itself in a browser that has no net."""
    _, _, width, height = re.search(r'viewBox="(\S+) (\S+) (\S+) (\S+)"', path.read_text("utf-8")).groups()
    page = new_browser_page(viewport=(round(float(width)), round(float(height))))
    page.context.set_offline(True)
    page.goto(path.as_uri())
    shot = picture(page.screenshot())
    assert [url for url in traffic.requests if url.startswith("file:")] == [path.as_uri()]
    traffic.requests[:] = [url for url in traffic.requests if not url.startswith("file:")]
    return shot


@CASES
def test_the_charts_are_saved_as_they_are(
    open_page: Open, new_browser_page: Open, traffic: Traffic, tmp_path: Path, theme: str, language: str
) -> None:
    page = open_page(f"{ADDRESS}&lang={language}", theme=theme, viewport=TALL)
    shown = picture(page.locator(".charts-stage").screenshot())
    svg = saved(page, ".charts-save [data-kind=svg]", tmp_path)
    assert svg.name == "lstm_lens_charts.svg"
    expect_self_contained(svg.read_text("utf-8"))
    written = texts(svg.read_text("utf-8"))
    for name in ("h", "c"):
        assert {f"{value:.4f}" for value in RUN.trace[name].ravel()} <= set(written)
    for name in ("i", "f", "candidate", "o"):
        assert {f"{value:.2f}" for value in RUN.trace[name].ravel()} <= set(written)
    assert set(page.locator(".charts-title").all_inner_texts()) <= set(written)
    assert share_apart(opened(new_browser_page, traffic, svg), shown) < 0.005
    png = saved(page, ".charts-save [data-kind=png]", tmp_path).read_bytes()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    image = Image.open(io.BytesIO(png))
    height, width, _ = shown.shape
    assert abs(image.width - 2 * width) <= 2
    assert abs(image.height - 2 * height) <= 3
    halved = image.convert("RGB").resize((image.width // 2, image.height // 2), Image.Resampling.BOX)
    assert share_apart(np.asarray(halved, dtype=np.int16), shown) < 0.01


@pytest.mark.parametrize(("width", "parts"), [(1440, 1), (390, 2)], ids=["beside others", "over others"])
def test_a_single_chart_is_saved_with_the_time_axis(open_page: Open, tmp_path: Path, width: int, parts: int) -> None:
    page = open_page(ADDRESS, viewport=(width, 900))
    page.locator(".charts-save select").select_option(label="f, forget gate")
    svg = saved(page, ".charts-save [data-kind=svg]", tmp_path)
    assert svg.name == "lstm_lens_f.svg"
    whole = page.locator(".charts-stage").bounding_box()
    file, root = svg.read_text("utf-8"), ET.parse(svg).getroot()
    assert 60 < float(root.attrib["height"]) < whole["height"] / 3
    assert float(root.attrib["width"]) <= whole["width"] / (3 - parts)
    assert {f"{value:.2f}" for value in RUN.trace["f"].ravel()} <= set(texts(file))
    assert len(root.findall("{http://www.w3.org/2000/svg}svg")) == parts


def test_the_moving_picture_is_saved_as_it_stands(
    open_page: Open, new_browser_page: Open, traffic: Traffic, tmp_path: Path
) -> None:
    page = open_page(f"{ADDRESS}&step=4&unit=2&lang=ko", theme="dark")
    page.locator(".lens-cell-diagram [data-node=f]").click()
    page.mouse.move(0, 0)
    svg = saved(page, ".lens-save", tmp_path)
    assert svg.name == "lstm_lens_step4_unit2.svg"
    file = svg.read_text("utf-8")
    expect_self_contained(file)
    said = " ".join(texts(file))
    for name in ("f", "i", "candidate", "o", "c", "h"):
        assert f"{RUN.trace[name][3, 0, 1]:.4f}" in said
    assert "sigmoid(" in said
    expect_same(page, opened(new_browser_page, traffic, svg), ".lens-layer")


def test_a_lesson_s_picture_is_saved_with_its_cell(
    open_lesson: Open, new_browser_page: Open, traffic: Traffic, tmp_path: Path
) -> None:
    page = open_lesson("cell", viewport=TALL)
    page.locator(".lens-cell-diagram [data-node=f]").click()
    page.mouse.move(0, 0)
    shot = opened(new_browser_page, traffic, saved(page, ".lens-save", tmp_path))
    expect_same(page, shot, ".lens-layer")
    expect_same(page, shot, ".lens-cell-inside")


def expect_same(page: Page, file: np.ndarray, part: str) -> None:
    """A part of the picture looks in the file as on the page; between layer and cell stand the controls there."""
    shown = picture(page.locator(part).screenshot())
    left, above, below, width, height = page.locator(part).evaluate(PLACE)
    y = above if part == ".lens-layer" else file.shape[0] - below - height
    assert share_apart(file[round(y) :][: round(height), round(left) :][:, : round(width)], shown) < 0.02


def test_saving_takes_no_server_and_no_room_on_a_phone(open_page: Open, traffic: Traffic, tmp_path: Path) -> None:
    page = open_page(ADDRESS, viewport=PHONE)
    page.context.set_offline(True)
    before = len(traffic.requests)
    for button in (".lens-save", ".charts-save [data-kind=png]"):
        assert saved(page, button, tmp_path).stat().st_size > 10_000
    assert [url for url in traffic.requests[before:] if not url.startswith(("data:", "blob:", "ws:"))] == []
    page.context.set_offline(False)
    wait_complete(page)
    for part in (".charts-save", ".lens-heading"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
    expect(page.locator(".lens-save")).to_have_attribute("aria-label", "Save this view as SVG")
