"""Mounts the moving picture: the browser unrolls the layer, moves through its steps and opens its cell."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from lstm_core.assets import lens_parts
from lstm_core.figures.lens import payload
from lstm_core.run import Run, row_labels
from lstm_core.text import Catalogue
from pages.ui.components.component import component
from pages.ui.once import once

_lens = component("picture", lens_parts())


def draw_lens(
    run: Run,
    t: Catalogue,
    *,
    row: int,
    key: str = "lens",
    opens_at: int | None = None,
    changed: Mapping[str, object] | None = None,
) -> None:
    """Draw one batch row of a run as the unrolled layer, and the inside of its cell, first at a step or the last.

    Above it there is a place for what the last flag `changed`, unless that is None.
    """
    _lens({"picture": _json(run, t, row, opens_at), "changed": changed}, key=key)


@once
def _json(run: Run, t: Catalogue, row: int, opens_at: int | None) -> orjson.Fragment:
    labels = row_labels(run.experiment, row)
    return orjson.Fragment(orjson.dumps(payload(run, t, row=row, labels=labels, opens_at=opens_at)))
