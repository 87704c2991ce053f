"""One step at a time, in the browser: the switches change the picture, the sentence, the code and what Keras prints."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_core.lessons.lesson import words
from lstm_core.lessons.registry import lesson_named
from tests.browser.harness import PHONE, wait_lesson
from tests.browser.helpers import KERAS_MS, answer

Open = Callable[..., Page]
T = lesson_named("steps").base.shape[1]
SAY = words("steps", "en")


def answer_all(page: Page) -> None:
    for name in ("same", "first", "dropout", "time"):
        answer(page, name)


def picture(page: Page, key: str):
    return page.locator(f".st-key-{key} .lens-feeding svg")


def apart(page: Page, key: str) -> list[list[float]]:
    rows = page.locator(f".st-key-{key}_apart tbody tr").all()
    return [[float(cell) for cell in row.locator("td").all_inner_texts()] for row in rows]


def printed_difference(page: Page, script: str) -> float:
    output = page.locator(f".st-key-script_{script} .lens-output[data-kind=prints] pre")
    expect(output).to_contain_text(SAY("comments.largest_difference"), timeout=KERAS_MS)
    return float(output.inner_text().split()[-1])


def test_handed_on_whole_nothing_differs_and_no_wire_is_cut(open_lesson: Open) -> None:
    page = open_lesson("steps?lang=en")
    answer_all(page)
    expect(picture(page, "fed").locator(".call")).to_have_count(1 + T)
    expect(picture(page, "fed").locator(".cut")).to_have_count(0)
    expect(picture(page, "fed").locator(".apart")).to_have_count(0)
    assert {value for row in apart(page, "fed") for value in row} == {0.0}
    expect(page.locator(".st-key-prose_samefed")).to_be_visible()
    assert printed_difference(page, "loop_both") == 0


def test_each_way_of_handing_on_has_its_picture_sentence_and_code(open_lesson: Open) -> None:
    page = open_lesson("steps?lang=en")
    answer_all(page)
    cut_wires = {"h": T - 1, "nothing": 2 * (T - 1), "both": 0}
    for handed, cut in cut_wires.items():
        page.get_by_role("radio", name=SAY(f"labels.{handed}"), exact=True).click()
        expect(picture(page, "handed").locator(".cut")).to_have_count(cut)
        expect(page.locator(f".st-key-script_loop_{handed}handed")).to_be_visible()
        wait_lesson(page)
        largest = max(abs(value) for row in apart(page, "handed") for value in row)
        assert printed_difference(page, f"loop_{handed}handed") == pytest.approx(largest, abs=6e-5)
        assert (largest > 0) == (handed != "both")
        said = page.locator("[class*=st-key-prose_][class*=handed]").all_inner_texts()
        assert any((f"{largest:.4f}" if largest else "there is no difference at all") in sentence for sentence in said)
    page.get_by_text(SAY("labels.kept")).click()
    expect(page.locator(".st-key-prose_from_firsthanded")).to_be_visible()
    expect(page.locator(".st-key-prose_why_kept")).to_be_visible()
    expect(picture(page, "handed").locator(".zero")).to_have_count(2)  # only the one call begins with zeros


def test_in_training_the_masks_of_keras_are_shown_and_without_it_none(open_lesson: Open) -> None:
    page = open_lesson("steps?lang=en")
    answer_all(page)
    shown = picture(page, "dropped")
    expect(shown.locator(".bracket")).to_have_count(1 + T, timeout=KERAS_MS)
    assert shown.locator("rect.dropped").count() > 0
    assert max(abs(value) for row in apart(page, "dropped") for value in row) > 0
    page.locator(".st-key-steps_training label").first.click()
    expect(page.locator(".st-key-prose_no_dropout")).to_be_visible()
    expect(shown.locator(".bracket")).to_have_count(0)
    assert {value for row in apart(page, "dropped") for value in row} == {0.0}


@pytest.mark.parametrize(
    "query", ["preset=noise&timesteps=20&features=12&units=6&batch=2", "preset=noise&timesteps=1&features=1&units=1"]
)
def test_long_and_single_sequences_fit_on_a_phone(open_lesson: Open, query: str) -> None:
    page = open_lesson(f"steps?lang=en&{query}", viewport=PHONE)
    answer_all(page)
    expect(picture(page, "fed")).to_be_visible()
    expect(picture(page, "dropped").locator(".bracket").first).to_be_attached(timeout=KERAS_MS)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    main = "document.querySelector('.stMain')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
