"""Sequences: what is typed is understood or refused with place and reason; what is generated has its shape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import SIGNALS, comma_readings, generate, parse_masked_steps, parse_numbers
from lstm_core.sequences.words import embed


def refused(text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse_numbers(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 0.2 0.3", [[[0.1], [0.2], [0.3]]]),
        ("0.1, 0.2, 0.3", [[[0.1], [0.2], [0.3]]]),
        ("0.1,0.2,0.3", [[[0.1], [0.2], [0.3]]]),
        ("1 2; 3 4", [[[1, 2], [3, 4]]]),
        ("1, 2\n3, 4", [[[1, 2], [3, 4]]]),
        ("1; 2; 3;", [[[1], [2], [3]]]),
        ("1 2\n\n3 4", [[[1], [2]], [[3], [4]]]),
        ("1 2\n3 4\n\n5 6\n7 8", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
        ("+1 -.5 2. 1e-3 1E2", [[[1], [-0.5], [2], [1e-3], [100]]]),
    ],
)
def test_typed_numbers_are_batch_timesteps_features(text: str, expected: list[list[list[float]]]) -> None:
    assert np.array_equal(parse_numbers(text), np.array(expected, np.float32))


@pytest.mark.parametrize(
    "token", ["nan", "inf", "-inf", "Infinity", "1_000", "٣", "１", "−1", "0x10", "1e", "abc", "1.2.3", "--1", "1\x00"]
)
def test_what_float_takes_but_people_do_not_mean_is_refused_with_its_place(token: str) -> None:
    bad = {"given": token, "row": 1}
    assert refused(f"0.5 {token} 1").facts == bad | {"step": 2, "position": 1}
    assert refused(f"0.5 1 {token}").facts == bad | {"step": 3, "position": 1}
    assert refused(f"1 2; 3 {token}").facts == bad | {"step": 2, "position": 2}
    assert refused(f"{token}").code == refused(f"1 2; 3 {token}").code == "not_a_number"


def test_commas_in_a_row_are_one_and_what_follows_is_placed_behind() -> None:
    refusal = refused("0.5 1,,2x 1")
    assert (refusal.code, refusal.facts) == ("not_a_number", {"given": "2x", "row": 1, "step": 3, "position": 1})


def test_the_place_of_a_bad_number_is_row_step_and_position() -> None:
    facts = refused("1 2; 3 4\n\n5 6; 7 oops").facts
    assert (facts["row"], facts["step"], facts["position"], facts["given"]) == (2, 2, 2, "oops")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("1e309", "too_large"),
        ("3.5e38", "too_large"),
        ("1e-60", "too_small"),
        ("1e-400", "too_small"),
        ("-.5e-999", "too_small"),
        (f"0.{'0' * 400}7", "too_small"),
    ],
)
def test_numbers_that_float32_cannot_hold_are_refused(token: str, code: str) -> None:
    assert refused(f"1 {token}").code == code


@pytest.mark.parametrize("token", ["0", "-0", "0.000", "0e5", "-.0E-999", "0" * 500])
def test_zero_is_zero_however_it_is_written(token: str) -> None:
    assert parse_numbers(f"1 {token}").ravel().tolist() == [1, 0]


@pytest.mark.parametrize("text", ["", "  \n ", ";", ",", "; ,\n,"])
def test_no_numbers_is_said(text: str) -> None:
    assert refused(text).code == "no_numbers"


def test_ragged_steps_and_rows_are_refused() -> None:
    assert refused("1 2; 3").facts == {"row": 1, "step": 2, "given": 1, "expected": 2}
    assert refused("1 2 3\n\n1 2").facts == {"row": 2, "given": 2, "expected": 3}


@pytest.mark.parametrize("text", ["0,1; 0,2", "0,1 0,2", "0,1\n0,2", "1,5"])
def test_a_comma_that_may_be_decimal_is_asked_about_and_both_readings_are_plain(text: str) -> None:
    facts = refused(text).facts
    for reading in (facts["decimal"], facts["features"]):
        assert comma_readings(str(reading)) is None
        parse_numbers(str(reading))


def test_too_many_are_refused() -> None:
    assert refused(" ".join(["1"] * 1001)).facts["what"] == "timesteps"
    assert refused("; ".join([" ".join(["1"] * 257)] * 2)).facts["what"] == "features"
    assert refused("\n\n".join(["1 2"] * 33)).facts["what"] == "batch"


@given(st.text(max_size=40))
def test_any_text_is_numbers_or_a_refusal(text: str) -> None:
    try:
        numbers = parse_numbers(text)
    except Refusal:
        return
    assert numbers.ndim == 3
    assert np.isfinite(numbers).all()


@pytest.mark.parametrize("preset", ["article", "noise", *SIGNALS])
def test_generated_sequences_have_their_shape(preset: str) -> None:
    data = generate(preset, batch=2, timesteps=5, features=3, seed=4)
    assert data.shape == (2, 5, 3)
    assert data.dtype == np.float32


@pytest.mark.parametrize("preset", SIGNALS)
def test_each_further_feature_and_row_lags_one_step(preset: str) -> None:
    data = generate(preset, batch=2, timesteps=6, features=2)
    assert np.array_equal(data[0, :-1, 0], data[0, 1:, 1])
    assert np.array_equal(data[0, :-1, 0], data[1, 1:, 0])


def test_the_article_counts_in_tenths() -> None:
    assert np.array_equal(generate("article", batch=1, timesteps=3, features=1), np.float32([[[0.1], [0.2], [0.3]]]))


def test_a_word_is_the_same_vector_wherever_it_stands_and_another_seed_another() -> None:
    first = embed(("a", "b", "a"), batch=2, features=4, seed=1)
    assert np.array_equal(first[0, 0], first[0, 2])
    assert np.array_equal(first[1, 0], first[0, 1])
    assert not np.array_equal(first, embed(("a", "b", "a"), batch=2, features=4, seed=2))


def test_masks_name_steps_for_all_rows_or_one_list_a_row() -> None:
    assert parse_masked_steps("", batch=1, timesteps=3) is None
    assert parse_masked_steps("2-3", batch=2, timesteps=3).tolist() == [[True, False, False]] * 2
    assert parse_masked_steps("1; -", batch=2, timesteps=2).tolist() == [[False, True], [True, True]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "mask_step_out_of_range"),
        ("4", "mask_step_out_of_range"),
        ("3-2", "mask_step_out_of_range"),
        ("a", "mask_not_understood"),
        ("1;2;3", "mask_rows"),
        ("1;", "mask_not_understood"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_masked_steps(text, batch=2, timesteps=3)
    assert caught.value.code == code
