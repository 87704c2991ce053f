"""Scales and sizes of every picture, and colours as `lstm_core.layers.spec` has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_core.layers.spec import QUANTITIES
from lstm_core.layers.weights import Float32Array

QUANTITY_COLOURS = {name: quantity.colour for name, quantity in QUANTITIES.items()}

# Ramps: lightness alone says how far a value is from where nothing happens, which is the page's own shade: light
# on a light page, dark on a dark one. LIGHT_DIVERGING is plotly.colors.diverging.RdBu_r; Plotly.js' "RdBu" is another.
LIGHT_DIVERGING = (
    "#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#f7f7f7",
    "#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f",
)  # fmt: skip
DARK_DIVERGING = (
    "#b9ddf0", "#6fb1d6", "#3a86bd", "#225f94", "#1d3a56", "#1f262e",
    "#56242a", "#93303a", "#c9544a", "#ea8f70", "#fbcdb4",
)  # fmt: skip
LIGHT_SHUT, DARK_SHUT = "#f7f7f7", "#1f262e"
GATE_SHADES = 6  # as many as one side of the diverging ramps has

# pixels
MARGIN_LEFT = 68  # room for the labels of rows and values
MARGIN_RIGHT = 10
GAP = 16  # between a panel and the next one's title
TYPE = 12  # an axis's name, in the smallest size of assets/page/scale.css
TITLE = 20  # a panel's name, what is returned of it, its colour scale
NOTE = 18  # a line under the title, where a panel has something to say
SPACE = 3  # between title and panel,
SPACE_FOR_NUMBERS = 18  # and where step numbers, or the marks' order numbers, stand between them
WORDS = 20  # the sentence's words, under the step numbers of the first panel
BOTTOM = 44  # step numbers and the axis' name under the last panel
LINES = 96  # height of a panel of lines
MAX_ROW, MIN_ROW = 24, 5
MAX_PANEL = 256  # what a heatmap of many rows is kept to, as far as the lowest row allows
LABEL_SPACING = 15  # between two labels of rows, at least
GAPLESS_ROW = 10  # rows this low have no gap between their cells

# steps and units
GAPLESS_STEPS = 60  # grids of more steps have no gaps either
MARKER_STEPS = 24  # lines of up to so many steps mark each with a dot
ZOOM_STEPS = 48  # figures of more steps can be zoomed
SOLID_LINES = 8  # more lines than these are pale: the browser draws the chosen one over them
PALE_LINE = 0.2  # opacity


@dataclass(frozen=True)
class Ramp:
    """Colours from the lowest to the highest value, as many for a light page as for a dark one."""

    light: tuple[str, ...]
    dark: tuple[str, ...]


DIVERGING = Ramp(LIGHT_DIVERGING, DARK_DIVERGING)


@dataclass(frozen=True)
class Scale:
    """A ramp spread evenly from `low` to `high`; `widened` where values left the usual range."""

    low: float
    high: float
    ramp: Ramp
    widened: bool = False

    def drawn(self) -> dict[str, Any]:
        """Return the scale as the browser takes it: its ends, and its colours as Plotly wants them, for both pages."""
        return {
            "zmin": self.low,
            "zmax": self.high,
            "colorscale": plotly(self.ramp.light),
            "dark": plotly(self.ramp.dark),
        }

    def ends(self) -> tuple[str, str]:
        """Both ends as signed numbers of up to three digits."""
        return f"{self.low:+.3g}", f"{self.high:+.3g}"


def plotly(colours: tuple[str, ...]) -> list[list[object]]:
    """Return colours as Plotly wants them: pairs of position in 0..1 and colour."""
    last = len(colours) - 1
    return [[position / last, colour] for position, colour in enumerate(colours)]


def ramp_of(quantity: str) -> Ramp:
    """Return the colours of a quantity: a gate's run from shut to its own, all others on both sides of zero.

    >>> ramp_of("f").light[0], ramp_of("f").light[-1]
    ('#f7f7f7', '#d55e00')
    """
    if not QUANTITIES[quantity].is_share:
        return DIVERGING
    shares = [shade / (GATE_SHADES - 1) for shade in range(GATE_SHADES)]
    light, dark = (
        tuple(mix(shut, QUANTITY_COLOURS[quantity], share) for share in shares) for shut in (LIGHT_SHUT, DARK_SHUT)
    )
    return Ramp(light, dark)


def colour_scale(quantity: str, values: Float32Array) -> Scale:
    """Return the colour scale of a quantity, wide enough for all its finite values.

    Gates: their own ramp on 0..1. `h` and `candidate`: blue to red on -1..1. `c` and the input `x`: the same on
    +/-max(1, max|c|) and +/-max|x|. Where an activation leaves 0..1 or -1..1 (relu, linear), the range grows
    evenly about its middle and is `widened`: nothing is clipped.

    >>> colour_scale("f", np.array([0.2, 0.9], np.float32)).high
    1.0
    >>> wide = colour_scale("h", np.array([-0.5, 2.0], np.float32))
    >>> wide.low, wide.high, wide.widened
    (-2.0, 2.0, True)
    """
    finite = values[np.isfinite(values)]
    of = QUANTITIES[quantity]
    middle, usual = (of.low + of.high) / 2, (of.high - of.low) / 2
    reach = float(np.abs(finite.astype(np.float64) - middle).max(initial=0))
    if of.fitted:
        usual = reach or 1.0
    half = max(usual, reach)
    return Scale(middle - half, middle + half, ramp_of(quantity), widened=half > usual and not of.unbounded)


def row_height(rows: int) -> int:
    """Pixels per row of a heatmap: fewer for many rows, so that the panel's height stays bounded.

    >>> row_height(4), row_height(16), row_height(64)
    (24, 16, 5)
    """
    return max(MIN_ROW, min(MAX_ROW, MAX_PANEL // rows))


def labelled_rows(rows: int) -> list[int]:
    """Return the rows, counted from 1, that have room for a label: all of them, or the first and round numbers.

    >>> labelled_rows(4), labelled_rows(64)[:4]
    ([1, 2, 3, 4], [1, 5, 10, 15])
    """
    every = next(step for step in (1, 5, 10) if step * row_height(rows) >= LABEL_SPACING)
    return sorted({1, *range(every, rows + 1, every)})


def mix(colour: str, other: str, share: float) -> str:
    """`share` of `other` mixed into `colour`, both as #rrggbb.

    >>> mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = [(int(colour[k : k + 2], 16), int(other[k : k + 2], 16)) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def line_colours(quantity: str, units: int) -> list[dict[str, str]]:
    """One lightness of the quantity's colour per unit, each for a light and for a dark page."""
    base = QUANTITY_COLOURS[quantity]
    shares = [unit / max(1, units - 1) for unit in range(units)]
    return [
        {"light": mix(base, "#000000", 0.2 + 0.45 * share), "dark": mix(base, "#ffffff", 0.75 * (1 - share))}
        for share in shares
    ]
