"""What stands where in the picture: panels on one time axis, what each says, and what of it is returned."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.figures import theme
from lstm_core.figures.text import FigureText
from lstm_core.layers.outputs import LayerOutput
from lstm_core.layers.spec import QUANTITIES, CellSpec, X
from lstm_core.layers.trace import Trace
from lstm_core.layers.weights import Float32Array
from lstm_core.particles import fill

Order = tuple[tuple[str, str], ...]
"""Panels from top to bottom: "heatmap" or "lines", and a quantity."""


def order_of(spec: CellSpec) -> Order:
    """Return the panels of a cell: its input, its states as lines, then the states and gates as heatmaps.

    >>> from lstm_core.layers.spec import SIMPLE_RNN
    >>> order_of(SIMPLE_RNN)
    (('heatmap', 'x'), ('lines', 'h'), ('heatmap', 'h'), ('heatmap', 'h_tilde'))
    """
    lines = tuple(("lines", state) for state in spec.state_names)
    return (("heatmap", X.name), *lines, *(("heatmap", quantity) for quantity in spec.compared))


def rows_of(order: Order, spec: CellSpec) -> list[list[int]]:
    """Return which panels, from 0, belong beside each other: the states' lines, the states, the gates.

    Of a cell with one state its lines and its values are a row.

    >>> from lstm_core.layers.spec import LSTM, SIMPLE_RNN
    >>> rows_of(order_of(LSTM), LSTM), rows_of(order_of(SIMPLE_RNN), SIMPLE_RNN)
    ([[0], [1, 2], [3, 4], [5, 6, 7, 8]], [[0], [1, 2], [3]])
    """

    def kind_of(k: int) -> tuple[bool, bool, str]:
        kind, quantity = order[k]
        state = quantity in spec.state_names
        return quantity == X.name, state, kind if len(spec.state_names) > 1 or not state else ""

    return [list(row) for _, row in groupby(range(len(order)), kind_of)]


@dataclass(frozen=True, eq=False)
class Shown:
    """One batch row of a trace, what the layer returns of it, and the words to say so with."""

    trace: Trace
    row: int
    outputs: tuple[LayerOutput, ...]
    text: FigureText

    @property
    def steps(self) -> int:
        """The number of time steps, T."""
        return self.trace.steps

    @property
    def states(self) -> tuple[str, ...]:
        """The quantities that the layer can return."""
        return self.trace.spec.state_names

    @property
    def used(self) -> NDArray[np.bool_]:
        """Which time steps the mask lets through, (T,); all without a mask."""
        return np.ones(self.steps, bool) if self.trace.mask is None else self.trace.mask[self.row, :]

    def grid(self, quantity: str) -> Float32Array:
        """Return the values of a quantity, (units or features, T) in time order."""
        if quantity == "x":
            return self.trace.inputs[self.row, :, :].transpose()
        return self.trace.in_time_order(quantity)[:, self.row, :].transpose()


@dataclass(frozen=True)
class Said:
    """A panel's title, the name of its values, which panels of the same values share, and what it says below."""

    name: str
    values: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Panel:
    """One panel: its values and scale, what it says, and where it stands in pixels from the figure's top."""

    kind: str  # "heatmap" or "lines"
    quantity: str
    axis: str  # Plotly's name of its vertical axis: "y", "y2", ...
    grid: Float32Array  # (rows, T) in time order
    scale: theme.Scale
    said: Said
    title: int  # the title's top; the notes follow under it
    top: int
    height: int


def stack(shown: Shown, *, words: int, order: Order) -> list[Panel]:
    """Return the panels from top to bottom; `words` is the height of the words over the first one's cells."""
    panels: list[Panel] = []
    for kind, quantity in order:
        grid = shown.grid(quantity)
        scale = theme.colour_scale(quantity, grid)
        notes = tuple(_notes(shown, kind, quantity, grid, scale))
        said = Said(shown.text.quantity(quantity), quantity, notes)
        marked = quantity in shown.states
        panels.append(placed(kind, quantity, grid, scale, said, under=panels, words=words, marked=marked))
    return panels


def placed(
    kind: str,
    quantity: str,
    grid: Float32Array,
    scale: theme.Scale,
    said: Said,
    *,
    under: list[Panel],
    words: int,
    marked: bool,
) -> Panel:
    """Return a panel under those that are there; one that is `marked` has room for marks of what is returned."""
    title = under[-1].top + under[-1].height + theme.GAP if under else 0
    numbered = kind == "heatmap" and (marked or not under)
    space = theme.SPACE_FOR_NUMBERS if numbered else theme.SPACE
    top = title + theme.TITLE + theme.NOTE * len(said.notes) + space + (0 if under else words)
    height = theme.LINES if kind == "lines" else theme.row_height(len(grid)) * len(grid)
    axis = f"y{len(under) + 1}" if under else "y"
    return Panel(kind, quantity, axis, grid, scale, said, title, top, height)


def _notes(shown: Shown, kind: str, quantity: str, grid: Float32Array, scale: theme.Scale) -> list[str]:
    """Return what a panel has to say under its title; a flag changes the words, not how many lines they are."""
    if kind == "lines":
        return []
    text = shown.text
    said = []
    if quantity == "x":
        said.append(text.backwards if shown.trace.is_backwards else text.forwards)
    if quantity == "x" and not shown.used.all():
        said.append(text.of_memory(shown.trace.spec, "masked_steps"))
    zeros = [words for output in shown.outputs if output.quantity == quantity and (words := _zeros(shown, output))]
    said += zeros or [""] * (quantity == "h" and not shown.used.all())
    if scale.widened:
        low, high = scale.ends()
        said.append(fill(text.widened, low=low, high=high))
    if not np.isfinite(grid).all():
        said.append(text.not_finite)
    return said


def _zeros(shown: Shown, output: LayerOutput) -> str:
    """Where an output has zeros that are no state; nothing where it has none."""
    processed = output.steps[shown.row]
    places = shown.trace.time_index[-len(processed) :]  # of a single step it is the last
    zeros = sorted(places[processed < 0].tolist())
    if not zeros:
        return ""
    if zeros == np.flatnonzero(~shown.used).tolist():
        return fill(shown.text.masked_zeros, output=output.name)
    return fill(shown.text.some_zeros, output=output.name, steps=ranges([step + 1 for step in zeros]))


def ranges(steps: list[int]) -> str:
    """Return steps in words, those in a row from the first to the last.

    >>> ranges([1, 2, 3, 5, 7, 8])
    '1–3, 5, 7–8'
    """
    rows: list[list[int]] = []
    for step in steps:
        if rows and step == rows[-1][-1] + 1:
            rows[-1].append(step)
        else:
            rows.append([step])
    return ", ".join(f"{row[0]}–{row[-1]}" if len(row) > 1 else f"{row[0]}" for row in rows)


def described(panel: Panel, shown: Shown) -> dict[str, Any]:
    """Return what the browser draws around a panel: title, notes, legend, and the marks of what is returned."""
    facts = {
        "kind": panel.kind,
        "quantity": panel.quantity,
        "grid": panel.said.values,
        "axis": panel.axis,
        "rows": len(panel.grid),
        "name": panel.said.name,
        "masked": (np.flatnonzero(~shown.used) + 1).tolist(),
        "carried": panel.quantity in shown.states,  # a masked step hands it on unchanged; all else of it is thrown away
        "colour": theme.QUANTITY_COLOURS[panel.quantity],
        "notes": list(panel.said.notes),
        "title": panel.title,
        "top": panel.top,
        "height": panel.height,
    }
    if panel.kind == "lines":
        return facts | {"legend": fill(shown.text.lines, units=len(panel.grid))}
    gate = QUANTITIES[panel.quantity].is_share and not panel.scale.widened
    facts["legend"] = [shown.text.shut, shown.text.open] if gate else list(panel.scale.ends())
    return facts | ({"marks": returned_marks(panel.quantity, shown)} if panel.quantity in shown.states else {})


def returned_marks(quantity: str, shown: Shown) -> list[dict[str, Any]]:
    """Return the outputs that are this quantity: name, place in what Keras returns, and their time steps from 1.

    One that is only handed on has the place 0, and is called so.
    """
    marks = []
    for output in shown.outputs:
        if output.quantity == quantity:
            processed = output.steps[shown.row]
            steps = shown.trace.time_index[processed[processed >= 0]] + 1
            name = output.name if output.order else shown.text.handed_on
            marks.append({"name": name, "order": output.order, "steps": sorted(steps.tolist())})
    return marks
