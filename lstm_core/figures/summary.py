"""One sentence that says what to see, computed from the numbers shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lstm_core.engine import Trace
from lstm_core.figures.text import FigureText
from lstm_core.particles import fill


def short(value: float) -> str:
    """A number as one says it: two decimals, or two digits where those would be zeros.

    >>> short(-0.4321), short(0.00123), short(0.0)
    ('-0.43', '0.0012', '0.00')
    """
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.2g}"


def summary(trace: Trace, row: int, text: FigureText) -> str:
    """The range of the forget gate over the steps that count, and the unit whose cell state goes furthest.

    `row` is the batch row. Masked steps do not count: Keras throws their gates away.
    """
    used = np.ones(trace.h.shape[0], bool) if trace.mask is None else trace.mask[row]
    if not used.any():
        return text.all_masked
    forget = trace.in_time_order("f")[used, row, :]
    low, high = short(float(forget.min())), short(float(forget.max()))
    gate = fill(text.gate_constant, value=low) if low == high else fill(text.gate_range, low=low, high=high)
    return fill(text.summary, gate=gate, cell=_cell(trace, row, used, text))


def _cell(trace: Trace, row: int, used: NDArray[np.bool_], text: FigureText) -> str:
    state = trace.in_time_order("c")[:, row, :]  # (T, U)
    size = np.where(used[:, None], np.nan_to_num(np.abs(state)), -1.0)
    step, unit = np.unravel_index(int(size.argmax()), size.shape)
    value = float(state[step, unit])
    if value == 0:
        return text.cell_zero
    return fill(text.cell_furthest, unit=unit + 1, value=short(value), step=step + 1)
