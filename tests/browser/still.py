"""The picture that stands in the first HTML of the first page until the app is up: `make still` draws it from the app.

It is what the app itself draws of the river, in each language and theme, for a window that is wide and for a phone.
"""

from __future__ import annotations

from itertools import product

from playwright.sync_api import Page, sync_playwright

from lstm_core.assets import scoped
from lstm_core.text import LANGUAGES
from pages.ui.server.still import THEMES, WINDOWS, path_of
from tests.browser import chromium
from tests.browser.harness import DESKTOP, PHONE, launch, new_page, running_server, wait_complete

SIZES = dict(zip(WINDOWS, (DESKTOP, PHONE), strict=True))

_SNAPSHOT = "components/shared/snapshot.js"
_SVG = """
  const picture = new Snapshot(document.querySelector('.lens-picture'), '.lens-controls, .lens-live')
  const {y} = picture.placed(document.querySelector('.lens-controls').getBoundingClientRect())
  return picture.svg([[0, 0, picture.width, y]])
"""


def drawn(page: Page) -> str:
    """Return the river of a page, from its card's top to its controls, as SVG."""
    code, constants = scoped(_SNAPSHOT)
    svg: str = page.evaluate(f"() => {{\n{code}\nconst {{Snapshot}} = {constants[_SNAPSHOT]};{_SVG}}}")
    return svg


def main() -> None:
    """Draw all pictures again."""
    executable = chromium.find()
    assert executable, "no Chromium"
    with running_server() as server, sync_playwright() as playwright:
        browser = launch(playwright, executable)
        for language, theme, (window, size) in product(LANGUAGES, THEMES, SIZES.items()):
            page = new_page(browser, theme=theme, viewport=size)
            page.goto(f"{server.url}/?lang={language}")
            wait_complete(page)
            path_of(language, theme, window).write_text(drawn(page) + "\n", encoding="utf-8")
            page.context.close()


if __name__ == "__main__":
    main()
