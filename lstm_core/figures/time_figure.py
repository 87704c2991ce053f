"""Every value of one batch row on one time axis: the input, h and c as lines, and a heatmap per quantity.

The figure is a plain Plotly dict. What Plotly cannot draw well is described in `meta`, for
assets/components/charts/ to draw over it: titles, colour legends, the marks of what is returned, masked steps, the
sentence's words. No text from a user is in `data` or `layout`, where Plotly would read it as HTML.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from lstm_core.figures import theme
from lstm_core.figures.panels import Order, Panel, Shown, described, order_of, rows_of, stack
from lstm_core.figures.sent import Part, Span, coded, means, span_of
from lstm_core.figures.summary import summary as summed_up
from lstm_core.figures.text import FigureText
from lstm_core.layers.outputs import LayerOutput
from lstm_core.layers.spec import symbol_of
from lstm_core.layers.trace import Trace
from lstm_core.layers.weights import Float32Array
from lstm_core.particles import fill

Figure = dict[str, Any]

# the words that the browser fills in
BROWSER_TEXT = (
    "step", "step_word", "steps_mean", "unit", "feature", "value", "masked",
    "returned", "not_returned", "stretch", "stretch_help", "zoom_in", "zoom_out", "zoom_reset", "binned",
    "save", "save_all", "save_lines",
)  # fmt: skip


def time_figure(
    trace: Trace,
    *,
    row: int,
    outputs: tuple[LayerOutput, ...],
    text: FigureText,
    labels: tuple[str, ...] | None = None,
    order: Order | None = None,
    part: Part | None = None,
) -> Figure:
    """Return the picture of batch row `row`: {"data", "layout", "meta"}, steps numbered from 1 in time order.

    `outputs` is what the layer returns: where it comes from is marked on the heatmaps of the states. `labels`
    are the words under the step numbers, one a step. `order` has kind and quantity of each panel, from top to
    bottom; by default the cell's own. Arrays go as Plotly's typed arrays (float32, base64); lines are drawn from the
    heatmap of the same quantity, which goes once. Without the `part`
    that a browser wants to see all numbers are in the figure, however many.
    """
    order = order or order_of(trace.spec)
    shown = Shown(trace, row, outputs, text)
    words = theme.WORDS if labels else 0
    panels = stack(shown, words=words, order=order)
    return assembled(
        panels,
        [described(panel, shown) for panel in panels],
        rows=rows_of(order, trace.spec),
        labels=labels,
        words=words,
        text=text,
        summary=summed_up(trace, row, text),
        alt=_alt(shown, order, text),
        part=part,
    )


def _alt(shown: Shown, order: Order, text: FigureText) -> str:
    """Return what the picture shows, for those who do not see it."""
    charts = []
    for kind, said in (("lines", text.alt_lines), ("heatmap", text.alt_heatmaps)):
        names = [symbol_of(quantity) for drawn, quantity in order if drawn == kind]
        charts += [fill(said, quantities=", ".join(names))] if names else []
    features, units = shown.trace.inputs.shape[2], shown.trace.units
    return fill(text.alt, steps=shown.steps, units=units, features=features, charts=" ".join(charts))


def assembled(
    panels: list[Panel],
    descriptions: list[dict[str, Any]],
    *,
    rows: list[list[int]],
    labels: tuple[str, ...] | None,
    words: int,
    text: FigureText,
    summary: str,
    alt: str,
    part: Part | None = None,
) -> Figure:
    """Return the figure of these panels, one under the other on one time axis; `words`: how high the labels stand.

    `rows` are panels that stand abreast instead where a browser has room: assets/components/charts/grid.js places them.
    """
    steps = panels[0].grid.shape[1]
    heatmaps = sum(len(panel.grid) for panel in panels if panel.kind == "heatmap")
    span = Span(1, steps, 1) if part is None else span_of(steps, heatmaps, part)
    return {
        "data": [_drawn(panel, span) for panel in panels],
        "layout": _layout(panels, steps, text, words=words),
        "meta": {
            "steps": steps,
            "sent": None if span == (1, steps, 1) else span._asdict(),
            "labels": list(labels) if labels else None,
            "panels": descriptions,
            "rows": rows,
            "zoom": steps > theme.ZOOM_STEPS,
            "pixels": {"title": theme.TITLE, "note": theme.NOTE, "words": words},
            "summary": summary,
            "alt": alt,
            "text": {name: getattr(text, name) for name in BROWSER_TEXT},
        },
    }


def typed(array: Float32Array) -> dict[str, str]:
    """Return a float32 array as Plotly's typed array: {dtype, bdata} and, for two dimensions, shape.

    >>> typed(np.array([0.5], np.float32))
    {'dtype': 'f4', 'bdata': 'AAAAPw=='}
    """
    packed = {"dtype": "f4", "bdata": base64.b64encode(array.tobytes()).decode()}
    return packed if array.ndim == 1 else packed | {"shape": ", ".join(map(str, array.shape))}


def _drawn(panel: Panel, span: Span) -> Figure:
    """Return the Plotly trace of a heatmap, or what all lines of a panel have in common."""
    horizontal = "x2" if panel.axis == "y" else "x"  # the first panel hangs from the upper axis
    place = {"xaxis": horizontal, "yaxis": panel.axis, "hoverinfo": "skip", "x0": 1, "dx": 1}
    return place | (_heatmap(panel, span) if panel.kind == "heatmap" else _lines(panel))


def _heatmap(panel: Panel, span: Span) -> Figure:
    rows, steps = panel.grid.shape
    scale = panel.scale.drawn()
    gap = int(theme.row_height(rows) >= theme.GAPLESS_ROW and steps <= theme.GAPLESS_STEPS)
    return {
        "type": "heatmap",
        "name": panel.said.name,
        "meta": {"quantity": panel.quantity, "grid": panel.said.values, "dark": scale["dark"]},
        "z": _numbers(panel, span),
        "y0": 1,
        "dy": 1,
        "xgap": gap,
        "ygap": gap,
        "zmin": scale["zmin"],
        "zmax": scale["zmax"],
        "colorscale": scale["colorscale"],
        "showscale": False,
    }


def _numbers(panel: Panel, span: Span) -> dict[str, str]:
    """Return a panel's values of a span of steps, each by itself as float32, or the means of several on its scale."""
    if span.size == 1:
        return typed(np.ascontiguousarray(panel.grid[:, span.first - 1 : span.last]))
    columns = means(panel.grid, span)
    return {"dtype": "u2", "bdata": coded(columns, panel.scale), "shape": ", ".join(map(str, columns.shape))}


def _lines(panel: Panel) -> Figure:
    """Return one line a unit in short: the browser takes their values from the heatmap of the same quantity."""
    units, steps = panel.grid.shape
    colours = theme.line_colours(panel.quantity, units)
    return {
        "type": "scatter",
        "mode": "lines+markers" if steps <= theme.MARKER_STEPS else "lines",
        "meta": {"lines": panel.said.values, **{scheme: [one[scheme] for one in colours] for scheme in colours[0]}},
        "line": {"width": 2},
        "marker": {"size": 5},
        "opacity": 1.0 if units <= theme.SOLID_LINES else theme.PALE_LINE,
    }


def _layout(panels: list[Panel], steps: int, text: FigureText, *, words: int) -> Figure:
    """One time axis, numbered above the first panel and under the last, and a vertical axis per panel."""
    height = panels[-1].top + panels[-1].height + theme.BOTTOM
    time = {
        "range": [0.5, steps + 0.5],
        "fixedrange": steps <= theme.ZOOM_STEPS,
        "minallowed": 0.5,
        "maxallowed": steps + 0.5,
        "tickformat": "d",
        "tickangle": 0,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "automargin": False,
    }
    title = {"text": text.axis, "standoff": 4, "font": {"size": theme.TYPE}}
    return {
        "height": height,
        "margin": {"l": theme.MARGIN_LEFT, "r": theme.MARGIN_RIGHT, "t": 0, "b": 0},
        "hovermode": False,
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": time | {"anchor": panels[-1].axis, "title": title},
        "xaxis2": time | {"anchor": "y", "side": "top", "matches": "x", "ticklabelstandoff": words},
        **{f"yaxis{panel.axis[1:]}": _vertical(panel, height, text) for panel in panels},
    }


def _vertical(panel: Panel, height: int, text: FigureText) -> Figure:
    """Return a panel's vertical axis: rows from top to bottom, or values about a line at zero."""
    place = {
        "domain": [1 - (panel.top + panel.height) / height, 1 - panel.top / height],
        "anchor": "x2" if panel.axis == "y" else "x",
        "fixedrange": True,
        "automargin": False,
        "ticks": "",
    }
    if panel.kind == "lines":
        return place | {"range": _value_range(panel.grid), "nticks": 6}
    shown = theme.labelled_rows(len(panel.grid))
    said = [fill(text.feature, feature=k) if panel.quantity == "x" else fill(text.unit, unit=k) for k in shown]
    rows = {"range": [len(panel.grid) + 0.5, 0.5], "tickvals": shown, "ticktext": said}
    return place | rows | {"showgrid": False, "zeroline": False}


def _value_range(grid: Float32Array) -> list[float]:
    """From the lowest to the highest value and zero, with a little air."""
    finite = grid[np.isfinite(grid)].astype(np.float64)
    low, high = float(finite.min(initial=0)), float(finite.max(initial=0))
    air = 0.08 * (high - low) or 1.0
    return [low - air, high + air]
