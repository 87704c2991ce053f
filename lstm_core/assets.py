"""What the pictures and panels are drawn with in a browser: their HTML, styles and scripts, from assets/."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

ASSETS = Path(__file__).parents[1] / "assets"


class Parts(NamedTuple):
    """A component: its HTML, its styles, and its script, a module whose default export shows data."""

    html: str
    css: str
    js: str


@cache
def asset(path: str) -> str:
    """Return a file of assets/ as text."""
    return (ASSETS / path).read_text(encoding="utf-8")


def parts(html: str, css: tuple[str, ...], js: tuple[str, ...]) -> Parts:
    """Return a component of these files; its scripts, joined in this order, are one module."""
    return Parts(asset(html), "\n".join(map(asset, css)), "\n".join(map(asset, js)))


def frame_parts(name: str, *helpers: str) -> Parts:
    """Return the component of assets/page with this name; its script can use those of the helpers there."""
    scripts = tuple(f"page/{part}.js" for part in (*helpers, name))
    return parts(f"page/{name}.html", (f"page/{name}.css",), scripts)


DRAWING = tuple(f"components/shared/{name}.js" for name in ("drawing", "save", "plain", "snapshot"))
"""What both pictures draw and save themselves with."""


def charts_parts() -> Parts:
    """Return the charts: one figure of every value."""
    names = ("figure", "overlay", "cells", "charts")
    scripts = (*DRAWING, *(f"components/charts/{name}.js" for name in names))
    return parts("components/charts/charts.html", ("components/charts/charts.css",), scripts)


def lens_parts() -> Parts:
    """Return the moving picture: the unrolled layer and the inside of its cell."""
    layer = ("payload", "fit", "strips", "layer", "ends", "words", "moves", "unrolled")
    cell = ("terms", "formula", "panel", "diagram", "cell")
    scripts = (*DRAWING, *(f"components/lens/{name}.js" for name in (*layer, *cell, "address", "changed", "lens")))
    return parts(
        "components/lens/lens.html",
        tuple(f"components/lens/{name}.css" for name in ("lens", "cell", "changed")),
        scripts,
    )
