"""The formulas of every cell: their terms add up as they are shown, and to what the trace has."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from lstm_core.experiment import Experiment
from lstm_core.figures.lens import payload
from lstm_core.layers.trace import DropoutMasks, of_one_layer
from lstm_core.run import Run, run_experiment
from lstm_core.text import load
from tests.js.asked import Node

SCRIPTS = tuple(f"components/lens/{name}.js" for name in ("payload", "terms", "formula"))
SHOW = """(data) => {
  globalThis.matchMedia = () => ({ matches: false })
  const P = readPayload(data)
  const count = (most) => Array.from({ length: most }, (_, k) => k + 1)
  const said = (line) => line.map((token) => token.text ?? token).join("")
  const panel = (step, unit, node) => {
    const cell = cellOf(P, step, unit)
    const words = cellInWords(P.spec, cell)
    const { lines, groups } = panelOf(P, { step, unit, node }, cell, words, false)
    const role = (name) => lines.flat().find((token) => token.role === name)?.text
    return { lines: lines.map(said), groups, sum: role("sum"), result: role("result"), words }
  }
  return count(P.steps).map((step) => count(P.units).map((unit) => ({
    summed: Object.fromEntries(Object.keys(P.spec.summed).map((node) => [node, panel(step, unit, node)])),
    words: panel(step, unit, null).words,
  })))
}"""
CELLS = {
    "GRU": {"cell": "GRU"},
    "GRU, reset before": {"cell": "GRU", "reset_after": False},
    "SimpleRNN": {"cell": "SimpleRNN"},
    "LSTM": {},
}
EXPERIMENTS: dict[str, dict[str, Any]] = {
    "plain": {"bias_initializer": "random_normal"},
    "one unit, one feature": {"preset": "article", "features": 1, "units": 1},
    "many units and features": {"preset": "noise", "timesteps": 5, "features": 16, "units": 16},
    "backwards, masked": {"go_backwards": True, "mask": "1, 3-4", "bias_initializer": "random_normal"},
    "dropout": {"features": 8, "dropout": 0.5, "recurrent_dropout": 0.5, "training": True},
    "no bias, a given state": {"use_bias": False, "initial_state": True, "initial_h": -2.5},
    "unbounded": {"activation": "linear", "recurrent_activation": "relu", "preset": "ramp", "features": 2},
    "large numbers": {"preset": "typed", "typed": "100000 -3; 5000 20000; 0.5 1", "activation": "relu"},
    "tiny numbers": {"preset": "typed", "typed": "0.00002 0; 0 0.0000003; 0 0", "use_bias": False},
}


def ran(cell: str, name: str) -> Run:
    """Run an experiment with a cell; with dropout, masks of a factor for each gate as Keras draws them."""
    experiment = Experiment(**EXPERIMENTS[name] | CELLS[cell])
    if not experiment.draws_dropout:
        return run_experiment(experiment)
    draw = np.random.default_rng(5)
    gates = len(experiment.layer.spec.gates)
    widths = (experiment.shape[2], experiment.units)
    masks = (draw.integers(0, 2, (gates, 1, width)).astype(np.float32) * 2 for width in widths)
    return run_experiment(experiment, of_one_layer([DropoutMasks(*masks)]))


def is_near(shown: str, exact: float, *, digits: float = 0.5) -> bool:
    """Whether a text is the number rounded to its last digit; float32 and double precision may differ by 1e-6."""
    last = float(Decimal(1).scaleb(int(Decimal(shown).as_tuple().exponent)))
    return abs(float(shown) - exact) <= digits * last + 1e-6 * max(1.0, abs(exact))


def added(groups: list[dict[str, Any]]) -> Decimal:
    """Check that each group's terms add up to its sum, and return the sum of all of them."""
    for group in groups:
        parts = [Decimal(term["product"]) for term in group["terms"]]
        if group["rest"]:
            parts.append(Decimal(group["rest"]["sum"]))
        assert not parts or sum(parts) == Decimal(group["sum"])
    return sum((Decimal(group["sum"]) for group in groups), Decimal(0))


@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize("cell", CELLS)
def test_terms_add_up_as_they_are_shown_and_to_the_traces_own_sums(node: Node, cell: str, name: str) -> None:
    run = ran(cell, name)
    trace, spec = run.trace, run.trace.spec
    shown = node.evaluate(SCRIPTS, SHOW, payload(run, load("en"), row=0))
    for step in range(trace.steps):
        for unit in range(trace.units):
            value = {q: float(trace.in_time_order(q)[step, 0, unit]) for q in spec.quantities}
            told = shown[step][unit]
            for gate in spec.gates:
                panel = told["summed"][gate.name]
                assert added(panel["groups"]) == Decimal(panel["sum"])
                assert is_near(panel["sum"], value[gate.z])
                assert is_near(panel["result"], value[gate.name])
                if gate.product:
                    alone = told["summed"][gate.product]
                    assert added(alone["groups"]) == Decimal(alone["result"])
                    assert is_near(alone["result"], value[gate.product])
                    assert_opened(panel, alone)


def assert_opened(panel: dict[str, Any], alone: dict[str, Any]) -> None:
    """Check that a gate's second line has what is reset with its parts, which add up to what the reset multiplies."""
    factor, parts = re.fullmatch(r"=.*?\+ \(?([^+()]+)\)? × \((.*)\)\)", panel["lines"][1]).groups()
    (term,) = panel["groups"][-1]["terms"]
    assert factor == term["value"]
    numbers = [Decimal(part) for part in re.findall(r"-?[\d.]+(?:e-?\d+)?", parts)]
    assert len(numbers) == len(alone["groups"])
    assert is_near(str(sum(numbers)), float(alone["result"]))
    assert is_near(term["weight"], float(alone["result"]))


@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize("cell", ["GRU", "GRU, reset before"])
def test_what_is_kept_and_what_is_written_add_up_to_the_new_h(node: Node, cell: str, name: str) -> None:
    run = ran(cell, name)
    trace = run.trace
    shown = node.evaluate(SCRIPTS, SHOW, payload(run, load("en"), row=0))
    for step, units in enumerate(shown):
        place = trace.time_index.tolist().index(step)
        before = trace["h"][place - 1] if place else trace.start["h"]
        for unit, told in enumerate(units):
            words = told["words"]
            z, h_tilde = (float(trace[q][place, 0, unit]) for q in trace.spec.gate_names[::2])
            h = float(before[0, unit])
            assert is_near(words["h_before"], h)
            assert is_near(words["1-z"], 1 - z, digits=1)
            assert is_near(words["keep"], z * h, digits=1)
            assert is_near(words["write"], (1 - z) * h_tilde, digits=1)
            if trace.mask is None or trace.mask[0, step]:
                assert Decimal(words["keep"]) + Decimal(words["write"]) == Decimal(words["h"])
            else:
                assert words["h"] == words["h_before"]


def test_both_biases_of_a_gru_are_said_with_their_own_numbers(node: Node) -> None:
    run = ran("GRU", "plain")
    assert run.weights.bias is not None
    shown = node.evaluate(SCRIPTS, SHOW, payload(run, load("en"), row=0))
    units = run.trace.units
    for column, gate in enumerate(run.trace.spec.gates):
        for unit in range(units):
            summed = shown[2][unit]["summed"]
            nodes = [gate.name, *([gate.product] if gate.product else [])]
            said = {group["tensor"]: group["sum"] for node in nodes for group in summed[node]["groups"]}
            for row in range(2):
                assert is_near(said[f"bias[{row}]"], float(run.weights.bias[row, column * units + unit]), digits=1)
