"""Run -> files to take away: a script, a notebook, the trace as CSV and as .npz. The same run gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from lstm_core.code.codegen import exact, exact_parts
from lstm_core.experiment import FIELDS, Experiment
from lstm_core.layers.weights import Float32Array
from lstm_core.run import Run, row_labels
from lstm_core.text import Catalogue

MAX_ROWS = 1_048_575
"""Rows that a spreadsheet takes under its header; a longer trace goes as .npz only."""

COLUMNS = ("batch", "step", "unit", "quantity", "value")
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
    cells = [_cell("markdown", t("take.notebook.intro").strip()), *code]
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


def table_rows(run: Run) -> int:
    """Return how many rows the table of a run has, without its header."""
    batch, steps, features = run.experiment.shape
    units, spec = run.experiment.layer.units, run.trace.spec
    return batch * (steps * (len(spec.quantities) * units + features) + len(spec.states) * units)


def table(run: Run) -> bytes:
    """Return the trace as CSV in long form: batch, step, unit, quantity, value; of a sentence also its words.

    All counts begin at 1, steps are in time order; step 0 has the initial h and c. For the input, `x`, a unit is a
    feature. Values, read back as float32, are the same to the bit; inf and nan are written so. UTF-8; where words
    need it, behind a byte order mark, by which spreadsheets know.

    Raises:
        ValueError: if there are more than `MAX_ROWS` rows.
    """
    if table_rows(run) > MAX_ROWS:
        raise ValueError(f"the table has {table_rows(run)} rows; at most {MAX_ROWS}; take the arrays")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    words = run.experiment.words
    writer.writerow([*COLUMNS, "word"] if words else COLUMNS)
    for row in range(len(run.trace.inputs)):
        labels = row_labels(run.experiment, row)
        writer.writerows(_table_of_row(run, row, tuple(map(defused, labels)) if labels else None))
    said = text.getvalue()
    return said.encode("utf-8" if said.isascii() else "utf-8-sig")


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: behind an apostrophe where it might.

    >>> defused("=1+1"), defused("cat")
    ("'=1+1", 'cat')
    """
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def arrays(run: Run) -> bytes:
    """Return a run as .npz: named float32 arrays, and the experiment as JSON. Nothing in it is pickled.

    `inputs` (B, T, F) and every quantity of the trace (B, T, U) are in time order; `h0`, and so on for each of the
    cell's states (B, U), are what the call began with. Weights are as `get_weights()` gives them, returned tensors as
    Keras returns them, under their names. `mask` and the dropout masks are there if there are any.
    """
    trace, weights = run.trace, run.weights
    named: dict[str, Any] = {
        "experiment": np.array(experiment_json(run.experiment)),
        "inputs": trace.inputs,
        "kernel": weights.kernel,
        "recurrent_kernel": weights.recurrent_kernel,
        "bias": weights.bias,
        **{f"{name}0": start for name, start in trace.start.items()},
        **{name: trace.in_time_order(name).transpose(1, 0, 2) for name in trace.spec.quantities},
        **{output.name: output.array for output in run.outputs},
        "mask": trace.mask,
        "dropout_mask": trace.dropout_mask,
        "recurrent_dropout_mask": trace.recurrent_dropout_mask,
    }
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **{name: array for name, array in named.items() if array is not None})
    return file.getvalue()


def experiment_json(experiment: Experiment) -> str:
    """Return every field of an experiment as JSON."""
    return json.dumps({name: getattr(experiment, name) for name in FIELDS}, ensure_ascii=False)


def _table_of_row(run: Run, row: int, words: tuple[str, ...] | None) -> Iterator[tuple[object, ...]]:
    """Yield the table's rows of one batch row: the initial states, then the input and every quantity."""
    trace = run.trace
    grids: dict[str, Float32Array] = {"x": trace.inputs[row]}
    grids |= {name: trace.in_time_order(name)[:, row] for name in trace.spec.quantities}
    for name, start in trace.start.items():
        for unit, value in enumerate(start[row].astype(str).tolist(), start=1):
            yield (row + 1, 0, unit, name, value, "") if words else (row + 1, 0, unit, name, value)
    for name, grid in grids.items():
        for step, values in enumerate(grid.astype(str).tolist(), start=1):
            ends = (words[step - 1],) if words else ()
            for unit, value in enumerate(values, start=1):
                yield (row + 1, step, unit, name, value, *ends)


def _cell(kind: str, source: str, **more: object) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source.rstrip("\n"), **more}
