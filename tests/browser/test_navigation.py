"""From every page to every other, by menu, card and link: whole, at its top, at one width."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from lstm_core.lessons.registry import LESSONS
from lstm_core.text import load
from tests.browser.harness import Server, wait_complete, wait_lesson

Open = Callable[..., Page]
NAMES = [lesson.name for lesson in LESSONS]
PLAYGROUND = "playground"
PLACED = """() => {
  const { x, width } = document.querySelector('.stMainBlockContainer').getBoundingClientRect();
  const { top } = document.querySelector('.lens-head').getBoundingClientRect();
  return [x, width, document.querySelector('.stMain').scrollTop, top >= 0];
}"""


def every_pair(names: list[str]) -> Iterator[str]:
    """A way on which each page follows each other one once: from a page to all later ones and back, page by page."""
    for k, name in enumerate(names):
        for later in names[k + 1 :]:
            yield from (name, later)
    yield names[-1]


def by_menu(page: Page, name: str) -> None:
    if name == PLAYGROUND:
        page.locator(".lens-pages > a").click()
    else:
        page.locator(".lens-menu summary").click()
        page.locator(".lens-menu a").nth(NAMES.index(name)).click()


def scroll_down(page: Page) -> None:
    page.mouse.move(720, 500)
    page.mouse.wheel(0, 1500)
    page.wait_for_function("() => document.querySelector('.stMain').scrollTop > 100")


def expect_page(page: Page, name: str, placed: dict[str, list[object]]) -> None:
    """The page is there, as a whole and at its top; all lessons stand at one place and width, as by address."""
    if name == PLAYGROUND:
        expect(page.locator(".lens-map")).to_be_visible()
        wait_complete(page)
        expect(page.locator("[data-testid=stSidebar] .st-key-w_units")).to_be_visible()
    else:
        expect(page.locator(".lens-lesson h2")).to_have_text(load("en")(f"lessons.{name}.title"))
        wait_lesson(page)
        expect(page.locator("[data-testid=stSidebar]")).to_be_hidden()
    kind = PLAYGROUND if name == PLAYGROUND else "lesson"
    assert page.evaluate(PLACED) == placed[kind], name


@pytest.fixture
def placed(open_page: Open, open_lesson: Open) -> dict[str, list[object]]:
    """Where a page stands that is opened by its address."""
    return {
        PLAYGROUND: open_page("/?lang=en").evaluate(PLACED),
        "lesson": open_lesson(f"{NAMES[0]}?lang=en").evaluate(PLACED),
    }


def test_by_the_menu_from_every_page_to_every_other(open_page: Open, placed: dict[str, list[object]]) -> None:
    page = open_page("/?lang=en")
    first, *way = every_pair([PLAYGROUND, *NAMES])
    assert first == PLAYGROUND
    for name in way:
        scroll_down(page)
        by_menu(page, name)
        expect_page(page, name, placed)


def test_by_every_card_at_the_foot_of_the_playground(open_page: Open, placed: dict[str, list[object]]) -> None:
    page = open_page("/?lang=en")
    for k, name in enumerate(NAMES):
        page.locator(".lens-map a").nth(k).click()
        expect_page(page, name, placed)
        page.go_back() if k % 2 else by_menu(page, PLAYGROUND)
        expect(page.locator(".lens-map")).to_be_visible()
        wait_complete(page)


def test_by_the_links_at_the_end_of_each_lesson(open_lesson: Open, placed: dict[str, list[object]]) -> None:
    page = open_lesson(f"{NAMES[0]}?lang=en")
    for name in NAMES[1:]:
        page.locator(".st-key-way_on a").last.click()
        expect_page(page, name, placed)
    page.locator(".st-key-further a").click()
    expect(page.locator(".lens-map")).to_be_visible()
    wait_complete(page)
    assert page.evaluate(PLACED) == placed[PLAYGROUND]


@pytest.mark.parametrize("milliseconds", [0, 20, 40, 80])
def test_a_flag_flipped_while_a_lesson_opens_leaves_no_empty_page(open_page: Open, milliseconds: int) -> None:
    page = open_page("/?lang=en")
    page.locator(".st-key-w_return_state input").wait_for(state="attached")
    page.evaluate(
        """(milliseconds) => {
          const flag = document.querySelector('.st-key-w_return_state input');
          document.querySelector('.lens-menu a').click();
          setTimeout(() => flag.click(), milliseconds);
        }""",
        milliseconds,
    )
    expect(page.locator(".lens-lesson h2")).to_have_text(load("en")(f"lessons.{NAMES[0]}.title"))
    page.wait_for_function("() => lens.idle() && lens.one('.lens-lesson') && lens.one('.lens-badge-text')?.textContent")


def test_a_page_whose_root_dies_comes_back_by_its_own_address(server: Server, new_browser_page: Open, traffic) -> None:
    page = new_browser_page()
    page.goto(f"{server.url}/?units=3&return_state=1&lang=en")
    wait_complete(page)
    # as some browser extensions do: React cannot take away what it does not find where it put it, and dies of that
    page.evaluate("""() => {
      const placed = document.querySelectorAll('.stMain [data-testid=stElementContainer]');
      for (const node of placed) document.body.append(node);
      const root = document.getElementById('root');
      const look = () => root.childElementCount ? requestAnimationFrame(look) : emptied();
      const emptied = () => sessionStorage.setItem('died', performance.timeOrigin + performance.now());
      look();
    }""")
    page.locator(".lens-menu a").first.dispatch_event("click")
    page.wait_for_function(
        "() => sessionStorage.getItem('died') && performance.timeOrigin > Number(sessionStorage.getItem('died'))"
    )
    assert page.evaluate("() => performance.timeOrigin - Number(sessionStorage.getItem('died'))") < 2000
    wait_complete(page) if page.locator(".lens-map").count() else wait_lesson(page)
    traffic.complaints.clear()
