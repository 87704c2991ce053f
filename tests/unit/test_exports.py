"""What is taken away is what was on screen: files read back give the run's numbers to the bit."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_core import text
from lstm_core.code.codegen import exact
from lstm_core.experiment import Edit, Experiment
from lstm_core.run import Run, run_experiment
from lstm_core.share import exports
from tests.experiments import CELL_NAMES, experiments

RICH = Experiment(
    batch=2, units=3, return_sequences=True, return_state=True, go_backwards=True, mask="2; 6",
    initial_state=True, initial_c=0.5, edits=(Edit("kernel", 0, 1, 0.25),),
)  # fmt: skip
"""A sentence in two batch rows, read backwards, with a mask, given states and a weight set by hand."""


def rows_of(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exports.table(run).decode("utf-8-sig"), newline="")))


def same(one: np.float32, other: np.float32) -> bool:
    """Whether two numbers are the same to the bit; text knows one nan only."""
    return one.tobytes() == other.tobytes() or bool(np.isnan(one) and np.isnan(other))


def without_dropout(experiment: Experiment) -> Experiment:
    return replace(experiment, training=False)


# ---- the table ----


@settings(max_examples=40)
@given(experiments(CELL_NAMES).map(without_dropout))
def test_the_table_holds_every_number_of_the_trace_once_and_to_the_bit(experiment: Experiment) -> None:
    run = run_experiment(experiment)
    rows = rows_of(run)
    assert len(rows) == exports.table_rows(run)
    found = {
        (row["quantity"], int(row["batch"]), int(row["step"]), int(row["unit"])): np.float32(row["value"])
        for row in rows
    }
    assert len(found) == len(rows)
    grids = {"x": run.trace.inputs.transpose(1, 0, 2)}
    grids |= {name: run.trace.in_time_order(name) for name in run.trace.spec.quantities}
    for name, grid in grids.items():
        for (step, row, unit), value in np.ndenumerate(grid):
            assert same(found.pop((name, row + 1, step + 1, unit + 1)), value)
    assert run.trace.start.keys() == set(run.trace.spec.state_names)
    for name, start in run.trace.start.items():
        for (row, unit), value in np.ndenumerate(start):
            assert same(found.pop((name, row + 1, 0, unit + 1)), value)
    assert found == {}


def test_the_table_names_the_word_of_each_step_and_row() -> None:
    rows = rows_of(run_experiment(Experiment(sentence="a, b c", batch=2)))
    words = {(row["batch"], row["step"]): row["word"] for row in rows}
    assert [words["1", step] for step in "0123"] == ["", "a,", "b", "c"]
    assert [words["2", step] for step in "0123"] == ["", "b", "c", "a,"]


def test_a_table_of_numbers_has_no_words() -> None:
    (header, *_) = exports.table(run_experiment(Experiment(preset="sine"))).splitlines()
    assert header == b"batch,step,unit,quantity,value"


@given(st.sampled_from("=+-@"), st.text("=+-@1a|!,\"'", max_size=6))
def test_no_word_is_taken_for_a_formula(start: str, rest: str) -> None:
    cells = {row["word"] for row in rows_of(run_experiment(Experiment(sentence=start + rest, units=1)))} - {""}
    assert cells == {f"'{start}{rest}"}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx", "\rx"])
def test_every_start_of_a_formula_is_defused_and_other_text_stays(text: str) -> None:
    assert exports.defused(text) == "'" + text
    assert exports.defused("x" + text) == "x" + text


def test_negative_numbers_stay_numbers() -> None:
    values = [row["value"] for row in rows_of(run_experiment(Experiment()))]
    assert any(value.startswith("-") for value in values)
    assert not any(value.startswith("'") for value in values)


def test_korean_words_come_behind_the_mark_that_spreadsheets_need() -> None:
    korean = exports.table(run_experiment(Experiment(sentence="책을 읽었다")))
    assert korean.startswith(b"\xef\xbb\xbf")
    assert "책을" in korean.decode()
    assert exports.table(run_experiment(Experiment())).startswith(b"batch")


def test_a_table_that_no_spreadsheet_takes_is_refused() -> None:
    run = run_experiment(Experiment(preset="noise", timesteps=1000, features=1, units=64, batch=2))
    assert exports.table_rows(run) > exports.MAX_ROWS
    with pytest.raises(ValueError, match="rows"):
        exports.table(run)


# ---- the arrays ----


@settings(max_examples=40)
@given(experiments(CELL_NAMES).map(without_dropout))
def test_the_arrays_hold_the_run_to_the_bit_and_nothing_pickled(experiment: Experiment) -> None:
    run = run_experiment(experiment)
    with np.load(io.BytesIO(exports.arrays(run)), allow_pickle=False) as file:
        found = dict(file)
    values = json.loads(str(found.pop("experiment")))
    values["edits"] = tuple(Edit(*edit) for edit in values["edits"])
    values["reset_before"] = tuple(values["reset_before"])
    assert Experiment(**values) == experiment
    expected = {"inputs": run.trace.inputs}
    expected |= {f"{name}0": run.trace.start[name] for name in run.trace.spec.state_names}
    expected |= {"kernel": run.weights.kernel, "recurrent_kernel": run.weights.recurrent_kernel}
    expected |= {name: run.trace.in_time_order(name).swapaxes(0, 1) for name in run.trace.spec.quantities}
    expected |= {output.name: output.array for output in run.outputs}
    optional = {"bias": run.weights.bias, "mask": run.trace.mask}
    expected |= {name: array for name, array in optional.items() if array is not None}
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert found[name].tobytes() == array.tobytes()


def test_the_same_run_gives_the_same_bytes_at_any_time() -> None:
    first, again = (exports.arrays(run_experiment(RICH)) for _ in range(2))
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# ---- script and notebook ----


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_notebooks_cells_are_the_exact_script_in_order(language: str) -> None:
    t = text.load(language)
    notebook = json.loads(exports.notebook(RICH, t))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    words, *code = notebook["cells"]
    assert words["cell_type"] == "markdown"
    assert {cell["cell_type"] for cell in code} == {"code"}
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    source = exact(RICH, t.section("code.comments").__getitem__)
    assert "\n\n".join(cell["source"] for cell in code) + "\n" == source == exports.script(RICH, t)
    for cell in code:
        compile(cell["source"], "cell", "exec")


@settings(max_examples=40)
@given(experiments(CELL_NAMES))
def test_every_cell_of_any_notebook_stands_by_itself(experiment: Experiment) -> None:
    for cell in json.loads(exports.notebook(experiment, text.load("en")))["cells"][1:]:
        compile(cell["source"], "cell", "exec")
