"""The picture of a cell has every gate and state of its spec, and words for every part, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from lstm_core.figures.lens import spec_facts
from lstm_core.layers.spec import BEFORE, CELLS, GRU, GRU_RESET_BEFORE, REST, CellSpec
from lstm_core.text import LANGUAGES, load
from tests.js.asked import Node

SCRIPTS = ("components/lens/spec.js", "components/lens/drawings.js")
OWN = "h_own"  # the unit's own h, beside that of all units
each_cell = pytest.mark.parametrize("spec", CELLS, ids=["LSTM", "GRU", "GRU_RESET_BEFORE", "SIMPLE_RNN"])


@pytest.fixture
def drawn(node: Node, spec: CellSpec) -> Any:
    return node.evaluate(SCRIPTS, "(spec) => drawingOf(readSpec(spec))", spec_facts(spec))


def made_of(spec: CellSpec) -> set[str]:
    """The names of all that the spec says of a step, and that every step is given."""
    equations = {name for one in spec.equations for name in (one.result, *one.right) if name not in ("×", "+")}
    products = {gate.product for gate in spec.gates if gate.product}
    return {*equations, *products, *spec.gate_names, *(state + BEFORE for state in spec.state_names), "x"}


@each_cell
def test_all_that_a_spec_names_can_be_pointed_at(drawn: Any, spec: CellSpec) -> None:
    nodes = [part["node"] for part in drawn["parts"]]
    assert len(set(nodes)) == len(nodes)
    assert set(nodes) - {OWN} == made_of(spec)


@each_cell
def test_wires_carry_numbers_of_the_cell_in_colours_of_its_quantities(drawn: Any, spec: CellSpec) -> None:
    coloured = {*spec.gate_names, *spec.state_names, "x"}
    assert {wire["value"] for wire in drawn["wires"]} <= made_of(spec)
    pieces = [*drawn["wires"], *drawn["inputs"], *(part for part in drawn["parts"] if "colour" in part)]
    assert {piece["colour"] for piece in pieces} <= coloured
    assert {part["node"] for part in drawn["parts"] if "colour" not in part} <= coloured


@each_cell
def test_at_a_masked_step_every_state_runs_past_the_rest(drawn: Any, spec: CellSpec) -> None:
    assert {wire["value"] for wire in drawn["wires"] if wire.get("masked")} == set(spec.state_names)


@each_cell
def test_a_play_reaches_something_new_in_each_phase_and_the_new_states_last(drawn: Any, spec: CellSpec) -> None:
    reached = {part["node"]: part["from"] for part in drawn["parts"]}
    assert set(reached.values()) == set(range(drawn["phases"] + 1))
    assert reached["h"] == drawn["phases"]
    for gate in spec.gates:
        needed = (gate.reads, *([gate.reset, gate.product] if gate.product else []))
        assert all(reached[name] <= reached[gate.name] for name in needed)


@each_cell
def test_candidates_have_gauges_with_zero_in_the_middle_and_gates_at_the_end(drawn: Any, spec: CellSpec) -> None:
    gauges = {part["node"]: part.get("signed", False) for part in drawn["parts"] if part["kind"] == "gate"}
    assert gauges == {gate.name: not gate.is_share for gate in spec.gates}


@each_cell
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_has_words(drawn: Any, spec: CellSpec, language: str) -> None:
    said = load(language).section("lens.cell") | load(language).section(f"lens.{spec.name}")
    assert all(said[f"{part['node']}_is"] for part in drawn["parts"])
    untraced = [one.result for one in spec.equations if not one.activation and one.result not in spec.state_names]
    rests = [name for name in made_of(spec) if name.startswith(REST)]
    assert all(said[name] for name in (*spec.gate_names, *untraced, *rests))


def test_the_two_grus_are_drawn_each_with_its_own_way_of_resetting(node: Node) -> None:
    nodes = [
        {
            part["node"]
            for part in node.evaluate(SCRIPTS, "(spec) => drawingOf(readSpec(spec))", spec_facts(spec))["parts"]
        }
        for spec in (GRU, GRU_RESET_BEFORE)
    ]
    assert nodes[0] - nodes[1] == {"h_recurrent", "reset"}
    assert nodes[1] - nodes[0] == {"h_reset"}
