"""Whatever is brought, it is used or refused with a reason: no other error, no waiting, no memory kept.

The inputs: 5,000 drawn again from pieces of the real thing, and the nasty ones by hand in `NASTY`.
"""

from __future__ import annotations

import gc
import pickle
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_core.layers.packed import unpack_tensors
from lstm_core.layers.spec import LSTM
from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import parse_masked_steps, parse_number, parse_numbers
from lstm_core.sequences.table import Comma, decode, read_table, to_sequence
from lstm_core.share.weights_file import read_npz
from lstm_core.text import load
from tests.unit.npz_files import arrays, npy, npz, weights, zipped

SECONDS = 0.1
"""What a refusal may take. The quickest of three tries counts, for other processes share this machine."""
KERNEL, RECURRENT, BIAS = arrays(weights()).values()
GOOD = npz(KERNEL, RECURRENT, BIAS)


def read_csv(raw: bytes, comma: Comma | None = None) -> None:
    table = read_table(decode(raw), comma=comma)
    to_sequence(table, batch_column=0 if table.columns > 1 else None)


def read_text(text: str) -> None:
    for read in (
        parse_numbers,
        parse_number,
        lambda masked: parse_masked_steps(masked, batch=2, timesteps=9),
        lambda packed: unpack_tensors(packed, LSTM.weight_shapes(1, 1, use_bias=False)),
    ):
        try:
            read(text)
        except Refusal as refusal:
            say(refusal)


def say(refusal: Refusal) -> None:
    """Say the refusal as the page does: every fact that its sentence names is there."""
    for language in ("en", "ko"):
        assert load(language).refusal(refusal)


def used_or_refused(read: Callable[[bytes], object], raw: bytes) -> float:
    """Read it, and tell how long that took."""
    start = time.perf_counter()
    try:
        read(raw)
    except Refusal as refusal:
        took = time.perf_counter() - start
        say(refusal)
        return took
    return time.perf_counter() - start


PIECES = st.sampled_from(
    ["1", "-2.5", "1e3", "0,5", "nan", "inf", "", '"', '""', '"a', "\0", "\ufeff", "🙂", "١", "１", "−1", "=1+1", "@x",
     "_", ",", ";", "\t", " ", "\n", "\r", "\r\n", "\n\n", "a", "기온", "\u2028", "\x0b", "\x1c", "1e999", "1e-99", "é"]
)  # fmt: skip
TABLES = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60)


@settings(max_examples=2500)
@given(
    TABLES.map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=60),
    st.sampled_from([None, "decimal", "separator"]),
)
def test_any_table_is_read_or_refused(raw: bytes, comma: Comma | None) -> None:
    used_or_refused(lambda given: read_csv(given, comma), raw)


@settings(max_examples=1000)
@given(TABLES)
def test_any_typed_text_is_read_or_refused(text: str) -> None:
    read_text(text)


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    """A weights file with some bytes changed, cut out or put in."""
    raw = bytearray(draw(st.sampled_from([GOOD, npz(KERNEL, RECURRENT, compressed=True)])))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(raw)))
        kind = draw(st.sampled_from(["change", "cut", "insert", "end"]))
        if kind == "change" and at < len(raw):
            raw[at] = draw(st.integers(0, 255))
        elif kind == "cut":
            del raw[at : at + draw(st.integers(1, 40))]
        elif kind == "insert":
            raw[at:at] = draw(st.binary(min_size=1, max_size=8))
        else:
            del raw[at:]
    return bytes(raw)


HEADERS = st.lists(
    st.sampled_from(
        ["{", "}", "'descr': ", "'fortran_order': ", "'shape': ", "'<f4'", "'>f8'", "'|O'", "'f2'", "True", "False",
         "(", ")", "3", "8", "2", ", ", ",", "99999999999", "-1", "()", "[", "]", "None", "é", "'", "\n", " " * 60]
    ),
    max_size=30,
).map("".join)  # fmt: skip
MEMBERS = st.dictionaries(
    st.sampled_from(["kernel.npy", "recurrent_kernel.npy", "bias.npy", "arr_0.npy", "arr_1.npy", "../x.npy", "é"]),
    st.builds(npy, HEADERS, st.binary(max_size=40), version=st.sampled_from([1, 2, 3, 9]))
    | st.sampled_from([npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 8), }", RECURRENT.tobytes())])
    | st.binary(max_size=40),
    max_size=5,
)


@settings(max_examples=900)
@given(damaged_files())
def test_any_damaged_weights_file_is_read_or_refused(raw: bytes) -> None:
    used_or_refused(read_npz, raw)


@settings(max_examples=600)
@given(MEMBERS.map(zipped) | st.binary(max_size=80).map(lambda tail: b"PK" + tail))
def test_any_forged_weights_file_is_read_or_refused(raw: bytes) -> None:
    used_or_refused(read_npz, raw)


def nested(depth: int, inner: bytes) -> bytes:
    for _ in range(depth):
        inner = zipped({"kernel.npy": inner})
    return inner


NASTY: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "csv: a mark and nothing": (read_csv, b"\xef\xbb\xbf"),
    "csv: UTF-16 cut off": (read_csv, b"\xff\xfe1"),
    "csv: UTF-16, big end first": (read_csv, "a\n1".encode("utf-16-be")),
    "csv: an open quote over all": (read_csv, b'"' + b"1,2\n" * 50_000),
    "csv: quotes only": (read_csv, b'"' * 100_000),
    "csv: NULs": (read_csv, bytes(100_000)),
    "csv: one long cell": (read_csv, b"1" * 1_000_000),
    "csv: commas": (read_csv, b"," * 1_000_000),
    "csv: empty lines": (read_csv, b"\n" * 1_000_000),
    "csv: decimal commas": (read_csv, b"0,1;0,2\n" * 500),
    "csv: thousands and points": (read_csv, b"1.234,5\n1.234,6\n"),
    "csv: Arabic digits": (read_csv, "١,٢\n٣,٤".encode()),
    "csv: emoji": (read_csv, "🙂,👩‍👩‍👧\n1,2".encode()),
    "csv: right to left marks": (read_csv, "a,b\n\u200f1,2".encode()),
    "csv: a formula": (read_csv, b"a,b\n=cmd|' /C calc'!A0,1"),
    "csv: a pickle": (read_csv, pickle.dumps([1, 2])),
    "csv: a zip": (read_csv, GOOD),
    "csv: ragged at the end": (read_csv, b"1,2,3\n" * 900 + b"1,2\n"),
    "npz: empty zip": (read_npz, zipped({})),
    "npz: zip in a zip": (read_npz, nested(20, GOOD)),
    "npz: cut in the directory": (read_npz, GOOD[:-30]),
    "npz: without its beginning": (read_npz, b"PK" + GOOD[200:]),
    "npz: names alike": (read_npz, GOOD.replace(b"arr_1", b"arr_0")),
    "npz: bomb of 200 MB": (read_npz, zipped({"kernel.npy": bytes(200_000_000)})),
    "npz: many members": (read_npz, zipped({f"{n}.npy": b"" for n in range(8_000)}, zipfile.ZIP_STORED)),
    "npz: objects": (read_npz, npz(np.array([{}]), np.array([{}]))),
    "npz: a header of 4 TiB": (
        read_npz,
        zipped({"kernel.npy": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1048576, 1048576), }")}),
    ),
    "npz: a header without end": (read_npz, zipped({"kernel.npy": npy("(" * 60_000)})),
    "npz: sizes that say 4 GiB": (read_npz, GOOD.replace(len(npy("")).to_bytes(4, "little"), b"\xff" * 4)),
    "npz: every size is 4 GiB": (read_npz, GOOD.replace(b"PK\x01\x02", b"PK\x01\x02", 1)[:-22] + b"\xff" * 22),
}


@pytest.mark.parametrize("what", NASTY)
def test_nasty_input_is_read_or_refused_within_a_tenth_of_a_second(what: str) -> None:
    read, raw = NASTY[what]
    if len(raw) > 1_000_000:
        raw = raw[:1_000_000]
    assert min(used_or_refused(read, raw) for _ in range(3)) < SECONDS


def test_memory_does_not_grow_with_refusals() -> None:
    def all_once() -> None:
        for read, raw in NASTY.values():
            used_or_refused(read, raw)
        for number in range(100):
            used_or_refused(read_csv, f"a,b\n{number},x".encode())
            used_or_refused(read_npz, GOOD[: -number - 1])
            read_text("1 " * 300 + str(number))

    all_once()
    gc.collect()
    tracemalloc.start()
    try:
        all_once()
        gc.collect()
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2_000_000
    assert most < 20_000_000
