"""A whole LSTM layer: what flags, masks, states and dropout do; and the fast loop against the plain one."""

import dataclasses
import itertools
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_core.layers.activations import ACTIVATIONS
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.lstm import lstm_step
from lstm_core.layers.spec import LSTM
from lstm_core.layers.weights import Weights
from tests.layers import ACTIVATION_PAIRS, run_lstm

BATCH, STEPS, FEATURES, UNITS = 3, 6, 2, 4
MASKS = {
    "right": [[1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]],
    "left": [[0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]],
    "holes": [[1, 0, 1, 0, 1, 0], [0, 1, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0]],
}


def random(*shape, seed=0, scale=1.0):
    return (scale * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)


def some_weights(features=FEATURES, units=UNITS, scale=0.5):
    return Weights(*(random(*shape, 4 * units, seed=7, scale=scale) for shape in ((features,), (units,), ())))


def some_state(batch=BATCH):
    return random(batch, UNITS, seed=1), random(batch, UNITS, seed=2)


def some_dropout(*shape, seed):
    """Zeros and 2, as a rate of one half gives."""
    return np.where(np.random.default_rng(seed).random(shape) < 0.5, 2, 0).astype(np.float32)


def with_rows_dropped(weights, dropout, recurrent_dropout):
    """For one sequence, dropping an input for a gate is the same as scaling a row of that gate's weights."""
    units = weights.units
    kernel = weights.kernel.reshape(-1, 4, units) * dropout.T[:, :, None]
    recurrent = weights.recurrent_kernel.reshape(-1, 4, units) * recurrent_dropout.T[:, :, None]
    return Weights(kernel.reshape(-1, 4 * units), recurrent.reshape(-1, 4 * units), weights.bias)


def plain_lstm(
    x,
    weights,
    activation,
    recurrent_activation,
    go_backwards,
    mask,
    zero_output,
    state,
    dropout,
    recurrent_dropout,
):
    """The layer as one reads it: one sequence at a time, one step at a time, each quantity (T, B, U)."""
    rows = []
    for row, sequence in enumerate(x):
        own = with_rows_dropped(weights, dropout[:, row], recurrent_dropout[:, row])
        h, c = state[0][row : row + 1], state[1][row : row + 1]
        output = np.zeros_like(h)
        steps = []
        for t in reversed(range(len(sequence))) if go_backwards else range(len(sequence)):
            step = lstm_step(sequence[t : t + 1], h, c, own, activation, recurrent_activation)
            if mask[row][t]:
                output = step.h
            else:
                step = step._replace(c=c, tanh_c=ACTIVATIONS[activation](c), h=h)
                output = np.zeros_like(h) if zero_output else output
            h, c = step.h, step.c
            steps.append([*step, output])
        rows.append(steps)
    by_name = np.array(rows)[:, :, :, 0].transpose(2, 1, 0, 3)
    return dict(zip((*LSTM.quantities, "output"), by_name, strict=True))


@pytest.mark.parametrize(("activation", "recurrent_activation"), ACTIVATION_PAIRS)
@pytest.mark.parametrize("dropouts", [(None, None), (1, None), (4, None), (None, 4), (1, 4), (4, 4)])
def test_the_fast_loop_computes_what_the_plain_loop_computes(activation, recurrent_activation, dropouts):
    scale = 0.02 if "exponential" in (activation, recurrent_activation) else 0.2  # rounding grows with it
    x, weights, state = random(BATCH, STEPS, FEATURES), some_weights(scale=scale), some_state()
    drop = None if dropouts[0] is None else some_dropout(dropouts[0], BATCH, FEATURES, seed=3)
    recurrent_drop = None if dropouts[1] is None else some_dropout(4, BATCH, UNITS, seed=4)
    plain_drop = np.broadcast_to(np.float32(1) if drop is None else drop, (4, BATCH, FEATURES))
    plain_recurrent = np.ones((4, BATCH, UNITS), np.float32) if recurrent_drop is None else recurrent_drop
    for go_backwards, mask, zero_output in itertools.product((False, True), (None, *MASKS), (False, True)):
        trace = run_lstm(
            x,
            weights,
            activation=activation,
            recurrent_activation=recurrent_activation,
            go_backwards=go_backwards,
            mask=MASKS.get(mask),
            zero_output_for_mask=zero_output,
            initial_state=state,
            dropout_mask=drop,
            recurrent_dropout_mask=recurrent_drop,
        )
        expected = plain_lstm(
            x,
            weights,
            activation,
            recurrent_activation,
            go_backwards,
            MASKS.get(mask, np.ones((BATCH, STEPS))),
            zero_output,
            state,
            plain_drop,
            plain_recurrent,
        )
        for name, values in expected.items():
            np.testing.assert_allclose(trace[name], values, rtol=1e-6, atol=1e-6, err_msg=name)


def test_gates_that_are_constants_give_sums_one_can_do_by_hand():
    weights = Weights(np.zeros((1, 4)), np.zeros((1, 4)), np.array([1, 2, 3, 4]))  # i, f, c~, o
    trace = run_lstm(np.zeros((1, 4, 1)), weights, activation="linear", recurrent_activation="linear")
    assert trace["c"][:, 0, 0].tolist() == [3, 9, 21, 45]  # c = 2 c + 1 * 3
    assert trace["h"][:, 0, 0].tolist() == [12, 36, 84, 180]  # h = 4 c
    for name, value in {
        "z_i": 1,
        "z_f": 2,
        "z_c": 3,
        "z_o": 4,
        "i": 1,
        "f": 2,
        "candidate": 3,
        "o": 4,
    }.items():
        assert (trace[name] == value).all(), name


def test_with_the_default_activations_a_zero_layer_halves_c_at_each_step():
    weights = Weights(np.zeros((1, 4)), np.zeros((1, 4)), bias=None)
    trace = run_lstm(np.ones((1, 3, 1)), weights, initial_state=([[0.0]], [[8.0]]))
    assert trace["c"][:, 0, 0].tolist() == [4, 2, 1]
    np.testing.assert_allclose(trace["h"][:, 0, 0], np.tanh([4, 2, 1]) / 2, atol=1e-7)


@pytest.mark.parametrize("activation", ["tanh", "linear"])
@pytest.mark.parametrize("z", [-80, -30, -17, -10, -1, 0, 1, 10, 17])
def test_a_small_gate_has_all_its_digits_and_so_has_what_it_leaves_of_a_large_c(z, activation):
    gates = Weights(np.zeros((1, 4)), np.zeros((1, 4)), np.array([z, z, 0.5, z]))  # i, f, c~, o
    trace = run_lstm(np.zeros((1, 1, 1)), gates, activation=activation, initial_state=([[0.0]], [[1e6]]))
    gate = 1 / (1 + math.exp(-z))
    for name in ("i", "f", "o"):
        assert trace[name].item() == pytest.approx(gate, rel=1e-6, abs=0), name
    candidate = math.tanh(0.5) if activation == "tanh" else 0.5
    assert trace["c"].item() == pytest.approx(gate * 1e6 + gate * candidate, rel=1e-6, abs=0)


def test_a_pre_activation_of_zero_is_not_minus_zero():
    trace = run_lstm(np.zeros((1, 2, 1)), Weights(np.ones((1, 4)), np.ones((1, 4)), bias=None))
    for name in ("z_i", "z_f", "z_c", "z_o"):
        assert not np.signbit(trace[name]).any(), name


def test_a_forget_bias_of_one_hundred_never_forgets():
    weights = Weights(np.zeros((1, 4)), np.zeros((1, 4)), np.array([-100, 100, 0, 0]))
    trace = run_lstm(random(1, 50, 1), weights, initial_state=([[0.0]], [[0.7]]))
    assert (trace["c"] == np.float32(0.7)).all()


@given(
    batch=st.integers(1, 5),
    steps=st.integers(1, 8),
    features=st.integers(1, 9),
    units=st.integers(1, 33),
    recurrent_activation=st.sampled_from(["sigmoid", "hard_sigmoid"]),
    seed=st.integers(0, 99),
)
def test_step_by_step_equals_one_call_to_the_last_bit(batch, steps, features, units, recurrent_activation, seed):
    x = random(batch, steps, features, seed=seed)
    weights = initial_weights(features=features, units=units, seed=seed)
    whole = run_lstm(x, weights, recurrent_activation=recurrent_activation)
    state = None
    for t in range(steps):
        step = run_lstm(x[:, t : t + 1], weights, recurrent_activation=recurrent_activation, initial_state=state)
        for name in LSTM.quantities:
            np.testing.assert_array_equal(step[name][0], whole[name][t], err_msg=name)
        state = step["h"][-1], step["c"][-1]


@pytest.mark.parametrize("mask", [None, *MASKS.values()])
def test_going_backwards_is_running_the_reversed_sequence(mask):
    x, weights = random(BATCH, STEPS, FEATURES), some_weights()
    backwards = run_lstm(x, weights, go_backwards=True, mask=mask)
    reverse = run_lstm(x[:, ::-1], weights, mask=None if mask is None else np.array(mask)[:, ::-1])
    for name in (*LSTM.quantities, "output"):
        np.testing.assert_array_equal(backwards[name], reverse[name], err_msg=name)
        np.testing.assert_array_equal(backwards.in_time_order(name), reverse[name][::-1])
        np.testing.assert_array_equal(reverse.in_time_order(name), reverse[name])
    assert backwards.time_index.tolist() == [5, 4, 3, 2, 1, 0]
    assert reverse.time_index.tolist() == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(backwards.inputs, x)


def test_a_masked_step_carries_both_states_but_keeps_what_its_gates_said():
    x, weights = random(1, 3, FEATURES), some_weights()
    trace = run_lstm(x, weights, mask=[[True, False, True]])
    seen = run_lstm(x, weights)
    np.testing.assert_array_equal(trace["h"][1], trace["h"][0])
    np.testing.assert_array_equal(trace["c"][1], trace["c"][0])
    np.testing.assert_array_equal(trace["tanh_c"][1], trace["tanh_c"][0])
    np.testing.assert_array_equal(trace["f"][1], seen["f"][1])
    skipped = run_lstm(x[:, [0, 2]], weights)
    np.testing.assert_array_equal(trace["h"][2], skipped["h"][1])


def test_before_the_first_used_step_the_output_is_zeros_while_h_is_the_initial_state():
    h0, c0 = some_state(1)
    trace = run_lstm(random(1, 3, FEATURES), some_weights(), mask=[[False, False, True]], initial_state=(h0, c0))
    np.testing.assert_array_equal(trace["h"][:2, 0], np.repeat(h0, 2, axis=0))
    np.testing.assert_array_equal(trace["c"][:2, 0], np.repeat(c0, 2, axis=0))
    assert not trace.output[:2].any()
    np.testing.assert_array_equal(trace.output[2], trace["h"][2])


def test_a_masked_step_repeats_the_output_or_with_zero_output_for_mask_emits_zeros():
    x, weights, mask = random(1, 3, FEATURES), some_weights(), [[True, False, False]]
    repeated = run_lstm(x, weights, mask=mask)
    zeroed = run_lstm(x, weights, mask=mask, zero_output_for_mask=True)
    np.testing.assert_array_equal(repeated.output[1:], np.repeat(repeated["h"][:1], 2, axis=0))
    assert zeroed.emits_h is not None
    assert zeroed.emits_h[:, 0].tolist() == [True, False, False]
    assert not zeroed.output[1:].any()
    np.testing.assert_array_equal(zeroed["h"], repeated["h"])


def test_unrolled_and_backwards_keras_zeroes_the_wrong_steps_but_not_the_wrong_last_output():
    x, weights, mask = random(1, 3, FEATURES), some_weights(), [[True, True, False]]
    flags = {"mask": mask, "zero_output_for_mask": True, "go_backwards": True}
    looped, unrolled = run_lstm(x, weights, **flags), run_lstm(x, weights, unroll=True, **flags)
    assert looped.emits_h is not None
    assert unrolled.emits_h is not None
    assert unrolled.last_emits_h is not None
    assert looped.emits_h[:, 0].tolist() == [False, True, True]
    assert unrolled.emits_h[:, 0].tolist() == [False, True, False]
    assert unrolled.last_emits_h.tolist() == [True]
    np.testing.assert_array_equal(unrolled["h"], looped["h"])


def test_a_mask_of_all_true_changes_nothing():
    x, weights = random(BATCH, STEPS, FEATURES), some_weights()
    np.testing.assert_array_equal(
        run_lstm(x, weights, mask=np.ones((BATCH, STEPS))).output, run_lstm(x, weights).output
    )


def test_an_initial_state_of_one_row_is_shared_by_the_batch():
    x, weights = random(BATCH, STEPS, FEATURES), some_weights()
    h0, c0 = some_state(1)
    shared = run_lstm(x, weights, initial_state=(h0, c0))
    spelled_out = run_lstm(x, weights, initial_state=(np.repeat(h0, BATCH, 0), np.repeat(c0, BATCH, 0)))
    np.testing.assert_array_equal(shared["h"], spelled_out["h"])
    assert shared.start["h"].shape == shared.start["c"].shape == (BATCH, UNITS)


def test_the_sequences_of_a_batch_do_not_touch_each_other():
    x, weights = random(BATCH, STEPS, FEATURES), some_weights()
    changed = x.copy()
    changed[0] += 1
    np.testing.assert_array_equal(run_lstm(changed, weights)["h"][:, 1:], run_lstm(x, weights)["h"][:, 1:])


def test_no_bias_is_a_bias_of_zeros():
    x, weights = random(BATCH, STEPS, FEATURES), some_weights()
    zeros = dataclasses.replace(weights, bias=np.zeros(4 * UNITS))
    np.testing.assert_array_equal(run_lstm(x, dataclasses.replace(weights, bias=None))["h"], run_lstm(x, zeros)["h"])


def test_dropping_all_inputs_is_the_same_as_feeding_zeros():
    x, weights = random(BATCH, STEPS, FEATURES), some_weights()
    dropped = run_lstm(x, weights, dropout_mask=np.zeros((1, BATCH, FEATURES)))
    np.testing.assert_allclose(dropped["h"], run_lstm(np.zeros_like(x), weights)["h"], atol=1e-6)
    np.testing.assert_array_equal(dropped.inputs, x)


def test_recurrent_dropout_cuts_h_off_but_never_c():
    x, weights, state = random(BATCH, STEPS, FEATURES), some_weights(), some_state()
    cut = run_lstm(x, weights, initial_state=state, recurrent_dropout_mask=np.zeros((4, BATCH, UNITS)))
    without_h = dataclasses.replace(weights, recurrent_kernel=np.zeros((UNITS, 4 * UNITS)))
    np.testing.assert_allclose(cut["c"], run_lstm(x, without_h, initial_state=state)["c"], atol=1e-6)


def test_a_recurrent_dropout_mask_of_one_row_is_shared_as_a_shared_state_is():
    x, weights, mask = random(BATCH, STEPS, FEATURES), some_weights(), some_dropout(4, 1, UNITS, seed=5)
    shared = run_lstm(x, weights, recurrent_dropout_mask=mask)
    spelled_out = run_lstm(x, weights, recurrent_dropout_mask=np.repeat(mask, BATCH, axis=1))
    np.testing.assert_array_equal(shared["h"], spelled_out["h"])


@pytest.mark.parametrize("recurrent_activation", ["sigmoid", "hard_sigmoid"])
def test_enormous_inputs_saturate_the_gates_without_a_warning(recurrent_activation):
    weights = Weights(np.full((1, 4), 1e30), np.zeros((1, 4)), bias=None)
    trace = run_lstm([[[1e8], [-1e8]]], weights, recurrent_activation=recurrent_activation)
    np.testing.assert_allclose(trace["f"][:, 0, 0], [1, 0], atol=1e-30)
    assert trace["candidate"][:, 0, 0].tolist() == [1, -1]
    assert trace["c"][0, 0, 0] == 1


def test_nothing_in_a_trace_can_be_written_to_and_the_callers_arrays_stay_apart():
    x = random(BATCH, STEPS, FEATURES)
    trace = run_lstm(
        x,
        some_weights(),
        mask=MASKS["holes"],
        dropout_mask=np.ones((1, BATCH, FEATURES)),
        recurrent_dropout_mask=np.ones((4, BATCH, UNITS)),
        initial_state=some_state(),
    )
    own = {field.name: getattr(trace, field.name) for field in dataclasses.fields(trace)}
    arrays = {name: value for name, value in own.items() if isinstance(value, np.ndarray)}
    assert arrays.keys() == own.keys() - {"spec", "start", "quantities"}
    for name, array in [*arrays.items(), *trace.start.items(), *trace.quantities.items()]:
        assert not array.flags.writeable, name
    before = trace.inputs.copy()
    x += 1
    np.testing.assert_array_equal(trace.inputs, before)


def test_all_quantities_are_float32_of_steps_batch_and_units():
    trace = run_lstm(random(BATCH, STEPS, FEATURES), some_weights())
    for name in (*LSTM.quantities, "output"):
        assert trace[name].shape == (STEPS, BATCH, UNITS), name
        assert trace[name].dtype == np.float32, name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"x": random(STEPS, FEATURES)}, "x has shape (6, 2); it must be (batch, timesteps, 2)"),
        ({"x": random(BATCH, STEPS, 5)}, "x has shape (3, 6, 5); it must be (batch, timesteps, 2)"),
        ({"x": random(BATCH, 0, FEATURES)}, "none of them 0"),
        ({"mask": np.ones((BATCH, 2))}, "mask has shape (3, 2); it must be (3, 6)"),
        (
            {"initial_state": (random(2, UNITS),) * 2},
            "initial_state h has shape (2, 4); it must be (3, 4) or (1, 4)",
        ),
        ({"initial_state": (random(1, UNITS),)}, "initial_state has 1 parts; it must have 2; give (h, c)"),
        ({"dropout_mask": np.ones((2, BATCH, FEATURES))}, "must be (1, 3, 2) or (4, 3, 2)"),
        ({"recurrent_dropout_mask": np.ones((1, BATCH, UNITS))}, "must be (4, 3, 4)"),
        ({"activation": "swish"}, "not_a_choice (field=activation, given=swish, choices=tanh, "),
    ],
)
def test_what_does_not_fit_is_refused_with_what_was_given_and_what_is_expected(arguments, words):
    given_arguments = {"x": random(BATCH, STEPS, FEATURES), "weights": some_weights(), **arguments}
    with pytest.raises(ValueError, match=re.escape(words)):
        run_lstm(**given_arguments)


def test_an_unknown_quantity_is_refused():
    with pytest.raises(ValueError, match="the quantity is 'g'; it must be one of z_i"):
        run_lstm(random(1, 1, FEATURES), some_weights()).in_time_order("g")
