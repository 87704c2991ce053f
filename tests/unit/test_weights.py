"""What the weights of a recurrent layer are: their shapes, their ranges, and which wishes are refused."""

import dataclasses
import re

import numpy as np
import pytest

from lstm_core.layers import philox
from lstm_core.layers.initializers import (
    BIAS_INITIALIZERS,
    INITIALIZERS,
    MAX_SEED,
    chosen,
    initial_weights,
)
from lstm_core.layers.packed import pack, unpack_tensors
from lstm_core.layers.spec import CELLS, GRU, GRU_RESET_BEFORE, LSTM, SIMPLE_RNN
from lstm_core.layers.weights import MAX_FLOAT32, Weights
from lstm_core.refusal import Refusal

FEATURES, UNITS = 3, 5


def arrays(weights):
    return [array for array in (weights.kernel, weights.recurrent_kernel, weights.bias) if array is not None]


def refused(words):
    return pytest.raises(ValueError, match=re.escape(words))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_gives_float32_tables_of_four_columns_per_unit(name):
    weights = initial_weights(features=FEATURES, units=UNITS, kernel_initializer=name, recurrent_initializer=name)
    assert weights.kernel.shape == (FEATURES, 4 * UNITS)
    assert weights.recurrent_kernel.shape == (UNITS, 4 * UNITS)
    assert (weights.features, weights.units) == (FEATURES, UNITS)
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in arrays(weights))


@pytest.mark.parametrize("name", BIAS_INITIALIZERS)
def test_every_bias_initializer_gives_four_values_per_unit(name):
    for unit_forget_bias in (True, False):
        weights = initial_weights(
            features=FEATURES, units=UNITS, bias_initializer=name, unit_forget_bias=unit_forget_bias
        )
        assert weights.bias.shape == (4 * UNITS,)


def test_a_layer_without_bias_has_none():
    assert initial_weights(features=FEATURES, units=UNITS, use_bias=False).bias is None


def test_unit_forget_bias_puts_ones_in_the_forget_quarter_and_nowhere_else():
    assert initial_weights(features=1, units=2).bias.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert not initial_weights(features=1, units=2, unit_forget_bias=False).bias.any()


def test_random_biases_of_i_and_candidate_are_equal_with_unit_forget_bias():
    bias = initial_weights(features=1, units=UNITS, bias_initializer="random_normal").bias
    i, f, candidate, o = np.split(bias, 4)
    assert (i == candidate).all()
    assert (f == 1).all()
    assert not (o == candidate).any()


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("glorot_uniform", np.sqrt(6 / (FEATURES + 4 * UNITS))),
        ("he_uniform", np.sqrt(6 / FEATURES)),
        ("lecun_uniform", np.sqrt(3 / FEATURES)),
        ("random_uniform", 0.05),
    ],
)
def test_uniform_kernels_fill_their_range_and_stay_inside(name, limit):
    kernels = [
        initial_weights(features=FEATURES, units=UNITS, kernel_initializer=name, seed=seed).kernel for seed in range(20)
    ]
    largest = np.abs(kernels).max()
    assert 0.99 * limit < largest <= np.float32(limit)


@pytest.mark.parametrize("name", ["glorot_normal", "he_normal"])
def test_truncated_normals_are_cut_at_two_deviations(name):
    variance = {"glorot_normal": 2 / (40 + 160), "he_normal": 2 / 40}[name]
    kernel = initial_weights(features=40, units=40, kernel_initializer=name).kernel
    assert np.var(kernel) == pytest.approx(variance, rel=0.05)
    assert np.abs(kernel).max() <= 2 * np.sqrt(variance) / 0.8796


@pytest.mark.parametrize("units", [1, 2, 7, 64])
def test_an_orthogonal_recurrent_kernel_has_rows_of_length_one_at_right_angles(units):
    kernel = initial_weights(features=1, units=units).recurrent_kernel.astype(np.float64)
    np.testing.assert_allclose(kernel @ kernel.T, np.eye(units), atol=1e-6)


def test_a_tall_orthogonal_kernel_has_orthonormal_columns():
    kernel = initial_weights(features=9, units=1, kernel_initializer="orthogonal").kernel.astype(np.float64)
    np.testing.assert_allclose(kernel.T @ kernel, np.eye(4), atol=1e-6)


def test_the_same_seed_gives_the_same_weights_and_another_seed_gives_others():
    one, again, other = (initial_weights(features=2, units=3, seed=seed) for seed in (7, 7, 8))
    assert (one.kernel == again.kernel).all()
    assert not (one.kernel == other.kernel).any()


def test_the_three_tensors_use_consecutive_seeds():
    names = dict.fromkeys(["kernel_initializer", "recurrent_initializer", "bias_initializer"], "random_normal")
    weights = initial_weights(features=1, units=1, unit_forget_bias=False, seed=7, **names)
    for seed, array in enumerate(arrays(weights), start=7):
        assert (array.ravel() == chosen("random_normal").draw((4,), seed)).all()


def test_a_shorter_draw_is_the_start_of_a_longer_one():
    for draw in (philox.uniform, philox.normal, philox.truncated_normal):
        longer = draw((4, 5), seed=3).ravel()
        assert all((draw((size,), seed=3) == longer[:size]).all() for size in range(20))


def test_weights_are_read_only_copies():
    kernel = np.zeros((1, 4), np.float32)
    weights = Weights(kernel, np.zeros((1, 4)), np.zeros(4))
    kernel[0, 0] = 9
    assert weights.kernel[0, 0] == 0
    for array in arrays(weights):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        weights.kernel = kernel


def test_replacing_the_forget_bias_leaves_all_else_alone():
    before = initial_weights(features=2, units=2, bias_initializer="random_uniform")
    after = before.replace_forget_bias(-1.5)
    assert (after.bias[2:4] == -1.5).all()
    assert (np.delete(after.bias, [2, 3]) == np.delete(before.bias, [2, 3])).all()
    assert (before.bias[2:4] == 1).all()
    assert (after.kernel == before.kernel).all()


def test_edits_change_single_values_and_the_last_one_counts():
    before = initial_weights(features=2, units=2)
    after = before.edited((("kernel", 1, 7, 0.5), ("recurrent_kernel", 0, 0, -2), ("bias", 0, 3, 4), ("bias", 0, 3, 5)))
    pairs = zip(arrays(after), arrays(before), strict=True)
    changed = [np.argwhere(new != old).tolist() for new, old in pairs]
    assert changed == [[[1, 7]], [[0, 0]], [[3]]]
    assert (after.kernel[1, 7], after.recurrent_kernel[0, 0], after.bias[3]) == (0.5, -2, 5)


def test_without_edits_the_weights_stay_as_they_are():
    before = initial_weights(features=2, units=2, use_bias=False)
    assert (before.edited(()).kernel == before.kernel).all()
    assert before.edited(()).bias is None


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("gate", 0, 0, 1.0), "'gate'; it must be one of kernel, recurrent_kernel, bias"),
        (("kernel", 2, 0, 1.0), "row of the edit of kernel is 2; it must be a whole number from 0 to 1"),
        (("kernel", -1, 0, 1.0), "row of the edit of kernel is -1"),
        (("recurrent_kernel", 0, 12, 1.0), "column of the edit of recurrent_kernel is 12"),
        (("bias", 1, 0, 1.0), "row of the edit of bias is 1; it must be a whole number from 0 to 0"),
        (("kernel", 0, 0, float("nan")), "new value of kernel[0, 0] is nan"),
        (("kernel", 0, 0, float("-inf")), "is -inf"),
        (("kernel", 0, 0, 1e39), "is 1e+39"),
    ],
)
def test_edits_outside_the_weights_are_refused(edit, words):
    weights = initial_weights(features=2, units=3)
    with refused(words):
        weights.edited((edit,))


def test_both_rows_of_a_recurrent_bias_can_be_edited_and_no_third():
    before = initial_weights(GRU, features=2, units=2)
    after = before.edited((("bias", 0, 5, 0.25), ("bias", 1, 0, -3)))
    assert after.bias.tolist() == [[0, 0, 0, 0, 0, 0.25], [-3, 0, 0, 0, 0, 0]]
    with refused("row of the edit of bias is 2; it must be a whole number from 0 to 1"):
        before.edited([("bias", 2, 0, 1.0)])


def test_the_largest_float32_can_be_a_weight():
    weights = initial_weights(features=1, units=1).edited([("kernel", 0, 0, -MAX_FLOAT32)])
    assert weights.kernel[0, 0] == np.finfo(np.float32).min


def test_a_layer_without_bias_has_no_forget_bias_and_no_bias_to_edit():
    weights = initial_weights(features=1, units=1, use_bias=False)
    with refused("set use_bias=True"):
        weights.replace_forget_bias(1.0)
    with refused("use_bias=True"):
        weights.edited([("bias", 0, 0, 1.0)])


@pytest.mark.parametrize("cell", [GRU, GRU_RESET_BEFORE, SIMPLE_RNN], ids=lambda cell: cell.name)
def test_a_cell_without_a_forget_gate_has_no_forget_bias(cell):
    weights = initial_weights(cell, features=1, units=2, unit_forget_bias=True)
    assert not weights.bias.any()
    with refused(f"the weights have {len(cell.gates)} columns per unit"):
        weights.replace_forget_bias(1.0)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.name} {cell.bias_rows}")
def test_initial_weights_are_those_of_the_cell_and_count_its_parameters(cell):
    gates = len(cell.gates)
    weights = initial_weights(cell, features=FEATURES, units=UNITS, bias_initializer="random_normal")
    assert weights.kernel.shape == (FEATURES, gates * UNITS)
    assert weights.recurrent_kernel.shape == (UNITS, gates * UNITS)
    assert weights.bias.shape == ((2, gates * UNITS) if cell.bias_rows == 2 else (gates * UNITS,))
    assert weights.gates == gates
    assert weights.parameters == gates * (UNITS * (FEATURES + UNITS) + cell.bias_rows * UNITS)
    cell.check_weights(weights)
    cell.check_weights(initial_weights(cell, features=FEATURES, units=UNITS, use_bias=False))


@pytest.mark.parametrize(
    ("cell", "others", "words"),
    [
        (
            LSTM,
            GRU,
            "kernel has shape (3, 15); it must be (3, 20) for LSTM; give 4 columns per unit, in the order",
        ),
        (LSTM, SIMPLE_RNN, "kernel has shape (3, 5); it must be (3, 20) for LSTM"),
        (GRU, LSTM, "kernel has shape (3, 20); it must be (3, 15) for GRU; give 3 columns"),
        (
            GRU,
            GRU_RESET_BEFORE,
            "bias has shape (15,); it must be (2, 15) for GRU",
        ),
        (
            GRU_RESET_BEFORE,
            GRU,
            "bias has shape (2, 15); it must be (15,) for GRU",
        ),
    ],
)
def test_weights_of_another_cell_are_refused_in_the_cells_own_terms(cell, others, words):
    with refused(words):
        cell.check_weights(initial_weights(others, features=FEATURES, units=UNITS))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.name} {cell.bias_rows}")
@pytest.mark.parametrize("use_bias", [True, False])
def test_packed_weights_of_any_cell_come_back_to_the_bit(cell, use_bias):
    weights = initial_weights(cell, features=2, units=3, bias_initializer="random_normal", use_bias=use_bias)
    again = unpack_tensors(pack(weights), cell.weight_shapes(2, 3, use_bias=use_bias))
    for mine, back in zip(arrays(weights), again.values(), strict=True):
        assert (mine.shape, mine.tobytes()) == (back.shape, back.tobytes())


def test_packed_weights_of_another_cell_are_refused():
    packed = pack(initial_weights(GRU, features=2, units=3))
    with pytest.raises(Refusal, match="weights_text"):
        unpack_tensors(packed, LSTM.weight_shapes(2, 3, use_bias=True))


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("constant", "constant"),
        ("constant(0)", "constant"),
        ("constant(-0.0)", "constant"),
        ("constant( .3 )", "constant(0.3)"),
        ("random_normal(0,5e-2)", "random_normal"),
        ("random_normal(0.0, 1E-1)", "random_normal(0.0,0.1)"),
        ("random_uniform(-1, +1)", "random_uniform(-1.0,1.0)"),
        ("truncated_normal(0,0.00001)", "truncated_normal(0.0,1e-05)"),
        ("identity(1)", "identity"),
        ("orthogonal(1000)", "orthogonal(1000.0)"),
    ],
)
def test_an_initializer_is_written_in_one_way(text, once):
    assert str(chosen(text)) == once
    assert chosen(once) == chosen(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_choice"),
        ("magic", "not_a_choice"),
        ("Constant(0.3)", "not_a_choice"),
        (" zeros", "not_a_choice"),
        ("constant()", "initializer_arguments"),
        ("constant(0.3", "initializer_arguments"),
        ("constant(0.3))", "initializer_arguments"),
        ("constant(0.3)x", "initializer_arguments"),
        ("constant(１)", "initializer_arguments"),
        ("constant(1_0)", "initializer_arguments"),
        ("constant(nan)", "initializer_arguments"),
        ("constant(0.3,0.1)", "initializer_arguments"),
        ("random_normal(0.1)", "initializer_arguments"),
        ("random_normal(0.1,)", "initializer_arguments"),
        ("random_normal(mean=0.1,stddev=1)", "initializer_arguments"),
        ("zeros(1)", "initializer_arguments"),
        ("constant(" + "0" * 90 + ")", "initializer_arguments"),
        ("constant(1e999)", "out_of_range"),
        ("random_uniform(0,-1000.5)", "out_of_range"),
        ("constant(1e-60)", "too_small"),
    ],
)
def test_a_text_that_is_no_initializer_is_refused(text, code):
    with pytest.raises(Refusal) as caught:
        chosen(text)
    assert caught.value.code == code


def test_what_is_refused_is_told_with_an_example_that_is_not():
    with pytest.raises(Refusal) as caught:
        chosen("random_uniform(1)")
    assert caught.value.facts["example"] == "random_uniform(-0.05,0.05)"
    assert str(chosen("random_uniform(-0.05,0.05)")) == "random_uniform"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"features": 0}, "features is 0; it must be a whole number from 1 up"),
        ({"units": -1}, "units is -1"),
        ({"units": 2.0}, "units is 2.0"),
        ({"units": True}, "units is True"),
        ({"seed": -1}, f"seed is -1; it must be a whole number from 0 to {MAX_SEED}"),
        ({"seed": MAX_SEED + 1}, f"seed is {MAX_SEED + 1}"),
        ({"kernel_initializer": "magic"}, "kernel_initializer is 'magic'; it must be one of glorot_uniform"),
        ({"recurrent_initializer": "Orthogonal"}, "recurrent_initializer is 'Orthogonal'"),
        ({"bias_initializer": "glorot_uniform"}, "bias_initializer is 'glorot_uniform'"),
    ],
)
def test_arguments_that_are_not_on_offer_are_refused_with_what_is(arguments, words):
    with refused(words):
        initial_weights(**{"features": 1, "units": 1, **arguments})


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (((1, 4), (2, 5), (4,)), "recurrent_kernel has shape (2, 5); it must be (units, gates * units)"),
        (((1, 4), (2, 0), (4,)), "recurrent_kernel has shape (2, 0)"),
        (((1, 4), (0, 0), (4,)), "recurrent_kernel has shape (0, 0)"),
        (((1, 4), (4,), (4,)), "recurrent_kernel has shape (4,)"),
        (((1, 8), (1, 4), (4,)), "kernel has shape (1, 8); it must be (features, 4)"),
        (((0, 4), (1, 4), (4,)), "kernel has shape (0, 4)"),
        (((1, 4), (1, 4), (3, 4)), "bias has shape (3, 4); it must be (4,) or (2, 4)"),
        (((1, 4), (1, 4), (1, 4)), "bias has shape (1, 4)"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(shapes, words):
    with refused(words):
        Weights(*(np.zeros(shape) for shape in shapes))
