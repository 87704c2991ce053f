"""The chart of the passengers' forecasts: there with its example alone, each line named, nothing cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_core.figures.forecast import forecast
from lstm_core.text import load
from tests.browser.harness import DESKTOP, PHONE

Open = Callable[..., Page]

CUT = """(svg) => {
  const { left, right, top, bottom } = svg.getBoundingClientRect()
  const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()])
  return boxes.filter(([, box]) =>
    box.left < left - 1 || box.right > right + 1 || box.top < top - 4 || box.bottom > bottom + 4
  ).map(([text]) => text)
}"""


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_each_line_is_named_with_its_error_and_no_name_is_cut(
    open_page: Open, viewport: tuple[int, int], language: str
) -> None:
    page = open_page(f"/?trained=passengers&lang={language}", viewport=viewport)
    chart = page.locator(".lens-forecast svg")
    chart.scroll_into_view_if_needed()
    for line in forecast(load(language))["lines"]:
        named = chart.locator(f"[data-line={line['name']}] text")
        expect(named).to_contain_text(line["label"])
        expect(named).to_contain_text(line["off"])
    assert chart.evaluate(CUT) == []


def test_no_other_example_has_it(open_page: Open) -> None:
    page = open_page("/?lang=en")
    expect(page.locator(".lens-forecast")).to_have_count(0)
