"""Models of several layers against real Keras: every gate, state, returned tensor and head output; code; alarms."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lstm_core.code.codegen import essential, exact
from lstm_core.experiment import Experiment
from lstm_core.keras_check.agreement import TOLERANCE, Agreement
from lstm_core.keras_check.check import check
from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.keras_check.messages import ModelEvidence
from lstm_core.keras_check.model_agreement import compare_model, model_evidence_task, one_step_error_of_model
from lstm_core.keras_check.models import gather_model
from lstm_core.keras_check.rounding import outputs_settled
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.bidirectional import loses_seed
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.outputs import PREDICTION, printed
from lstm_core.model import rows
from lstm_core.run import Run, run_experiment
from tests.parity.agreement import largest_difference
from tests.parity.random_models import CELLS, MERGE_MODES, random_model
from tests.parity.summary import CONFIGURATIONS, LARGEST
from tests.parity.test_exact_scripts import run_alone, said

COUNT = 300
SCRIPTS = {f"model {seed}": random_model(seed, lowest=1) for seed in range(1000, 1058)}


def layers(*several: dict[str, Any]) -> tuple[LayerArguments, ...]:
    return tuple(
        LayerArguments(**{"return_sequences": place < len(several)} | own) for place, own in enumerate(several, 1)
    )


SCRIPTS |= {
    "a long model, packed weights": Experiment(
        preset="sine", timesteps=150, features=2, head="dense", head_activation="softmax", head_units=3,
        layers=layers({"units": 12}, {"cell": "GRU", "bidirectional": True, "units": 3, "return_state": True}),
    ),
    "a long model of indices, stateful, dropout": Experiment(
        preset="typed", typed="1 2 0 3 " * 30, front="embedding", mask_zero=True, calls=3, reset_before=(3,),
        training=True, layers=layers(
            {"cell": "GRU", "stateful": True, "dropout_after": 0.3},
            {"cell": "SimpleRNN", "bidirectional": True, "dropout": 0.2, "merge_mode": "None", "dropout_after": 0.4},
        ),
    ),
}  # fmt: skip


def sound_run(experiment: Experiment) -> Run:
    masks = draw_masks(*masks_task(experiment)) if experiment.draws_dropout else None
    return run_experiment(experiment, masks)


def keras_says(experiment: Experiment) -> ModelEvidence:
    return gather_model(*model_evidence_task(experiment))


# ---- numbers ----


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_model_at_random_agrees_with_keras_in_every_layer(
    seed: int, record_property: Callable[[str, object], None]
) -> None:
    experiment = random_model(seed)
    run, evidence = sound_run(experiment), keras_says(experiment)
    agreement = compare_model(run, evidence)
    assert agreement.verdict == "agrees", agreement
    assert [one.place for one in agreement.by_layer] == list(experiment.places)
    assert one_step_error_of_model(run, evidence, 1e-7) <= TOLERANCE
    assert evidence.script.values.keys() >= {output.name for output in run.returned}
    assert not outputs_settled(run) or [printed(one.array) for one in run.returned] == list(agreement.returned)
    first = [one.worst for one in agreement.by_layer if one.place.layer == 1]
    record_property(f"{LARGEST} models: the first layer", max(first))
    record_property(f"{LARGEST} models: the layers above, what is returned", agreement.worst)
    record_property(CONFIGURATIONS, 1)


def test_among_the_models_at_random_is_everything_that_a_model_can_have() -> None:
    models = [random_model(seed) for seed in range(COUNT)]
    assert len(set(models)) == COUNT
    assert {len(model.layers) for model in models} == {2, 3, 4}
    several = [layer for model in models for layer in model.layers]
    for cell in CELLS:
        own = [layer for layer in several if layer.spec is LayerArguments(**cell).spec]
        assert {layer.merge_mode for layer in own if layer.bidirectional} == set(MERGE_MODES)
        for name in (
            "return_state",
            "go_backwards",
            "stateful",
            "unroll",
            "zero_output_for_mask",
            "dropout",
            "use_bias",
        ):
            assert len({bool(getattr(layer, name)) for layer in own}) == 2, name
        assert any(layer.recurrent_dropout and layer.dropout_after for layer in own)
    heads = {model.head_activation for model in models if model.head == "dense"}
    assert heads == {"linear", "sigmoid", "tanh", "relu", "softmax"}
    for front in ("none", "embedding", "masking"):
        own = [model for model in models if model.front == front]
        assert {bool(model.mask) for model in own} == {model.initial_state for model in own} == {True, False}
        assert any(model.initial_state and model.layers[0].bidirectional for model in own)
    assert any(model.calls > 1 and all(layer.stateful for layer in model.layers) for model in models)


# ---- code ----


@pytest.fixture(scope="module")
def printed_alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    scripts = {
        name: exact(experiment, said("ko" if index % 2 else "en").__getitem__)
        for index, (name, experiment) in enumerate(SCRIPTS.items())
    }
    return run_alone(scripts, tmp_path_factory.mktemp("models"))


def test_there_are_sixty_scripts_of_models() -> None:
    assert len({exact(experiment, said("en").__getitem__) for experiment in SCRIPTS.values()}) >= 60


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_exact_script_of_a_model_prints_keras_numbers_of_the_page(name: str, printed_alone: dict[str, str]) -> None:
    agreement = check(SCRIPTS[name])
    assert agreement.verdict == "agrees"
    assert printed_alone[name] == "".join(text + "\n" for text in agreement.returned)


DRAWN = {seed: random_model(seed, lowest=1) for seed in range(2000, 2040)}
ESSENTIAL = {
    seed: model for seed, model in DRAWN.items() if not (model.training and any(map(loses_seed, model.layers)))
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")  # of TensorFlow and Keras, not of ours
@pytest.mark.parametrize("seed", ESSENTIAL)
def test_the_essential_code_of_a_model_has_a_layer_a_line_and_gives_keras_numbers(seed: int) -> None:
    experiment = ESSENTIAL[seed]
    source = essential(experiment, said("en").__getitem__)
    if "keras.Sequential" in source:
        lines = source.splitlines()
        body = lines[lines.index("model = keras.Sequential([") + 1 : lines.index("])")]
        assert all(re.fullmatch(r"    keras\.(layers\.)?\w+\(.*\),", line) for line in body), source
        assert len(body) == len(rows(experiment)) + 1
    else:
        assert 6 <= len(source.splitlines()) <= 12
    statements = ast.parse(source).body
    (made,) = (place for place, line in enumerate(statements, 1) if ast.unparse(line).startswith("model = keras."))
    first = experiment.layers[0]
    whose = ("forward_", "backward_") if first.bidirectional else ("",)
    names = [f"{one}{state}" for one in whose for state in first.spec.state_names]
    namespace: dict[str, Any] = dict(zip(names, experiment.given_state() or (), strict=False))
    namespace |= {"x": experiment.data(), "mask": experiment.step_mask()}
    if experiment.front == "embedding":
        namespace["x"] = experiment.indices()
    exec(compile(ast.Module(statements[:made], []), "making", "exec"), namespace)
    namespace["model"].set_weights(list(experiment.model_weights().tensors.values()))
    exec(compile(ast.Module(statements[made:], []), "call", "exec"), namespace)
    for output in sound_run(experiment).returned:
        assert largest_difference(np.asarray(namespace[output.name]), output.array) <= 3e-6, output.name


# ---- alarms ----

TAME = Experiment(
    preset="noise", timesteps=4, features=3, batch=2, calls=2, training=True, initial_state=True, initial_h=0.5,
    head="dense", head_units=2, mask="2; 4", layers=layers(
        {"stateful": True, "bidirectional": True, "merge_mode": "ave", "dropout_after": 0.3, "units": 3},
        {"cell": "GRU", "stateful": True, "return_state": True, "dropout": 0.3, "recurrent_dropout": 0.3},
        {"cell": "SimpleRNN", "bidirectional": True, "merge_mode": "mul", "return_sequences": True, "units": 2},
    ),
)  # fmt: skip
WILD = TAME.changed(
    timesteps=10, mask="", layers=tuple(
        replace(
            layer, activation="relu", kernel_initializer="he_normal", recurrent_initializer="he_uniform", units=3,
            recurrent_activation="linear" if layer.cell == "LSTM" else "sigmoid",
        )
        for layer in TAME.layers
    ),
)  # fmt: skip
BASES = {"tame": TAME, "wild": WILD, "wild, no head": WILD.changed(head="none")}


@pytest.fixture(scope="module")
def evidence() -> dict[str, ModelEvidence]:
    return {name: keras_says(experiment) for name, experiment in BASES.items()}


def told(base: str, run: Run, evidence: dict[str, ModelEvidence]) -> Agreement:
    return compare_model(run, evidence[base])


@pytest.mark.parametrize("base", BASES)
def test_what_rounding_alone_parts_is_no_disagreement(base: str, evidence: dict[str, ModelEvidence]) -> None:
    agreement = told(base, sound_run(BASES[base]), evidence)
    assert agreement.verdict == ("agrees" if base == "tame" else "agrees_stepwise"), agreement


def test_where_a_lower_layer_leaves_the_range_of_float32_there_is_no_alarm() -> None:
    experiment = WILD.changed(timesteps=25)
    run = sound_run(experiment)
    assert not np.isfinite(run.open(Opened(2)).trace.inputs).all()
    assert check(experiment).agrees
    assert not outputs_settled(run)


def spoilt(run: Run, place: Opened, name: str) -> Run:
    """A run with one number of one direction of a layer off by a thousandth."""
    direction = run.last.direction(place)
    wrong = direction.trace[name].copy()
    wrong[0, 0] += np.float32(1e-3) * np.maximum(1, np.abs(wrong[0, 0]))
    off = direction._replace(trace=replace(direction.trace, quantities={**direction.trace.quantities, name: wrong}))
    layer = run.last.layers[place.layer - 1]
    own = tuple(off if backward == place.backward else one for backward, one in enumerate(layer.directions))
    several = list(run.last.layers)
    several[place.layer - 1] = layer._replace(directions=own)
    return replace(run, last=run.last._replace(layers=tuple(several)))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("place", TAME.places, ids=str)
def test_each_quantity_of_each_layer_that_is_off_rings(
    base: str, place: Opened, evidence: dict[str, ModelEvidence]
) -> None:
    run = sound_run(BASES[base])
    for name in run.open(place).trace.spec.quantities:
        agreement = told(base, spoilt(run, place, name), evidence)
        assert not agreement.agrees, name
        if base == "tame":
            (own,) = (one for one in agreement.by_layer if one.place == place)
            assert own.where == name


@pytest.mark.parametrize("base", BASES)
def test_each_returned_tensor_that_is_off_rings(base: str, evidence: dict[str, ModelEvidence]) -> None:
    run = sound_run(BASES[base])
    for number, output in enumerate(run.returned):
        wrong = output.array.copy()
        wrong.flat[-1] += 1e-3 * max(1, abs(wrong.flat[-1]))
        returned = list(run.returned)
        returned[number] = replace(output, array=wrong, of=output.of and replace(output.of, array=wrong))
        agreement = told(base, replace(run, returned=tuple(returned)), evidence)
        assert not agreement.agrees, output.name
        if base == "tame":
            assert agreement.where == (
                PREDICTION if output.name == PREDICTION else output.of.name if output.of else "output"
            )


FAULTS: dict[str, Callable[[Experiment], Experiment]] = {
    "another merge": lambda e: e.changed(layers=(replace(e.layers[0], merge_mode="sum"), *e.layers[1:])),
    "another merge above": lambda e: e.changed(layers=(*e.layers[:2], replace(e.layers[2], merge_mode="sum"))),
    "a layer backwards": lambda e: e.changed(**{"go_backwards.2": True}),
    "a state that is not kept": lambda e: e.changed(**{"stateful.2": False}),
    "another given state": lambda e: e.changed(initial_h=0.501),
    "reset too often": lambda e: e.changed(reset_before=(2,)),
    "another activation above": lambda e: e.changed(**{"activation.3": "softsign"}),
}


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("fault", FAULTS)
def test_an_engine_that_computes_another_model_rings(base: str, fault: str, evidence: dict[str, ModelEvidence]) -> None:
    experiment = BASES[base]
    wrong = FAULTS[fault](experiment)
    assert wrong != experiment
    run = run_experiment(wrong, draw_masks(*masks_task(experiment)))
    assert not told(base, replace(run, experiment=experiment), evidence).agrees


def test_an_engine_that_hands_on_no_mask_or_another_dropout_rings(evidence: dict[str, ModelEvidence]) -> None:
    masks = draw_masks(*masks_task(TAME))
    assert not told("tame", replace(run_experiment(TAME.changed(mask=""), masks), experiment=TAME), evidence).agrees
    first, *above = masks[-1]
    other = replace(first, after=np.roll(first.after, 1, axis=-1))
    run = run_experiment(TAME, (*masks[:-1], (other, *above)))
    assert not told("tame", run, evidence).agrees


# ---- what Keras 3.15.1 does that one would not think ----


def test_a_mask_from_the_front_is_not_seen_by_a_first_layer_that_is_given_a_state() -> None:
    typed = Experiment(
        preset="typed", typed="1 0 2", front="masking", layers=layers({"units": 2}, {"units": 2}), return_state=True
    )  # fmt: skip
    given = typed.changed(initial_state=True, initial_h=0.5)
    for experiment, seen in ((typed, True), (given, False), (given.changed(mask="2"), True)):
        run = sound_run(experiment)
        assert (run.open(Opened(1)).trace.mask is not None) is seen
        assert run.open(Opened(2)).trace.mask is not None
        assert check(experiment).verdict == "agrees"
