"""Links of models that say what cannot be: each fault is named in the reader's language, and all else is kept."""

from __future__ import annotations

import random
from typing import Any

import pytest

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, FURTHER
from lstm_core.limits import MAX_LAYERS
from lstm_core.run import run_experiment
from lstm_core.share.link import decode, encode

TWO = {"return_sequences": "1", "cell.2": "GRU", "units.2": "3", "batch": "2"}
WORDS = {"front": "embedding", "units": "5", "batch": "2"}
UNMERGED = {"bidirectional": "1", "merge_mode": "None"}
LARGE = {"preset": "noise", "timesteps": "1000", "units": "256", "return_sequences": "1"}
LARGE |= {f"cell.{k}": "LSTM" for k in (2, 3, 4)} | {f"units.{k}": "256" for k in (2, 3, 4)}
LARGE |= {f"return_sequences.{k}": "1" for k in (2, 3)}

CASES: dict[str, tuple[dict[str, str], str, tuple[str, ...], dict[str, Any]]] = {
    # what the link says; what it is refused for, what is named of it, and what the experiment differs in from without
    "a field of no layer": (TWO | {"units.3": "4"}, "link_no_layer", ("units.3", "2"), {}),
    "a field of a layer 0": (TWO | {"units.0": "4"}, "link_no_layer", ("units.0", "2"), {}),
    "six layers": (
        TWO | {f"cell.{k}": "GRU" for k in (3, 4, 5, 6)} | {"return_sequences.2": "1", "return_sequences.3": "1"},
        "link_no_layer",
        ("cell.5", "cell.6", "4"),
        {f"layers.{k}": ... for k in (2, 3, 4)},
    ),
    "another cell": (TWO | {"cell.2": "LSTMM"}, "not_a_choice", ("LSTMM", "SimpleRNN", "2"), {"cell.2": "LSTM"}),
    "units beyond": (TWO | {"units.2": "999"}, "out_of_range", ("999", "256", "2"), {"units.2": 4}),
    "a control character": (TWO | {"units.2": "3\x1b[31m"}, "not_a_whole_number", ("units", "2"), {"units.2": 4}),
    "a head of no units": (TWO | {"head": "dense", "head_units": "0"}, "out_of_range", ("0", "256"), {"head": "dense"}),
    "a head of words": (TWO | {"head": "dense", "head_units": "x"}, "not_a_whole_number", ("x",), {"head": "dense"}),
    "another head": (TWO | {"head": "denser"}, "not_a_choice", ("denser",), {}),
    "a merge of another name": (TWO | {"merge_mode": "foo"}, "not_a_choice", ("foo", "concat"), {}),
    "two outputs in the middle": (TWO | UNMERGED, "two_tensors", ("1",), {"bidirectional": True}),
    "one output in the middle": (TWO | {"return_sequences": "0"}, "needs_sequences", ("1", "return_sequences"), {}),
    "a mask of words": (TWO | {"front": "masking", "mask_value": "x"}, "not_a_number", ("x",), {"front": "masking"}),
    "too few rows": (WORDS | {"input_dim": "2"}, "index_beyond", ("2", "6"), {"input_dim": 6}),
    "no rows": (WORDS | {"input_dim": "0"}, "out_of_range", ("0", "1000"), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_fault_of_a_model_is_named_in_both_languages_and_nothing_else_is_lost(name: str) -> None:
    link, code, named, differs = CASES[name]
    opened = decode(link)
    (refusal,) = opened.refusals
    assert refusal.code == code
    for language in text.LANGUAGES:
        said = text.load(language).refusal(refusal)
        assert all(word in said for word in named), said
    good = decode(WORDS if "front" in link and "cell.2" not in link else TWO)
    assert not good.refusals
    changed = opened.experiment.differs_from(good.experiment)
    if name == "six layers":
        assert len(opened.experiment.layers) == MAX_LAYERS
        return
    assert changed == set(differs)
    values = opened.experiment.values()
    assert all(values[field] == value for field, value in differs.items())
    run_experiment(opened.experiment)


@pytest.mark.parametrize(
    ("sequence", "code", "named"),
    [
        ({"preset": "sine", "features": "1"}, "not_indices", "0.5"),
        ({"preset": "typed", "typed": "1 0.5"}, "not_indices", "0.5"),
        ({"preset": "typed", "typed": "1 -2"}, "not_indices", "-2"),
        ({"preset": "typed", "typed": "1 5000"}, "index_beyond", "5000"),
        ({"preset": "noise", "features": "2"}, "indices_features", "2"),
    ],
)
def test_an_embedding_that_is_given_no_indices_goes_and_the_sequence_stays(
    sequence: dict[str, str], code: str, named: str
) -> None:
    opened = decode(sequence | {"front": "embedding", "units": "5", "input_dim": "20"})
    (refusal,) = opened.refusals
    assert refusal.code == code
    assert all(named in text.load(language).refusal(refusal) for language in text.LANGUAGES)
    without = decode(sequence | {"units": "5"}).experiment
    assert opened.experiment == without.changed(input_dim=20)


def test_a_model_too_large_says_what_fits_and_its_layers_stay() -> None:
    opened = decode(LARGE)
    assert {refusal.code for refusal in opened.refusals} == {"size_model_one"}
    (refusal,) = opened.refusals
    fits = Experiment(preset="noise", timesteps=int(str(refusal.facts["timesteps"]))).changed(
        layers=opened.experiment.layers
    )
    assert [layer.units for layer in fits.layers] == [256] * 4
    for language in text.LANGUAGES:
        assert str(refusal.facts["timesteps"]) in text.load(language).refusal(refusal)


VALUES = (
    *("0", "1", "-1", "3", "7", "999", "1e9", "0.5", "", "abc", "None", "concat", "mul", "LSTM", "GRU", "SimpleRNN"),
    *("embedding", "masking", "dense", "softmax", "words", "typed", "sine", "noise", "1 2 3", "0.5", "2-3", "\0", "～"),
    *("tanh", "orthogonal", "constant(0.5)", "kernel.2.0.0=1;h.1b.0.0=2", "~eJw", "\ud800", "9" * 50, "true", "２"),
)
NAMES = (*FIELDS, *(f"{name}.{number}" for name in FURTHER for number in range(6)), "cell.", ".2", "a", "layer")
MODELS = (
    TWO,
    WORDS,
    TWO | {"bidirectional": "1", "bidirectional.2": "1", "head": "dense", "initial_state": "1"},
    {"front": "masking", "return_sequences": "1", "cell.2": "LSTM", "return_sequences.2": "1", "cell.3": "SimpleRNN"},
    {"bidirectional": "1", "merge_mode": "None", "stateful": "1", "calls": "3", "cell": "GRU", "reset_after": "0"},
)


def test_two_thousand_damaged_links_of_models_open_run_and_are_told_in_both_languages() -> None:
    chance = random.Random(13)
    faults = 0
    for number in range(2000):
        link = dict(MODELS[number % len(MODELS)])
        for _ in range(chance.randint(1, 5)):
            link[chance.choice(NAMES)] = chance.choice(VALUES)
        for name in chance.sample(sorted(link), chance.randint(0, 2)):
            link[name] = link[name][:1] if chance.random() < 0.5 else link.pop(name)
        opened = decode(link)
        faults += len(opened.refusals)
        for refusal in opened.refusals:
            assert all(len(text.load(language).refusal(refusal)) > 10 for language in text.LANGUAGES), link
        again = encode(opened.experiment)
        assert again.left_out or decode(again.parameters) == (opened.experiment, (), None), link
        run_experiment(opened.experiment.changed(training=False))
    assert faults > 1000
