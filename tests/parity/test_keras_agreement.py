"""The engine computes what Keras computes: every gate, every state, every returned tensor, within 1e-6."""

from collections.abc import Callable, Collection
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_core.layers.activations import ACTIVATIONS
from tests.parity.agreement import Differences, assert_agreement
from tests.parity.cases import BOUNDED, EXPLODES, FEW_STEPS, MASKS, STATES, UNBOUNDED_SCALE, Case, grid
from tests.parity.summary import CONFIGURATIONS, LARGEST

GRIDS = {cell: grid(cell) for cell in ("LSTM", "GRU", "SimpleRNN")}
DRAWN = {"LSTM": 120, "GRU": 60, "SimpleRNN": 40}


@st.composite
def cases(draw: st.DrawFn, cell: str) -> Case:
    """Any case; but z and 1 - z of a GRU without bounds cancel, and leave rounding of the size of their terms."""
    calls = draw(st.integers(1, 3))
    activations = sorted(set(ACTIVATIONS) - {EXPLODES})
    case = Case(
        cell=cell,
        reset_after=cell != "GRU" or draw(st.booleans()),
        **{
            flag: draw(st.booleans())
            for flag in (
                "return_sequences",
                "return_state",
                "go_backwards",
                "stateful",
                "unroll",
                "zero_output_for_mask",
                "use_bias",
                "training",
            )
        },
        activation=draw(st.sampled_from(activations)),
        recurrent_activation=draw(st.sampled_from(BOUNDED if cell == "GRU" else activations)),
        dropout=draw(st.sampled_from((0.0, 0.0, 0.2, 0.9))),
        recurrent_dropout=draw(st.sampled_from((0.0, 0.0, 0.2, 0.9))),
        mask=draw(st.sampled_from(MASKS)),
        state=draw(st.sampled_from(STATES)),
        calls=calls,
        reset_before=tuple(sorted(draw(st.sets(st.integers(1, calls - 1))))) if calls > 1 else (),
        batch=draw(st.integers(1, 4)),
        timesteps=draw(st.integers(1, 8)),
        features=draw(st.integers(1, 4)),
        units=draw(st.integers(1, 6)),
        data_seed=draw(st.integers(0, 999_999)),
    )
    bounded = {case.activation, case.recurrent_activation} <= set(BOUNDED)
    scales = (1.0, 0.01, 20.0) if bounded else (UNBOUNDED_SCALE, 0.01)
    steps = case.timesteps if bounded else min(case.timesteps, FEW_STEPS)  # rounding grows from step to step
    return replace(case, scale=draw(st.sampled_from(scales)), timesteps=steps)


def record(record_property: Callable[[str, object], None], cell: str, found: Collection[Differences]) -> None:
    """Let the end of the run tell a cell's largest differences and the number of configurations."""
    record_property(f"{LARGEST} {cell}: states, gates, returned tensors", max(one.values for one in found))
    record_property(f"{LARGEST} {cell}: pre-activations", max(one.pre_activations for one in found))
    record_property(CONFIGURATIONS, len(found))


@pytest.mark.parametrize("case", [case for cases in GRIDS.values() for case in cases], ids=str)
def test_the_engine_agrees_with_keras(case, record_property):
    record(record_property, case.cell, [assert_agreement(case.layer_call())])


@pytest.mark.parametrize("cell", DRAWN)
def test_the_engine_agrees_with_keras_on_drawn_cases(cell, record_property):
    differences: dict[Case, Differences] = {}

    @settings(max_examples=DRAWN[cell], database=None, suppress_health_check=list(HealthCheck))
    @given(cases(cell))
    def agree(case: Case) -> None:
        differences[case] = assert_agreement(case.layer_call())

    agree()
    record(record_property, cell, differences.values())


@pytest.mark.parametrize("cell", GRIDS)
def test_the_grid_of_a_cell_has_at_least_500_different_configurations(cell):
    assert len({replace(case, data_seed=0) for case in GRIDS[cell]}) == len(GRIDS[cell]) >= 500
    assert all(case.cell == cell for case in GRIDS[cell])


def test_a_third_of_the_grus_at_least_reset_before_and_a_third_after():
    after = [case.reset_after for case in GRIDS["GRU"]]
    assert len(after) / 3 < sum(after) < 2 * len(after) / 3
