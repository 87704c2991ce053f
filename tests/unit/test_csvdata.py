"""Tables: what spreadsheets and data frames write is read as it stands; what is unclear is asked about or refused."""

from __future__ import annotations

import contextlib
import io
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_core.experiment import Experiment
from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import MAX_TEXT, as_typed, parse_numbers
from lstm_core.sequences.table import Comma, Table, decode, read_table, to_sequence
from lstm_core.share.link import encode
from lstm_core.text import load


def numbers(text: str, **options: object) -> list[list[list[float]]]:
    return to_sequence(read_table(text), **options).tolist()


def refused(text: str, *, comma: Comma | None = None, **options: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        to_sequence(read_table(text, comma=comma), **options)
    for language in ("en", "ko"):
        assert load(language).refusal(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("text", "separator", "header"),
    [
        ("1.5,2\n3,4", ",", None),
        ("1;2\n3;4", ";", None),
        ("1\t2\n3\t4", "\t", None),
        ("1 2\n3 4", " ", None),
        ("a,b\n1,2", ",", ("a", "b")),
        ('"a, b";"c"\n1;2', ";", ("a, b", "c")),
        ("x\n1\n2", None, ("x",)),
        ("1\n2\n3", None, None),
        ("기온,습도\n1,2", ",", ("기온", "습도")),
    ],
)
def test_separator_and_names_are_found(text: str, separator: str | None, header: tuple[str, ...] | None) -> None:
    table = read_table(text)
    assert (table.separator, table.header) == (separator, header)


def test_rows_are_steps_and_columns_features() -> None:
    assert numbers("t,x\n0,1.5\n1,2.5\n2,-1e-3") == np.float32([[[0, 1.5], [1, 2.5], [2, -1e-3]]]).tolist()


@pytest.mark.parametrize("text", ["\ufeffa,b\r\n1,2\r\n", "a,b\r1,2", "\n\na,b\n\n1,2\n\n", ' a , b \n "1", 2 \n,\n'])
def test_marks_line_ends_empty_lines_quotes_and_spaces_change_nothing(text: str) -> None:
    assert numbers(text) == [[[1.0, 2.0]]]


def test_some_columns_may_be_left_out_and_one_may_tell_the_batch_row() -> None:
    text = "day,who,x\nmon,b,1\nmon,a,2\ntue,b,3\ntue,a,4"
    assert numbers(text, columns=[2], batch_column=1) == [[[1], [3]], [[2], [4]]]
    assert refused(text).facts["column"] == "1 (day)"


def test_batch_rows_of_different_lengths_are_refused() -> None:
    refusal = refused("a,1\na,2\nb,3", batch_column=0)
    assert (refusal.code, refusal.facts) == ("csv_rows_differ", {"name": "b", "given": 1, "expected": 2})


@pytest.mark.parametrize("text", ["0,1;0,2\n0,3;0,4", "0,1\n0,2", "x\n0,5", "1,5\t2\n3\t4", "1,234;5"])
def test_a_comma_that_may_be_decimal_is_asked_about_never_guessed(text: str) -> None:
    assert refused(text).code == "csv_comma"


def test_the_answer_decides_what_a_comma_is() -> None:
    assert to_sequence(read_table("0,5\n0,25", comma="decimal")).tolist() == [[[0.5], [0.25]]]
    assert to_sequence(read_table("0,5\n0,25", comma="separator")).tolist() == [[[0, 5], [0, 25]]]
    assert to_sequence(read_table("0,5;1e3\n-0,25;2,5E-1", comma="decimal")).tolist() == [[[0.5, 1000], [-0.25, 0.25]]]


@pytest.mark.parametrize("text", ["a,b\n1,2", "1,2,3\n4,5,6", "0.1,2\n3,4", "1, 2.5\n3, 4", "-1.5,1\n2,2"])
def test_commas_that_cannot_be_decimal_are_not_asked_about(text: str) -> None:
    read_table(text)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a,b\n1,x", "csv_text_cell", 2, "2 (b)"),
        ("1,2.5\n\n\n3,4;", "csv_text_cell", 4, "2"),
        ("a,b\n1,", "csv_empty_cell", 2, "2 (b)"),
        ("a,b\n1,NaN", "csv_not_finite", 2, "2 (b)"),
        ("a,b\n1,-inf", "csv_not_finite", 2, "2 (b)"),
        ("a,b\n1,N/A", "csv_not_finite", 2, "2 (b)"),
        ("a,b\n1,١٢", "csv_digits", 2, "2 (b)"),
        ("a,b\n1,１", "csv_digits", 2, "2 (b)"),
        ("a,b\n1,🙂", "csv_text_cell", 2, "2 (b)"),
        ("a,b\n1,=1+1", "csv_text_cell", 2, "2 (b)"),
        ("a,b\n1,1_000", "csv_text_cell", 2, "2 (b)"),
        ("a,b\n1,\u22121", "csv_text_cell", 2, "2 (b)"),
        ("a,b\n1,1e39", "too_large", 2, "2 (b)"),
        ("a,b\n1,1e-60", "too_small", 2, "2 (b)"),
        ("a,b\n1,1e-400", "too_small", 2, "2 (b)"),
        ("a,b\n1,2\n3", "csv_ragged", 3, None),
        ("a,b\n1,2\n3,4,5", "csv_ragged", 3, None),
        ('a,b\n1,"2', "csv_quote", 2, None),
        ('a,b\n1,"2"3', "csv_quote", 2, None),
        ('a,b\n1,"x\ny"\n2,z', "csv_text_cell", 3, "2 (b)"),
        ("a,b\n1,\x002", "csv_nul", 2, None),
        ("1" * 140_000 + ",2", "csv_long_cell", 1, None),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_with_its_place(
    text: str, code: str, line: int, column: str | None
) -> None:
    refusal = refused(text)
    assert (refusal.code, refusal.facts.get("line"), refusal.facts.get("column")) == (code, line, column)


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff", ",,,\n,,\n"])
def test_nothing_is_said_to_be_nothing(text: str) -> None:
    assert refused(text).code == "no_numbers"


def test_no_column_left_is_refused() -> None:
    assert refused("1\n2", batch_column=0).code == "csv_no_columns"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("1\n" * 1001, "timesteps"),
        (",".join(["1"] * 257) + "\n", "columns"),
        ("".join(f"{n},1\n" for n in range(33)), "batch"),
        (",".join(["1"] * 257), "columns"),
        ("1\n" * 32_002, "rows"),
    ],
)
def test_more_than_the_page_takes_is_refused(text: str, what: str) -> None:
    refusal = refused(text, comma="separator", **({"batch_column": 0} if what == "batch" else {}))
    assert (refusal.code, refusal.facts["what"]) == ("too_many", what)


def test_more_than_a_megabyte_is_refused_before_it_is_read() -> None:
    for call in (lambda: decode(b"1" * (MAX_TEXT + 1)), lambda: read_table("1" * (MAX_TEXT + 1))):
        with pytest.raises(Refusal) as caught:
            call()
        assert caught.value.code == "csv_too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_files_of_excel_are_text_in_any_of_its_encodings(encoding: str) -> None:
    assert decode("기온\n0.5".encode(encoding)).removeprefix("\ufeff") == "기온\n0.5"


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        decode(b"\xff\x00\xfe\x80")
    assert caught.value.code == "csv_encoding"


FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
SEQUENCES = hnp.arrays(np.float32, hnp.array_shapes(min_dims=3, max_dims=3, max_side=5), elements=FLOATS)


@given(SEQUENCES)
@example(np.float32([[[3.4028235e38, -1e-45]]]))
def test_numbers_round_trip_through_typed_text_to_the_bit(data: np.ndarray) -> None:
    assert parse_numbers(as_typed(data)).tobytes() == data.tobytes()


@settings(max_examples=40)
@given(SEQUENCES, st.sampled_from(",;\t"))
@example(np.float32([[[3.4028235e38, -1e-45]]]), ",")
def test_numbers_round_trip_through_a_data_frame_to_the_bit(data: np.ndarray, separator: str) -> None:
    batch, timesteps, features = data.shape
    frame = pd.DataFrame(data.reshape(-1, features), columns=[f"f{n}" for n in range(features)])
    frame.insert(0, "row", np.repeat([f"b{n}" for n in range(batch)], timesteps))
    file = io.StringIO()
    frame.to_csv(file, sep=separator, index=False)
    assert to_sequence(read_table(file.getvalue()), batch_column=0).tobytes() == data.tobytes()


def test_a_step_of_several_features_alone_stays_one_step() -> None:
    assert parse_numbers("1 2 3;").shape == (1, 1, 3)
    assert parse_numbers("1 2 3;\n\n4 5 6;").shape == (2, 1, 3)
    assert parse_numbers("1 2 3").shape == (1, 3, 1)


def test_a_megabyte_of_numbers_is_an_experiment_whose_link_leaves_them_out() -> None:
    data = np.random.default_rng(1).uniform(-9, 9, (6, 700, 32)).astype(np.float32).round(3)
    text = as_typed(data)
    assert len(text) > 800_000
    experiment = Experiment(preset="typed", typed=text)
    assert np.array_equal(experiment.data(), data)
    assert encode(experiment).parameters == {}
    assert encode(experiment).left_out == ("typed",)


def test_a_fault_in_the_last_cell_of_a_megabyte_is_found_as_fast_as_a_table_without_one_is_read() -> None:
    rows = [f"{row // 1000}{',1' * 14}" for row in range(32_000)]
    sound = read_table("\n".join(rows), comma="separator")
    faulty = read_table("\n".join(rows)[:-1] + "x", comma="separator")

    def seconds(table: Table) -> float:
        started = time.process_time()
        with contextlib.suppress(Refusal):
            to_sequence(table, batch_column=0)
        return time.process_time() - started

    with pytest.raises(Refusal) as raised:
        to_sequence(faulty, batch_column=0)
    assert raised.value.facts == {"given": "x", "line": 32_000, "column": "15"}

    assert min(seconds(faulty) for _ in range(4)) < 2 * min(seconds(sound) for _ in range(4))
