"""What leaves the layer for which flags, and the text Python prints of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.outputs import layer_outputs, printed, settled
from tests.layers import run_lstm

BATCH, STEPS, UNITS = 2, 4, 3
MASK = [[0, 1, 1, 0], [0, 0, 0, 0]]


def a_trace(**arguments):
    x = np.random.default_rng(0).standard_normal((BATCH, STEPS, 2))
    return run_lstm(x, initial_weights(features=2, units=UNITS, seed=1), **arguments)


def returned(trace, **flags):
    return {output.name: output for output in layer_outputs(trace, LayerArguments(**flags))}


@pytest.mark.parametrize(
    ("return_sequences", "return_state", "shapes"),
    [
        (False, False, {"output": (2, 3)}),
        (True, False, {"output": (2, 4, 3)}),
        (False, True, {"output": (2, 3), "state_h": (2, 3), "state_c": (2, 3)}),
        (True, True, {"output": (2, 4, 3), "state_h": (2, 3), "state_c": (2, 3)}),
    ],
)
def test_the_flags_decide_which_arrays_leave_in_which_order(return_sequences, return_state, shapes):
    outputs = layer_outputs(a_trace(), LayerArguments(return_sequences=return_sequences, return_state=return_state))
    assert [(output.name, output.array.shape) for output in outputs] == list(shapes.items())
    assert [output.quantity for output in outputs] == ["h", "h", "c"][: len(outputs)]


def test_unmasked_the_output_is_h_and_only_the_last_c_comes_back():
    trace = a_trace()
    sequence = returned(trace, return_sequences=True, return_state=True)
    np.testing.assert_array_equal(sequence["output"].array, trace["h"].transpose(1, 0, 2))
    np.testing.assert_array_equal(sequence["state_h"].array, sequence["output"].array[:, -1])
    np.testing.assert_array_equal(returned(trace)["output"].array, sequence["state_h"].array)
    np.testing.assert_array_equal(sequence["state_c"].array, trace["c"][-1])


def test_a_backward_sequence_stays_in_processing_order():
    trace = a_trace(go_backwards=True)
    output = returned(trace, return_sequences=True)["output"]
    np.testing.assert_array_equal(output.array[:, 0], trace.in_time_order("h")[-1])
    assert output.steps.tolist() == [[0, 1, 2, 3]] * BATCH


def test_the_output_of_a_row_without_a_used_step_is_zeros_while_its_state_is_the_initial_one():
    h0, c0 = np.full((2, BATCH, UNITS), 0.5, np.float32)
    outputs = returned(a_trace(mask=MASK, initial_state=(h0, c0)), return_state=True)
    assert not outputs["output"].array[1].any()
    np.testing.assert_array_equal(outputs["state_h"].array[1], h0[1])
    np.testing.assert_array_equal(outputs["state_c"].array[1], c0[1])


@pytest.mark.parametrize(
    ("zero_output", "sequence_steps", "last_steps"),
    [
        (False, [[-1, 1, 2, 3], [-1, -1, -1, -1]], [[3], [-1]]),
        (True, [[-1, 1, 2, -1], [-1, -1, -1, -1]], [[-1], [-1]]),
    ],
)
def test_steps_name_the_cell_of_the_h_grid_or_minus_one_for_zeros_of_a_mask(zero_output, sequence_steps, last_steps):
    trace = a_trace(mask=MASK, zero_output_for_mask=zero_output)
    assert returned(trace, return_sequences=True)["output"].steps.tolist() == sequence_steps
    assert returned(trace)["output"].steps.tolist() == last_steps


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("unroll", [False, True])
@pytest.mark.parametrize("zero_output", [False, True])
@pytest.mark.parametrize("mask", [None, MASK, [[1, 0, 1, 0], [0, 0, 1, 1]]])
def test_every_value_is_found_at_the_step_it_is_said_to_be_from(mask, zero_output, unroll, return_sequences):
    trace = a_trace(mask=mask, zero_output_for_mask=zero_output, unroll=unroll, go_backwards=True)
    for output in returned(trace, return_sequences=return_sequences, return_state=True).values():
        grid = np.concatenate((trace[output.quantity], np.zeros((1, BATCH, UNITS))))  # -1: the zeros
        values = output.array.reshape(BATCH, -1, UNITS)
        np.testing.assert_array_equal(values, grid[output.steps, np.arange(BATCH)[:, None]])


@pytest.mark.parametrize(
    "array",
    [
        np.float32([[0.5, -0.00001], [1 / 3, 20]]),
        np.float32([0, -0.0, 1e-9]),
        np.float32([1234567, 0.1]),
        np.linspace(-1, 1, 2000, dtype=np.float32).reshape(2, 100, 10),
        np.float32([np.nan, np.inf, 0.1]),
    ],
)
def test_printed_is_what_print_writes_and_leaves_the_options_alone(array, capsys):
    before = np.get_printoptions()
    text = printed(array)
    assert np.get_printoptions() == before
    try:
        np.set_printoptions(precision=4, suppress=True)
        print(array)
    finally:
        np.set_printoptions(**before)
    assert text + "\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.1234, -0.5], True),
        ([0.12345], False),  # the edge between 0.1234 and 0.1235
        ([0.1234505], False),
        ([0.123452], True),
        ([0, -0.0], True),  # exact zeros, with the sign they have
        ([1e-7], False),  # "0." or "-0."
        ([-2e-6], True),  # surely "-0."
        ([9.99995, 0.5], False),  # "9.9999" or "10.", which widens every column
        ([30.00003], False),  # above 1 the tolerance is relative: 3e-5 either way reaches an edge
        ([30.0], True),
        ([999999.5], False),  # from 1e6 on NumPy writes float32 as 1.0000e+06
        ([1.5e6], True),
        ([np.inf, np.nan, 0.25], True),
        ([3.4028235e38], False),  # may print as inf
    ],
)
def test_settled_says_whether_a_millionth_can_change_the_text(values, expected):
    assert settled(np.array(values, np.float32)) is expected


@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(max_dims=3, max_side=4),
        elements=st.one_of(
            st.floats(-2, 2, width=32),
            st.integers(-20000, 20000).map(lambda edge: np.float32((edge + 0.5) / 10000)),
            st.floats(width=32, allow_nan=False, min_value=-float(2**24), max_value=float(2**24)),
        ),
    ),
    st.integers(0, 2**32 - 1),
)
def test_what_is_settled_prints_the_same_whatever_the_errors_are(array, seed):
    errors = np.random.default_rng(seed).uniform(-1, 1, (20, *array.shape)) * 1e-6 * np.maximum(1, np.abs(array))
    changed = np.where(array == 0, array, array + errors).astype(np.float32)
    assert not settled(array) or {printed(values) for values in changed} == {printed(array)}
