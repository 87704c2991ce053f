"""An experiment stands as a whole or is refused, and the refusal names the field and what it may be."""

from __future__ import annotations

import dataclasses
import math
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, Edit
from lstm_core.layers.arguments import LayerArguments
from lstm_core.options import check
from lstm_core.refusal import Refusal
from lstm_core.tasks.registry import TASKS
from tests.experiments import experiments

NUMBERS = [name for name, f in FIELDS.items() if "low" in f.metadata]
WHOLE = [name for name in NUMBERS if isinstance(FIELDS[name].default, int)]
CHOICES = [name for name, f in FIELDS.items() if "choices" in f.metadata]
TEXTS = [name for name, f in FIELDS.items() if "longest" in f.metadata]
SWITCHES = [name for name, f in FIELDS.items() if isinstance(f.default, bool)]


def refusal(**arguments: object) -> Refusal:
    with pytest.raises(Refusal) as raised:
        Experiment(**arguments)
    return raised.value


def blamed(**arguments: object) -> tuple[str, str]:
    found = refusal(**arguments)
    return str(found.facts["field"]), found.code


# ---- each field by itself ----


def test_every_field_is_bounded_in_one_way() -> None:
    by_hand = {"reset_before", "edits", "held"}
    assert len(NUMBERS) + len(CHOICES) + len(TEXTS) + len(SWITCHES) == len(FIELDS) - len(by_hand)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_may_be_its_bounds_and_nothing_beyond(name: str) -> None:
    low, high = FIELDS[name].metadata["low"], FIELDS[name].metadata["high"]
    for value in (low, high):
        assert getattr(Experiment(**{name: value}), name) == value
    for value in (low - 1, high + 1):
        assert blamed(**{name: value}) == (name, "out_of_range")
    facts = refusal(**{name: high + 1}).facts
    assert (facts["given"], facts["low"], facts["high"]) == (high + 1, low, high)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "3", np.float32(1)])
def test_what_only_resembles_a_number_is_refused(name: str, value: object) -> None:
    assert blamed(**{name: value}) == (name, "out_of_range")


@pytest.mark.parametrize("name", WHOLE)
def test_a_count_is_a_whole_number(name: str) -> None:
    assert blamed(**{name: 2.0}) == (name, "out_of_range")


@pytest.mark.parametrize("name", ["initial_h", "initial_c", "forget_bias", "dropout"])
def test_a_number_that_float32_makes_zero_is_refused(name: str) -> None:
    assert blamed(**{name: 1e-60}) == (name, "too_small")


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_is_one_of_those_on_offer(name: str) -> None:
    for choice in FIELDS[name].metadata["choices"]:
        text = {"sentence": TASKS[choice].opens_with} if choice in TASKS else {}
        assert getattr(Experiment(**{name: choice} | text), name) == choice
    assert blamed(**{name: "lots"}) == (name, "not_a_choice")


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_has_a_longest_length(name: str) -> None:
    most = FIELDS[name].metadata["longest"]
    assert check(FIELDS[name], "1" * most) is None
    assert blamed(**{name: "1" * (most + 1)}) == (name, "too_long")
    assert blamed(**{name: 1}) == (name, "too_long")


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize("value", [1, 0, "True", None])
def test_a_switch_is_true_or_false(name: str, value: object) -> None:
    assert blamed(**{name: value}) == (name, "not_a_choice")


def test_only_the_forget_bias_may_be_none() -> None:
    assert Experiment(forget_bias=None) == Experiment()
    without_bounds = ["forget_bias", "reset_before", "edits", "held"]
    assert [name for name in FIELDS if check(FIELDS[name], None) is None] == without_bounds


# ---- what only makes sense together ----


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"sentence": "  "}, ("sentence", "no_words")),
        ({"preset": "typed", "typed": "1 nan"}, ("typed", "not_a_number")),
        ({"preset": "typed", "typed": "1 2; 3"}, ("typed", "ragged_steps")),
        ({"preset": "typed", "typed": "1 " * 1001}, ("typed", "too_many")),
        ({"preset": "typed", "typed": "0,1; 0,2"}, ("typed", "ambiguous_comma")),
        ({"mask": "7"}, ("mask", "mask_step_out_of_range")),  # the sentence has six words
        ({"mask": "1; 2"}, ("mask", "mask_rows")),
        ({"mask": "first"}, ("mask", "mask_not_understood")),
        ({"preset": "typed", "typed": "1 2 3", "mask": "4"}, ("mask", "mask_step_out_of_range")),
        ({"reset_before": (2,)}, ("reset_before", "reset_beyond_calls")),
        ({"calls": 3, "reset_before": (1,)}, ("reset_before", "reset_beyond_calls")),
        ({"calls": 3, "reset_before": (3, 4)}, ("reset_before", "reset_beyond_calls")),
        ({"edits": (Edit("kernel", 3, 0, 1.0),)}, ("edits", "edits_out_of_place")),
        ({"edits": (Edit("kernel", 0, 16, 1.0),)}, ("edits", "edits_out_of_place")),
        ({"edits": (Edit("recurrent_kernel", -1, 0, 1.0),)}, ("edits", "edits_out_of_place")),
        ({"edits": (Edit("gates", 0, 0, 1.0),)}, ("edits", "edits_out_of_place")),
        ({"edits": (Edit("h", 0, 0, 1.0),)}, ("edits", "edits_out_of_place")),  # no state is given to the call
        ({"use_bias": False, "edits": (Edit("bias", 0, 0, 1.0),)}, ("edits", "edits_out_of_place")),
        ({"edits": (Edit("kernel", 0, 0, 1.1e6),)}, ("edits", "edits_out_of_place")),
        ({"edits": (Edit("kernel", 0, 0, float("nan")),)}, ("edits", "edits_out_of_place")),
        ({"held": (Edit("f", 7, 0, 0.5),)}, ("held", "held_out_of_place")),  # there are six steps
        ({"held": (Edit("f", 0, 4, 0.5),)}, ("held", "held_out_of_place")),
        ({"held": (Edit("z", 1, 0, 0.5),)}, ("held", "held_out_of_place")),  # which is a GRU's
        ({"held": (Edit("f.2", 1, 0, 0.5),)}, ("held", "held_out_of_place")),
        ({"held": (Edit("f", 1, 0, float("inf")),)}, ("held", "held_out_of_place")),
    ],
)
def test_what_does_not_fit_the_rest_is_refused_by_name(arguments: dict[str, object], expected: tuple[str, str]) -> None:
    assert blamed(**arguments) == expected


def test_text_of_a_preset_that_is_not_chosen_is_not_judged() -> None:
    assert Experiment(preset="sine", sentence="", typed="nan").shape == (1, 6, 3)


def test_bounds_are_judged_before_anything_is_made_of_the_values() -> None:
    assert blamed(timesteps=10**12, features=10**12, preset="noise", mask="1-9999") == ("timesteps", "out_of_range")


def test_every_bound_is_small_enough_to_run() -> None:
    largest = Experiment(preset="noise", timesteps=FIELDS["timesteps"].metadata["high"], features=64)
    assert largest.changed(features=64, units=64).shape == (1, 1000, 64)
    assert largest.changed(timesteps=250, features=256, units=256).shape == (1, 250, 256)
    assert largest.changed(batch=4, units=64, features=32).shape == (4, 1000, 32)
    assert largest.changed(batch=9, features=32).shape == (9, 1000, 32)
    assert largest.changed(features=256, units=256).shape == (1, 1000, 256)


BOTH_WAYS = LayerArguments(units=100, bidirectional=True, return_sequences=True)


@pytest.mark.parametrize(
    ("code", "sizes"),
    [
        ("size", {"timesteps": 1000, "batch": 32, "units": 64}),
        ("size", {"timesteps": 300, "batch": 32, "features": 8, "units": 40}),
        ("size", {"timesteps": 1000, "batch": 2, "units": 256}),
        ("size_features", {"timesteps": 1000, "batch": 32, "features": 32, "units": 1}),
        ("size_features", {"timesteps": 1000, "batch": 2, "features": 256, "units": 250}),
        ("size_model", {"timesteps": 300, "batch": 8, "layers": (BOTH_WAYS, LayerArguments(units=50))}),
        ("size_model_one", {"timesteps": 1000, "batch": 2, "layers": (BOTH_WAYS, LayerArguments(units=250))}),
    ],
)
def test_sizes_that_are_too_much_together_are_refused_with_sizes_that_would_do(
    code: str, sizes: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as refused:
        Experiment(preset="noise", **sizes)
    facts = refused.value.facts
    assert refused.value.code == code
    for name in {"timesteps", "batch"} & set(facts):
        Experiment(preset="noise", **sizes | {name: facts[name]})
        with pytest.raises(Refusal):
            Experiment(preset="noise", **sizes | {name: facts[name] + 1})
    assert ("batch" in facts) == (code != "size_model_one")  # a row of which alone is too much
    assert all(fits >= 1 for name, fits in facts.items() if name in ("timesteps", "batch", "width"))
    for width, fits in ((facts["width"], True), (facts["width"] + 1, False)):
        layers = tuple(replace(layer, units=units) for layer, units in zip(*shared(sizes, width), strict=True))
        narrow = sizes | {"layers": layers, "features": min(width, sizes.get("features", 3))}
        narrow.pop("units", None)
        if code == "size_features":
            narrow["features"] = width
        with nullcontext() if fits else pytest.raises(Refusal):
            Experiment(preset="noise", **narrow)


def shared(sizes: dict[str, Any], width: int) -> tuple[tuple[LayerArguments, ...], list[int]]:
    """The layers of these sizes, and how many units each may have of `width` in all, each direction counted."""
    layers = sizes.get("layers", (LayerArguments(),))
    directions = [1 + layer.bidirectional for layer in layers]
    units = [max(1, width // sum(directions)) for _ in layers]
    units[-1] += (width - sum(map(math.prod, zip(units, directions, strict=True)))) // directions[-1]
    return layers, units


# ---- the values ----


def test_numbers_set_by_hand_are_in_the_weights_and_nothing_else_is_changed() -> None:
    plain, edited = Experiment(), Experiment(edits=(Edit("kernel", 1, 6, 0.5), Edit("bias", 0, 3, -2.0)))
    kernel, bias = plain.weights().kernel.copy(), plain.weights().bias.copy()
    kernel[1, 6], bias[3] = 0.5, -2.0
    np.testing.assert_array_equal(edited.weights().kernel, kernel)
    np.testing.assert_array_equal(edited.weights().bias, bias)
    np.testing.assert_array_equal(edited.weights().recurrent_kernel, plain.weights().recurrent_kernel)


def test_the_forget_bias_fills_its_quarter_and_single_numbers_come_after_it() -> None:
    bias = Experiment(units=2, forget_bias=-1.5, edits=(Edit("bias", 0, 3, 4.0),)).weights().bias
    assert bias.tolist() == [0, 0, -1.5, 4.0, 0, 0, 0, 0]
    assert Experiment(units=2, forget_bias=-1.5, use_bias=False).weights().bias is None


# ---- changing ----


def test_an_edit_is_let_go_when_its_place_is_gone_and_kept_otherwise() -> None:
    edits = (Edit("kernel", 2, 15, 0.5), Edit("bias", 0, 0, 1.0), Edit("h", 1, 3, 0.25))
    full = Experiment(batch=2, initial_state=True, edits=edits)
    assert full.changed(units=5).edits == edits
    assert full.changed(features=2).edits == edits[1:]
    assert full.changed(units=3).edits == edits[1:2]
    assert full.changed(use_bias=False).edits == (edits[0], edits[2])
    assert full.changed(batch=1).edits == edits[:2]
    assert full.changed(initial_state=False).edits == edits[:2]
    assert full.changed(preset="typed", typed="1 2 3").edits == edits[1:2]


def test_a_change_that_cannot_stand_leaves_the_experiment_as_it_is() -> None:
    experiment = Experiment(mask="6")
    with pytest.raises(Refusal):
        experiment.changed(sentence="five words are too few")
    assert experiment == Experiment(mask="6")


@given(experiments(), st.data())
def test_a_change_and_its_return_give_an_equal_experiment(experiment: Experiment, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(("return_sequences", "return_state", "go_backwards", "stateful", "unroll")))
    there = experiment.changed(**{name: not getattr(experiment, name)})
    back = there.changed(**{name: getattr(experiment, name)})
    assert there != experiment
    assert back == experiment
    assert hash(back) == hash(experiment)


def test_an_experiment_is_frozen_and_a_key() -> None:
    experiment = Experiment(edits=(Edit("kernel", 0, 0, 1.0),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        experiment.units = 3
    assert {experiment: 1}[Experiment(edits=(Edit("kernel", 0, 0, 1.0),))] == 1
    assert len({Experiment(**{flag: True}) for flag in SWITCHES} | {Experiment()}) == len(
        {flag for flag in SWITCHES if not FIELDS[flag].default} | {"default"}
    )


def numbers_of(experiment: Experiment) -> list[bytes]:
    weights, states = experiment.weights(), experiment.given_state() or ()
    return [array.tobytes() for array in (weights.kernel, weights.recurrent_kernel, weights.bias, *states)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"initial_h": -0.0}, {"initial_h": 0.0}),
        ({"initial_c": -0.0}, {"initial_c": 0}),
        ({"forget_bias": -0.0}, {"forget_bias": 0.0}),
        ({"edits": (Edit("kernel", 0, 0, -0.0),)}, {"edits": (Edit("kernel", 0, 0, 0),)}),
        ({"edits": (Edit("h", 0, 0, -0.0),), "initial_h": 1.0}, {"edits": (Edit("h", 0, 0, 0.0),), "initial_h": 1}),
    ],
)
def test_experiments_that_are_equal_give_the_same_numbers_to_the_bit(one: dict, other: dict) -> None:
    experiments = Experiment(initial_state=True, **one), Experiment(initial_state=True, **other)
    assert experiments[0] == experiments[1]
    assert numbers_of(experiments[0]) == numbers_of(experiments[1])
    assert repr(experiments[0]) == repr(experiments[1])


@pytest.mark.parametrize(
    "edit",
    [
        Edit("kernel", 0.0, 0, 1.0),
        Edit("kernel", 0, 0.0, 1.0),
        Edit("kernel", True, 0, 1.0),
        Edit("h", 0, False, 1.0),
        Edit("kernel", "0", 0, 1.0),
        Edit("kernel", 0, 0, "1"),
        Edit("kernel", 0, 0, True),
        Edit("kernel", 0, 0, float("nan")),
    ],
)
def test_a_number_set_by_hand_has_a_whole_row_and_column_and_is_a_number(edit: Edit) -> None:
    assert blamed(initial_state=True, edits=(edit,)) == ("edits", "edits_out_of_place")


def test_a_reset_is_kept_once_however_often_it_is_given() -> None:
    assert Experiment(calls=4, reset_before=(4, 2, 2, 4) * 9_000).reset_before == (2, 4)


def test_of_numbers_set_by_hand_in_one_place_the_last_is_kept() -> None:
    first, second, last = Edit("kernel", 0, 0, 1.0), Edit("bias", 0, 0, 2.0), Edit("kernel", 0, 0, 3)
    experiment = Experiment(edits=(first, second) * 9_000 + (last,))
    assert sorted(experiment.edits) == [second, last]
    assert experiment.weights().kernel[0, 0] == 3


@pytest.mark.parametrize("beyond", [(1,), (5,), (2.0,), ("2",), tuple(range(5, 60_000))])
def test_resets_that_no_call_has_are_refused_by_the_first_of_them(beyond: tuple) -> None:
    found = refusal(calls=4, reset_before=(2, *beyond))
    assert (found.code, found.facts["given"]) == ("reset_beyond_calls", beyond[:8])
