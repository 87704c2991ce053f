"""GRU and SimpleRNN as the page has them, against real Keras: the badge agrees where both are right, else it rings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lstm_core.experiment import Experiment
from lstm_core.keras_check.agreement import compare, evidence_task
from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.keras_check.messages import Evidence
from lstm_core.keras_check.tasks import gather
from lstm_core.layers.model_weights import ModelWeights
from lstm_core.layers.weights import Weights
from lstm_core.run import Run, run_experiment
from tests.runs import replaced

CELLS: dict[str, dict[str, Any]] = {
    "GRU": {"cell": "GRU"},
    "GRU, reset before": {"cell": "GRU", "reset_after": False},
    "SimpleRNN": {"cell": "SimpleRNN"},
}
TAME = {
    "preset": "noise", "timesteps": 5, "features": 3, "batch": 2, "units": 4, "bias_initializer": "random_normal",
    "return_sequences": True, "return_state": True, "stateful": True, "calls": 2, "go_backwards": True,
    "mask": "2; 1, 5", "dropout": 0.3, "recurrent_dropout": 0.4, "training": True, "forget_bias": 2.0,
    "unit_forget_bias": False, "initial_c": 3.0,
}  # fmt: skip
WILD = TAME | {
    "timesteps": 40, "units": 8, "activation": "relu", "kernel_initializer": "he_normal", "dropout": 0.0,
    "recurrent_initializer": "he_uniform", "initial_state": True, "initial_h": 100.0, "mask": "",
}  # fmt: skip
GIVEN = TAME | {"initial_state": True, "initial_h": 0.5, "stateful": False, "calls": 1, "return_sequences": False}
BASES = {
    f"{cell}, {kind}": Experiment(**CELLS[cell], **base)
    for cell in CELLS
    for kind, base in (("tame", TAME), ("wild", WILD), ("given", GIVEN))
}


def sound_run(experiment: Experiment) -> Run:
    masks = draw_masks(*masks_task(experiment)) if experiment.draws_dropout else None
    return run_experiment(experiment, masks)


@pytest.fixture(scope="module")
def evidence() -> dict[str, Evidence]:
    return {name: gather(*evidence_task(experiment)) for name, experiment in BASES.items()}


@pytest.mark.parametrize("base", BASES)
def test_a_sound_run_agrees_with_the_script_and_the_cell_of_keras(base: str, evidence: dict[str, Evidence]) -> None:
    agreement = compare(sound_run(BASES[base]), evidence[base])
    assert agreement.verdict == ("agrees_stepwise" if "wild" in base else "agrees"), agreement


@pytest.mark.parametrize("base", BASES)
def test_each_quantity_that_is_off_rings(base: str, evidence: dict[str, Evidence]) -> None:
    run = sound_run(BASES[base])
    for name in run.trace.spec.quantities:
        wrong = run.trace[name].copy()
        wrong[2, 0] += np.float32(1e-3) * np.maximum(1, np.abs(wrong[2, 0]))
        off = replace(run.trace, quantities={**run.trace.quantities, name: wrong})
        assert not compare(replaced(run, trace=off), evidence[base]).agrees, name


def run_with(experiment: Experiment, weights: Weights) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Experiment, "model_weights", lambda _: ModelWeights(((weights,),)))
        return sound_run(experiment)


@pytest.mark.parametrize("tensor", ["kernel", "recurrent_kernel", "bias"])
@pytest.mark.parametrize("base", BASES)
def test_weights_with_gates_in_each_others_place_ring(base: str, tensor: str, evidence: dict[str, Evidence]) -> None:
    weights = BASES[base].weights()
    by = weights.units if weights.gates > 1 else 1  # of a SimpleRNN, units
    rolled = replace(weights, **{tensor: np.roll(getattr(weights, tensor), by, axis=-1)})
    assert not compare(run_with(BASES[base], rolled), evidence[base]).agrees


def test_a_grus_input_bias_and_recurrent_bias_in_each_others_place_ring(evidence: dict[str, Evidence]) -> None:
    weights = BASES["GRU, tame"].weights()
    assert weights.bias is not None
    swapped = replace(weights, bias=weights.bias[::-1])
    assert not compare(run_with(BASES["GRU, tame"], swapped), evidence["GRU, tame"]).agrees
