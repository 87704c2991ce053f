"""Links as people mistype and copy them: what is nearly a name of ours is told, and what is others' is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]


@pytest.mark.parametrize(("language", "said"), [("en", "Did you mean units, return_sequences?"), ("ko", "혹시 units")])
@pytest.mark.parametrize("lesson", [False, True])
def test_a_name_nearly_right_is_told(
    open_page: Open, open_lesson: Open, lesson: bool, language: str, said: str
) -> None:
    query = f"?batch=2&amp;units=8&Return_sequence=1&utm_source=mail&lang={language}"
    page = open_lesson(f"order{query}") if lesson else open_page(f"/{query}")
    notice = page.locator(".lens-notice-warning")
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text("amp;units, Return_sequence")
    expect(notice).to_contain_text(said)
    page.wait_for_function("() => !location.search.includes('amp')")
    assert "batch=2" in page.url
    assert "units=8" not in page.url


def test_what_others_add_to_a_link_is_not_mentioned(open_page: Open) -> None:
    page = open_page("/?units=3&utm_source=mail&utm_medium=social&fbclid=abc&ref=home&step=2&unit=1")
    expect(page.locator(".lens-notice-warning")).to_have_count(0)
