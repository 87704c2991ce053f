"""What the page says of what comes back is true of the numbers."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from lstm_core import text
from lstm_core.changes import changes
from lstm_core.describe import output_is, returned_sentence
from lstm_core.experiment import Experiment
from lstm_core.run import Run, run_experiment
from tests.runs import replaced

T = text.load("en")
FLAGS = ("return_sequences", "return_state", "go_backwards", "stateful")


def run(**arguments: object) -> Run:
    return run_experiment(Experiment(**{"preset": "noise", "timesteps": 6, "features": 2, "units": 3, **arguments}))


def said(**arguments: object) -> dict[str, str]:
    done = run(**arguments)
    return {output.name: output_is(done, output, T) for output in done.returned}


# ---- what comes back ----


@pytest.mark.parametrize(("return_sequences", "return_state"), list(product((False, True), repeat=2)))
def test_the_sentence_counts_the_tensors(return_sequences: bool, return_state: bool) -> None:
    done = run(return_sequences=return_sequences, return_state=return_state)
    sentence = returned_sentence(done, T)
    assert sentence.startswith({1: "One tensor comes back", 3: "Three tensors come back"}[len(done.outputs)])
    assert ("h at every step" in sentence) == (done.outputs[0].array.ndim == 3)


@pytest.mark.parametrize("go_backwards", [False, True])
def test_the_last_step_processed_is_named_by_its_place_in_time(go_backwards: bool) -> None:
    step = 1 if go_backwards else 6
    assert said(go_backwards=go_backwards, return_state=True) == {
        "output": f"h after the last step processed, step {step}",
        "state_h": f"h after the last step processed, step {step} · the same numbers as output",
        "state_c": f"c after the last step processed, step {step}",
    }


def test_a_sequence_is_h_at_every_step_and_backwards_in_the_order_of_processing() -> None:
    assert said(return_sequences=True) == {"output": "h at every step"}
    assert "the order of processing" in said(return_sequences=True, go_backwards=True)["output"]


def test_state_h_is_not_called_the_same_as_a_sequence_or_as_zeros() -> None:
    assert "same" not in said(return_sequences=True, return_state=True)["state_h"]
    masked = said(return_state=True, mask="6", zero_output_for_mask=True)
    assert masked["output"] == "zeros: the last step processed, step 6, is masked"
    assert masked["state_h"] == "h after the last step processed, step 6"


def test_masked_steps_repeat_or_are_zeros_as_the_layer_does_it() -> None:
    assert said(return_sequences=True, mask="3")["output"] == (
        "h at every step · masked steps repeat the output before them"
    )
    assert said(return_sequences=True, mask="3", zero_output_for_mask=True)["output"] == (
        "h at the steps that are not masked · zeros at the masked steps"
    )
    assert said(return_sequences=True, mask="1, 4")["output"] == (  # before the first used step is none to repeat
        "h from the first step that is not masked · zeros before it · later masked steps repeat the output before them"
    )
    assert said(return_sequences=True, mask="1")["output"] == (
        "h from the first step that is not masked · zeros before it"
    )
    assert said(return_sequences=True, mask="-")["output"] == "h at every step"


def test_rows_that_end_differently_are_said_to() -> None:
    one_row_ends_masked = said(batch=2, mask="6; -", zero_output_for_mask=True)["output"]
    assert one_row_ends_masked == (
        "h after the last step processed, step 6; zeros in the rows where that step is masked"
    )
    assert said(batch=2, mask="1-6; 6")["output"] == (
        "h after the last step processed, step 6; zeros in the rows where every step is masked"
    )


def test_a_row_that_is_masked_at_the_end_keeps_its_last_h_without_zero_output_for_mask() -> None:
    assert said(mask="6")["output"] == "h after the last step processed, step 6"


# ---- what changed ----

UNCHANGED = T("returned.change_inside")
CHANGED = T("returned.change_inside_too")


def test_return_sequences_changes_a_shape_and_nothing_inside() -> None:
    assert changes(run(), run(return_sequences=True), T) == ["output: (1, 3) → (1, 6, 3)", UNCHANGED]


def test_return_state_adds_two_tensors_and_changes_nothing_inside() -> None:
    assert changes(run(), run(return_state=True), T) == ["added: state_h, state_c", UNCHANGED]
    assert changes(run(return_state=True), run(), T) == ["gone: state_h, state_c", UNCHANGED]


def test_go_backwards_changes_what_is_inside() -> None:
    assert changes(run(), run(go_backwards=True), T) == ["new values: output", CHANGED]


def test_go_backwards_gives_other_values_and_begins_a_sequence_at_its_other_end() -> None:
    forwards, backwards = (
        run(return_sequences=True, return_state=True, go_backwards=go_backwards) for go_backwards in (False, True)
    )
    values = "new values: output, state_h, state_c"
    assert changes(forwards, backwards, T) == [values, "output[:, 0] is now the last step.", CHANGED]
    assert changes(backwards, forwards, T) == [values, "output[:, 0] is now the first step.", CHANGED]


def test_go_backwards_changes_the_inside_where_the_numbers_stay_and_only_their_steps_move() -> None:
    same_at_each_step = {"preset": "typed", "typed": "1 1 1"}
    before, after = run(**same_at_each_step), run(**same_at_each_step, go_backwards=True)
    assert np.array_equal(before.trace["h"], after.trace["h"])  # in the order of processing
    assert changes(before, after, T) == [T("returned.change_inside_too")]


def test_stateful_counts_from_the_second_call_on() -> None:
    assert changes(run(), run(stateful=True), T) == [UNCHANGED, T("returned.change_waits")]
    assert changes(run(calls=2), run(calls=2, stateful=True), T) == ["new values: output", CHANGED]


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("base", list(product((False, True), repeat=4)))
def test_what_one_flag_changed_fits_its_line(base: tuple[bool, ...], language: str) -> None:
    catalogue = text.load(language)
    for more in ({}, {"calls": 2}, {"initial_state": True}):
        old = run(**dict(zip(FLAGS, base, strict=True)), **more)
        for flag in FLAGS:
            new = run_experiment(old.experiment.changed(**{flag: not getattr(old.experiment, flag)}))
            line = " ".join([catalogue("returned.changed"), *changes(old, new, catalogue)])
            assert len(line) + sum("가" <= sign <= "힣" for sign in line) <= 135  # Hangul is twice as wide


def test_stateful_changes_nothing_where_each_call_is_given_its_state() -> None:
    for calls in (1, 2):
        given = {"calls": calls, "initial_state": True, "initial_h": 0.5}
        assert changes(run(**given), run(**given, stateful=True), T) == [UNCHANGED, T("returned.change_given")]


def test_flags_that_change_at_once_are_all_told() -> None:
    lines = changes(run(), run(return_sequences=True, stateful=True, go_backwards=True), T)
    begins = "output[:, 0] is now the last step."
    assert lines == ["output: (1, 3) → (1, 6, 3)", begins, CHANGED, T("returned.change_waits")]


def with_quantity(of: Run, name: str, array: np.ndarray) -> Run:
    """The run with other numbers for one quantity."""
    return replaced(of, trace=replace(of.trace, quantities={**of.trace.quantities, name: array}))


@pytest.mark.parametrize("name", ["z_f", "i", "tanh_c", "h"])
def test_inside_is_unchanged_only_if_no_bit_of_any_quantity_changed(name: str) -> None:
    before = run()
    array = before.trace[name].copy()
    array[2, 0, 1] = np.nextafter(array[2, 0, 1], np.float32(9))
    after = with_quantity(before, name, array)
    assert changes(before, before, T) == [UNCHANGED]
    assert changes(before, after, T) == [T("returned.change_inside_some", names=name)]


def test_values_that_overflowed_to_nan_alike_are_unchanged() -> None:
    before = run()
    spoilt = before.trace["h"].copy()
    spoilt[-1] = np.nan
    done = with_quantity(before, "h", spoilt)
    assert changes(done, done, T) == [UNCHANGED]


@pytest.mark.parametrize("before", list(product((False, True), repeat=4)))
def test_every_single_flip_is_told_truly(before: tuple[bool, ...]) -> None:
    old = run(**dict(zip(FLAGS, before, strict=True)), calls=2)
    for flag in FLAGS:
        new = run(**dict(zip(FLAGS, before, strict=True)) | {flag: not getattr(old.experiment, flag)}, calls=2)
        same = all(old.trace[name].tobytes() == new.trace[name].tobytes() for name in ("f", "c", "h"))
        assert (UNCHANGED in changes(old, new, T)) == same
        assert same == (flag in ("return_sequences", "return_state"))


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_both_languages_say_all_of_it(language: str) -> None:
    catalogue = text.load(language)
    for masked, zero, flags in product(("", "1, 6"), (False, True), product((False, True), repeat=3)):
        done = run(mask=masked, zero_output_for_mask=zero, **dict(zip(FLAGS, flags, strict=False)))
        sentences = [returned_sentence(done, catalogue), *changes(run(), done, catalogue)]
        sentences += [output_is(done, output, catalogue) for output in done.returned]
        assert all(sentence and "{" not in sentence for sentence in sentences)
