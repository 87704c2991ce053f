"""The fast loops of GRU and SimpleRNN against their steps as on paper, and what flags, masks and states do to them."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.rnn import run_recurrent
from lstm_core.layers.weights import Weights
from tests.layers import ACTIVATION_PAIRS

BATCH, STEPS, FEATURES, UNITS = 3, 6, 2, 4
CELLS = {
    "GRU": LayerArguments(cell="GRU"),
    "GRU, reset before": LayerArguments(cell="GRU", reset_after=False),
    "SimpleRNN": LayerArguments(cell="SimpleRNN"),
}
MASKS = {
    "none": None,
    "right": [[1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]],
    "left": [[0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]],
    "holes": [[1, 0, 1, 0, 1, 0], [0, 1, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0]],
}
each_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def random(*shape, seed=0, scale=1.0):
    return (scale * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)


def some_weights(cell, features=FEATURES, units=UNITS, scale=0.5):
    shapes = cell.spec.weight_shapes(features, units).values()
    return Weights(*(random(*shape, seed=7 + place, scale=scale) for place, shape in enumerate(shapes)))


def some_dropout(*shape, seed):
    """Zeros and 2, as a rate of one half gives."""
    return np.where(np.random.default_rng(seed).random(shape) < 0.5, 2, 0).astype(np.float32)


def with_rows_dropped(weights, dropout, recurrent_dropout):
    """For one sequence, dropping an input for a gate is the same as scaling a row of that gate's weights."""
    gates, units = len(recurrent_dropout), weights.units
    kernel = weights.kernel.reshape(-1, gates, units) * dropout.T[:, :, None]
    recurrent = weights.recurrent_kernel.reshape(-1, gates, units) * recurrent_dropout.T[:, :, None]
    return Weights(kernel.reshape(-1, gates * units), recurrent.reshape(-1, gates * units), weights.bias)


def plain_loop(x, weights, cell, mask, state, dropout, recurrent_dropout):
    """The layer as one reads it: one sequence at a time, one step at a time, each quantity (T, B, U)."""
    rows = []
    taken = {name: getattr(cell, name) for name in {gate.activation for gate in cell.spec.gates}}
    for row, sequence in enumerate(x):
        own = with_rows_dropped(weights, dropout[:, row], recurrent_dropout[:, row])
        h = state[row : row + 1]
        output = np.zeros_like(h)
        steps = []
        for t in reversed(range(len(sequence))) if cell.go_backwards else range(len(sequence)):
            step = cell.spec.step(sequence[t : t + 1], h, own, **taken)
            if mask is None or mask[row][t]:
                output = step.h
            else:
                step = step._replace(h=h)
                output = np.zeros_like(h) if cell.zero_output_for_mask else output
            h = step.h
            steps.append([*step, output])
        rows.append(steps)
    by_name = np.array(rows)[:, :, :, 0].transpose(2, 1, 0, 3)
    return dict(zip((*cell.spec.quantities, "output"), by_name, strict=True))


@pytest.mark.parametrize(
    ("cell", "activation", "recurrent_activation"),
    [
        pytest.param(cell, *pair, id=" ".join((name, *pair)))
        for name, cell in CELLS.items()
        for pair in ACTIVATION_PAIRS
        if cell.has("recurrent_activation") or pair[1] == "sigmoid"
    ],
)
def test_the_fast_loop_computes_what_the_plain_loop_computes(cell, activation, recurrent_activation):
    scale = 0.02 if "exponential" in (activation, recurrent_activation) else 0.1  # rounding grows with it
    weights, x, state = some_weights(cell, scale=scale), random(BATCH, STEPS, FEATURES), random(BATCH, UNITS, seed=1)
    gates = len(cell.spec.gates)
    dropouts = {(None, None), (1, None), (gates, None), (None, gates), (1, gates), (gates, gates)}
    for backwards, mask, zeroes, dropped in itertools.product((False, True), MASKS.values(), (False, True), dropouts):
        layer = dataclasses.replace(
            cell,
            activation=activation,
            recurrent_activation=recurrent_activation,
            go_backwards=backwards,
            zero_output_for_mask=zeroes,
        )
        drop = None if dropped[0] is None else some_dropout(dropped[0], BATCH, FEATURES, seed=3)
        recurrent_drop = None if dropped[1] is None else some_dropout(gates, BATCH, UNITS, seed=4)
        trace = run_recurrent(
            x,
            weights,
            layer,
            mask=mask,
            initial_state=(state,),
            dropout_mask=drop,
            recurrent_dropout_mask=recurrent_drop,
        )
        ones = np.ones((gates, BATCH, 1), np.float32)
        plain_drop = ones * (np.ones((1, 1, FEATURES), np.float32) if drop is None else drop)
        plain_recurrent = ones * (np.ones((1, 1, UNITS), np.float32) if recurrent_drop is None else recurrent_drop)
        expected = plain_loop(x, weights, layer, mask, state, plain_drop, plain_recurrent)
        for name, values in expected.items():
            np.testing.assert_allclose(trace[name], values, rtol=2e-6, atol=2e-6, err_msg=name)


@each_cell
@given(
    batch=st.integers(1, 5),
    steps=st.integers(1, 8),
    features=st.integers(1, 9),
    units=st.integers(1, 33),
    recurrent_activation=st.sampled_from(["sigmoid", "hard_sigmoid"]),
)
def test_step_by_step_equals_one_call_to_the_last_bit(cell, batch, steps, features, units, recurrent_activation):
    layer = dataclasses.replace(cell, recurrent_activation=recurrent_activation)
    x, weights = random(batch, steps, features), some_weights(cell, features, units)
    whole = run_recurrent(x, weights, layer)
    state = None
    for t in range(steps):
        step = run_recurrent(x[:, t : t + 1], weights, layer, initial_state=state)
        for name in cell.spec.quantities:
            np.testing.assert_array_equal(step[name][0], whole[name][t], err_msg=name)
        state = step.end


@each_cell
def test_a_masked_step_carries_the_state_but_keeps_what_the_cell_computed(cell):
    x, weights = random(1, 3, FEATURES), some_weights(cell)
    trace, seen = run_recurrent(x, weights, cell, mask=[[1, 0, 1]]), run_recurrent(x, weights, cell)
    np.testing.assert_array_equal(trace["h"][1], trace["h"][0])
    np.testing.assert_array_equal(trace["h_tilde"][1], seen["h_tilde"][1])
    skipped = run_recurrent(x[:, [0, 2]], weights, cell)
    np.testing.assert_array_equal(trace["h"][2], skipped["h"][1])


@each_cell
def test_inputs_that_reach_infinity_give_no_nan_where_keras_has_none(cell):
    weights = Weights(
        *(np.abs(array) for array in (some_weights(cell).kernel, some_weights(cell).recurrent_kernel)), None
    )
    trace = run_recurrent(np.full((1, 1, FEATURES), np.inf), weights, cell)
    assert trace["h_tilde"].tolist() == [[[1.0] * UNITS]]


@pytest.mark.parametrize("cell", [CELLS["GRU"], CELLS["GRU, reset before"]], ids=["after", "before"])
@pytest.mark.parametrize("z", [-80, -30, -17, -1, 0, 1, 17])
def test_a_small_share_has_all_its_digits(cell, z):
    bias = np.zeros(cell.spec.weight_shapes(1, 1)["bias"])
    bias[..., 0] = z if cell.reset_after is False else z / 2
    weights = Weights(np.zeros((1, 3)), np.zeros((1, 3)), bias)
    trace = run_recurrent(np.zeros((1, 1, 1)), weights, cell)
    assert trace["z"].item() == pytest.approx(1 / (1 + np.exp(-float(z))), rel=1e-6, abs=0)


@each_cell
def test_a_pre_activation_of_zero_is_not_minus_zero(cell):
    weights = Weights(*(np.ones(shape) for shape in cell.spec.weight_shapes(1, 1, use_bias=False).values()), None)
    trace = run_recurrent(np.zeros((1, 2, 1)), weights, cell)
    for gate in cell.spec.gates:
        assert not np.signbit(trace[gate.z]).any(), gate.z


@each_cell
def test_nothing_in_a_trace_can_be_written_to(cell):
    for mask in MASKS.values():
        trace = run_recurrent(random(BATCH, STEPS, FEATURES), some_weights(cell), cell, mask=mask)
        for name, array in [*trace.quantities.items(), *trace.start.items(), ("output", trace.output)]:
            assert not array.flags.writeable, name
            assert array.dtype == np.float32, name
        assert tuple(sorted(trace.quantities)) == tuple(sorted(cell.spec.quantities))


@each_cell
def test_no_bias_is_a_bias_of_zeros(cell):
    x, weights = random(BATCH, STEPS, FEATURES), some_weights(cell)
    none, zeros = (dataclasses.replace(weights, bias=bias) for bias in (None, np.zeros_like(weights.bias)))
    np.testing.assert_array_equal(run_recurrent(x, none, cell)["h"], run_recurrent(x, zeros, cell)["h"])


@each_cell
def test_a_layer_of_another_cell_does_not_take_the_weights(cell):
    weights = Weights(np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4))
    with pytest.raises(ValueError, match="kernel has shape"):
        run_recurrent(np.zeros((1, 1, 1)), weights, cell)
