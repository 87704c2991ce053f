"""The dialog for one's own data and weights, as a learner uses it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from lstm_core.experiment import Experiment
from lstm_core.layers.outputs import printed
from lstm_core.layers.packed import pack
from lstm_core.run import run_experiment
from lstm_core.sequences.words import word_vectors
from pages.ui.bring.table import SAMPLE
from tests.browser.harness import wait_complete
from tests.browser.helpers import expect_agreement, open_import, paste_table
from tests.unit.npz_files import arrays, npz, weights

Open = Callable[..., Page]


def use(page: Page, name: str) -> None:
    """Press "Use it" and wait until its consequences are drawn."""
    before = wait_complete(page)
    page.locator(f".st-key-bring_{name}_use button").click()
    wait_complete(page, after=before)
    expect(page.get_by_role("dialog")).to_have_count(0)


def expect_output(page: Page, experiment: Experiment) -> None:
    [output] = run_experiment(experiment).outputs
    expect(page.locator(".lens-tensor-shape")).to_have_text(str(output.array.shape))
    expect(page.locator(".lens-tensor-print")).to_have_text(printed(output.array), use_inner_text=True)


def test_a_pasted_table_is_previewed_and_the_picture_follows_once_it_is_used(open_page: Open) -> None:
    page = open_page()
    before = wait_complete(page)
    open_import(page)
    paste_table(page, "who;temp;room\na;0,1;3\na;0,25;4\nb;0,5;5\nb;0,75;6")
    page.get_by_text("is a decimal comma", exact=True).click()
    note = page.locator(".lens-note .lens-notice-warning")
    expect(note.last).to_contain_text("“a” in line 2, column 1 (who) is not a plain number")
    page.get_by_label("Batch column").last.click()
    page.get_by_role("option", name="1 (who)").click()
    expect(page.locator(".lens-notice-info")).to_contain_text("Shape (2, 2, 2): batch 2, timesteps 2, features 2.")
    rows = page.locator(".lens-preview tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("temp")
    expect(rows.first.locator("polyline")).to_have_count(2)
    assert wait_complete(page) == before
    use(page, "csv")
    expect_output(page, Experiment(preset="typed", typed="0.1 3\n0.25 4\n\n0.5 5\n0.75 6"))


def test_an_example_of_a_table_is_filled_in_and_can_be_used(open_page: Open) -> None:
    page = open_page("/?lang=ko&trained=none")
    open_import(page)
    page.locator(".st-key-bring_csv_sample button").click()
    rows = page.locator(".lens-preview tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("기온")
    use(page, "csv")
    expect_output(page, Experiment(preset="typed", typed="\n".join(f"{one} {other}" for one, other in SAMPLE)))


def test_a_bad_table_is_refused_in_the_dialog_and_the_picture_stays(open_page: Open) -> None:
    page = open_page()
    before = wait_complete(page)
    open_import(page)
    paste_table(page, "a,b\n1,<b>x</b>")
    note = page.locator(".lens-note .lens-notice-warning")
    expect(note).to_contain_text("“<b>x</b>” in line 2, column 2 (b) is not a plain number")
    expect(page.locator(".st-key-bring_csv_use")).to_have_count(0)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert wait_complete(page) == before
    expect_output(page, Experiment())


def test_weights_from_a_file_are_in_the_picture_until_the_seeded_ones_are_wanted_again(open_page: Open) -> None:
    model = "cell=GRU&bidirectional=1&return_sequences=1&cell.2=LSTM&head=dense"
    page = open_page(f"/?lang=en&{model}")  # the file is one LSTM's, whatever is on screen
    open_import(page, "Weights")
    upload = page.locator(".st-key-bring_weights_file input")
    gru = npz(*(array[..., : array.shape[-1] * 3 // 4] for array in arrays(weights()).values()))
    upload.set_input_files({"name": "gru.npz", "mimeType": "application/octet-stream", "buffer": gru})
    expect(page.locator(".lens-note")).to_contain_text("that is a GRU's")
    mine = weights(5, 6)
    file = npz(**arrays(mine))
    upload.set_input_files({"name": "mine.npz", "mimeType": "application/octet-stream", "buffer": file})
    expect(page.locator(".lens-note")).to_contain_text("6 units, 5 features, 288 parameters")
    use(page, "weights")
    brought = Experiment(return_sequences=True, features=5, units=6, given_weights=pack(mine))
    expect_output(page, brought)
    expect_agreement(page)
    before = wait_complete(page)
    page.locator(".st-key-weights_seeded button").click()
    wait_complete(page, after=before)
    expect_output(page, brought.changed(given_weights=""))


def test_a_sentence_shows_its_words_as_vectors_the_same_word_the_same(open_page: Open) -> None:
    page = open_page()
    open_import(page, "Sentence")
    sentence = page.locator(".st-key-bring_words_sentence input")
    sentence.fill("to be or not to be")
    sentence.press("Enter")
    rows = page.get_by_role("dialog").locator(".lens-grid tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.first.locator("th")).to_have_text("to · step 1, 5")
    vector = word_vectors(["to"], features=3)["to"]
    expect(rows.first.locator("td")).to_have_text([f"{value:.2f}" for value in vector])
    use(page, "words")
    expect_output(page, Experiment(sentence="to be or not to be"))


def test_a_drawn_sequence_is_used_as_it_was_drawn_with_pointer_and_keys(open_page: Open) -> None:
    page = open_page()
    open_import(page, "Draw")
    sheet = page.locator(".lens-sketch svg")
    expect(sheet.locator(".point")).to_have_count(24 + 1)
    box = sheet.bounding_box()
    assert box is not None
    top, bottom = box["y"] + 12, box["y"] + box["height"] - 26  # where 1 and -1 are, as in sketch.js
    page.mouse.move(box["x"] + 41, (top + bottom) / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 15, top)  # one long stroke fills every step that it passes
    page.mouse.up()
    expect(sheet).to_have_attribute("aria-valuetext", "Step 24: 1.00")
    sheet.press("Home")
    sheet.press("PageDown")
    sheet.press("ArrowDown")
    expect(sheet).to_have_attribute("aria-valuetext", "Step 1: -0.30")
    page.locator(".st-key-bring_sketch_use button").focus()  # leaving the sheet tells what was drawn
    use(page, "sketch")
    values = [-0.3, *(round(step / 23, 2) for step in range(1, 24))]
    expect_output(page, Experiment(preset="typed", typed=" ".join(map(str, values))))
