"""Weights files: the learner's own weights come in as they are; what is none of them is refused in Keras's terms."""

from __future__ import annotations

import io
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.packed import pack, unpack_tensors
from lstm_core.layers.spec import LSTM
from lstm_core.layers.weights import Weights
from lstm_core.refusal import Refusal
from lstm_core.share.link import decode, encode
from lstm_core.share.weights_file import read_npz
from lstm_core.text import load
from tests.unit.npz_files import arrays, npy, npz, weights, zipped

KERNEL, RECURRENT, BIAS = arrays(weights()).values()
HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 8), }"


def same(one: Weights, other: Weights) -> bool:
    return all(
        np.array_equal(a, b) if a is not None and b is not None else a is b
        for a, b in zip(
            (one.kernel, one.recurrent_kernel, one.bias),
            (other.kernel, other.recurrent_kernel, other.bias),
            strict=True,
        )
    )


def refused(raw: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_npz(raw)
    for language in ("en", "ko"):
        assert load(language).refusal(caught.value)
    return caught.value


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("prefix", ["", "lstm/", "lstm/lstm_cell/", "layers.lstm.cell."])
def test_weights_are_found_by_their_names(prefix: str, compressed: bool, use_bias: bool) -> None:
    mine = weights(use_bias=use_bias)
    named = {prefix + name: array for name, array in reversed(arrays(mine).items())}
    found = read_npz(npz(compressed=compressed, other=np.arange(5), **named))
    assert same(found.weights, mine)
    assert found.unused == ("other",)


@pytest.mark.parametrize("use_bias", [True, False])
def test_weights_are_found_in_the_order_of_get_weights(use_bias: bool) -> None:
    mine = weights(4, 4, use_bias=use_bias)  # kernel and recurrent_kernel have one shape
    assert same(read_npz(npz(*arrays(mine).values())).weights, mine)


def test_weights_are_found_by_shape_where_only_one_reading_is_possible() -> None:
    mine = weights(3, 2)
    assert same(read_npz(npz(b=mine.bias, r=mine.recurrent_kernel, k=mine.kernel)).weights, mine)
    square = weights(2, 2)
    assert refused(npz(r=square.recurrent_kernel, k=square.kernel)).code == "weights_unclear"


def test_the_largest_weights_come_in_from_float64_columns_first_and_big_endian() -> None:
    mine = weights(60, 120)  # 1 MB of float64 holds no more
    found = read_npz(npz(**{name: np.asfortranarray(array, dtype=">f8") for name, array in arrays(mine).items()}))
    assert same(found.weights, mine)
    assert set(found.dtypes) == {"float64"}


def test_numbers_of_float64_become_the_nearest_float32() -> None:
    tenths = np.full((2, 8), 0.1)
    assert (read_npz(npz(KERNEL, tenths)).weights.recurrent_kernel == np.float32(0.1)).all()


BAD = {
    "empty": (b"", "weights_not_npz"),
    "text": (b"kernel,bias\n1,2", "weights_not_npz"),
    "a pickle": (pickle.dumps({"kernel": [1.0]}), "weights_not_npz"),
    "too large": (b"PK" + bytes(2**20), "weights_large"),
    "h5": (b"\x89HDF\r\n\x1a\n" + bytes(99), "weights_h5"),
    "keras": (
        zipped({"metadata.json": b"{}", "config.json": b"{}", "model.weights.h5": b"\x89HDF"}),
        "weights_keras",
    ),
    "one array": (npy(HEADER, KERNEL.tobytes()), "weights_npy"),
    "cut in half": (npz(KERNEL, RECURRENT)[:300], "weights_damaged"),
    "no members": (zipped({}), "weights_missing"),
    "many members": (zipped({f"arr_{n}.npy": b"" for n in range(33)}), "weights_many"),
    "objects": (npz(kernel=np.array([{}, None], dtype=object), recurrent_kernel=RECURRENT), "weights_pickle"),
    "whole numbers": (npz(kernel=np.ones((3, 8), int), recurrent_kernel=RECURRENT), "weights_dtype"),
    "words": (npz(kernel=np.array(["a"]), recurrent_kernel=RECURRENT), "weights_dtype"),
    "records": (npz(kernel=np.zeros(3, "f4,f4"), recurrent_kernel=RECURRENT), "weights_header"),
    "nan": (npz(KERNEL * np.nan, RECURRENT), "weights_not_finite"),
    "beyond float32": (npz(np.full((3, 8), 1e300), RECURRENT), "weights_not_finite"),
    "kernel of another layer": (npz(np.ones((3, 12)), RECURRENT), "weights_shape"),
    "bias of another layer": (npz(KERNEL, RECURRENT, np.ones(9)), "weights_shape"),
    "the wrong way round": (npz(RECURRENT, KERNEL), "weights_shape"),
    "a GRU": (npz(np.ones((3, 6)), np.ones((2, 6)), np.ones((2, 6))), "weights_gru"),
    "both directions": (npz(*(3 * [KERNEL, RECURRENT, BIAS])), "weights_unclear"),
    "two layers": (npz(**{"a/kernel": KERNEL, "b/kernel": KERNEL, "a/recurrent_kernel": RECURRENT}), "weights_unclear"),
    "no recurrent_kernel": (npz(kernel=KERNEL, bias=BIAS), "weights_missing"),
    "too many units": (npz(np.ones((1, 1028), np.float16), np.ones((257, 1028), np.float16)), "weights_units"),
    "too many features": (npz(np.ones((257, 4)), np.ones((1, 4))), "weights_wide"),
    "no features": (npz(np.ones((0, 8)), RECURRENT), "weights_shape"),
    "a number": (npz(kernel=np.float32(1), recurrent_kernel=RECURRENT), "weights_shape"),
    "encrypted": (
        npz(KERNEL, RECURRENT).replace(b"PK\x01\x02\x2d\x03\x2d\x00\x00", b"PK\x01\x02\x2d\x03\x2d\x00\x01"),
        "weights_damaged",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_weights_file_is_refused_with_its_reason(what: str) -> None:
    raw, code = BAD[what]
    assert refused(raw).code == code


FORGED = {
    "4 TiB": (HEADER.replace("(3, 8)", "(1048576, 1048576)"), "weights_shape"),
    "a million features": (HEADER.replace("(3, 8)", "(1048576, 8)"), "weights_wide"),
    "more than there is": (HEADER.replace("(3, 8)", "(4, 8)"), "weights_header"),
    "less than there is": (HEADER.replace("(3, 8)", "(2, 8)"), "weights_header"),
    "digits without end": (HEADER.replace("(3, 8)", "(" + "9" * 900 + ")"), "weights_header"),
    "a call": (HEADER.replace("(3, 8)", "(__import__('os').getpid(), 8)"), "weights_header"),
    "nesting": (HEADER.replace("(3, 8)", "(" * 900), "weights_header"),
    "no shape": ("{'descr': '<f4', 'fortran_order': False, }", "weights_header"),
    "negative": (HEADER.replace("(3, 8)", "(-3, -8)"), "weights_header"),
    "a pickle's dtype": (HEADER.replace("<f4", "|O"), "weights_pickle"),
    "long doubles": (HEADER.replace("<f4", "<f16"), "weights_dtype"),
    "nothing": ("", "weights_header"),
}


@pytest.mark.parametrize("what", FORGED)
@pytest.mark.parametrize("version", [1, 2])
def test_a_forged_header_is_refused_and_nothing_of_its_size_is_made(what: str, version: int) -> None:
    header, code = FORGED[what]
    members = {"kernel.npy": npy(header, KERNEL.tobytes(), version=version)}
    with zipfile.ZipFile(io.BytesIO(npz(recurrent_kernel=RECURRENT))) as archive:
        members["recurrent_kernel.npy"] = archive.read("recurrent_kernel.npy")
    raw = zipped(members)
    tracemalloc.start()
    try:
        assert refused(raw).code == code
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", [0, 65_535])
def test_a_header_that_lies_about_its_own_length_is_refused(length: int) -> None:
    assert refused(zipped({"kernel.npy": npy(HEADER, KERNEL.tobytes(), length=length)})).code == "weights_header"


@pytest.mark.parametrize("forged", [False, True])
def test_a_zip_bomb_is_refused_before_it_unpacks(forged: bool) -> None:
    """200 MB of zeros in 195 kB; `forged` says in the directory that they are as many as the header wants."""
    bomb = npy(HEADER) + bytes(200_000_000)
    raw = zipped({"arr_0.npy": bomb, "arr_1.npy": npy(HEADER.replace("(3, 8)", "(2, 8)"), RECURRENT.tobytes())})
    if forged:
        claimed = len(npy(HEADER)) + KERNEL.nbytes
        raw = raw.replace(len(bomb).to_bytes(4, "little"), claimed.to_bytes(4, "little"))
    assert len(raw) < 250_000
    del bomb
    tracemalloc.start()
    try:
        assert refused(raw).code in ("weights_header", "weights_damaged")
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@settings(max_examples=60)
@given(st.integers(1, 6), st.integers(1, 6), st.booleans(), st.integers(0, 99))
def test_weights_come_back_from_their_text(features: int, units: int, use_bias: bool, seed: int) -> None:
    mine = weights(features, units, use_bias=use_bias, seed=seed)
    back = unpack_tensors(pack(mine), LSTM.weight_shapes(features, units, use_bias=use_bias))
    assert same(Weights(back["kernel"], back["recurrent_kernel"], back.get("bias")), mine)


def given_weights(mine: Weights, **changes: object) -> Experiment:
    fit = {"features": mine.features, "units": mine.units, "use_bias": mine.bias is not None}
    return Experiment(**{**fit, "given_weights": pack(mine), **changes})


def test_an_experiment_has_the_weights_it_was_given_with_the_forget_bias_and_hand_set_numbers_on_top() -> None:
    mine = weights()
    assert same(given_weights(mine).weights(), mine)
    changed = given_weights(mine, forget_bias=2.0, edits=(Edit("kernel", 0, 1, 0.5),)).weights()
    assert (changed.bias[2:4] == 2.0).all()
    assert changed.kernel[0, 1] == 0.5
    assert np.array_equal(changed.recurrent_kernel, mine.recurrent_kernel)


@pytest.mark.parametrize("changes", [{"units": 3}, {"features": 4}, {"use_bias": False}, {"preset": "typed"}])
def test_given_weights_that_no_longer_fit_are_let_go(changes: dict[str, object]) -> None:
    experiment = given_weights(weights())
    assert experiment.changed(**changes).given_weights == ""
    assert experiment.changed(**changes).changed(weights_seed=3).weights().units == changes.get("units", 2)


def test_given_weights_stay_while_they_fit() -> None:
    experiment = given_weights(weights())
    assert (
        experiment.changed(return_sequences=True, preset="sine", dropout=0.5).given_weights == experiment.given_weights
    )


@pytest.mark.parametrize("text", ["lots", "AAAA", "é", "A" * 400, pack(weights()).replace("A", "!", 1) + "!"])
def test_text_that_is_no_weights_of_this_layer_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        Experiment(features=3, units=2, given_weights=text)
    assert (caught.value.code, caught.value.facts["field"]) == ("weights_text", "given_weights")


def test_text_with_a_nan_is_refused() -> None:
    mine = weights()
    broken = Weights(mine.kernel * np.nan, mine.recurrent_kernel, mine.bias)
    with pytest.raises(Refusal):
        given_weights(broken)


def test_small_weights_travel_in_the_link_and_large_ones_are_left_out_and_told() -> None:
    small = given_weights(weights())
    assert decode(encode(small).parameters).experiment == small
    large = given_weights(weights(32, 64))
    link = encode(large)
    assert link.left_out == ("given_weights",)
    assert decode(link.parameters).experiment == large.changed(given_weights="")


def test_names_of_arrays_are_cut_where_they_are_too_long_to_be_quoted() -> None:
    long = "m" * 60_000
    given = arrays(weights())
    found = read_npz(npz(**{f"{long}/{name}": array for name, array in given.items()}, **{f"{long}/other": [1.0]}))
    assert len(found.used) == 3
    assert len(found.unused) == 1
    assert all(len(name) <= 60 for name in (*found.used, *found.unused))
