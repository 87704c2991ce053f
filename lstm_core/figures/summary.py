"""One sentence that says what to see, computed from the numbers shown."""

from __future__ import annotations

from math import ceil, isfinite, log10

import numpy as np
from numpy.typing import NDArray

from lstm_core.figures.text import FigureText
from lstm_core.layers.trace import Trace
from lstm_core.particles import fill


def short(value: float) -> str:
    """Return a number as one says it: two decimals, or as many digits as tell it from 0 and from 1.

    >>> short(-0.4321), short(0.00123), short(0.0), short(0.9975), short(1.0)
    ('-0.43', '0.0012', '0.00', '0.9975', '1.00')
    """
    size = abs(value)
    if not isfinite(value) or size >= 1e5:
        return f"{value:.3g}"
    if value == 0 or size == 1:
        return f"{value:.2f}"
    if size < 0.1:
        return f"{value:.2g}"
    from_one = abs(size - 1)
    return f"{value:.{2 if from_one >= 0.005 else 1 + ceil(-log10(from_one))}f}"


def summary(trace: Trace, row: int, text: FigureText) -> str:
    """Return the range of the forget gate over the steps that count, and the unit whose cell state goes furthest.

    `row` is the batch row. Masked steps do not count: Keras throws their gates away.
    """
    used = np.ones(trace.steps, bool) if trace.mask is None else trace.mask[row]
    if not used.any():
        return text.all_masked
    return fill(text.summary, gate=_gate(trace, row, used, text), cell=_cell(trace, row, used, text))


def _gate(trace: Trace, row: int, used: NDArray[np.bool_], text: FigureText) -> str:
    forget = trace.in_time_order("f")[used, row, :]
    if not np.isfinite(forget).all():
        return text.gate_not_finite
    lowest, highest = float(forget.min()), float(forget.max())
    low, high = short(lowest), short(highest)
    if lowest == highest:
        return fill(text.gate_constant, value=low)
    return fill(text.gate_about, value=low) if low == high else fill(text.gate_range, low=low, high=high)


def _cell(trace: Trace, row: int, used: NDArray[np.bool_], text: FigureText) -> str:
    state = trace.in_time_order("c")[:, row, :]  # (T, U)
    if np.isnan(state[used]).any():
        return text.cell_not_finite
    size = np.where(used[:, None], np.abs(state), -1.0)
    step, unit = np.unravel_index(int(size.argmax()), size.shape)
    value = float(state[step, unit])
    if value == 0:
        still = not trace.start["c"][row].any() and not state.any()
        return text.cell_zero if still else text.cell_falls
    alone = (size.max(axis=0) == size[step, unit]).sum() == 1 < state.shape[1]
    said = text.cell_furthest if alone else text.cell_furthest_step
    return fill(said, unit=unit + 1, value=short(value), step=step + 1)
