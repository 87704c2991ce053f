"""Mounts the moving picture: the browser unrolls the layer, moves through its steps and opens its cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import orjson
import streamlit as st

from lstm_core.assets import cell_place_parts, lens_parts
from lstm_core.figures.lens import payload
from lstm_core.figures.sent import Place
from lstm_core.run import Run, row_labels
from lstm_core.text import Catalogue
from pages.ui.components.component import component
from pages.ui.once import once, run_of

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_lens = component("picture", lens_parts())
_place = component("cell_place", cell_place_parts())


def draw_lens(
    run: Run,
    t: Catalogue,
    *,
    row: int,
    key: str = "lens",
    opens_at: int | None = None,
    cell: DeltaGenerator | None = None,
    view: Literal["river", "boxes", "loop"] = "boxes",
    on_hold: Callable[[object], None] | None = None,
) -> None:
    """Draw one batch row of a run as its layer over time and the inside of its cell, first at a step or the last.

    Gates can be taken in hand where `on_hold` is called with what the browser tells of one.

    The inside of the cell stands in the container `cell`, a card of its own, or under the layer where that is None.
    Of a large run the browser gets what is around the place where it says it stands.
    """
    place = Place.told(st.session_state[key].get("place") if key in st.session_state else None)
    held = run.experiment.held
    free = run_of(run.experiment.changed(held=()), run.masks, run.opened) if held else None
    data = {
        "picture": _json(run, t, row, opens_at, place, free),
        "hands": on_hold is not None,
        "apart": None if cell is None else key,
        "view": view,
    }

    def hold() -> None:
        if on_hold is not None:
            on_hold(st.session_state[key].hold)

    _lens(data, key=key, on_place_change=lambda: None, on_hold_change=hold)
    if cell is not None:
        with cell:
            _place({"of": key}, key=f"{key}_cell")


@once
def _json(run: Run, t: Catalogue, row: int, opens_at: int | None, place: Place, free: Run | None) -> orjson.Fragment:
    labels = row_labels(run.experiment, row)
    drawn = payload(run, t, row=row, labels=labels, opens_at=opens_at, place=place, free=free)
    return orjson.Fragment(orjson.dumps(drawn))
