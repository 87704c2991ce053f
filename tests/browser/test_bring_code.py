"""Code that a learner pastes: the flags and the picture follow it; what is wrong in it is shown and changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.harness import run_token, wait_complete
from tests.browser.helpers import barriers, expect_agreement


def paste(page: Page, source: str) -> None:
    """Paste code into the dialog, which is open, and press the button that reads it."""
    page.locator(".st-key-bring_code_text textarea").fill(source)
    page.locator(".st-key-bring_code_read button").click()


PREDICTED = """import keras
import numpy as np
inputs = keras.Input((3, 1))
layer = keras.layers.LSTM(2, dropout=0.5, seed=1)
model = keras.Model(inputs, layer(inputs, training=True))
x = np.array([0.5, -1, 2]).reshape(1, 3, 1)
print(model.predict(x))
"""


def test_a_gru_is_called_another_layer_and_predict_is_read_as_keras_runs_it(open_page: Callable[..., Page]) -> None:
    page = open_page("/?training=1&dropout=0.25")
    before = run_token(page)
    page.locator(".st-key-bring_open button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Code").click()
    paste(page, "layer = keras.layers.GRU(8)")
    expect(dialog.locator(".lens-notice-warning")).to_contain_text("GRU is not an LSTM")
    expect(dialog.locator(".lens-notice-warning")).not_to_contain_text("LSTM(")

    paste(page, PREDICTED)
    expect(dialog).to_be_hidden()
    wait_complete(page, after=before)
    expect(page.locator(".lens-notices .lens-notice-info")).to_contain_text(
        "Line 7: predict calls with training=False and overrides the training=True"
    )
    assert "dropout=0.5" in page.url
    assert "training" not in page.url


def test_pasted_code_sets_the_flags_and_a_misspelt_argument_changes_nothing(open_page: Callable[..., Page]) -> None:
    page = open_page("/?lang=en&return_sequences=1&cell.2=GRU&head=dense")  # of which the pasted layer takes the place
    expect_agreement(page)
    before = run_token(page)
    page.locator(".st-key-bring_open button").click()
    page.get_by_role("dialog").get_by_role("tab", name="Code").click()

    paste(page, "import keras\nlayer = keras.layers.LSTM(8, retrun_sequences=True)")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".lens-notice-warning")).to_contain_text("Did you mean return_sequences?")
    expect(dialog.get_by_test_id("stCode")).to_contain_text("→ 2  layer = keras.layers.LSTM(8, retrun_sequences=True)")
    assert run_token(page) == before
    assert barriers(page) == []

    paste(page, "LSTM(8, return_sequences=True, go_backwards=True)")
    expect(dialog).to_be_hidden()
    wait_complete(page, after=before)
    for flag, on in {"return_sequences": True, "return_state": False, "go_backwards": True, "stateful": False}.items():
        expect(page.locator(f".st-key-w_{flag} input")).to_be_checked(checked=on)
    expect(page.locator(".lens-tensor-shape")).to_have_text("(1, 6, 8)")
    expect(page.locator(".lens-notices .lens-notice-info")).to_contain_text(
        "Not in the code, so as it was: the sequence"
    )
    assert "units=8" in page.url
    assert "cell.2" not in page.url
