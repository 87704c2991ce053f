"""An impulse in c fades as f, f * f, f * f * f, ...: the half-life that the forget gate gives is the curve's own."""

import math

import numpy as np
import pytest

from lstm_core.lessons import cell
from lstm_core.run import run_experiment


@pytest.mark.parametrize("bias", [-6.0, -1.0, 0.0, 1.0, 2.0, 6.0])
def test_c_is_the_impulse_times_a_power_of_the_forget_gate(bias: float) -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=bias))
    assert cell.forget(run) == pytest.approx(1 / (1 + math.exp(-bias)), abs=1e-6)
    np.testing.assert_allclose(run.trace.c[:, 0, 0], cell.expected(run), atol=1e-6)


@pytest.mark.parametrize("bias", [-1.0, 0.5, 1.0, 2.0])
def test_the_curve_is_halved_when_the_half_life_is_over(bias: float) -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=bias))
    assert cell.halved_at(run) == 1 + math.ceil(cell.half_life(cell.forget(run)))


def test_a_wide_open_gate_keeps_the_impulse_for_the_whole_sequence() -> None:
    run = run_experiment(cell.BASE.changed(forget_bias=cell.SWITCH["open"]))
    assert cell.halved_at(run) is None
    assert run.trace.c[-1, 0, 0] > 0.95 * run.trace.c[0, 0, 0]
