"""Every sentence of the moving picture is true of the numbers, at each step and for each unit of many experiments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lstm_core.experiment import Edit, Experiment
from lstm_core.figures.lens import payload
from lstm_core.run import Run
from lstm_core.text import Catalogue, load
from tests.experiments import MASKS, run_any
from tests.js.asked import Node

Say = Callable[[Run, int, Catalogue], dict[str, Any]]

SCRIPTS = tuple(
    f"components/lens/{name}.js" for name in ("payload", "layer", "layer_ends", "words", "terms", "formula")
)
SAY = """(data) => {
  const P = readPayload(data)
  const count = (most) => Array.from({ length: most }, (_, k) => k + 1)
  return {
    sentences: count(P.steps).map((step) => count(P.units).map((unit) => sentence(P, { step, unit }))),
    description: description(P),
    titles: [titleOf(P, false), titleOf(P, true)],
    exit: JSON.stringify(drawExit("right", 176, P, wiresOf(P))),
    parts: count(P.steps).map((step) => ["c", "h", "tanh_c", "f"].map((node) => {
      const cell = cellOf(P, step, 1)
      const { what, notes } = panelOf(P, { step, unit: 1, node }, cell, cellInWords(P.spec, cell), false)
      return [what, ...notes].join(" ")
    })),
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


def kind_of(run: Run, row: int, step: int, unit: int, sentence: str) -> str:
    """Check a sentence of a step and unit, both from 1, and return its kind."""
    trace = run.trace
    ((kind, match),) = ((kind, found) for kind, text in SENTENCES.items() if (found := re.fullmatch(text, sentence)))
    facts = match.groupdict()
    assert int(facts["step"]) == step
    place = trace.time_index.tolist().index(step - 1)
    if kind == "masked":
        assert trace.mask is not None
        assert not trace.mask[row, step - 1]
        for name in "hc":
            before = trace[name][place - 1] if place else trace.start[name]
            np.testing.assert_array_equal(trace[name][place, row], before[row])
        return kind
    assert trace.mask is None or trace.mask[row, step - 1]
    assert int(facts["unit"]) == unit
    c = [trace.start["c"][row, unit - 1], *trace["c"][:place, row, unit - 1]]  # up to the step
    name = facts["before"][1:].translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
    assert int(name) == (trace.time_index[place - 1] + 1 if place else 0)
    keep, write = (float(trace[gate][place, row, unit - 1]) for gate in "fi")
    holds = near if "factors" in kind else within
    assert holds(write, facts["write"])
    if "first" in kind:
        assert not np.any(c)
    elif "lost" in kind:
        assert c[-1] == 0
        assert np.any(c)
    else:
        assert c[-1] != 0
        assert holds(keep, facts["keep"])
    return kind


def test_what_the_picture_says_is_true_of_every_step_and_unit(say: Say) -> None:
    met: dict[str, set[str]] = {}
    english, korean = load("en"), load("ko")
    for name, experiment in EXPERIMENTS.items():
        run = run_any(experiment)
        for row in range(experiment.shape[0]):
            told, ko = say(run, row, english), say(run, row, korean)
            for step, (units, korean_units) in enumerate(zip(told["sentences"], ko["sentences"], strict=True), start=1):
                for unit, (sentence, in_korean) in enumerate(zip(units, korean_units, strict=True), start=1):
                    kind = kind_of(run, row, step, unit, sentence)
                    met.setdefault(kind, set()).add(shape(in_korean, korean))
                    assert not re.search(r"[{}]|undefined|NaN|Infinity", sentence + in_korean), (name, sentence)
            assert_ends_hold(run, row, told)
            assert_parts_hold(run, row, told["parts"], english)
    assert set(met) == set(SENTENCES)
    assert all(len(shapes) == 1 for shapes in met.values())  # Korean says the same where English does
    assert len(set.union(*met.values())) == len(SENTENCES)


def shape(sentence: str, t: Catalogue) -> str:
    """Return the key of the text that a sentence was made from."""
    texts = {key: text for key, text in t.section("lens.LSTM").items() if key.startswith("sentence")}
    patterns = {key: re.sub(r"\\{[\w/]+\\}", r"\\S+?", re.escape(text)) for key, text in texts.items()}
    (key,) = (key for key, pattern in patterns.items() if re.fullmatch(pattern, sentence))
    return key


def assert_ends_hold(run: Run, row: int, told: dict[str, Any]) -> None:
    """Check what the picture says of the layer as a whole: how it begins, what leaves it, how long it is."""
    steps = len(run.trace["h"])
    start = re.search(r"Initial h and c: (.+?)\.", told["description"])
    assert start is not None
    begins = [run.trace.start["h"][row], run.trace.start["c"][row]]
    if start[1] in ("start at zero", "reset to zero"):
        assert not np.any(begins)
    elif start[1] == "given: initial_state":
        assert np.array_equal(begins, [state[row] for state in run.experiment.given_state() or ()])
    else:
        assert start[1] == f"kept from call {len(run.calls) - 1}"
        assert np.array_equal(begins, [run.calls[-2].end["h"][row], run.calls[-2].end["c"][row]])
    for order, output in enumerate(run.outputs, start=1):
        assert f"Returned, number {order}: {output.name}, shape {output.array.shape}." in told["description"]
    assert ("It reads from the last step to the first." in told["description"]) == run.experiment.go_backwards
    counted = [int(number) for title in told["titles"] for number in re.findall(r"(\d+) (?:steps|turns)", title)]
    assert counted == ([steps, steps] if steps > 1 else [])
    last = run.outputs[0].array[row].reshape(-1, run.experiment.units)[-1]
    if np.any(last):  # of zeros one cannot see whether they are an h
        leaves = np.array_equal(last, run.trace["h"][-1, row], equal_nan=True)
        assert ("as output" in told["exit"]) == (leaves and len(run.outputs) == 1)
    assert ("not returned" in told["exit"]) == (len(run.outputs) == 1)  # c never leaves without return_state


def assert_parts_hold(run: Run, row: int, parts: list[list[str]], t: Catalogue) -> None:
    """Check that what a masked step carries on is not said to be made in it, and no other step to be masked."""
    say = t.section("lens.cell")
    for step, (c, h, tanh_c, f) in enumerate(parts, start=1):
        masked = run.trace.mask is not None and not run.trace.mask[row, step - 1]
        assert (c == h == say["passed_on"]) == masked
        assert (say["makes_no_h"] in tanh_c) == masked
        assert (say["thrown_away"] in f) == masked
        assert say["thrown_away"] not in tanh_c  # it is that of the carried c
