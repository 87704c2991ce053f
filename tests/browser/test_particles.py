"""The browser fills in Korean texts by the rule that the server has: the same particle after the same words."""

from pathlib import Path

from lstm_core.particles import PAIRS, fill
from tests.browser.harness import new_page
from tests.readings import WORDS, numbers

ROOT = Path(__file__).parents[2]


def test_browser_and_server_choose_the_same_particles(browser) -> None:
    said = [
        *WORDS,
        *(number for number, _ in numbers()),
        *map(chr, range(0xAC00, 0xD7A4, 13)),
        "",
        "é",
        "猫",
        "{은/는}",
    ]
    template = "".join(f"{{said}}{{{pair}}} " for pair in PAIRS) + "**{said}** {said}"
    page = new_page(browser)
    page.add_script_tag(content=(ROOT / "assets" / "shared" / "drawing.js").read_text("utf-8"))
    drawn = page.evaluate("([template, all]) => all.map((said) => fill(template, { said }))", [template, said])
    assert drawn == [fill(template, said=one) for one in said]
