"""The lesson on dropout where Keras never comes: it says so, and nothing else is lost."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.harness import running_server, wait_lesson
from tests.browser.helpers import answer


def test_without_keras_masks_the_lesson_says_so_wherever_it_needs_them(new_browser_page: Callable[..., Page]) -> None:
    blocker = Path(__file__).parent / "without_tensorflow"
    with running_server(env={"PYTHONPATH": str(blocker)}) as server:
        page = new_browser_page()
        page.goto(f"{server.url}/dropout?lang=en")
        wait_lesson(page)
        for name in ("shape", "training", "calls"):
            answer(page, name)
        expect(page.get_by_text("Dropout masks are drawn by Keras, and it has not answered yet.")).to_have_count(2)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.close()  # before its server ends, lest it complain
