"""The engine computes what Keras computes: every gate, every state, every returned tensor, within 1e-6."""

from collections.abc import Callable, Collection
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_core.layers.activations import ACTIVATIONS
from tests.parity.agreement import Differences, assert_agreement
from tests.parity.cases import BOUNDED, EXPLODES, MASKS, STATES, UNBOUNDED_SCALE, Case, grid
from tests.parity.summary import CONFIGURATIONS, LARGEST

GRID = grid()
DRAWN = 120


@st.composite
def cases(draw: st.DrawFn) -> Case:
    calls = draw(st.integers(1, 3))
    activations = sorted(set(ACTIVATIONS) - {EXPLODES})
    case = Case(
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
        recurrent_activation=draw(st.sampled_from(activations)),
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
    return replace(case, scale=draw(st.sampled_from(scales)))


def record(record_property: Callable[[str, object], None], found: Collection[Differences]) -> None:
    """Let the end of the run tell the largest differences and the number of configurations."""
    record_property(f"{LARGEST} states, gates, returned tensors", max(one.values for one in found))
    record_property(f"{LARGEST} pre-activations", max(one.pre_activations for one in found))
    record_property(CONFIGURATIONS, len(found))


@pytest.mark.parametrize("case", GRID, ids=str)
def test_the_engine_agrees_with_keras(case, record_property):
    record(record_property, [assert_agreement(case.layer_call())])


def test_the_engine_agrees_with_keras_on_drawn_cases(record_property):
    differences: dict[Case, Differences] = {}

    @settings(max_examples=DRAWN, database=None, suppress_health_check=list(HealthCheck))
    @given(cases())
    def agree(case: Case) -> None:
        differences[case] = assert_agreement(case.layer_call())

    agree()
    record(record_property, differences.values())


def test_the_grid_has_at_least_500_different_configurations():
    assert len({replace(case, data_seed=0) for case in GRID}) == len(GRID) >= 500
