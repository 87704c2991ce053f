"""What the worker says is what real Keras does: its scripts, its gates, its dropout masks."""

from dataclasses import replace

import numpy as np
import pytest

from lstm_core.keras_check.tasks import draw_dropout_masks, gather, run_layer, run_script, trace_gates
from lstm_core.refusal import Refusal
from tests.parity.agreement import engine_traces
from tests.parity.cases import Case

SCRIPT = """
import keras
import numpy as np

x = np.array([[[0.1], [0.2], [0.3]]], dtype="float32")
layer = keras.layers.LSTM(1, return_state=True)
layer.build(x.shape)
layer.set_weights([np.ones((1, 4)), np.ones((1, 4)), np.zeros(4)])
output, state_h, state_c = layer(x)
np.set_printoptions(precision=2)
print(output.numpy())
"""


def plain_case(**changes: object) -> Case:
    return replace(Case(), **changes)


def test_a_script_gives_what_it_printed_and_the_tensors_it_names():
    run = run_script(SCRIPT)
    assert list(run.values) == ["output", "state_h", "state_c"]
    np.testing.assert_array_equal(run.values["output"], run.values["state_h"])
    with np.printoptions(precision=2):
        assert run.printed == f"{run.values['output']}\n"


def test_a_script_leaves_the_print_options_as_they_were():
    before = np.get_printoptions()
    run_script("import numpy as np; np.set_printoptions(precision=1, suppress=True)")
    assert np.get_printoptions() == before


def test_scripts_know_nothing_of_each_other():
    run_script("output = 1")
    assert run_script("print('output' in globals())").printed == "False\n"


@pytest.mark.parametrize(
    "case",
    [
        plain_case(calls=2),
        plain_case(calls=3, stateful=True),
        plain_case(calls=3, stateful=True, reset_before=(1,)),
        plain_case(calls=2, stateful=True, state="given"),
        plain_case(calls=2, dropout=0.5, training=True),
    ],
    ids=str,
)
def test_the_evidence_is_the_script_and_the_gates_of_the_last_call(case):
    call = case.layer_call()
    evidence = gather(SCRIPT, call)
    assert evidence.script.printed == run_script(SCRIPT).printed
    assert evidence.versions.keras.startswith("3.")
    last = trace_gates(call)[-1]
    for name, values in evidence.trace.quantities.items():
        np.testing.assert_array_equal(values, last.quantities[name])


@pytest.mark.parametrize("unroll", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_the_evidence_says_where_each_call_began_and_with_which_masks(unroll, training):
    rates = {"dropout": 0.3, "recurrent_dropout": 0.3, "training": True} if training else {}
    call = plain_case(calls=4, stateful=True, reset_before=(1,), unroll=unroll, **rates).layer_call()
    evidence = gather(SCRIPT, call)
    _, second, third, last = run_layer(call)
    assert [one.error < 1e-6 for one in evidence.before] == [True, True]
    starts = [one.start for one in evidence.before] + [evidence.trace.start]
    for (h, c), kept in zip(starts, ((0, 0), second[1:], third[1:]), strict=True):
        np.testing.assert_array_equal(h, np.broadcast_to(kept[0], h.shape))
        np.testing.assert_array_equal(c, np.broadcast_to(kept[1], c.shape))
    np.testing.assert_array_equal(evidence.trace.quantities["h"][-1], last[1])
    drawn = draw_dropout_masks(
        3, 2, 4, call.arguments.dropout, call.arguments.recurrent_dropout, call.arguments.seed, 4
    )
    for used, masks in zip((*(one.masks for one in evidence.before), evidence.trace.masks), drawn[1:], strict=True):
        np.testing.assert_array_equal(used.dropout, masks.dropout)
        np.testing.assert_array_equal(used.recurrent_dropout, masks.recurrent_dropout)


@pytest.mark.parametrize(
    "case",
    [
        plain_case(),
        plain_case(go_backwards=True, mask="right"),
        plain_case(mask="rows", state="given", unroll=True),
        plain_case(stateful=True, calls=3, reset_before=(2,)),
        plain_case(dropout=0.3, training=True, calls=2),
        plain_case(dropout=0.3, recurrent_dropout=0.3, training=True, calls=2),
    ],
    ids=str,
)
def test_the_cell_that_keeps_its_gates_computes_as_the_layer_does_to_the_last_bit(case):
    call = case.layer_call()
    for trace, (output, state_h, state_c) in zip(trace_gates(call), run_layer(call), strict=True):
        h, c = trace.quantities["h"], trace.quantities["c"]
        np.testing.assert_array_equal(h[-1], state_h)
        np.testing.assert_array_equal(c[-1], state_c)
        if call.mask is None:
            np.testing.assert_array_equal(h.transpose(1, 0, 2), output)


@pytest.mark.parametrize("unroll", [False, True])
def test_at_masked_steps_the_trace_carries_both_states(unroll):
    call = plain_case(mask="full", state="given", unroll=unroll).layer_call()
    (trace,) = trace_gates(call)
    for name, given in zip(("h", "c"), call.initial_state, strict=True):
        np.testing.assert_array_equal(trace.quantities[name], np.broadcast_to(given, trace.quantities[name].shape))


def test_dropout_alone_has_one_mask_for_the_four_gates_and_recurrent_dropout_one_for_each():
    shapes = {"batch": 3, "features": 2, "units": 4, "seed": 7}
    (alone,) = draw_dropout_masks(**shapes, dropout=0.5, recurrent_dropout=0.0)
    assert alone.dropout.shape == (1, 3, 2)
    assert alone.recurrent_dropout is None
    (recurrent,) = draw_dropout_masks(**shapes, dropout=0.0, recurrent_dropout=0.5)
    assert recurrent.dropout is None
    assert recurrent.recurrent_dropout.shape == (4, 3, 4)
    (both,) = draw_dropout_masks(**shapes, dropout=0.5, recurrent_dropout=0.5)
    assert both.dropout.shape == (4, 3, 2)
    assert set(both.dropout.ravel()) <= {0.0, 2.0}


def test_every_call_draws_new_masks_and_the_same_seed_draws_the_same_ones():
    rates = {"batch": 4, "features": 8, "units": 8, "dropout": 0.5, "recurrent_dropout": 0.5, "seed": 3}
    first, second = draw_dropout_masks(**rates, calls=2)
    assert not np.array_equal(first.dropout, second.dropout)
    assert not np.array_equal(first.recurrent_dropout, second.recurrent_dropout)
    (again,) = draw_dropout_masks(**rates)
    np.testing.assert_array_equal(again.dropout, first.dropout)
    np.testing.assert_array_equal(again.recurrent_dropout, first.recurrent_dropout)


def test_a_rate_of_one_disables_dropout_in_keras_and_is_no_argument_here():
    (masks,) = draw_dropout_masks(3, 2, 4, dropout=1.0, recurrent_dropout=0.0, seed=1)
    assert masks.dropout is None
    with pytest.raises(Refusal, match="out_of_range"):
        plain_case(dropout=1.0, training=True).layer_call()


@pytest.mark.parametrize("rates", [(0.5, 0.0), (0.0, 0.5), (0.5, 0.5)], ids=str)
def test_the_engine_with_the_masks_of_another_call_disagrees(rates):
    """The masks matter: agreement in the grid is no accident of masks that do nothing."""
    call = plain_case(dropout=rates[0], recurrent_dropout=rates[1], training=True, calls=2).layer_call()
    first, _ = engine_traces(call)
    _, (_, state_h, _) = run_layer(call)
    assert np.abs(first["h"][-1] - state_h).max() > 1e-3


def test_one_state_row_shared_by_the_batch_shares_its_recurrent_mask_too():
    (shared,) = draw_dropout_masks(3, 2, 8, dropout=0.0, recurrent_dropout=0.5, seed=1, state_rows=(1,))
    assert shared.recurrent_dropout.shape == (4, 3, 8)
    np.testing.assert_array_equal(shared.recurrent_dropout[:, 0], shared.recurrent_dropout[:, 2])
