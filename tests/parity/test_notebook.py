"""The notebook runs top to bottom in a fresh Jupyter kernel and prints what the page shows."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.keras_check.agreement import compare, evidence_task
from lstm_core.keras_check.tasks import gather
from lstm_core.run import run_experiment
from lstm_core.share import exports

EXPERIMENT = Experiment(
    batch=2, units=3, return_sequences=True, return_state=True, go_backwards=True, stateful=True, calls=2, mask="2; 6"
)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_a_notebook_runs_in_a_fresh_kernel_and_prints_what_the_page_shows(tmp_path: Path) -> None:
    notebook = nbformat.reads(exports.notebook(EXPERIMENT, text.load("ko")), as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    run = run_experiment(EXPERIMENT)
    on_screen = compare(run, gather(*evidence_task(EXPERIMENT))).returned
    (said,) = notebook.cells[-1].outputs
    assert (said.output_type, said.name) == ("stream", "stdout")
    assert said.text == "".join(text + "\n" for text in on_screen)
