"""Every sentence about what a model returns is true of its numbers: each claim is read and checked with the arrays.

Nothing here asks the code that chose the sentence: what is claimed is found in the text, by the checks in this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings

from lstm_core import text
from lstm_core.changes import calls_note, changes
from lstm_core.describe import output_is, returned_panel, returned_sentence, zeroes_wrong_steps
from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import FLAGS, LayerArguments
from lstm_core.layers.ends import HEAD_ACTIVATIONS
from lstm_core.layers.outputs import ModelOutput
from lstm_core.refusal import Refusal
from lstm_core.run import Run
from pages.ui.playground.panels import steps_of
from tests.experiments import MASKS, models, run_any, same

T, KO = text.load("en"), text.load("ko")
NAME = re.compile(r"(?P<direction>forward|backward|state)_(?P<state>[hc])(?:_(?P<layer>\d))?")


class Facts(SimpleNamespace):
    """What the layer that a tensor is of holds, in the order of its own steps: h (B, T, U) of each direction."""

    def __init__(self, run: Run, number: int) -> None:
        called, arguments = run.last.layers[number - 1], run.experiment.layers[number - 1]
        traces = [direction.trace for direction in called.directions]
        (first, *_) = traces
        batch, steps = first.inputs.shape[:2]
        super().__init__(
            run=run,
            number=number,
            arguments=arguments,
            traces=traces,
            h=[trace.in_time_order("h").swapaxes(0, 1) for trace in traces],
            masked=np.zeros((batch, steps), bool) if first.mask is None else ~first.mask,
            steps=steps,
            reversals=sum(layer.go_backwards for layer in run.experiment.layers[: number - 1]),
        )


def is_zero(values: np.ndarray) -> bool:
    return not values.any()


def of_name(run: Run, output: ModelOutput) -> tuple[int, int, str]:
    """The layer, the direction and the state that a tensor's name says, "" for an output."""
    if named := NAME.fullmatch(output.name):
        return int(named["layer"] or 1), named["direction"] == "backward", named["state"]
    return len(run.experiment.layers), output.name == "backward_output", ""


def plain_claim(facts: Facts, direction: int, array: np.ndarray, claim: str) -> bool | None:
    """Whether a claim of one direction's own h or c holds; None where it is no such claim."""
    trace, h, masked = facts.traces[direction], facts.h[direction], facts.masked
    goes_back = bool(direction) or facts.arguments.go_backwards
    in_place = array
    if goes_back and not direction and array.ndim == 3:  # it stands in the order of processing
        in_place = array[:, ::-1]
    order = masked[:, ::-1] if goes_back else masked
    leading = np.logical_and.accumulate(order, axis=1)
    leading = leading[:, ::-1] if goes_back else leading
    last_step = 1 if goes_back else facts.steps
    whole = {
        "h at every step": lambda: same(in_place, h),
        "h at the steps that are not masked": lambda: same(in_place[~masked], h[~masked]),
        "h from the first step that is not masked": lambda: same(in_place[~leading], h[~leading]),
        "zeros before it": lambda: leading.any() and is_zero(in_place[leading]),
        "h at some steps": lambda: any(same(a, b) for a, b in zip(rows(in_place), rows(h), strict=True)),
        "zeros at every step: all are masked": lambda: masked.all() and is_zero(array),
        "masked steps repeat the output before them": lambda: repeats(array, order),
        "later masked steps repeat the output before them": lambda: repeats(array, order),
        "zeros at the masked steps": lambda: masked.any() and is_zero(in_place[masked]),
        "zeros at the wrong steps, by a bug in Keras 3.15.1": lambda: (
            not same(in_place[~masked], h[~masked]) or not is_zero(in_place[masked])
        ),
        "in the order of processing, from the last step to the first": lambda: goes_back and not direction,
        "reversed, so from the first step to the last": lambda: direction == 1,
        "zeros: every step is masked, so there is no output to repeat": lambda: masked.all() and is_zero(array),
    }
    if claim in whole:
        return bool(whole[claim]())
    zero = order[:, -1] if "that step is masked" in claim else masked.all(axis=1)
    if found := re.fullmatch(r"([hc]) after the last step processed, step (\d+)(; zeros in the rows where .+)?", claim):
        end = trace[found[1]][-1]
        if not found[3]:
            return same(array, end) and int(found[2]) == last_step
        whole_rows = same(array[~zero], end[~zero]) and is_zero(array[zero]) and zero.any() and not zero.all()
        return bool(whole_rows and int(found[2]) == last_step)
    if found := re.fullmatch(r"zeros: the last step processed, step (\d+), is masked", claim):
        return bool(is_zero(array) and order[:, -1].all() and int(found[1]) == last_step)
    return None


def rows(array: np.ndarray) -> np.ndarray:
    return array.reshape(-1, array.shape[-1])


def repeats(array: np.ndarray, order: np.ndarray) -> bool:
    later = order & ~np.logical_and.accumulate(order, axis=1)
    return bool(later.any()) and all(same(array[row, k], array[row, k - 1]) for row, k in np.argwhere(later))


MERGE: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "side by side": lambda one, other: np.concatenate((one, other), axis=-1),
    "added": lambda one, other: one + other,
    "averaged": lambda one, other: (one + other) / np.float32(2),
    "multiplied": lambda one, other: one * other,
}


MERGED = {"concat": "side by side", "sum": "added", "ave": "averaged", "mul": "multiplied"}


def merged_claim(facts: Facts, array: np.ndarray, claim: str) -> bool | None:
    """Whether a claim of a merged output holds; None where it is no such claim."""
    masked = facts.masked
    if found := re.fullmatch(r"forward h and backward h of (every step|the steps that are not masked), (.+)", claim):
        used = np.ones_like(masked) if found[1] == "every step" else ~masked
        return same(array[used], MERGE[found[2]](*facts.h)[used]) and (found[1] == "every step" or not used.all())
    if found := re.fullmatch(
        r"forward h of the last step \((\d+)\) and backward h of the first step \(1\), (.+)", claim
    ):
        forward, backward = facts.h
        merged, some = MERGE[found[2]](forward[:, -1], backward[:, 0]), ~masked.all(axis=1)
        return bool(int(found[1]) == facts.steps and same(array[some], merged[some]) and some.any())
    if found := re.fullmatch(
        r"forward h and backward h, (.+), one of them with zeros at the wrong steps, by a .+", claim
    ):
        own = [direction.outputs[0] for direction in facts.run.last.layers[facts.number - 1].directions]
        orders = masked, masked[:, ::-1]  # each in its order of processing
        told = any(not np.array_equal(one.steps < 0, order) for one, order in zip(own, orders, strict=True))
        return told and same(array, MERGE[found[1]](own[0].array, own[1].array[:, ::-1]))
    whole = {
        "zeros in the rows where every step is masked": lambda: (
            masked.all(axis=1).any() and is_zero(array[masked.all(axis=1)])
        ),
        "zeros at every step: all are masked": lambda: masked.all() and is_zero(array),
        "zeros: every step is masked, so there is no output to repeat": lambda: masked.all() and is_zero(array),
        "zeros at the masked steps": lambda: masked.any() and is_zero(array[masked]),
    }
    return bool(whole[claim]()) if claim in whole else None


def handed_on(run: Run) -> np.ndarray:
    return run.last.layers[-1].handed_on[0]


def prediction_claim(run: Run, array: np.ndarray, claim: str) -> bool:
    if found := re.fullmatch(r"Dense\((\d+)\) of the output of (.+?)( at every step)?, with (\w+)", claim):
        weights = run.model_weights
        predicted = HEAD_ACTIVATIONS[found[4]](handed_on(run) @ weights.head_kernel + weights.head_bias)
        number = len(run.experiment.layers)
        whose = "the layer" if number == 1 else f"layer {number}"
        right = array.shape[-1] == int(found[1]) and found[2] == whose and bool(found[3]) == (array.ndim == 3)
        return same(predicted, array) and right
    if found := re.fullmatch(r"behind Dropout\((.+)\)", claim):
        return run.masks is not None and float(found[1]) == run.experiment.layers[-1].dropout_after
    assert claim == "in the order of processing, from the last step to the first", claim
    return sum(layer.go_backwards for layer in run.experiment.layers) % 2 == 1


def undropped(facts: Facts, array: np.ndarray, found: re.Match[str], whole: np.ndarray) -> bool:
    """Whether each number is 0 or so many times as large as without Dropout."""
    assert float(found[1]) == facts.arguments.dropout_after
    times = np.float32(float(found[2]))
    return bool(np.all((array == 0) | np.isclose(array, whole * times, rtol=1e-3, atol=1e-6) | np.isnan(whole)))


def before_dropout(facts: Facts) -> np.ndarray:
    """What the last layer's directions return by themselves, merged by hand."""
    outputs = [direction.outputs[0].array for direction in facts.run.last.layers[-1].directions]
    if len(outputs) == 1:
        return outputs[0]
    forward, backward = outputs
    return MERGE[MERGED[facts.arguments.merge_mode]](forward, backward[:, ::-1] if backward.ndim == 3 else backward)


def assert_claims_hold(run: Run, output: ModelOutput) -> None:
    line = output_is(run, output, T)
    if output.name == "prediction":
        assert all(prediction_claim(run, output.array, claim) for claim in line.split(" · ")), line
        return
    number, direction, state = of_name(run, output)
    facts, array = Facts(run, number), output.array
    merged = not state and facts.arguments.bidirectional and output.name == "output"
    several, both = len(run.experiment.layers) > 1, facts.arguments.bidirectional and not merged
    whose, _, said = line.partition(": ") if several or both else ("", "", line)
    named = {
        (True, True): f"layer {number} {'backward' if direction else 'forward'}",
        (True, False): f"layer {number}",
        (False, True): f"the {'backward' if direction else 'forward'} layer",
        (False, False): "",
    }
    assert whose == named[several, both], line
    claims = said.split(" · ")
    if any(claim.startswith("then Dropout") for claim in claims):
        array = before_dropout(facts)
    turned = "its step 1 is the last step of the sequence"
    assert (turned in claims) == (facts.reversals % 2 == 1), line
    for claim in claims:
        if claim == turned:
            continue
        if found := re.fullmatch(r"then Dropout\((.+)\): each number becomes 0 or (.+) times as large", claim):
            assert undropped(facts, output.array, found, array), line
        elif found := re.fullmatch(r"the same numbers as (\w+)", claim):
            (other,) = (one.array for one in run.returned if one.name == found[1])
            assert same(other, output.array), line
        else:
            holds = merged_claim(facts, array, claim) if merged else plain_claim(facts, direction, array, claim)
            assert holds is not None, f"not known: {claim}"
            assert holds, (claim, line, run.experiment)


IN_SHORT = re.compile(
    r"(?P<h>the last h|h) of (?P<whose>[a-z0-9 ]+?)(?P<when> at every step| at some steps and zeros at the others|"
    r", but zeros in some rows)?(?P<dropped>, behind Dropout)?"
)


def short_claim(run: Run, output: ModelOutput, claim: str) -> bool:
    """Whether what is said of an output in a few words holds."""
    number, direction, _ = of_name(run, output)
    facts = Facts(run, number)
    array = output.array
    if claim.startswith("a prediction"):
        return output.name == "prediction" and claim.endswith("every step") == (array.ndim == 3)
    claim, behind, _ = claim.partition(", behind Dropout")
    if behind:
        assert run.experiment.layers[-1].dropout_after
        array = before_dropout(facts)
    if claim.startswith("zeros at every step"):
        return array.ndim == 3 and is_zero(array)
    if claim.startswith("zeros instead of"):
        return array.ndim == 2 and is_zero(array)
    if claim.startswith("forward h"):
        claim, some, _ = claim.partition(", but zeros in some rows")
        if found := re.fullmatch(r"forward h and backward h, (.+), at some steps and zeros at the others", claim):
            return bool(
                merged_claim(facts, array, f"forward h and backward h of the steps that are not masked, {found[1]}")
            )
        zero = facts.masked.all(axis=1)
        return bool(merged_claim(facts, array, claim)) and bool(some) == bool(zero.any() and array.ndim == 2)
    found = IN_SHORT.fullmatch(claim)
    assert found is not None, claim
    h = facts.h[direction]
    back = bool(direction) or facts.arguments.go_backwards
    ends = h[:, 0] if back else h[:, -1]
    if array.ndim == 2:
        whole = [same(a, b) or (bool(found["when"]) and is_zero(a)) for a, b in zip(array, ends, strict=True)]
        return found["h"] == "the last h" and all(whole)
    in_place = array[:, ::-1] if back and not direction else array
    whole = [
        same(a, b) or (found["when"] != " at every step" and is_zero(a))
        for a, b in zip(rows(in_place), rows(h), strict=True)
    ]
    return found["h"] == "h" and all(whole)


def assert_sentence_holds(run: Run) -> None:
    said = re.fullmatch(r"(One tensor comes|(\d+) tensors come) back: (.+)\.", returned_sentence(run, T))
    assert said is not None
    assert int(said[2] or 1) == len(run.returned)
    claims = said[3].split(", then ")
    states = [output.name for output in run.returned if NAME.fullmatch(output.name)]
    if states:
        assert claims.pop() == ", ".join(states)
    outputs = [output for output in run.returned if output.name not in states]
    for output, claim in zip(outputs, claims, strict=True):
        assert short_claim(run, output, claim), (claim, run.experiment)


def is_a_layers_own(run: Run) -> bool:
    experiment = run.experiment
    alone = len(experiment.places) == 1 and experiment.head == "none"
    return alone and not (experiment.training and experiment.layers[0].dropout_after)


@settings(max_examples=150, deadline=None)
@given(models())
def test_what_is_said_of_any_models_returned_tensors_is_true(experiment: Experiment) -> None:
    run = run_any(experiment)
    for output in run.returned:
        assert_claims_hold(run, output)
        assert output_is(run, output, KO)
    if not is_a_layers_own(run):  # else it is said as in test_true_sentences.py
        assert_sentence_holds(run)
    assert returned_sentence(run, KO)


@pytest.mark.parametrize("mask", MASKS)
def test_what_is_said_of_masked_rows_of_models_is_true(mask: str) -> None:
    base = Experiment(preset="noise", timesteps=6, features=2, batch=2, mask=mask)
    below = LayerArguments(units=2, return_sequences=True, go_backwards=True)
    for sequences, unroll, zeroes, backwards in product((False, True), repeat=4):
        plain = LayerArguments(units=2, return_sequences=sequences, return_state=True, unroll=unroll)
        last = [replace(plain, go_backwards=backwards, zero_output_for_mask=zeroes)]
        if not backwards:
            last += [replace(plain, bidirectional=True, merge_mode=mode) for mode in (*MERGED, "None")]
        for layer in last:
            for layers in ((layer,), (below, layer)):
                run = run_any(base.changed(layers=layers))
                for output in run.returned:
                    assert_claims_hold(run, output)
                if not is_a_layers_own(run):
                    assert_sentence_holds(run)


@settings(max_examples=60, deadline=None)
@given(models())
def test_what_is_said_of_the_calls_of_any_layer_is_true(experiment: Experiment) -> None:
    run = run_any(experiment)
    for place in experiment.places:
        opened = run.open(place)
        note, (first, *others) = calls_note(opened, T), opened.calls
        alike = all(same(call.end[name], first.end[name]) for call in others for name in first.end)
        assert bool(note) == bool(calls_note(opened, KO)) == (len(opened.calls) > 1 and first.start == others[0].start)
        if note:
            assert note.endswith("all calls are the same.") == alike
            assert note.startswith("Without stateful") == (not opened.layer.stateful)
            if "the layer below" in note:
                below = [run.open(other).calls for other in experiment.places if other.layer < place.layer]
                assert any(not same(a.end["h"], b.end["h"]) for a, b in below)
            if "draws dropout masks" in note:
                assert run.masks is not None


@settings(max_examples=60, deadline=None)
@given(models())
def test_the_fault_of_keras_is_told_where_some_layer_zeroes_other_steps_when_it_is_unrolled(model: Experiment) -> None:
    def sequences(unroll: bool) -> list[np.ndarray]:
        layers = tuple(LayerArguments(**vars(layer) | {"unroll": unroll}) for layer in model.layers)
        run = run_any(model.changed(layers=layers))
        assert unroll or not zeroes_wrong_steps(run)
        told.append(zeroes_wrong_steps(run))
        return [direction.outputs[0].array for layer in run.last.layers for direction in layer.directions]

    told: list[bool] = []
    rolled, unrolled = sequences(unroll=False), sequences(unroll=True)
    assert told[1] == any(not same(a, b) for a, b in zip(rolled, unrolled, strict=True))


@settings(max_examples=60, deadline=None)
@given(models())
def test_what_a_flag_of_any_layer_changed_is_said_truly(experiment: Experiment) -> None:
    before = run_any(experiment)
    for number in range(1, len(experiment.layers) + 1):
        for flag in FLAGS:
            name = flag if number == 1 else f"{flag}.{number}"
            try:
                changed = experiment.changed(**{name: not getattr(experiment.layers[number - 1], flag)})
            except Refusal:
                continue
            assert_changes_hold(before, run_any(changed))


def assert_changes_hold(before: Run, after: Run) -> None:
    lines = changes(before, after, T)
    assert len(changes(before, after, KO)) == len(lines)
    old, new = ({output.name: output.array for output in run.returned} for run in (before, after))
    shapes = [f"{k}: {old[k].shape} → {new[k].shape}" for k in new if k in old and old[k].shape != new[k].shape]
    assert [line for line in lines if " → " in line] == shapes
    more, fewer = (", ".join(k for k in these if k not in those) for these, those in ((new, old), (old, new)))
    assert [line for line in lines if line.startswith(("added", "gone"))] == [
        *([f"added: {more}"] if more else []),
        *([f"gone: {fewer}"] if fewer else []),
    ]
    values = ", ".join(k for k in new if k in old and old[k].shape == new[k].shape and not same(old[k], new[k]))
    assert [line for line in lines if line.startswith("new values")] == ([f"new values: {values}"] if values else [])
    turned = [sum(layer.go_backwards for layer in run.experiment.layers) % 2 for run in (before, after)]
    begins = [line for line in lines if "[:, 0]" in line]
    sequences = [k for k in new if new[k].ndim == 3]
    if turned[0] != turned[1] and after.trace.steps > 1:
        assert begins == [f"{k}[:, 0] is now the {('first', 'last')[turned[1]]} step." for k in sequences]
    else:
        assert begins == []
    (inside,) = (line for line in lines if line.startswith("Inside"))
    changed = {
        place.layer
        for place in after.experiment.places
        for name in after.open(place).trace.spec.quantities
        if not same(*(run.open(place).trace.in_time_order(name) for run in (before, after)))
    }
    if "as before" in inside:
        assert not changed
    else:
        assert changed
        if len(after.experiment.layers) > 1:
            assert {int(number) for number in re.findall(r"layer (\d)", inside)} == changed


def test_a_bidirectional_layer_without_sequences_is_said_to_give_the_two_ends() -> None:
    run = run_any(Experiment(layers=(LayerArguments(bidirectional=True, merge_mode="sum"),)))
    said = "forward h of the last step (6) and backward h of the first step (1), added"
    assert output_is(run, run.returned[0], T) == said
    assert returned_sentence(run, T) == f"One tensor comes back: {said}."


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_panel_has_every_returned_tensor_in_order_with_a_colour(language: str) -> None:
    t = text.load(language)
    layers = (
        LayerArguments(bidirectional=True, return_sequences=True, return_state=True),
        LayerArguments(cell="GRU", return_state=True),
    )
    panel = returned_panel(run_any(Experiment(layers=layers, head="dense")), None, t)
    names = ["prediction", "forward_h_1", "forward_c_1", "backward_h_1", "backward_c_1", "state_h_2"]
    assert [tensor["name"] for tensor in panel["tensors"]] == names
    assert [tensor["quantity"] for tensor in panel["tensors"]] == ["prediction", "h", "c", "h", "c", "h"]
    assert all(re.fullmatch("#[0-9A-F]{6}", tensor["colour"]) for tensor in panel["tensors"])


@settings(max_examples=40, deadline=None)
@given(models())
def test_each_row_of_a_returned_sequence_is_named_by_its_own_step(experiment: Experiment) -> None:
    run = run_any(experiment.changed(mask="", front="none", head="none", training=False))
    for output in run.returned:
        if output.array.ndim == 3:
            number, direction, _ = of_name(run, output)
            facts = Facts(run, number)
            for row, step in enumerate(steps_of(run, output)):
                whole = [h[:, step - 1] for h in facts.h]
                merged = facts.arguments.bidirectional and output.name == "output"
                right = MERGE[MERGED[facts.arguments.merge_mode]](*whole) if merged else whole[direction]
                assert same(output.array[:, row], right)
