"""The exact script of an experiment, run where nobody knows the app, prints what the page shows, digit for digit."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from lstm_core import text
from lstm_core.code.codegen import essential, exact
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.agreement import compare, evidence_task
from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.keras_check.rounding import outputs_settled
from lstm_core.keras_check.tasks import gather
from lstm_core.layers.outputs import printed
from lstm_core.layers.packed import pack
from lstm_core.run import run_experiment
from tests.unit.npz_files import weights

VARIANTS: dict[str, dict[str, object]] = {
    "plain": {"units": 3},
    "masked, given state": {
        "mask": "1, 5-6", "zero_output_for_mask": True, "batch": 2,
        "initial_state": True, "initial_h": 0.5, "initial_c": -1.0,
        "edits": (Edit("h", 1, 0, 0.25), Edit("c", 0, 1, 2.0)),
    },
    "dropout": {
        "dropout": 0.4, "recurrent_dropout": 0.3, "training": True, "calls": 2, "preset": "noise", "timesteps": 7,
    },
    "calls, hand-made weights": {
        "calls": 3, "reset_before": (3,), "unroll": True, "preset": "typed", "typed": "0.1 -2; 3.5 4; 1e-3 6",
        "forget_bias": -0.5, "activation": "relu", "recurrent_activation": "hard_sigmoid",
        "edits": (Edit("kernel", 1, 6, 0.125),),
    },
}  # fmt: skip
FLAGS = ("return_sequences", "return_state", "go_backwards", "stateful")
LARGE = {
    "long signal, many weights": {"preset": "sine", "timesteps": 150, "features": 2, "units": 24},
    "long article": {"preset": "article", "timesteps": 300, "features": 2, "return_sequences": True},
    "long noise, no bias": {"preset": "noise", "timesteps": 401, "features": 1, "use_bias": False, "mask": "3-5"},
    "weights from a file": {"units": 3, "given_weights": pack(weights(3, 3)), "return_sequences": True},
    "large weights from a file, numbers by hand": {
        "preset": "sine", "features": 5, "units": 12, "use_bias": False, "return_state": True,
        "given_weights": pack(weights(5, 12, use_bias=False)), "edits": (Edit("kernel", 1, 6, 0.125),),
    },
    "other activations and initializers": {
        "activation": "gelu", "recurrent_activation": "sparse_sigmoid", "return_sequences": True,
        "kernel_initializer": "random_uniform(-1.0,0.5)", "recurrent_initializer": "identity(0.5)",
        "bias_initializer": "constant(0.3)",
    },
    "long, unbounded activations": {
        "preset": "sine", "timesteps": 120, "activation": "mish", "recurrent_activation": "hard_silu",
        "return_sequences": True, "return_state": True, "bias_initializer": "truncated_normal(0.0,0.5)",
    },
}  # fmt: skip
CELLS: dict[str, dict[str, object]] = {
    "GRU": {"cell": "GRU"},
    "GRU, reset before": {"cell": "GRU", "reset_after": False},
    "SimpleRNN": {"cell": "SimpleRNN"},
}
OF_CELLS = {
    "masked, given state, flags": VARIANTS["masked, given state"] | {
        "edits": (Edit("h", 1, 0, 0.25),), "return_sequences": True, "return_state": True, "go_backwards": True,
    },
    "dropout, calls": VARIANTS["dropout"] | {"stateful": True, "return_state": True, "unit_forget_bias": False},
    "typed, hand-made weights, no bias": {
        "preset": "typed", "typed": "0.1 -2; 3.5 4; 1e-3 6", "use_bias": False, "activation": "relu", "unroll": True,
        "forget_bias": 2.0, "edits": (Edit("kernel", 1, 2, 0.125),), "return_sequences": True,
    },
    "long": {
        "preset": "sine", "timesteps": 150, "features": 2, "units": 16, "bias_initializer": "random_normal",
        "recurrent_activation": "hard_sigmoid", "mask": "3-5", "return_sequences": True,
    },
}  # fmt: skip
EXPERIMENTS = {
    f"{name} {flags}": Experiment(**(variant | dict(zip(FLAGS, flags, strict=True))))
    for name, variant in VARIANTS.items()
    for flags in product((False, True), repeat=4)
} | {name: Experiment(**values) for name, values in LARGE.items()}
EXPERIMENTS |= {
    f"{cell}, {name}": Experiment(**CELLS[cell], **values) for cell in CELLS for name, values in OF_CELLS.items()
}

RUN_ALONE = """
import contextlib, io, json, runpy, sys
import numpy
printed = []
for path in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as out, numpy.printoptions():
        runpy.run_path(path, run_name="__main__")
    printed.append(out.getvalue())
assert "lstm_core" not in sys.modules
print(json.dumps(printed))
"""


def run_alone(scripts: dict[str, str], folder: Path) -> dict[str, str]:
    """Run each script in a Python process that has nothing of the app on its path; a few share a process."""
    found: dict[str, str] = {}
    for names in batched_names(scripts):
        paths = []
        for name in names:
            paths.append(folder / f"script{len(found) + len(paths)}.py")
            paths[-1].write_text(scripts[name], "utf-8")
        done = subprocess.run(
            [sys.executable, "-I", "-c", RUN_ALONE, *map(str, paths)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found |= dict(zip(names, json.loads(done.stdout), strict=True))
    return found


def batched_names(scripts: dict[str, str], size: int = 23) -> list[list[str]]:
    names = list(scripts)
    return [names[first : first + size] for first in range(0, len(names), size)]


def said(language: str) -> dict[str, str]:
    return text.load(language).section("code.comments")


@pytest.fixture(scope="module")
def printed_alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    scripts = {
        name: exact(experiment, said("ko" if index % 2 else "en").__getitem__)
        for index, (name, experiment) in enumerate(EXPERIMENTS.items())
    }
    return run_alone(scripts, tmp_path_factory.mktemp("scripts"))


def test_there_are_at_least_sixty_experiments_over_all_flags() -> None:
    assert len(set(EXPERIMENTS.values())) >= 60
    assert {tuple(getattr(e, flag) for flag in FLAGS) for e in EXPERIMENTS.values()} == set(
        product((False, True), repeat=4)
    )


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_exact_script_prints_the_numbers_on_screen(name: str, printed_alone: dict[str, str]) -> None:
    experiment = EXPERIMENTS[name]
    masks = draw_masks(*masks_task(experiment)) if experiment.draws_dropout else None
    run = run_experiment(experiment, masks)
    agreement = compare(run, gather(*evidence_task(experiment)))
    assert agreement.worst <= 1e-6
    on_screen_with_keras = "".join(text + "\n" for text in agreement.returned)
    assert printed_alone[name] == on_screen_with_keras
    before_keras = [printed(output.array) for output in run.outputs]
    assert before_keras == list(agreement.returned) or not outputs_settled(run)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_essential_code_is_six_to_twelve_lines(name: str) -> None:
    source = essential(EXPERIMENTS[name], said("en").__getitem__)
    compile(source, name, "exec")
    assert 6 <= len([line for line in source.splitlines() if line.strip()]) <= 12
