"""The browser fills in Korean texts by the rule that the server has: the same particle after the same words."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from lstm_core.particles import PAIRS, fill
from tests.browser.harness import new_page
from tests.readings import WORDS, numbers

Open = Callable[..., Page]

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
    page.add_script_tag(content=(ROOT / "assets" / "components" / "shared" / "drawing.js").read_text("utf-8"))
    drawn = page.evaluate("([template, all]) => all.map((said) => fill(template, { said }))", [template, said])
    assert drawn == [fill(template, said=one) for one in said]


def test_masked_steps_are_named_with_the_particle_of_their_number(open_page: Open) -> None:
    page = open_page("/?lang=ko&preset=ramp&timesteps=13&mask=1-13&step=1")
    forward = page.get_by_role("button", name="다음 타임스텝", exact=True)
    for step, particle in enumerate("은는은는는은은은는은은는은", start=1):
        expect(page.locator(".lens-sentence")).to_have_text(
            f"타임스텝 {step}{particle} 마스킹되어 h와 c가 그대로 통과합니다."
        )
        if step < 13:
            forward.click()
