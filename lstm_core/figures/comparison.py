"""A quantity of two runs on one time axis: A, B, and what has to be added to A to get B."""

from __future__ import annotations

from math import isfinite

import numpy as np

from lstm_core import compare
from lstm_core.figures import theme
from lstm_core.figures.panels import Panel, Said, Shown, described, placed
from lstm_core.figures.sent import Part
from lstm_core.figures.text import FigureText
from lstm_core.figures.time_figure import Figure, assembled
from lstm_core.layers.spec import symbol_of
from lstm_core.layers.weights import Float32Array
from lstm_core.particles import fill
from lstm_core.run import Run


def comparison_figure(
    a: Run,
    b: Run,
    quantity: str,
    *,
    row: int,
    text: FigureText,
    labels: tuple[str, ...] | None = None,
    part: Part | None = None,
) -> Figure:
    """Return the picture of a quantity of batch row `row` in both runs, and B - A below where both have as many units.

    As `time_figure` gives it: {"data", "layout", "meta"}. `labels` are the words under the steps' numbers, `part` is
    what of the steps a browser wants to see.

    Raises:
        ValueError: if the runs do not have as many time steps, or one has no such quantity.
    """
    if a.trace.steps != b.trace.steps:
        raise ValueError(f"A has {a.trace.steps} time steps and B {b.trace.steps}; compare runs of as many steps")
    name = text.quantity(quantity)
    shown = [Shown(run.trace, compare.row_of(run, row), run.outputs_in_model, text) for run in (a, b)]
    marked = quantity in shown[0].states
    marks = theme.SPACE_FOR_NUMBERS if marked else 0  # of what is returned, under the words
    words = theme.WORDS + marks if labels else 0
    grids = [one.grid(quantity) for one in shown]
    scale = theme.colour_scale(quantity, np.concatenate(grids))
    panels: list[Panel] = []
    for grid, title, values in zip(grids, (text.in_a, text.in_b), "ab", strict=True):
        said = Said(fill(title, name=name), values)
        panels.append(placed("heatmap", quantity, grid, scale, said, under=panels, words=words, marked=marked))
    descriptions = [described(panel, one) for panel, one in zip(panels, shown, strict=True)]
    if compare.same_grid(a, b):
        apart = compare.b_minus_a(a, b, quantity, row=row)
        said = Said(fill(text.difference, name=name), "difference")
        panels.append(
            placed("heatmap", quantity, apart, difference_scale(apart), said, under=panels, words=words, marked=marked)
        )
        facts = {key: value for key, value in described(panels[-1], shown[1]).items() if key != "marks"}
        descriptions.append(facts | {"legend": list(panels[-1].scale.ends()), "masked": []})
    return assembled(
        panels,
        descriptions,
        rows=[[k] for k in range(len(panels))],
        labels=labels,
        words=words,
        text=text,
        summary=_summary(a, b, quantity, row, text),
        alt=fill(text.alt_comparison, quantity=name, steps=shown[0].steps),
        part=part,
    )


def difference_scale(apart: Float32Array) -> theme.Scale:
    """Return the colours of a difference: blue to red, as far as the largest difference on both sides of 0.

    >>> difference_scale(np.array([[-0.25, 0.5]], np.float32)).low
    -0.5
    """
    finite = apart[np.isfinite(apart)]
    reach = float(np.abs(finite).max(initial=0)) or 1.0
    return theme.Scale(-reach, reach, theme.DIVERGING)


def _summary(a: Run, b: Run, quantity: str, row: int, text: FigureText) -> str:
    if not compare.same_grid(a, b):
        return fill(text.other_units, a=a.trace.units, b=b.trace.units)
    place = compare.furthest(a, b, quantity, row=row)
    symbol = symbol_of(quantity)
    if place is None:
        return fill(text.no_difference, quantity=symbol)
    said = text.furthest if isfinite(place.apart) else text.furthest_not_finite
    return fill(said, quantity=symbol, apart=f"{place.apart:.3g}", step=place.step, unit=place.unit)
