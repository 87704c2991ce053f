"""One sentence that says what to see, computed from the numbers shown."""

from __future__ import annotations

from math import ceil, isfinite, log10

import numpy as np
from numpy.typing import NDArray

from lstm_core.figures.text import FigureText
from lstm_core.layers.spec import Gate
from lstm_core.layers.trace import Trace
from lstm_core.particles import fill

KEEPING = ("forget", "update")
"""The roles of gates that say how much of the memory stays."""


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
    """Return the range of the gate that keeps over the steps that count, and the unit whose memory goes furthest.

    The memory is c, or h in a cell without c; the gate is the forget gate or the update gate, and a cell without gates
    has neither. `row` is the batch row. Masked steps do not count: Keras throws their gates away.
    """
    spec = trace.spec
    used = np.ones(trace.steps, bool) if trace.mask is None else trace.mask[row]
    if not used.any():
        return text.of_memory(spec, "all_masked")
    memory = _memory(trace, row, used, text)
    keeping = next((gate for gate in spec.gates if gate.role in KEEPING), None)
    if keeping is None:
        return fill(text.summary_without_gate, memory=memory)
    return fill(text.summary, gate=_gate(trace, keeping, row, used, text), memory=memory)


def _gate(trace: Trace, gate: Gate, row: int, used: NDArray[np.bool_], text: FigureText) -> str:
    kept = trace.in_time_order(gate.name)[used, row, :]
    if not np.isfinite(kept).all():
        return text.of_gate(gate, "not_finite")
    lowest, highest = float(kept.min()), float(kept.max())
    low, high = short(lowest), short(highest)
    if lowest == highest:
        return fill(text.of_gate(gate, "constant"), value=low)
    if low == high:
        return fill(text.of_gate(gate, "about"), value=low)
    return fill(text.of_gate(gate, "range"), low=low, high=high)


def _memory(trace: Trace, row: int, used: NDArray[np.bool_], text: FigureText) -> str:
    spec = trace.spec
    name = spec.states_drawn[0]
    state = trace.in_time_order(name)[:, row, :]  # (T, U)
    if np.isnan(state[used]).any():
        return text.of_memory(spec, "not_finite")
    size = np.where(used[:, None], np.abs(state), -1.0)
    step, unit = np.unravel_index(int(size.argmax()), size.shape)
    value = float(state[step, unit])
    if value == 0:
        still = not trace.start[name][row].any() and not state.any()
        return text.of_memory(spec, "zero" if still else "falls")
    alone = (size.max(axis=0) == size[step, unit]).sum() == 1 < state.shape[1]
    said = text.of_memory(spec, "furthest" if alone else "furthest_step")
    return fill(said, unit=unit + 1, value=short(value), step=step + 1)
