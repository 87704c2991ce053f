"""The essential code of every kind of experiment, run as it stands: it gives Keras's numbers of the page."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from lstm_core import text
from lstm_core.code.codegen import essential
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.agreement import evidence_task
from lstm_core.keras_check.tasks import gather
from lstm_core.layers.packed import pack
from tests.parity.agreement import largest_difference
from tests.parity.test_exact_scripts import EXPERIMENTS
from tests.unit.npz_files import weights

SAY = text.load("en").section("code.comments").__getitem__
TOLERANCE = 2e-6  # the initializers' weights are the page's to float32 rounding, and grow a little from step to step

STATES = {"initial_state": True, "initial_h": 0.5, "initial_c": -1.5}
KINDS = EXPERIMENTS | {
    name: Experiment(**values)
    for name, values in {
        "a given state, nothing by hand": STATES,
        "a given state, backwards": STATES | {"go_backwards": True, "return_sequences": True, "batch": 2},
        "a given state, dropout": STATES | {"dropout": 0.5, "training": True, "return_state": True},
        "a state by hand": {
            "initial_state": True, "batch": 3, "return_state": True,
            "edits": (Edit("h", 2, 1, 3.0), Edit("c", 0, 3, -2.5)),
        },
        "dropout of the input": {"dropout": 0.5, "training": True},
        "dropout of the state": {"recurrent_dropout": 0.5, "training": True, "units": 6, "return_sequences": True},
        "dropout, not training": {"dropout": 0.5, "recurrent_dropout": 0.5},
        "dropout, unrolled": {"dropout": 0.3, "training": True, "unroll": True, "return_state": True, "mask": "2"},
        "dropout, kept states, a reset": {
            "dropout": 0.3, "recurrent_dropout": 0.2, "training": True, "stateful": True, "calls": 4,
            "reset_before": (3,), "batch": 2,
        },
        "training without dropout": {"training": True, "mask": "1; 4-6", "batch": 2, "return_sequences": True},
        "kept states": {"stateful": True, "calls": 3, "return_sequences": True, "return_state": True},
        "kept states, a given state": STATES | {"stateful": True, "calls": 2, "batch": 2},
        "a mask, backwards": {"mask": "1-2; 5-6", "batch": 2, "go_backwards": True, "return_sequences": True},
        "all masked": STATES | {"mask": "1-6", "return_state": True, "zero_output_for_mask": True},
        "unrolled": {"unroll": True, "go_backwards": True, "return_sequences": True, "return_state": True},
        "weights by hand": {"edits": (Edit("bias", 0, 2, 4.0), Edit("recurrent_kernel", 1, 1, -2.0))},
        "own weights, dropout": {
            "units": 3, "given_weights": pack(weights(3, 3)), "dropout": 0.5, "training": True, "return_state": True,
        },
        "other initializers": {
            "kernel_initializer": "he_normal", "recurrent_initializer": "random_normal", "bias_initializer": "ones",
            "unit_forget_bias": False, "return_sequences": True,
        },
        "initializers with arguments": {
            "kernel_initializer": "random_normal(0.1,0.3)", "recurrent_initializer": "identity(0.5)",
            "bias_initializer": "constant(0.3)", "return_sequences": True,
        },
        "a constant of 0": {"bias_initializer": "constant", "kernel_initializer": "lecun_normal"},
    }.items()
}  # fmt: skip


def test_every_kind_of_experiment_is_there_also_without_numbers_by_hand() -> None:
    plain = [e for e in KINDS.values() if not (e.edits or e.given_weights or e.forget_bias)]
    for kind in (
        lambda e: e.given_state() is not None and e.initial_h != e.initial_c,
        lambda e: e.draws_dropout,
        lambda e: e.draws_dropout and e.given_state() is not None,
        lambda e: e.draws_dropout and e.stateful and e.calls > 1,
        lambda e: e.stateful and e.reset_before,
        lambda e: e.mask,
        lambda e: e.go_backwards,
        lambda e: e.unroll,
    ):
        assert any(map(kind, plain))
    assert any(e.draws_dropout and e.given_weights for e in KINDS.values())
    assert any(edit.tensor in ("h", "c") for e in KINDS.values() for edit in e.edits)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of TensorFlow, not of ours
@pytest.mark.parametrize("name", KINDS)
def test_the_essential_code_run_as_it_stands_gives_keras_numbers_of_the_page(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = KINDS[name]
    source = essential(experiment, SAY)
    given = dict(zip(("h", "c"), experiment.given_state() or (), strict=False))
    namespace: dict[str, object] = {"x": experiment.data(), "mask": experiment.step_mask(), **given}
    *making, call = ast.parse(source).body
    exec(compile(ast.Module(making, []), "making", "exec"), namespace)
    layer, ours = namespace["layer"], experiment.weights()
    wanted = [array for array in (ours.kernel, ours.recurrent_kernel, ours.bias) if array is not None]
    if any(SAY(told) in source for told in ("hand_made_weights", "given_weights", "initializers")):
        layer.set_weights(wanted)  # the code says that only Exact has them
    for made, array in zip(layer.get_weights(), wanted, strict=True):
        np.testing.assert_allclose(made, array, atol=3e-7)
    exec(compile(ast.Module([call], []), "call", "exec"), namespace)
    for tensor, keras in gather(*evidence_task(experiment)).script.values.items():
        assert largest_difference(np.asarray(namespace[tensor]), keras) <= TOLERANCE, tensor
