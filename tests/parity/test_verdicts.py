"""The badge against real Keras: no alarm where both are right, and an alarm for every fault of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lstm_core import run
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.agreement import STEP_TOLERANCE, compare, evidence_task
from lstm_core.keras_check.messages import Evidence
from lstm_core.keras_check.tasks import gather
from lstm_core.layers import lstm_loop
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.lstm import lstm_step
from lstm_core.layers.lstm_loop import StepFunctions
from lstm_core.layers.spec import LSTM
from lstm_core.layers.trace import Masks, Trace
from lstm_core.layers.weights import Weights
from lstm_core.run import Run, run_experiment
from tests.layers import by_name, run_lstm
from tests.lessons.modules import masks_of
from tests.parity.random_experiments import outcome, random_experiment
from tests.runs import replaced

SMALL_GATE_LARGE_C = Experiment(
    preset="typed", typed="0 0", units=1, return_sequences=True, return_state=True, initial_state=True,
    forget_bias=-10.0, edits=(Edit("c", 0, 0, 1e4),),
)  # fmt: skip
SOUND = {
    "small gate, large c": SMALL_GATE_LARGE_C,
    "recurrent dropout, large h": Experiment(
        units=64, recurrent_dropout=0.3, training=True, initial_state=True, initial_h=100.0, seed=3
    ),
    "dropout, long ramp": Experiment(
        preset="ramp", timesteps=340, features=16, units=42, dropout=0.3, seed=513660, training=True
    ),
    "recurrent dropout, long article": Experiment(
        preset="article", timesteps=117, batch=25, units=17, weights_seed=435801, recurrent_dropout=0.001, training=True
    ),
    "huge terms that cancel": Experiment(
        preset="typed", typed="4e3 -4e3; 4e3 -3.9e3; -4e3 4e3", units=2, kernel_initializer="ones",
        return_sequences=True, edits=(Edit("kernel", 0, 0, 1e5), Edit("kernel", 1, 0, 1e5)),
    ),
    "growing": Experiment(
        preset="noise", timesteps=60, features=3, batch=2, units=6, activation="relu", recurrent_activation="linear",
        kernel_initializer="he_normal", recurrent_initializer="he_uniform", return_sequences=True,
    ),
    "a GRU whose script, a graph, rounds otherwise than single steps, which are the same by luck": Experiment(
        preset="noise", timesteps=119, features=27, batch=3, data_seed=151387, cell="GRU", units=13, activation="celu",
        recurrent_activation="hard_shrink", kernel_initializer="random_uniform", recurrent_initializer="zeros",
        bias_initializer="ones", weights_seed=607133, recurrent_dropout=0.3,
        mask="12, 18, 19, 21, 38, 56, 64, 75, 81, 83, 86, 87, 101, 112; 15, 36, 66, 79, 81; 7, 16, 53, 67, 68, 86, 110",
    ),
    "growing past float32": Experiment(
        preset="ramp", timesteps=40, features=1, units=3, activation="linear", recurrent_activation="linear",
        recurrent_initializer="ones", forget_bias=3.0, return_sequences=True, return_state=True,
    ),
}  # fmt: skip


def sound_run(experiment: Experiment) -> Run:
    return run_experiment(experiment, masks_of(experiment))


def keras_says(experiment: Experiment) -> Evidence:
    return gather(*evidence_task(experiment))


@pytest.mark.parametrize("name", SOUND)
def test_what_rounding_alone_parts_is_no_disagreement(name: str) -> None:
    agreement = compare(sound_run(SOUND[name]), keras_says(SOUND[name]))
    assert agreement.agrees
    assert agreement.one_step is None or agreement.one_step < STEP_TOLERANCE / 3


def test_a_small_gate_before_a_large_c_is_right_and_needs_no_excuse() -> None:
    run = sound_run(SMALL_GATE_LARGE_C)
    evidence = keras_says(SMALL_GATE_LARGE_C)
    assert compare(run, evidence).verdict == "agrees"
    assert run.trace["h"][0].item() == pytest.approx(evidence.script.values["output"][0, 0, 0], rel=1e-6)


@pytest.mark.parametrize("seed", range(60))
def test_experiments_at_random_give_no_alarm_and_keep_every_promised_digit(seed: int) -> None:
    """The first sixty of those that `make alarms` runs."""
    one = outcome(random_experiment(seed))
    assert one.agrees
    assert one.kept or not one.promised


# ---- faults: each must ring, where values tell by themselves and where rounding has driven them apart ----

TAME = Experiment(
    preset="noise", timesteps=7, features=3, batch=2, units=4, bias_initializer="random_normal", mask="2, 6; 7",
    zero_output_for_mask=True, return_sequences=True, return_state=True, go_backwards=True, stateful=True, calls=3,
    dropout=0.4, recurrent_dropout=0.4, training=True,
)  # fmt: skip
WILD = TAME.changed(
    timesteps=25, units=6, activation="relu", recurrent_initializer="he_normal", kernel_initializer="he_normal",
    forget_bias=2.0,
)  # fmt: skip
PLAIN = {"dropout": 0.0, "recurrent_dropout": 0.0}
BASES = {
    "tame": TAME,
    "wild": WILD,
    "tame, no dropout": TAME.changed(**PLAIN),
    "wild, no dropout": WILD.changed(**PLAIN),
    "tame, given state": TAME.changed(initial_state=True, initial_h=0.5, initial_c=-0.5, **PLAIN),
    "wild, given state": WILD.changed(initial_state=True, initial_h=0.5, initial_c=-0.5, **PLAIN),
    "wild, long": WILD.changed(timesteps=60, calls=2, reset_before=(2,), **PLAIN),  # its script runs as a graph
}
Arguments = dict[str, Any]


def gates_swapped(one: int, other: int) -> Callable[[Arguments], Arguments]:
    order = list(range(4))
    order[one], order[other] = other, one

    def swap(given: Arguments) -> Arguments:
        weights: Weights = given["weights"]
        arrays = (
            array.reshape(-1, 4, weights.units)[:, order].reshape(array.shape) for array in vars(weights).values()
        )
        return given | {"weights": Weights(*arrays)}

    return swap


def a_weight_off(tensor: str) -> Callable[[Arguments], Arguments]:
    """The largest weight of a tensor, a ten-thousandth too large."""

    def off(given: Arguments) -> Arguments:
        array = getattr(given["weights"], tensor).copy()
        array.flat[np.abs(array).argmax()] *= np.float32(1 + 1e-4)
        return given | {"weights": replace(given["weights"], **{tensor: array})}

    return off


def recurrent_transposed(given: Arguments) -> Arguments:
    weights: Weights = given["weights"]
    each = weights.recurrent_kernel.reshape(weights.units, 4, weights.units)
    return given | {"weights": replace(weights, recurrent_kernel=each.T.reshape(weights.recurrent_kernel.shape))}


def changed(name: str, change: Callable[[Any], Any]) -> Callable[[Arguments], Arguments]:
    return lambda given: given | ({} if given[name] is None else {name: change(given[name])})


def left_out(name: str) -> Callable[[Arguments], Arguments]:
    return lambda given: given | {name: None}


def other_activation(name: str, other: str) -> Callable[[Arguments], Arguments]:
    return lambda given: given | {name: other}


ARGUMENTS: Mapping[str, Callable[[Arguments], Arguments]] = {
    "i and f swapped": gates_swapped(0, 1),
    "f and o swapped": gates_swapped(1, 3),
    "c~ and o swapped": gates_swapped(2, 3),
    "no bias": lambda given: given | {"weights": replace(given["weights"], bias=None)},
    "recurrent kernel transposed": recurrent_transposed,
    "one weight of the kernel off": a_weight_off("kernel"),
    "one weight of the recurrent kernel off": a_weight_off("recurrent_kernel"),
    "one number of the bias off": a_weight_off("bias"),
    "x a ten-thousandth larger": changed("x", lambda x: x * np.float32(1.0001)),
    "the first batch row twice": changed("x", lambda x: np.repeat(x[:1], len(x), axis=0)),
    "another activation": other_activation("activation", "hard_sigmoid"),
    "another recurrent activation": other_activation("recurrent_activation", "hard_sigmoid"),
    "forwards": lambda given: given | {"go_backwards": False},
    "no mask": left_out("mask"),
    "the mask the other way round": changed("mask", np.logical_not),
    "the mask in processing order": changed("mask", lambda mask: mask[:, ::-1]),
    "no zeros for masked steps": lambda given: given | {"zero_output_for_mask": False},
    "no initial state": left_out("initial_state"),
    "h and c of the initial state swapped": changed("initial_state", lambda state: state[::-1]),
    "no dropout mask": left_out("dropout_mask"),
    "no recurrent dropout mask": left_out("recurrent_dropout_mask"),
    "dropout masks of other gates": changed("dropout_mask", lambda mask: np.roll(mask, 1, axis=0)),
    "recurrent dropout masks of other gates": changed("recurrent_dropout_mask", lambda mask: np.roll(mask, 1, axis=0)),
    "recurrent dropout masks of other rows": changed("recurrent_dropout_mask", lambda mask: mask[:, ::-1]),
}


@pytest.fixture(scope="module")
def evidence() -> dict[str, Evidence]:
    return {name: keras_says(experiment) for name, experiment in BASES.items()}


def wrong_arguments(change: Callable[[Arguments], Arguments]) -> Callable[..., Trace]:
    def run_wrong(x: Any, weights: Weights, arguments: LayerArguments, **given: Any) -> Trace:
        return run_lstm(**change({"x": x, "weights": weights, **by_name(arguments), **given}))

    return run_wrong


@pytest.mark.parametrize("base", BASES)
def test_without_a_fault_there_is_no_alarm_though_the_wild_ones_are_far_apart(
    base: str, evidence: dict[str, Evidence]
) -> None:
    agreement = compare(sound_run(BASES[base]), evidence[base])
    assert agreement.agrees
    assert ("wild" in base) is (agreement.one_step is not None)


@pytest.mark.parametrize("fault", ARGUMENTS)
def test_a_wrong_argument_of_the_engine_rings_wherever_it_changes_a_number(
    fault: str, evidence: dict[str, Evidence], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = {base: sound_run(experiment) for base, experiment in BASES.items()}
    monkeypatch.setattr(run, "run_recurrent", wrong_arguments(ARGUMENTS[fault]))
    wrong = {base: sound_run(experiment) for base, experiment in BASES.items()}
    changed = [base for base in BASES if not same_numbers(sound[base], wrong[base])]
    assert {"tame", "wild"} <= {base.partition(",")[0] for base in changed}
    assert [base for base in changed if compare(wrong[base], evidence[base]).agrees] == []


def same_numbers(one: Run, other: Run) -> bool:
    return all(np.array_equal(one.trace[name], other.trace[name]) for name in (*LSTM.quantities, "output"))


def late(of: str) -> Callable[..., Trace]:
    """A loop that goes on from the state of one step earlier than it should."""

    def run_late(x: Any, weights: Weights, arguments: LayerArguments, **given: Any) -> Trace:
        trace = run_lstm(x, weights, **by_name(arguments), **given)
        states = {name: trace[name].copy() for name in ("h", "c")}
        quantities: dict[str, list[np.ndarray]] = {name: [] for name in LSTM.quantities}
        h_past, c_past = [trace.start["h"], trace.start["h"]], [trace.start["c"], trace.start["c"]]
        for x_t in trace.inputs[:, trace.time_index].transpose(1, 0, 2):
            h = h_past[-2] if of == "h" else h_past[-1]
            c = c_past[-2] if of == "c" else c_past[-1]
            step = lstm_step(x_t, h, c, weights, arguments.activation, arguments.recurrent_activation)
            for name in quantities:
                quantities[name].append(getattr(step, name))
            h_past.append(step.h)
            c_past.append(step.c)
        assert states.keys() <= quantities.keys()
        return replace(trace, quantities={name: np.stack(values) for name, values in quantities.items()})

    return run_late


@pytest.mark.parametrize("of", ["h", "c"])
@pytest.mark.parametrize("base", ["tame", "wild"])
def test_a_state_carried_one_step_late_rings(of: str, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = BASES[base].changed(mask="", zero_output_for_mask=False, **PLAIN)
    said = keras_says(experiment)
    assert compare(sound_run(experiment), said).agrees
    monkeypatch.setattr(run, "run_recurrent", late(of))
    assert not compare(sound_run(experiment), said).agrees


def first_call_kept(start: Callable[..., Any]) -> Callable[..., Any]:
    """Each call goes on from the end of the first one, not of the one before it."""
    first: list[Any] = []

    def begin(experiment: Experiment, layer: LayerArguments, number: int, given: Any, kept: Any) -> Any:
        if kept is None:
            first.clear()
        elif not first:
            first.append(kept)
        return start(experiment, layer, number, given, first[0] if kept else None)

    return begin


def never_reset(start: Callable[..., Any]) -> Callable[..., Any]:
    return lambda experiment, *more: start(replace(experiment, reset_before=()), *more)


def never_kept(start: Callable[..., Any]) -> Callable[..., Any]:
    return lambda experiment, layer, number, given, kept: start(experiment, layer, number, given, None)


@pytest.mark.parametrize("fault", [first_call_kept, never_reset, never_kept])
@pytest.mark.parametrize("base", ["tame", "wild", "tame, no dropout", "wild, no dropout"])
def test_a_call_that_begins_with_another_state_rings(
    fault: Callable[..., Any], base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = BASES[base].changed(reset_before=(3,) if fault is never_reset else ())
    said = keras_says(experiment)
    assert compare(sound_run(experiment), said).agrees
    monkeypatch.setattr(run, "_start", fault(run._start))
    assert not compare(sound_run(experiment), said).agrees


def masks_of_the_last_call(masks: tuple[Masks, ...]) -> tuple[Masks, ...]:
    return masks[-1:] * len(masks)


def masks_of_the_first_call(masks: tuple[Masks, ...]) -> tuple[Masks, ...]:
    return masks[:1] * len(masks)


def masks_in_another_order(masks: tuple[Masks, ...]) -> tuple[Masks, ...]:
    return (masks[1], masks[0], *masks[2:])


@pytest.mark.parametrize("fault", [masks_of_the_last_call, masks_of_the_first_call, masks_in_another_order])
@pytest.mark.parametrize("base", ["tame", "wild"])
def test_dropout_masks_of_other_calls_ring(fault: Callable[..., Any], base: str, evidence: dict[str, Evidence]) -> None:
    masks = masks_of(BASES[base])
    assert masks is not None
    assert not compare(run_experiment(BASES[base], fault(masks)), evidence[base]).agrees


def test_a_sigmoid_that_loses_a_small_gates_digits_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """tanh(z / 2) / 2 + 1 / 2, off by 3e-8: too much for a gate of 5e-5 before a c of 10,000."""

    def by_tanh(z_c: Any, minus_z: Any, c_tilde: Any, fio: Any) -> None:
        c_tilde[:], fio[:] = np.tanh(z_c), np.tanh(minus_z / -2) / 2 + np.float32(0.5)

    sound = lstm_loop.step_functions

    def functions(activation: str, recurrent_activation: str) -> StepFunctions:
        return replace(sound(activation, recurrent_activation), gates=by_tanh)

    monkeypatch.setattr(lstm_loop, "step_functions", functions)
    assert not compare(sound_run(SMALL_GATE_LARGE_C), keras_says(SMALL_GATE_LARGE_C)).agrees


@pytest.mark.parametrize("base", ["tame, no dropout", "wild, no dropout", "wild, long"])
@pytest.mark.parametrize("place", ["output", "state_h", "state_c"])
def test_a_returned_tensor_of_another_step_rings(place: str, base: str, evidence: dict[str, Evidence]) -> None:
    sound = sound_run(BASES[base])
    outputs = tuple(
        replace(output, array=np.roll(output.array, 1, axis=1 if output.array.ndim == 3 else 0))
        if output.name == place
        else output
        for output in sound.outputs
    )
    assert not compare(replaced(sound, outputs=outputs), evidence[base]).agrees
