"""Run -> files to take away: a script, a notebook, the traces as CSV and as .npz. The same run gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from lstm_core.code.codegen import exact, exact_parts
from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.outputs import PREDICTION
from lstm_core.layers.weights import Float32Array
from lstm_core.run import Run, row_labels, turned_round
from lstm_core.text import Catalogue

MAX_ROWS = 1_048_575
"""Rows that a spreadsheet takes under its header; a longer trace goes as .npz only."""

COLUMNS = ("batch", "step", "unit", "quantity", "value")
DIRECTIONS = ("forward", "backward")
HEAD = "head"
"""What stands in the column of layers for a prediction."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""


def script(experiment: Experiment, t: Catalogue) -> str:
    """Return the exact script, with comments in the catalogue's language."""
    return exact(experiment, t.section("code.comments").__getitem__)


def notebook(experiment: Experiment, t: Catalogue) -> str:
    """Return the exact script as a Jupyter notebook (nbformat 4.5): a cell of words, then a cell a part.

    >>> from lstm_core.text import load
    >>> cells = json.loads(notebook(Experiment(), load("en")))["cells"]
    >>> cells[0]["cell_type"], cells[-1]["source"].splitlines()[-1]
    ('markdown', 'print(output.numpy())')
    """
    parts = exact_parts(experiment, t.section("code.comments").__getitem__)
    code = [_cell("code", source, execution_count=None, outputs=[]) for source in parts]
    intro = t("take.notebook.intro", title=t(f"take.notebook.titles.{subject(experiment)}")).strip()
    cells = [_cell("markdown", intro), *code]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
            "cells": [cell | {"id": f"cell-{number}"} for number, cell in enumerate(cells)],
        },
        ensure_ascii=False,
        indent=1,
    )


def subject(experiment: Experiment) -> str:
    """Return what an experiment is of: the cell of a plain layer, or "model".

    >>> subject(Experiment(cell="GRU")), subject(Experiment(head="dense"))
    ('GRU', 'model')
    """
    return experiment.layers[0].cell if experiment.is_plain else "model"


def table_rows(run: Run) -> int:
    """Return how many rows the table of a run has, without its header; all layers count."""
    batch, steps, _ = run.experiment.shape
    rows = 0 if run.last.prediction is None else run.last.prediction.size
    for place in run.experiment.places:
        opened = run.open(place)
        spec, units = opened.trace.spec, opened.trace.units
        given = 0 if place.backward else run.experiment.widths[place.layer - 1]
        rows += batch * (steps * (len(spec.quantities) * units + given) + len(spec.states) * units)
    return rows


def columns(experiment: Experiment) -> tuple[str, ...]:
    """Return the names of the table's columns, but for the words.

    >>> columns(Experiment(bidirectional=True))
    ('layer', 'direction', 'batch', 'step', 'unit', 'quantity', 'value')
    """
    several = len(experiment.places) > 1
    both = any(layer.bidirectional for layer in experiment.layers)
    return (*(("layer",) if several else ()), *(("direction",) if both else ()), *COLUMNS)


def table(run: Run) -> bytes:
    """Return the traces as CSV in long form: batch, step, unit, quantity, value; of a sentence also its words.

    All counts begin at 1; step 0 has the initial h and c. Steps stand in the order in which a layer is given them, in
    time order but behind a layer that goes backwards. For the input, `x`, a unit is a feature. Values, read back as
    float32, are the same to the bit; inf and nan are written so. Where a model has more than one direction, `layer`
    says whose a number is, and `direction` where some layer is Bidirectional: "forward", "backward", or nothing where
    there is one or a number is given to both. A single `prediction` stands at the last step. UTF-8; where words need
    it, behind a byte order mark, by which spreadsheets know.

    Raises:
        ValueError: if there are more than `MAX_ROWS` rows.
    """
    if table_rows(run) > MAX_ROWS:
        raise ValueError(f"the table has {table_rows(run)} rows; at most {MAX_ROWS}; take the arrays")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    experiment = run.experiment
    names = columns(experiment)
    several, both = "layer" in names, "direction" in names
    writer.writerow([*names, *(["word"] if experiment.words else [])])
    for row in range(len(run.trace.inputs)):
        labels = row_labels(experiment, row)
        words = tuple(map(defused, labels)) if labels else None
        for place in experiment.places:
            given = _as_given(words, experiment.layers[: place.layer - 1])
            writer.writerows(_table_of_row(run.open(place), row, given, layers=several, directions=both))
        whose = (*((HEAD,) if several else ()), *(("",) if both else ()))
        writer.writerows(_predicted(run, row, _as_given(words, experiment.layers), whose))
    said = text.getvalue()
    return said.encode("utf-8" if said.isascii() else "utf-8-sig")


def _as_given(words: tuple[str, ...] | None, layers: Sequence[LayerArguments]) -> tuple[str, ...] | None:
    """Return the words of the steps as these layers hand them on."""
    return words[::-1] if words and turned_round(layers) else words


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: behind an apostrophe where it might.

    >>> defused("=1+1"), defused("cat")
    ("'=1+1", 'cat')
    """
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def arrays(run: Run) -> bytes:
    """Return a run as .npz: named float32 arrays, and the experiment as JSON. Nothing in it is pickled.

    `inputs` (B, T, F) and every quantity of the trace (B, T, U) are in the order of a layer's steps as it is given
    them, in time order but behind a layer that goes backwards; `h0`, and so on for each of the cell's states (B, U),
    are what the call began with. Names of further layers and of backward directions end in the suffix of
    `Opened.suffix`: "h.2", "kernel.1b". Weights are as `get_weights()` gives them, returned tensors as Keras returns
    them, under their names. `indices` (B, T) of an Embedding, `mask` and the dropout masks are there if there are any.
    """
    places = run.experiment.places
    forward = [place for place in places if not place.backward]
    traces = {place: run.open(place).trace for place in places}
    named: dict[str, Any] = {
        "experiment": np.array(experiment_json(run.experiment)),
        "indices": run.experiment.indices() if run.experiment.front == "embedding" else None,
        **{"inputs" + place.suffix: traces[place].inputs for place in forward},
        **run.model_weights.tensors,
    }
    for place, trace in traces.items():
        named |= {f"{name}0{place.suffix}": start for name, start in trace.start.items()}
        named |= {name + place.suffix: trace.in_time_order(name).transpose(1, 0, 2) for name in trace.spec.quantities}
    named |= {output.name: output.array for output in run.returned}
    named |= {"mask" + place.suffix: traces[place].mask for place in forward}
    for place, trace in traces.items():
        named |= {
            "dropout_mask" + place.suffix: trace.dropout_mask,
            "recurrent_dropout_mask" + place.suffix: trace.recurrent_dropout_mask,
        }
    if run.masks:
        for number, masks in enumerate(run.masks[-1], start=1):
            named["dropout_after_mask" + Opened(number).suffix] = masks.after
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **{name: array for name, array in named.items() if array is not None})
    return file.getvalue()


def experiment_json(experiment: Experiment) -> str:
    """Return every field of an experiment as JSON, those of further layers as `units.2`."""
    return json.dumps(experiment.values(), ensure_ascii=False)


def _table_of_row(
    run: Run, row: int, words: tuple[str, ...] | None, *, layers: bool, directions: bool
) -> Iterator[tuple[object, ...]]:
    """Yield the opened layer's rows of one batch row: the initial states, then the input and every quantity."""
    trace, place = run.trace, run.opened
    several = run.experiment.layers[place.layer - 1].bidirectional
    layer = (place.layer,) if layers else ()
    both = (*layer, *(("",) if directions else ()))
    own = (*layer, *((DIRECTIONS[place.backward] if several else "",) if directions else ()))
    for name, start in trace.start.items():
        for unit, value in enumerate(start[row].astype(str).tolist(), start=1):
            yield (*own, row + 1, 0, unit, name, value, *(("",) if words else ()))
    if not place.backward:
        yield from _of_grid("x", trace.inputs[row], row, words, both)
    for name in trace.spec.quantities:
        yield from _of_grid(name, trace.in_time_order(name)[:, row], row, words, own)


def _predicted(
    run: Run, row: int, words: tuple[str, ...] | None, whose: tuple[object, ...]
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of what the head predicts for one batch row, if there is a head."""
    if run.last.prediction is not None:
        prediction = np.atleast_2d(run.last.prediction[row])
        yield from _of_grid(PREDICTION, prediction, row, words, whose, after=run.trace.steps - len(prediction))


def _of_grid(
    name: str, grid: Float32Array, row: int, words: tuple[str, ...] | None, whose: tuple[object, ...], after: int = 0
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a grid (T, U) whose first step is the one `after` so many."""
    for step, values in enumerate(grid.astype(str).tolist(), start=after + 1):
        ends = (words[step - 1],) if words else ()
        for unit, value in enumerate(values, start=1):
            yield (*whose, row + 1, step, unit, name, value, *ends)


def _cell(kind: str, source: str, **more: object) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source.rstrip("\n"), **more}
