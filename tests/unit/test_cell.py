"""One step of an LSTM, in numbers that can be worked out by hand."""

import re

import numpy as np
import pytest

from lstm_core.layers.activations import ACTIVATIONS
from lstm_core.layers.lstm import lstm_step
from lstm_core.layers.weights import Weights


def column(*values):
    return np.array(values, np.float32).reshape(-1, 1)


def one_unit(kernel=(0, 0, 0, 0), recurrent=(0, 0, 0, 0), bias=(0, 0, 0, 0)):
    """Weights of one unit on one feature; the four numbers belong to i, f, c~, o."""
    return Weights(np.array([kernel]), np.array([recurrent]), np.array(bias))


def numbers(step):
    return {name: value.item() for name, value in step._asdict().items()}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_no_activation_warns_at_enormous_values(name):
    ends = ACTIVATIONS[name](np.array([-1e30, 0, 1e30], np.float32))
    assert ends.dtype == np.float32
    assert np.isfinite(ends).all() == (name not in ("exponential", "squareplus"))  # which leave the range of float32


def test_the_five_activations_of_version_1_come_first_in_their_order():
    assert tuple(ACTIVATIONS)[:5] == ("tanh", "sigmoid", "hard_sigmoid", "relu", "linear")


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("tanh", -1, 1),
        ("sigmoid", 0, 1),
        ("hard_sigmoid", 0, 1),
        ("hard_tanh", -1, 1),
        ("relu6", 0, 6),
        ("softsign", -1, 1),
        ("sparse_sigmoid", 0, 1),
    ],
)
def test_bounded_activations_saturate(name, low, high):
    np.testing.assert_allclose(ACTIVATIONS[name](np.array([-1e30, 1e30], np.float32)), [low, high], atol=1e-37)


def test_sigmoid_keeps_its_relative_precision_far_below_zero():
    z = np.linspace(-80, 20, 101, dtype=np.float32)
    exact = 1 / (1 + np.exp(-z.astype(np.float64)))
    np.testing.assert_allclose(ACTIVATIONS["sigmoid"](z), exact, rtol=3e-7)


def test_the_columns_of_the_weights_are_packed_i_f_candidate_o():
    step = lstm_step(
        column(1),
        column(1),
        column(1),
        one_unit(kernel=(1, 2, 3, 4), bias=(10, 20, 30, 40)),
        "linear",
        "linear",
    )
    assert numbers(step) == {
        "z_i": 11, "z_f": 22, "z_c": 33, "z_o": 44,
        "i": 11, "f": 22, "candidate": 33, "o": 44,
        "c": 22 * 1 + 11 * 33, "tanh_c": 385, "h": 44 * 385,
    }  # fmt: skip


def test_h_enters_through_the_recurrent_kernel_and_c_does_not():
    step = lstm_step(column(0), column(2), column(100), one_unit(recurrent=(1, 2, 3, 4)), "linear", "linear")
    assert (step.z_i.item(), step.z_f.item(), step.z_c.item(), step.z_o.item()) == (2, 4, 6, 8)


def test_with_all_weights_zero_half_of_c_is_kept_and_half_of_it_shown():
    step = lstm_step(column(7), column(7), column(2), one_unit())
    assert (step.i.item(), step.f.item(), step.o.item(), step.candidate.item()) == (0.5, 0.5, 0.5, 0)
    assert step.c.item() == 1
    assert step.h.item() == pytest.approx(np.tanh(1) / 2, abs=1e-7)


def test_an_open_forget_gate_and_a_shut_input_gate_keep_c_as_it_is():
    step = lstm_step(column(3), column(1), column(0.7), one_unit(kernel=(0, 0, 1, 0), bias=(-100, 100, 0, 0)))
    assert step.c.item() == np.float32(0.7)


def test_the_activation_shapes_candidate_and_c_and_the_recurrent_activation_the_gates():
    step = lstm_step(column(-1), column(0), column(-4), one_unit(kernel=(1, 1, 1, 1)), "relu", "hard_sigmoid")
    assert (step.candidate.item(), step.tanh_c.item()) == (0, 0)
    assert step.i.item() == step.f.item() == step.o.item() == pytest.approx(2 / 6)


def test_units_see_each_other_only_through_the_recurrent_kernel():
    recurrent = np.zeros((2, 8), np.float32)
    recurrent[0, 5] = 1  # from h of unit 0 to the candidate of unit 1
    weights = Weights(np.zeros((1, 8)), recurrent, bias=None)
    step = lstm_step(column(0), np.array([[3, 0]], np.float32), np.zeros((1, 2), np.float32), weights, "linear")
    assert step.candidate.tolist() == [[0, 3]]


def test_an_unknown_activation_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=re.escape("'swish'; it must be one of tanh, sigmoid, hard_sigmoid")):
        lstm_step(column(0), column(0), column(0), one_unit(), "swish")
