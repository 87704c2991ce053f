"""What lessons say of numbers that a learner can move is true in every state: each claim is checked with the arrays."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import numpy as np
import pytest

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.lessons import order, recurrence, steps
from lstm_core.lessons.lesson import Said, told, words
from lstm_core.lessons.order import Padding
from lstm_core.lessons.steps import Feeding
from lstm_core.run import run_experiment

LONG = " ".join(f"w{k}" for k in range(60))
SENTENCES = [
    ("the cat sat on the mat", "the cat sat on the mat"),
    ("the cat sat on the mat", "the dog sat on the mat"),
    ("the cat sat on the mat", "a cat sat on the mat"),
    ("the cat sat on the mat", "the cat sat on the dog"),
    ("the cat sat on the mat", "the cat sat on the mat today"),
    ("the cat sat", "dog"),
    (LONG, LONG.replace("w0", "v0", 1)),
    (LONG, LONG.replace("w5 ", "v5 ", 1)),
]
LAYERS: list[dict[str, Any]] = [
    {},
    {"units": 1, "features": 1},
    {"units": 9, "features": 5, "batch": 2, "weights_seed": 3},
    {"forget_bias": -10.0},
    {"forget_bias": 10.0},
    {"kernel_initializer": "zeros"},
    {"kernel_initializer": "zeros", "bias_initializer": "random_normal"},
    {"recurrent_initializer": "zeros", "forget_bias": -10.0},
    {"use_bias": False},
    {"activation": "relu", "recurrent_activation": "hard_sigmoid"},
]


def said_as(lesson: str, said: Said) -> str:
    """What is said, in English; in Korean it has the same numbers."""
    block, facts = said
    english, korean = (words(lesson, language)(f"text.{block}", **facts) for language in text.LANGUAGES)
    for fact in facts.values():
        shown = f"{fact:.4f}" if isinstance(fact, float) else str(fact)
        assert not facts or (shown in english) == (shown in korean)
    return english


def is_told(shown: object, number: float) -> bool:
    """Whether a number is shown to its digits, and as 0 only if it is."""
    return abs(float(str(shown)) - number) <= 5.1e-5 and (float(str(shown)) == 0) == (number == 0)


def claims_where_h_differs(said: Said, sizes: np.ndarray) -> None:
    """A block on how far h of two runs is apart, and from which step on, is true of the largest difference a step."""
    block, facts = said
    differs = sizes > 0
    first = int(facts.get("step", 1)) - 1
    if block == "same":
        assert not differs.any()
        return
    assert differs[first]
    assert not differs[:first].any()
    if block == "some_steps":
        assert differs.sum() == facts["count"] < len(sizes) - first
    else:
        assert differs[first:].all()
        assert (block == "from_first") == (first == 0)
    if "before" in facts:
        assert facts["before"] == first
    if "after" in facts:
        assert facts["after"] == len(sizes) - first
    if "widest" in facts:
        assert sizes[int(facts["widest"]) - 1] == sizes.max()
        assert is_told(facts["most"], sizes.max())
    if "apart" in facts:
        assert is_told(facts["apart"], sizes[-1])


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_where_a_changed_sentence_is_felt_is_where_h_differs(layer: dict[str, Any]) -> None:
    for before, after in SENTENCES:
        one, other = (run_experiment(Experiment(**layer, sentence=sentence)) for sentence in (before, after))
        said = recurrence.told_change(one, other)
        common = min(one.trace.steps, other.trace.steps)
        sizes = np.abs(one.trace["h"][:common, 0] - other.trace["h"][:common, 0]).max(axis=1)
        claims_where_h_differs(said, sizes)
        said_as("recurrence", said)


def test_a_difference_that_is_forgotten_is_not_said_to_last() -> None:
    forgets = {"forget_bias": -10.0, "recurrent_initializer": "zeros"}
    one, other = (run_experiment(Experiment(**forgets, sentence=sentence)) for sentence in SENTENCES[-2])
    said = recurrence.told_change(one, other)
    assert said[0] == "some_steps"
    assert re.search(r"differs at \d+ of the steps", said_as("recurrence", said))


@pytest.mark.parametrize("layer", LAYERS, ids=str)
@pytest.mark.parametrize(
    "feeding", [Feeding(handed, kept) for handed in steps.HANDED for kept in (False, True)], ids=str
)
def test_from_which_step_on_single_calls_differ_is_what_their_h_say(layer: dict[str, Any], feeding: Feeding) -> None:
    for timesteps in (1, 2, 6, 60):
        experiment = steps.plain(Experiment(**layer).changed(preset="noise", timesteps=timesteps))
        fed = steps.fed(experiment, feeding)
        said = steps.told_fed(fed)
        claims_where_h_differs(said, np.abs(fed.stepped_h - fed.h).max(axis=(1, 2)))
        said_as("steps", said)


PADDINGS = [
    Padding(side, masked, zero_output, begun)
    for side, masked, zero_output, begun in product(("right", "left"), (True, False), (False, True), (False, True))
    if masked or not zero_output
]


@pytest.mark.parametrize("layer", LAYERS, ids=str)
@pytest.mark.parametrize("padding", PADDINGS, ids=str)
def test_what_is_said_of_a_padded_batch_is_what_comes_out_of_it(layer: dict[str, Any], padding: Padding) -> None:
    for sentence in ("the cat sat", "the cat sat on the mat"):
        run = run_experiment(order.padded(Experiment(**layer, sentence=sentence), padding))
        padded = slice(-order.MISSING, None) if padding.side == "right" else slice(0, order.MISSING)
        output, h, c = run.outputs[0].array[1], run.trace["h"][:, 1], run.trace["c"][:, 1]
        for block, facts in order.told_padding(run, padding):
            said_as("order", (block, facts))
            if block == "silent":
                assert not h[padded].any()
                assert not c[padded].any()
            elif block == "moved":
                assert is_told(facts["apart"], order.moved_by_padding(run, padding))
            elif block == "kept_by_mask":
                assert order.moved_by_padding(run, padding) < 5e-5
            elif block == "zeroed":
                assert not output[padded].any()
            elif block == "repeats":
                assert (output[padded] == output[-order.MISSING - 1]).all()
                assert np.array_equal(output[-1], h[-1])
            else:
                assert not output[padded].any()
                assert (block == "leading_zeros") == (not h[padded].any())
                assert is_told(facts["h"], h[0, 0])


@pytest.mark.parametrize("layer", LAYERS, ids=str)
@pytest.mark.parametrize(("stateful", "reset"), [(True, True), (True, False), (False, False)])
def test_what_is_said_of_calls_in_a_row_is_what_they_give(layer: dict[str, Any], stateful: bool, reset: bool) -> None:
    for sentence in ("the", "the cat sat on the mat"):
        runs = order.calls(Experiment(**layer, sentence=sentence), stateful=stateful, reset=reset)
        first, second, third = (run.trace["h"][:, 0] for run in runs)
        for block, facts in order.told_calls(runs, stateful=stateful, reset=reset):
            said_as("order", (block, facts))
            if block == "goes_on":
                unit = int(str(facts["unit"])) - 1
                assert is_told(facts["first"], first[0, unit])
                assert is_told(facts["second"], second[0, unit])
                assert facts["first"] != facts["second"]
            elif block == "goes_on_alike":
                assert np.abs(first[0] - second[0]).max() < 1e-4
            elif block == "was_reset":
                assert facts["apart"] == "0"
                assert np.array_equal(first, third)
            elif block == "stateless":
                assert facts["apart"] == "0"
                assert np.array_equal(first, second)
                assert np.array_equal(first, third)


@pytest.mark.parametrize("number", [0.0, 1.0, 0.5, 1e-9, 4e-5, 0.99996, 1 - 6e-8, -0.00001])
def test_a_number_that_is_not_0_or_1_does_not_look_like_it(number: float) -> None:
    shown = float(told(number))
    assert (shown in (0, 1)) == (number in (0, 1))
    assert shown == pytest.approx(number, abs=5.1e-5)
