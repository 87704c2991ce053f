"""Every sentence of the moving picture is true of the numbers, at each step and for each unit of many experiments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.figures.lens import payload
from lstm_core.run import Run
from lstm_core.text import Catalogue, load
from tests.experiments import MASKS, run_any
from tests.js.asked import Node

Say = Callable[[Run, int, Catalogue], dict[str, Any]]

SCRIPTS = tuple(
    f"components/lens/{name}.js" for name in ("payload", "layer", "layer_ends", "words", "terms", "formula", "drawings")
)
SAY = """(data) => {
  const P = readPayload(data)
  const count = (most) => Array.from({ length: most }, (_, k) => k + 1)
  return {
    sentences: count(P.steps).map((step) => count(P.units).map((unit) => sentence(P, { step, unit }))),
    description: description(P),
    titles: [titleOf(P, "boxes", 1), titleOf(P, "loop", 1)],
    exit: JSON.stringify(drawExit("right", 176, P, wiresOf(P), levelsOf(P))),
    parts: count(P.steps).map((step) => Object.fromEntries(drawingOf(P.spec).parts.map(({ node }) => {
      const cell = cellOf(P, step, 1)
      const { what, notes } = panelOf(P, { step, unit: 1, node }, cell, cellInWords(P.spec, cell), false)
      return [node, [what, ...notes].join(" ")]
    }))),
  }
}"""


LINEAR = {"activation": "linear", "recurrent_activation": "linear"}
SHUT = {"forget_bias": -10.0, "preset": "impulse", "timesteps": 20, "recurrent_initializer": "zeros", "units": 1}
EXPERIMENTS = {
    "plain": Experiment(),
    "a memory that was lost": Experiment(**SHUT, features=1),
    "a given state": Experiment(initial_state=True, initial_c=-2.0, go_backwards=True),
    "a given state of zeros": Experiment(initial_state=True),
    "a second call": Experiment(stateful=True, calls=2, mask="1"),
    "a reset call": Experiment(stateful=True, calls=2, reset_before=(2,)),
    "one step": Experiment(preset="typed", typed="1", units=1),
    "gates close to 0 and to 1": Experiment(forget_bias=6.0, edits=(Edit("bias", 0, 0, -9.0),)),
    "a gate that is 1": Experiment(forget_bias=10.0, edits=(Edit("bias", 0, 4, 50.0),)),
    "gates without bounds": Experiment(recurrent_activation="linear", forget_bias=1.3, preset="noise"),
    "relu": Experiment(preset="noise", activation="relu", recurrent_activation="relu", forget_bias=0.0),
    "a gate that is 0, then 5": Experiment(
        preset="typed",
        typed="5 -5 5",
        units=1,
        activation="relu",
        recurrent_activation="relu",
        kernel_initializer="ones",
        recurrent_initializer="zeros",
        use_bias=False,
    ),
    "inf and nan": Experiment(preset="typed", typed="1 3e38 3e38 0", units=2, **LINEAR),
    "nothing at all": Experiment(kernel_initializer="zeros", recurrent_initializer="zeros", units=2),
    "dropout": Experiment(dropout=0.5, recurrent_dropout=0.5, training=True),
} | {
    f"masked {mask}, {flags}": Experiment(
        preset="noise", timesteps=6, features=2, batch=2, units=2, mask=mask, **dict.fromkeys(flags, True)
    )
    for mask in MASKS
    for flags in (
        (), ("go_backwards", "return_sequences"), ("zero_output_for_mask", "return_state"), ("zero_output_for_mask",),
    )
}  # fmt: skip

GRU = {"cell": "GRU", "bias_initializer": "random_normal"}
RESET_BEFORE = GRU | {"reset_after": False}
SIMPLE_RNN = {"cell": "SimpleRNN", "bias_initializer": "random_normal"}
LOST = {"preset": "typed", "typed": "5 0 5", "units": 1, "activation": "relu", "recurrent_activation": "relu"}
OTHERS = {  # experiments with the other cells
    f"{name}, {what}": Experiment(**cell | kwargs)
    for name, cell in (("GRU", GRU), ("reset before", RESET_BEFORE), ("SimpleRNN", SIMPLE_RNN))
    for what, kwargs in {
        "plain": {"return_state": True},
        "a given state": {"initial_state": True, "initial_h": -2.0, "go_backwards": True},
        "a second call": {"stateful": True, "calls": 2, "mask": "1"},
        "one step": {"preset": "typed", "typed": "1", "units": 1},
        "gates close to 0 and to 1": {"edits": (Edit("bias", 0, 0, 9.0), Edit("bias", 0, 1, -9.0))},
        "without bounds": {"recurrent_activation": "linear", "activation": "linear", "preset": "noise"},
        "a state that is lost": LOST | {
            "kernel_initializer": "ones", "recurrent_initializer": "zeros", "bias_initializer": "zeros",
        },
        "a state that is lost to open gates": {
            "preset": "typed", "typed": "1 0 2", "units": 1, "activation": "relu", "kernel_initializer": "ones",
            "recurrent_initializer": "zeros", "edits": (Edit("bias", 0, 0, -200.0), Edit("kernel", 0, 0, 0.0)),
        },
        "inf and nan": {"preset": "typed", "typed": "1 3e38 3e38 0", "units": 2, **LINEAR},
        "masked": {"preset": "noise", "timesteps": 6, "batch": 2, "mask": "1-3; 4-6", "zero_output_for_mask": True},
        "dropout": {"dropout": 0.5, "training": True},
    }.items()
    if not (name == "SimpleRNN" and "open gates" in what)
}  # fmt: skip

COUNT = r"(?P<step>\d+)"
WHO = rf"At step {COUNT} (?:the forget gate of )?unit (?P<unit>\d+) "
WRITE = r"the input gate lets in (?P<write>\S+) % of the candidate\."
FACTOR = r"the candidate is multiplied by (?P<write>\S+)\."
SENTENCES = {
    "masked": rf"Step {COUNT} is masked: h and c pass through it untouched\.",
    "share": WHO + r"keeps (?P<keep>\S+) % of the old memory, (?P<before>c\S+); " + WRITE,
    "first": WHO + r"has no old memory yet, (?P<before>c\S+) is 0; " + WRITE,
    "lost": WHO + r"has no old memory left, (?P<before>c\S+) is 0; " + WRITE,
    "factors": rf"At step {COUNT} the old memory of unit (?P<unit>\d+), (?P<before>c\S+), is multiplied by "
    r"(?P<keep>\S+) and the candidate by (?P<write>\S+)\.",
    "factors first": WHO + r"has no old memory yet, (?P<before>c\S+) is 0; " + FACTOR,
    "factors lost": WHO + r"has no old memory left, (?P<before>c\S+) is 0; " + FACTOR,
}
UPDATE = rf"At step {COUNT} the update gate of unit (?P<unit>\d+) "
TAKES = r"takes (?P<write>\S+) % of the candidate\."
NO_H = rf"At step {COUNT} unit (?P<unit>\d+) has no old h "
SENTENCES_OF_GRU = {
    "masked": rf"Step {COUNT} is masked: h passes through it untouched\.",
    "share": UPDATE + r"keeps (?P<keep>\S+) % of the old h, (?P<before>h\S+), and " + TAKES,
    "first": NO_H + r"yet, (?P<before>h\S+) is 0; the update gate " + TAKES,
    "lost": NO_H + r"left, (?P<before>h\S+) is 0; the update gate " + TAKES,
    "factors": rf"At step {COUNT} the old h of unit (?P<unit>\d+), (?P<before>h\S+), is multiplied by "
    r"(?P<keep>\S+) and the candidate by (?P<write>\S+)\.",
    "factors first": NO_H + r"yet, (?P<before>h\S+) is 0; " + FACTOR,
    "factors lost": NO_H + r"left, (?P<before>h\S+) is 0; " + FACTOR,
}
SENTENCES_OF_SIMPLE_RNN = {
    "masked": SENTENCES_OF_GRU["masked"],
    "new": rf"At step {COUNT} unit (?P<unit>\d+) makes a new h from x and all of the old h: "
    r"(?P<before>h\S+) was (?P<old>\S+), (?P<now>h\S+) is (?P<new>\S+)\.",
}
SENTENCES_OF = {"LSTM": SENTENCES, "GRU": SENTENCES_OF_GRU, "SimpleRNN": SENTENCES_OF_SIMPLE_RNN}


@pytest.fixture
def say(node: Node) -> Say:
    """Says all that the picture says of a batch row of a run."""
    return lambda run, row, t: node.evaluate(SCRIPTS, SAY, payload(run, t, row=row))


def within(value: float, share: str) -> bool:
    """Whether a share in percent is as it is said: to the nearest percent, but 0 and 100 only if it is so."""
    if share == ">99":
        return 0.99 < value < 1
    if share == "<1":
        return 0 < value < 0.01
    return abs(100 * value - int(share)) <= 0.5 + 1e-6 and (share not in ("0", "100") or 100 * value == int(share))


def near(value: float, factor: str) -> bool:
    """Whether a factor is as it is said, rounded to the digits said, and 0 only if it is so."""
    said = float(factor)
    if not np.isfinite(value):
        return str(said) == str(float(value))
    digits, _, exponent = factor.partition("e")
    half = 0.5 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    return abs(value - said) <= half * (1 + 1e-6) and (said != 0 or value == 0)


def place_of(name: str) -> int:
    """The step that a state's name has under the line."""
    return int(name[1:].translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")))


def shares_of(run: Run, place: int, row: int, unit: int) -> tuple[float, float]:
    """What is kept of the memory, and taken of the candidate."""
    trace = run.trace
    if trace.spec.name == "GRU":
        z = float(trace["z"][place, row, unit - 1])
        return z, 1 - z
    keep, write = (float(trace[gate][place, row, unit - 1]) for gate in "fi")
    return keep, write


def kind_of(run: Run, row: int, step: int, unit: int, sentence: str) -> str:
    """Check a sentence of a step and unit, both from 1, and return its kind."""
    trace = run.trace
    sentences = SENTENCES_OF[trace.spec.name]
    ((kind, match),) = ((kind, found) for kind, text in sentences.items() if (found := re.fullmatch(text, sentence)))
    facts = match.groupdict()
    assert int(facts["step"]) == step
    place = trace.time_index.tolist().index(step - 1)
    if kind == "masked":
        assert trace.mask is not None
        assert not trace.mask[row, step - 1]
        for name in trace.spec.state_names:
            before = trace[name][place - 1] if place else trace.start[name]
            np.testing.assert_array_equal(trace[name][place, row], before[row])
        return kind
    assert trace.mask is None or trace.mask[row, step - 1]
    assert int(facts["unit"]) == unit
    memory = trace.spec.states_drawn[0]
    past = [trace.start[memory][row, unit - 1], *trace[memory][:place, row, unit - 1]]  # up to the step
    assert place_of(facts["before"]) == (trace.time_index[place - 1] + 1 if place else 0)
    if kind == "new":
        assert place_of(facts["now"]) == step
        assert near(float(past[-1]), facts["old"])
        assert near(float(trace["h"][place, row, unit - 1]), facts["new"])
        return kind
    keep, write = shares_of(run, place, row, unit)
    holds = near if "factors" in kind else within
    assert holds(write, facts["write"])
    if "first" in kind:
        assert not np.any(past)
    elif "lost" in kind:
        assert past[-1] == 0
        assert np.any(past)
    else:
        assert past[-1] != 0
        assert holds(keep, facts["keep"])
        if trace.spec.name == "GRU" and kind == "share" and "99" not in facts["keep"] + facts["write"]:
            assert int(facts["keep"]) + int(facts["write"]) == 100
    return kind


@pytest.mark.parametrize("cell", SENTENCES_OF)
def test_what_the_picture_says_is_true_of_every_step_and_unit(say: Say, cell: str) -> None:
    met: dict[str, set[str]] = {}
    english, korean = load("en"), load("ko")
    experiments = {name: one for name, one in (EXPERIMENTS | OTHERS).items() if one.layer.spec.name == cell}
    for name, experiment in experiments.items():
        run = run_any(experiment)
        for row in range(experiment.shape[0]):
            told, ko = say(run, row, english), say(run, row, korean)
            for step, (units, korean_units) in enumerate(zip(told["sentences"], ko["sentences"], strict=True), start=1):
                for unit, (sentence, in_korean) in enumerate(zip(units, korean_units, strict=True), start=1):
                    kind = kind_of(run, row, step, unit, sentence)
                    met.setdefault(kind, set()).add(shape(in_korean, korean, cell))
                    assert not re.search(r"[{}]|undefined|NaN|Infinity", sentence + in_korean), (name, sentence)
            assert_ends_hold(run, row, told)
            assert_parts_hold(run, row, told["parts"], english)
    assert set(met) == set(SENTENCES_OF[cell])
    assert all(len(shapes) == 1 for shapes in met.values())  # Korean says the same where English does
    assert len(set.union(*met.values())) == len(SENTENCES_OF[cell])


def shape(sentence: str, t: Catalogue, cell: str) -> str:
    """Return the key of the text that a sentence was made from."""
    texts = {key: text for key, text in t.section(f"lens.{cell}").items() if key.startswith("sentence")}
    patterns = {key: re.sub(r"\\{[\w/]+\\}", r"\\S+?", re.escape(text)) for key, text in texts.items()}
    (key,) = (key for key, pattern in patterns.items() if re.fullmatch(pattern, sentence))
    return key


def assert_ends_hold(run: Run, row: int, told: dict[str, Any]) -> None:
    """Check what the picture says of the layer as a whole: how it begins, what leaves it, how long it is."""
    steps = len(run.trace["h"])
    states = run.trace.spec.state_names
    assert f"{run.trace.spec.name} layer. Units: {run.trace.units}." in told["description"]
    start = re.search(rf"Initial {' and '.join(states)}: (.+?)\.", told["description"])
    assert start is not None
    begins = [run.trace.start[name][row] for name in states]
    if start[1] in ("start at zero", "reset to zero"):
        assert not np.any(begins)
    elif start[1] == "given: initial_state":
        assert np.array_equal(begins, [state[row] for state in run.experiment.given_state() or ()])
    else:
        assert start[1] == f"kept from call {len(run.calls) - 1}"
        assert np.array_equal(begins, [run.calls[-2].end[name][row] for name in states])
    for order, output in enumerate(run.outputs, start=1):
        assert f"Returned, number {order}: {output.name}, shape {output.array.shape}." in told["description"]
    assert ("It reads from the last step to the first." in told["description"]) == run.experiment.go_backwards
    counted = [int(number) for title in told["titles"] for number in re.findall(r"(\d+) (?:steps|turns)", title)]
    assert counted == ([steps, steps] if steps > 1 else [])
    last = run.outputs[0].array[row].reshape(-1, run.experiment.units)[-1]
    if np.any(last):  # of zeros one cannot see whether they are an h
        leaves = np.array_equal(last, run.trace["h"][-1, row], equal_nan=True)
        assert ("as output" in told["exit"]) == (leaves and len(run.outputs) == 1)
    if "c" in states:
        assert ("not returned" in told["exit"]) == (len(run.outputs) == 1)  # c never leaves without return_state


def assert_parts_hold(run: Run, row: int, parts: list[dict[str, str]], t: Catalogue) -> None:
    """Check that what a masked step carries on is not said to be made in it, and no other step to be masked."""
    say = t.section("lens.cell")
    spec = run.trace.spec
    for step, said in enumerate(parts, start=1):
        masked = run.trace.mask is not None and not run.trace.mask[row, step - 1]
        assert all((said.pop(state) == say["passed_on"]) == masked for state in spec.state_names)
        if "tanh_c" in said:
            assert (say["makes_no_h"] in said["tanh_c"]) == masked
            assert say["thrown_away"] not in said.pop("tanh_c")  # it is that of the carried c
        given = [
            said.pop(name) for name in ("x", "h_own", *(f"{name}_before" for name in spec.state_names)) if name in said
        ]
        assert not any(say["thrown_away"] in one for one in given)
        assert all((say["thrown_away"] in one) == masked for one in said.values())
