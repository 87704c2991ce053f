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
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.arguments import ARGUMENTS, LayerArguments
from lstm_core.run import Run, run_experiment
from lstm_core.share import exports
from tests.experiments import CELL_NAMES, experiments, models, run_any

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


@settings(max_examples=60, deadline=None)
@given(models())
def test_the_table_of_a_model_holds_every_number_of_every_layer_once_and_to_the_bit(experiment: Experiment) -> None:
    run = run_any(experiment)
    rows = rows_of(run)
    assert len(rows) == exports.table_rows(run)
    assert ("layer" in rows[0]) == (len(experiment.places) > 1)
    assert ("direction" in rows[0]) == any(layer.bidirectional for layer in experiment.layers)
    found = {
        (
            row.get("layer", "head" if row["quantity"] == "prediction" else "1"),
            row.get("direction", ""),
            row["quantity"],
            *(int(row[name]) for name in ("batch", "step", "unit")),
        ): np.float32(row["value"])
        for row in rows
    }
    assert len(found) == len(rows)

    def take(layer: str, direction: str, name: str, grid: np.ndarray, first: int) -> None:
        for (row, step, unit), value in np.ndenumerate(grid):
            assert same(found.pop((layer, direction, name, row + 1, step + first, unit + 1)), value)

    for number, called in enumerate(run.last.layers, start=1):
        take(str(number), "", "x", called.directions[0].trace.inputs, 1)
        names = ("forward", "backward") if experiment.layers[number - 1].bidirectional else ("",)
        for name, (_, trace, _) in zip(names, called.directions, strict=True):
            for quantity in trace.spec.quantities:
                take(str(number), name, quantity, trace.in_time_order(quantity).swapaxes(0, 1), 1)
            for state, start in trace.start.items():
                take(str(number), name, state, start[:, None], 0)
    if (prediction := run.last.prediction) is not None:
        steps = experiment.shape[1]
        take(
            "head",
            "",
            "prediction",
            prediction.reshape(len(prediction), -1, prediction.shape[-1]),
            1 if prediction.ndim == 3 else steps,
        )
    assert found == {}


def test_behind_a_layer_that_goes_backwards_the_table_names_the_words_as_they_come() -> None:
    layers = (LayerArguments(go_backwards=True, return_sequences=True), LayerArguments(return_sequences=True))
    rows = rows_of(run_experiment(Experiment(sentence="a b c", layers=layers, head="dense")))
    words = {(row["layer"], row["step"]): row["word"] for row in rows}
    assert ["".join(words[layer, step] for step in "123") for layer in ("1", "2", "head")] == ["abc", "cba", "cba"]


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
    assert as_experiment(json.loads(str(found.pop("experiment")))) == experiment
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


@settings(max_examples=60, deadline=None)
@given(models())
def test_the_arrays_of_a_model_hold_every_number_of_every_layer_to_the_bit(experiment: Experiment) -> None:
    run = run_any(experiment)
    with np.load(io.BytesIO(exports.arrays(run)), allow_pickle=False) as file:
        found = dict(file)
    assert as_experiment(json.loads(str(found.pop("experiment")))) == experiment
    expected = dict(run.model_weights.tensors) | {output.name: output.array for output in run.returned}
    if experiment.front == "embedding":
        expected["indices"] = experiment.indices()
    for number, called in enumerate(run.last.layers, start=1):
        suffixes = ("" if number == 1 else f".{number}", f".{number}b")
        (_, first, _), *_ = called.directions
        expected |= {f"{name}{suffixes[0]}": getattr(first, name) for name in ("inputs", "mask")}
        if run.masks:
            expected[f"dropout_after_mask{suffixes[0]}"] = run.masks[-1][number - 1].after
        for suffix, (_, trace, _) in zip(suffixes, called.directions, strict=False):
            expected |= {f"{name}0{suffix}": start for name, start in trace.start.items()}
            expected |= {f"{name}{suffix}": trace.in_time_order(name).swapaxes(0, 1) for name in trace.spec.quantities}
            expected[f"dropout_mask{suffix}"] = trace.dropout_mask
            expected[f"recurrent_dropout_mask{suffix}"] = trace.recurrent_dropout_mask
    expected = {name: array for name, array in expected.items() if array is not None}
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert found[name].tobytes() == array.tobytes()


def as_experiment(values: dict[str, object]) -> Experiment:
    """The experiment whose every field was written, those of further layers as `units.2`."""
    values |= {name: tuple(Edit(*edit) for edit in values[name]) for name in ("edits", "held")}
    values["reset_before"] = tuple(values["reset_before"])
    further: dict[int, dict[str, object]] = {}
    for name in [name for name in values if "." in name]:
        bare, _, number = name.partition(".")
        further.setdefault(int(number), {})[bare] = values.pop(name)
    first = LayerArguments(**{name: values.pop(name) for name in ARGUMENTS})
    return Experiment(layers=(first, *(LayerArguments(**further[number]) for number in sorted(further))), **values)


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
