"""A Korean page has the particle that fits a number, as it stands and moved on."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

Open = Callable[..., Page]


def test_masked_steps_are_named_with_the_particle_of_their_number(open_page: Open) -> None:
    page = open_page("/?lang=ko&preset=ramp&timesteps=13&mask=1-13&step=1")
    forward = page.get_by_role("button", name="다음 타임스텝", exact=True)
    for step, particle in enumerate("은는은는는은은은는은은는은", start=1):
        expect(page.locator(".lens-sentence")).to_have_text(
            f"타임스텝 {step}{particle} 마스킹되어 h와 c가 그대로 통과합니다."
        )
        if step < 13:
            forward.click()
