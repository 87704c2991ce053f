"""All text on screen has one of the six sizes of assets/page/scale.css.

Text in an SVG counts by its font-size in CSS: what its picture is scaled by comes on top.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_core.assets import asset
from tests.browser.harness import wait_complete

Open = Callable[..., Page]

SCALE = {float(size) for size in re.findall(r"--lens-type-\d: ([\d.]+)px", asset("page/scale.css"))}
WIDE, NARROW = (1440, 6000), (390, 9000)  # tall: what is below the fold would be drawn late
SIZES = """() => {
  const sizes = {}
  const walker = document.createTreeWalker(document.querySelector('.stApp'), NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const { data, parentElement: owner } = walker.currentNode
    const { width, height } = owner.getBoundingClientRect()
    if (!data.trim() || width < 2 || height < 2) continue  // for screen readers alone
    if (!owner.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    const found = sizes[parseFloat(getComputedStyle(owner).fontSize)] ??= []
    if (!found.includes(data.trim())) found.push(data.trim())
  }
  return sizes
}"""


def others(page: Page) -> dict[str, list[str]]:
    """Texts of a size that is not in the scale, by that size."""
    return {size: texts for size, texts in page.evaluate(SIZES).items() if float(size) not in SCALE}


def test_the_scale_has_six_sizes() -> None:
    assert len(SCALE) == 6


@pytest.mark.parametrize(
    "path", ["/?lang=en", "/?lang=ko&trained=passengers", "/?lang=ko&units.2=3&batch=2&trained=none"]
)
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_playground_has_no_other_sizes(open_page: Open, path: str, viewport: tuple[int, int]) -> None:
    page = open_page(path, viewport=viewport)
    expect(page.locator(".lens-map a").first).to_be_visible()
    wait_complete(page)
    assert others(page) == {}


def test_a_lesson_has_no_other_sizes(open_lesson: Open) -> None:
    page = open_lesson("recurrence?lang=en", viewport=WIDE)
    expect(page.locator(".st-key-way_on a").first).to_be_visible()
    assert others(page) == {}
