"""Every value of one batch row on one time axis: the input, h and c as lines, and a heatmap per quantity.

The figure is a plain Plotly dict. What Plotly cannot draw well goes into `meta`, for assets/charts/charts.js to draw
over it: titles, colour scales, the marks of what is returned, masked steps, the sentence's words. No text from a user
is in `data` or `layout`, where Plotly would read it as HTML.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.engine import Trace
from lstm_core.figures import theme
from lstm_core.figures.summary import summary
from lstm_core.figures.text import FigureText
from lstm_core.outputs import LayerOutput

Figure = dict[str, Any]
Grid = NDArray[np.float32]

# the panels from top to bottom: kind and quantity
PANELS = (
    ("heatmap", "x"),
    ("lines", "h"),
    ("lines", "c"),
    ("heatmap", "h"),
    ("heatmap", "c"),
    ("heatmap", "f"),
    ("heatmap", "i"),
    ("heatmap", "candidate"),
    ("heatmap", "o"),
)


@dataclass(frozen=True)
class Panel:
    """Where a panel stands, in pixels from the figure's top, and what it shows: `grid` is (rows, T) in time order."""

    kind: str
    quantity: str
    axis: str  # "y", "y2", ...
    title: int  # the title's top; notes follow under it
    top: int
    height: int
    grid: Grid
    scale: theme.Scale
    notes: tuple[str, ...]


def time_figure(
    trace: Trace,
    *,
    row: int,
    outputs: tuple[LayerOutput, ...],
    text: FigureText,
    labels: tuple[str, ...] | None = None,
) -> Figure:
    """The picture of batch row `row`: {"data", "layout", "meta"}, steps numbered from 1 in time order.

    `outputs` is what the layer returns: the steps that leave it are marked on the heatmaps of h and c. `labels` are the
    words under the step numbers, one a step. Arrays are sent as Plotly's typed arrays (float32, base64).
    """
    steps = trace.h.shape[0]
    words = theme.WORDS if labels else 0
    panels, bottom = _stack(trace, row, outputs, text, words)
    height = bottom + theme.BOTTOM
    mask = np.ones(steps, bool) if trace.mask is None else trace.mask[row]
    return {
        "data": [drawn for panel in panels for drawn in _traces(panel, text)],
        "layout": _layout(panels, steps, height, words, text),
        "meta": {
            "steps": steps,
            "labels": list(labels) if labels else None,
            "masked": (np.flatnonzero(~mask) + 1).tolist(),
            "panels": [_described(panel, trace, row, outputs, text) for panel in panels],
            "margin": {"left": theme.MARGIN_LEFT, "right": theme.MARGIN_RIGHT},
            "zoom": steps > theme.ZOOM_STEPS,
            "summary": summary(trace, row, text),
            "alt": text.alt.format(steps=steps, units=trace.h.shape[2], features=trace.inputs.shape[2]),
            "text": {name: getattr(text, name) for name in BROWSER_TEXT},
        },
    }


BROWSER_TEXT = (
    "step", "step_word", "steps_mean", "unit", "feature", "value", "masked",
    "returned", "not_returned", "unit_lines", "zoom_in", "zoom_out", "zoom_reset", "binned",
)  # fmt: skip


def typed(array: NDArray[np.float32]) -> dict[str, str]:
    """A float32 array as Plotly's typed array: {dtype, bdata} and, for two dimensions, shape.

    >>> typed(np.array([0.5], np.float32))
    {'dtype': 'f4', 'bdata': 'AAAAPw=='}
    """
    packed = {"dtype": "f4", "bdata": base64.b64encode(np.ascontiguousarray(array, np.float32)).decode()}
    return packed if array.ndim == 1 else packed | {"shape": ", ".join(map(str, array.shape))}


def _stack(
    trace: Trace, row: int, outputs: tuple[LayerOutput, ...], text: FigureText, words: int
) -> tuple[list[Panel], int]:
    """The panels with their places, and the y under the last of them; `words` is the room above the first."""
    panels: list[Panel] = []
    top = 0
    for number, (kind, quantity) in enumerate(PANELS, start=1):
        grid = _grid(trace, quantity, row)
        scale = theme.colour_scale(quantity, grid)
        notes = _notes(trace, row, kind, quantity, grid, scale, outputs, text)
        height = theme.LINES if kind == "lines" else theme.row_height(len(grid)) * len(grid)
        title = top + (theme.GAP if panels else 0)
        top = title + theme.TITLE + theme.NOTE * len(notes) + theme.SPACE_UNDER_TITLE.get((kind, quantity), theme.SPACE)
        if quantity == "x":
            top += words
        axis = f"y{number}" if number > 1 else "y"
        panels.append(Panel(kind, quantity, axis, title, top, height, grid, scale, notes))
        top += height
    return panels, top


def _grid(trace: Trace, quantity: str, row: int) -> Grid:
    """A quantity of one batch row, (rows, T) in time order."""
    if quantity == "x":
        return trace.inputs[row].T
    return trace.in_time_order(quantity)[:, row, :].T


def _notes(
    trace: Trace,
    row: int,
    kind: str,
    quantity: str,
    grid: Grid,
    scale: theme.Scale,
    outputs: tuple[LayerOutput, ...],
    text: FigureText,
) -> tuple[str, ...]:
    """What a panel has to say under its title."""
    masked = trace.mask is not None and not trace.mask[row].all()
    zeroed = [out.name for out in outputs if out.quantity == quantity and (out.steps[row] < 0).any()]
    if kind == "lines":
        said = {}
    elif quantity == "x":
        said = {text.backwards: trace.time_index[0] > trace.time_index[-1], text.masked_steps: masked}
    else:
        said = {text.masked_zeros.format(output=name): True for name in zeroed}
    low, high = scale.ends()
    said[text.widened.format(low=low, high=high)] = scale.widened and kind == "heatmap"
    said[text.not_finite] = not np.isfinite(grid).all()
    return tuple(note for note, holds in said.items() if holds)


def _traces(panel: Panel, text: FigureText) -> list[Figure]:
    """The Plotly traces of a panel: one heatmap, or one line a unit."""
    rows, steps = panel.grid.shape
    place = {"xaxis": "x2" if panel.axis == "y" else "x", "yaxis": panel.axis, "hoverinfo": "skip"}
    if panel.kind == "heatmap":
        gap = 1 if theme.row_height(rows) >= theme.GAPLESS_ROW and steps <= theme.GAPLESS_STEPS else 0
        return [
            place | {
                "type": "heatmap", "meta": {"quantity": panel.quantity}, "z": typed(panel.grid),
                "name": text.quantity(panel.quantity),
                "x0": 1, "dx": 1, "y0": 1, "dy": 1, "zmin": panel.scale.low, "zmax": panel.scale.high,
                "colorscale": panel.scale.plotly(), "showscale": False, "xgap": gap, "ygap": gap,
            }
        ]  # fmt: skip
    colours = theme.unit_colours(panel.quantity, rows)
    return [
        place | {
            "type": "scatter", "mode": "lines+markers" if steps <= theme.MARKER_STEPS else "lines",
            "name": text.unit.format(unit=unit + 1), "x0": 1, "dx": 1, "y": typed(panel.grid[unit]),
            "line": {"color": colours["light"][unit], "width": 2}, "marker": {"size": 5},
            "opacity": theme.line_opacity(rows), "showlegend": False,
            "meta": {"light": colours["light"][unit], "dark": colours["dark"][unit]},
        }
        for unit in range(rows)
    ]  # fmt: skip


def _layout(panels: list[Panel], steps: int, height: int, words: int, text: FigureText) -> Figure:
    """One time axis, its numbers above the first panel and under the last, and a vertical axis per panel."""
    time = {
        "range": [0.5, steps + 0.5], "fixedrange": steps <= theme.ZOOM_STEPS, "showgrid": False, "zeroline": False,
        "tickformat": "d", "minallowed": 0.5, "maxallowed": steps + 0.5, "automargin": False,
        "ticks": "", "tickangle": 0,
    }  # fmt: skip
    title = {"text": text.axis, "standoff": 4}
    axes = {
        "xaxis": time | {"anchor": panels[-1].axis, "title": title},
        "xaxis2": time | {"anchor": "y", "side": "top", "matches": "x", "ticklabelstandoff": words},
    }
    for panel in panels:
        axes["yaxis" + panel.axis[1:]] = _vertical(panel, height, text)
    return {
        "height": height,
        "margin": {"l": theme.MARGIN_LEFT, "r": theme.MARGIN_RIGHT, "t": 0, "b": 0},
        "hovermode": False,
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        **axes,
    }


def _vertical(panel: Panel, height: int, text: FigureText) -> Figure:
    """A panel's vertical axis: rows from top to bottom, or values with a line at zero."""
    bottom = panel.top + panel.height
    axis = {
        "domain": [1 - bottom / height, 1 - panel.top / height], "anchor": "x2" if panel.axis == "y" else "x",
        "fixedrange": True, "automargin": False, "showgrid": False, "zeroline": False, "ticks": "",
    }  # fmt: skip
    if panel.kind == "lines":
        return axis | {"range": _value_range(panel.grid), "nticks": 6, "zeroline": True, "showgrid": True}
    rows = len(panel.grid)
    shown = theme.labelled_rows(rows)
    words = [text.feature.format(feature=k) if panel.quantity == "x" else text.unit.format(unit=k) for k in shown]
    return axis | {"range": [rows + 0.5, 0.5], "tickvals": shown, "ticktext": words}


def _value_range(grid: Grid) -> list[float]:
    """From the lowest to the highest value and zero, with a little air."""
    finite = grid[np.isfinite(grid)]
    low, high = min(0.0, float(finite.min(initial=0))), max(0.0, float(finite.max(initial=0)))
    air = 0.08 * (high - low) or 1.0
    return [low - air, high + air]


def _described(
    panel: Panel, trace: Trace, row: int, outputs: tuple[LayerOutput, ...], text: FigureText
) -> Figure:
    """What the browser draws around a panel: title, notes, colour scale, and the marks of what is returned."""
    name = text.quantity(panel.quantity)
    described: Figure = {
        "kind": panel.kind, "quantity": panel.quantity, "axis": panel.axis, "top": panel.top, "height": panel.height,
        "rows": len(panel.grid), "name": name, "colour": theme.QUANTITY_COLOURS[panel.quantity],
        "notes": list(panel.notes), "title": panel.title,
    }  # fmt: skip
    if panel.kind == "lines":
        return described | {"legend": text.lines.format(units=len(panel.grid))}
    low, high = panel.scale.ends()
    if panel.quantity in theme.GATES and not panel.scale.widened:
        low, high = text.shut, text.open
    described["scale"] = {"low": low, "high": high}
    if panel.quantity in ("h", "c"):
        described |= _returned(panel.quantity, trace, row, outputs)
    return described


def _returned(
    quantity: str, trace: Trace, row: int, outputs: tuple[LayerOutput, ...]
) -> Figure:
    """Which outputs are this quantity, with their place in what Keras returns, and the time steps they come from."""
    marks = []
    for order, output in enumerate(outputs, start=1):
        if output.quantity == quantity:
            processed = output.steps[row]
            steps = np.unique(trace.time_index[processed[processed >= 0]]) + 1
            marks.append({"name": output.name, "order": order, "steps": steps.tolist()})
    listed = " · ".join(f"{mark['order']} {mark['name']}" for mark in marks)
    return {"returned": listed, "marks": marks}
