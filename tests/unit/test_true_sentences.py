"""Every sentence about a run is true of its numbers: each claim is read from the sentence and checked with the arrays.

Nothing here asks the code that chose the sentence: what is claimed is found in the text, by the checks in this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings

from lstm_core import text
from lstm_core.changes import calls_note, changes
from lstm_core.describe import output_is, returned_sentence, zeroes_wrong_steps
from lstm_core.experiment import Experiment
from lstm_core.keras_check.messages import RETURNED
from lstm_core.layers.outputs import PREDICTION, ModelOutput
from lstm_core.layers.spec import CELLS
from lstm_core.run import Run
from tests.experiments import CELL_NAMES, MASKS, experiments, run_any, same

T, KO = text.load("en"), text.load("ko")
FLAGS = ("return_sequences", "return_state", "go_backwards", "stateful")


class Facts(SimpleNamespace):
    """What a run holds, in the order of processing: h (B, T, U), masked (B, T), the last states."""

    def __init__(self, run: Run) -> None:
        trace = run.trace
        order = trace.time_index
        batch, steps = trace.inputs.shape[:2]
        masked = np.zeros((batch, steps), bool) if trace.mask is None else ~trace.mask[:, order]
        super().__init__(
            run=run,
            h=trace["h"].transpose(1, 0, 2),
            last={name: trace[name][-1] for name in trace.spec.state_names},
            masked=masked,
            leading=np.logical_and.accumulate(masked, axis=1),
            last_step=int(order[-1]) + 1,
            backwards=order[0] > order[-1],
        )


def is_zero(values: np.ndarray) -> bool:
    return not values.any()


def repeat(facts: Facts, array: np.ndarray) -> bool:
    """Whether every masked step has the output before it, and there is such a step."""
    later = facts.masked & ~facts.leading
    return bool(later.any()) and all(same(array[row, k], array[row, k - 1]) for row, k in np.argwhere(later))


Check = Callable[[Facts, np.ndarray, dict[str, str]], bool]
ROWS = r"h after the last step processed, step (?P<step>\d+); zeros in the rows where "
CLAIMS: dict[str, Check] = {
    "h at every step": lambda f, a, _: same(a, f.h),
    "h at the steps that are not masked": lambda f, a, _: same(a[~f.masked], f.h[~f.masked]),
    "h from the first step that is not masked": lambda f, a, _: same(a[~f.leading], f.h[~f.leading]),
    "zeros before it": lambda f, a, _: f.leading.any() and is_zero(a[f.leading]),
    "h at some steps": lambda f, a, _: any(
        same(one, h) for one, h in zip(a.reshape(-1, a.shape[-1]), f.h.reshape(-1, a.shape[-1]), strict=True)
    ),
    "zeros at every step: all are masked": lambda f, a, _: f.masked.all() and is_zero(a),
    "masked steps repeat the output before them": lambda f, a, _: repeat(f, a),
    "later masked steps repeat the output before them": lambda f, a, _: repeat(f, a),
    "zeros at the masked steps": lambda f, a, _: f.masked.any() and is_zero(a[f.masked]),
    "zeros at the wrong steps, by a bug in Keras 3.15.1": lambda f, a, _: (
        not same(a[~f.masked], f.h[~f.masked]) or not is_zero(a[f.masked])
    ),
    "in the order of processing, from the last step to the first": lambda f, a, _: f.run.experiment.go_backwards,
    r"(?P<which>[hc]) after the last step processed, step (?P<step>\d+)": lambda f, a, said: (
        same(a, f.last[said["which"]]) and int(said["step"]) == f.last_step
    ),
    r"zeros: the last step processed, step (?P<step>\d+), is masked": lambda f, a, said: (
        is_zero(a) and f.masked[:, -1].all() and int(said["step"]) == f.last_step
    ),
    "zeros: every step is masked, so there is no output to repeat": lambda f, a, _: is_zero(a) and f.masked.all(),
    ROWS + "that step is masked": lambda f, a, said: rows(f, a, f.masked[:, -1], said),
    ROWS + "every step is masked": lambda f, a, said: rows(f, a, f.masked.all(axis=1), said),
    r"the same numbers as output": lambda f, a, _: same(a, f.run.outputs[0].array),
}
"""What can be said of a returned array, and whether it is so."""


def rows(facts: Facts, array: np.ndarray, zero: np.ndarray, said: dict[str, str]) -> bool:
    whole = same(array[~zero], facts.last["h"][~zero]) and is_zero(array[zero]) and zero.any() and not zero.all()
    return bool(whole and int(said["step"]) == facts.last_step)


def assert_claims_hold(run: Run, output: ModelOutput) -> None:
    facts, line = Facts(run), output_is(run, output, T)
    for claim in line.split(" · "):
        found = [(check, match) for text, check in CLAIMS.items() if (match := re.fullmatch(text, claim))]
        assert len(found) == 1, f"not known: {claim}"
        check, match = found[0]
        assert check(facts, output.array, match.groupdict()), (claim, line, run.experiment)


OUTPUTS: dict[str, Check] = {
    "the last h": lambda f, a, _: same(a, f.last["h"]),
    "zeros instead of the last h": lambda f, a, _: a.ndim == 2 and is_zero(a),
    "the last h, but zeros in some rows": lambda f, a, _: (
        a.ndim == 2
        and all(same(one, h) or is_zero(one) for one, h in zip(a, f.last["h"], strict=True))
        and any(is_zero(one) for one in a)
    ),
    "h at every step": lambda f, a, _: same(a, f.h),
    "h at some steps and zeros at the others": lambda f, a, _: all(
        same(one, h) or is_zero(one)
        for one, h in zip(a.reshape(-1, a.shape[-1]), f.h.reshape(-1, a.shape[-1]), strict=True)
    ),
    "zeros at every step": lambda f, a, _: a.ndim == 3 and is_zero(a),
}
SENTENCE = re.compile(
    r"One tensor comes back: (?P<one>.+?)(?:\. It has no time axis|, so a time axis of (?P<axis>\d+))\."
    r"|(?P<count>Two|Three) tensors come back: (?P<several>.+?), then "
    r"(?P<h>the same h again|the last h|the last h of every row) as state_h(?P<c>, then state_c)?\."
)


def assert_sentence_holds(run: Run) -> None:
    said = SENTENCE.fullmatch(returned_sentence(run, T))
    assert said is not None, returned_sentence(run, T)
    facts = Facts(run)
    output, *states = (one.array for one in run.outputs)
    assert OUTPUTS[said["one"] or said["several"]](facts, output, {}), (said[0], run.experiment)
    assert len(states) == {None: 0, "Two": 1, "Three": 2}[said["count"]]
    assert (len(states) == 2) == bool(said["c"])
    if said["one"]:
        assert (output.shape[1] if output.ndim == 3 else None) == (int(said["axis"]) if said["axis"] else None)
    else:
        assert same(states[0], facts.last["h"])
        assert said["h"] != "the same h again" or same(states[0], output)


def assert_calls_note_holds(run: Run) -> None:
    note, (first, *others) = calls_note(run, T), run.calls
    alike = all(same(call.end[name], first.end[name]) for call in others for name in first.end)
    if note:
        assert len(run.calls) > 1
        assert all(call.start == ("given" if run.experiment.initial_state else "zeros") for call in run.calls)
        assert note.endswith("all calls are the same.") == alike
        assert ("dropout masks" in note) == (not alike)
        assert note.startswith("Without stateful") == (not run.experiment.stateful)


def assert_all_true(run: Run) -> None:
    assert_sentence_holds(run)
    assert_calls_note_holds(run)
    for output in run.returned:
        assert_claims_hold(run, output)
    assert all(output_is(run, output, KO) for output in run.returned)
    assert returned_sentence(run, KO)
    assert bool(calls_note(run, KO)) == bool(calls_note(run, T))


@settings(max_examples=100, deadline=None)
@given(experiments(CELL_NAMES))
def test_what_is_said_of_any_experiments_returned_tensors_and_calls_is_true(experiment: Experiment) -> None:
    assert_all_true(run_any(experiment))


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("mask", MASKS)
def test_what_is_said_of_masked_rows_is_true_for_all_flags(mask: str, cell: str) -> None:
    base = Experiment(preset="noise", timesteps=6, features=2, units=2, batch=2, mask=mask, cell=cell)
    switches = ("return_sequences", "return_state", "go_backwards", "zero_output_for_mask", "unroll", "initial_state")
    for values in product((False, True), repeat=len(switches)):
        assert_all_true(run_any(base.changed(**dict(zip(switches, values, strict=True)), initial_h=0.5, initial_c=1.0)))


@pytest.mark.parametrize("mask", ["", "1"])
def test_a_single_step_and_a_row_that_is_all_masked_are_said_truly(mask: str) -> None:
    for flags in product((False, True), repeat=4):
        one = Experiment(
            preset="typed", typed="1", units=1, mask="1" if mask else "", initial_state=True, initial_h=0.5
        )
        assert_all_true(run_any(one.changed(**dict(zip(FLAGS, flags, strict=True)))))


@pytest.mark.parametrize("mask", MASKS)
def test_the_fault_of_keras_is_told_where_unroll_changes_what_comes_back(mask: str) -> None:
    base = Experiment(preset="noise", timesteps=6, features=2, units=2, batch=2, mask=mask)
    switches = ("return_sequences", "go_backwards", "zero_output_for_mask")
    for values in product((False, True), repeat=len(switches)):
        rolled, unrolled = (
            run_any(base.changed(**dict(zip(switches, values, strict=True)), unroll=unroll)) for unroll in (False, True)
        )
        assert zeroes_wrong_steps(unrolled) != same(rolled.outputs[0].array, unrolled.outputs[0].array)
        assert not zeroes_wrong_steps(rolled)


def test_the_fault_of_keras_is_not_told_where_all_numbers_are_zeros_anyway() -> None:
    silent = Experiment(
        preset="typed", typed="0; 0;", use_bias=False, mask="1", return_sequences=True, go_backwards=True,
        zero_output_for_mask=True, unroll=True,
    )  # fmt: skip
    run = run_any(silent)
    assert not run.outputs[0].array.any()
    assert not zeroes_wrong_steps(run)
    assert zeroes_wrong_steps(run_any(silent.changed(typed="1; 1;")))
    assert_all_true(run)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_place_of_a_difference_has_a_name_in_words(language: str) -> None:
    names = text.load(language).section("badge.where")
    assert set(names) == {*RETURNED, PREDICTION, *(quantity for cell in CELLS for quantity in cell.quantities)}
    assert len(set(names.values())) == len(names)


# ---- what changed ----

INSIDE = re.compile(
    r"(?P<none>Inside the layer all is as before: every gate, h and c is the same number\.)"
    r"|(?P<all>Inside the layer the gates, h and c changed\.)|Inside the layer this changed: (?P<some>.+)\."
)


def assert_changes_hold(before: Run, after: Run) -> None:
    lines = changes(before, after, T)
    assert len(changes(before, after, KO)) == len(lines)
    old, new = ({output.name: output.array.shape for output in run.outputs} for run in (before, after))
    shapes = [f"{name}: {old[name]} → {new[name]}" for name in new if name in old and old[name] != new[name]]
    assert [line for line in lines if " → " in line] == shapes
    spec = after.trace.spec
    states = ", ".join(spec.returned_names[1:])
    assert (f"added: {states}" in lines) == (len(new) > len(old))
    assert (f"gone: {states}" in lines) == (len(new) < len(old))
    arrays = [{output.name: output.array for output in run.outputs} for run in (before, after)]
    both = [name for name in new if name in old and old[name] == new[name]]
    values = [name for name in both if not same(arrays[0][name], arrays[1][name])]
    assert [line for line in lines if line.startswith("new values: ")] == (
        [f"new values: {', '.join(values)}"] if values else []
    )
    turned = before.experiment.go_backwards != after.experiment.go_backwards and len(new["output"]) == 3
    end = {0: "first", after.trace.steps - 1: "last"}[int(after.trace.time_index[0])]
    begins = [f"output[:, 0] is now the {end} step."] if turned and after.trace.steps > 1 else []
    assert [line for line in lines if line.startswith("output[:, 0]")] == begins
    (inside,) = (match for line in lines if (match := INSIDE.fullmatch(line)))
    grids = {name: [run.trace.in_time_order(name) for run in (before, after)] for name in spec.quantities}
    changed = {name for name, (one, other) in grids.items() if not same(one, other)}
    if inside["none"]:
        assert not changed
    elif inside["all"]:
        assert changed >= set(spec.compared)
    else:
        said = {{"c~": "candidate", "h~": "h_tilde"}.get(name, name) for name in inside["some"].split(", ")}
        assert said <= changed
        assert changed & set(spec.compared) <= said
    flipped = before.experiment.stateful != after.experiment.stateful
    waits = [line for line in lines if line.startswith("To see stateful")]
    given_each = [line for line in lines if line.startswith("initial_state overrides stateful")]
    assert len(given_each) == (flipped and after.experiment.initial_state)
    assert len(waits) == (flipped and after.experiment.calls == 1 and not after.experiment.initial_state)
    if waits:  # so it is: with one more call the last one differs
        one_more = [run_any(run.experiment.changed(calls=2)) for run in (before, after)]
        assert one_more[0].calls[-1].start != one_more[1].calls[-1].start
    if given_each and before.experiment.go_backwards == after.experiment.go_backwards:
        assert inside["none"]


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("mask", ["", "6", "1, 4; 1-6"])
@pytest.mark.parametrize("changed", [{}, {"calls": 2}, {"initial_state": True, "initial_c": 1.0}, {"typed": "1 1 1"}])
def test_what_any_change_of_flags_changed_is_said_truly(changed: dict[str, object], mask: str, cell: str) -> None:
    typed = {"preset": "typed", "mask": ""} if "typed" in changed else {"mask": mask, "batch": 2}
    base = Experiment(
        **{"preset": "noise", "timesteps": 6, "features": 2, "units": 2, **typed, **changed, "cell": cell}
    )
    runs = [run_any(base.changed(**dict(zip(FLAGS, flags, strict=True)))) for flags in product((0 > 1, True), repeat=4)]
    for before, after in product(runs, repeat=2):
        assert_changes_hold(before, after)


def test_a_gate_that_no_state_reaches_is_not_said_to_have_changed() -> None:
    base = Experiment(preset="noise", units=2, recurrent_initializer="zeros", calls=2)
    before, after = run_any(base), run_any(base.changed(stateful=True))
    assert same(before.trace["f"], after.trace["f"])
    assert changes(before, after, T) == ["new values: output", "Inside the layer this changed: h, c."]
