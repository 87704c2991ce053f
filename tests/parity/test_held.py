"""Gates taken in hand: the engine, Keras's own cell and the exact script give the same; all after them follows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lstm_core.code.codegen import exact
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.agreement import compare, evidence_task
from lstm_core.keras_check.check import check
from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.keras_check.rounding import rounding
from lstm_core.keras_check.tasks import gather, run_script
from lstm_core.layers.arguments import LayerArguments
from lstm_core.run import Run, run_experiment
from tests.parity.random_models import random_model

MODELS = 24
CELLS = {
    "LSTM": LayerArguments(),
    "GRU": LayerArguments(cell="GRU"),
    "GRU, reset before": LayerArguments(cell="GRU", reset_after=False),
    "SimpleRNN": LayerArguments(cell="SimpleRNN"),
}


def run_of(experiment: Experiment) -> Run:
    return run_experiment(experiment, draw_masks(*masks_task(experiment)) if experiment.draws_dropout else None)


def some_held(experiment: Experiment, seed: int) -> Experiment:
    """The experiment with up to six gates held, at one step or at all, anywhere in it."""
    rng, shapes = np.random.default_rng(seed), experiment.gate_shapes
    held = []
    for _ in range(rng.integers(1, 7)):
        name = str(rng.choice(list(shapes)))
        rows, units = shapes[name]
        row = 0 if rng.random() < 0.4 else int(rng.integers(1, rows))
        held.append(Edit(name, row, int(rng.integers(units)), round(float(rng.uniform(-1, 1)), 2)))
    return experiment.changed(held=tuple(held))


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize(
    "call",
    [
        {},
        {"go_backwards": True, "return_state": True},
        {"mask": "2 3", "zero_output_for_mask": True},
        {"unroll": True, "go_backwards": True},
        {"stateful": True, "calls": 3},
        {"dropout": 0.3, "recurrent_dropout": 0.4, "training": True, "batch": 2},
        {"initial_state": True, "initial_h": 0.3, "use_bias": False},
        {"timesteps": 120, "preset": "sine"},
    ],
    ids=str,
)
def test_a_cell_with_held_gates_is_keras_s_own(cell: LayerArguments, call: dict[str, object]) -> None:
    experiment = some_held(Experiment(layers=(cell,), return_sequences=True, **call), seed=len(str(call)))
    assert experiment.held
    agreement = check(experiment)
    assert agreement.verdict == "agrees", agreement


@pytest.mark.parametrize("seed", range(MODELS))
def test_a_model_with_held_gates_agrees_with_keras(seed: int) -> None:
    experiment = some_held(random_model(seed), seed)
    agreement = check(experiment)
    assert agreement.verdict == "agrees", agreement


def test_what_is_held_is_what_the_gate_is_and_all_after_it_follows() -> None:
    free = Experiment(units=2, return_sequences=True)
    held = free.changed(held=(Edit("f", 3, 1, 0.0), Edit("i", 3, 1, 1.0)))
    one, other = run_experiment(free).trace, run_experiment(held).trace
    assert (other["f"][2, 0, 1], other["i"][2, 0, 1]) == (0.0, 1.0)
    assert other["c"][2, 0, 1] == other["candidate"][2, 0, 1] == one["candidate"][2, 0, 1]
    for name in one.spec.quantities:
        assert np.array_equal(one[name][:2], other[name][:2])
        assert np.array_equal(one[name][2, :, 0], other[name][2, :, 0])
        assert not np.array_equal(one[name][3:], other[name][3:])
    script = run_script(exact(held, lambda key: ""))
    assert np.abs(script.values["output"] - run_experiment(held).outputs[0].array).max() <= 1e-6
    assert np.abs(script.values["output"] - run_experiment(free).outputs[0].array).max() > 1e-3


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_how_far_rounding_drives_states_apart_is_tried_with_the_gates_held(cell: LayerArguments) -> None:
    """Where every gate is held, nothing is left that could drive them apart."""
    wild = Experiment(layers=(cell,), preset="sine", timesteps=60, units=3, recurrent_initializer="constant(3.0)")
    names = wild.gate_shapes
    held = wild.changed(held=tuple(Edit(name, 0, unit, 0.5) for name in names for unit in range(3)))
    assert rounding(run_experiment(held)) < 1e-5


def test_keras_with_its_gates_free_is_no_agreement() -> None:
    held = Experiment(held=(Edit("o", 3, 0, 0.0),))
    source, call = evidence_task(held)
    free = gather(exact(held.changed(held=()), lambda key: ""), replace(call, held=None))
    assert compare(run_experiment(held), gather(source, call)).verdict == "agrees"
    assert compare(run_experiment(held), free).verdict == "disagrees"
