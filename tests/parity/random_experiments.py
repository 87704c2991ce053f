"""Experiments at random, extremes included: `python -m tests.parity.random_experiments [first] [count]`.

Each is shown to the engine and asked of real Keras as the page does. None may be called a disagreement, and no text of
a returned tensor that was promised before Keras answered may change. `make alarms` runs 2,000.
"""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when TensorFlow is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is imported

import sys
from typing import Any, NamedTuple

import numpy as np

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.agreement import TOLERANCE, compare, evidence_task
from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.keras_check.rounding import outputs_settled
from lstm_core.keras_check.tasks import gather
from lstm_core.layers.activations import ACTIVATIONS
from lstm_core.layers.initializers import BIAS_INITIALIZERS, INITIALIZERS
from lstm_core.layers.outputs import printed
from lstm_core.run import run_experiment

COUNT = 2000
MAX_STEPS = 2000  # over all calls: Keras, step by step, makes some thousand a second
MAX_UNROLLED = 30
_WITH_NUMBERS = ("constant(-0.1)", "identity(0.9)", "random_uniform(-2.0,1.0)", "truncated_normal(0.0,0.4)")
CELLS: tuple[dict[str, Any], ...] = (
    {"cell": "LSTM"},
    {"cell": "GRU"},
    {"cell": "GRU", "reset_after": False},
    {"cell": "SimpleRNN"},
)
PRESETS = ("words", "article", "impulse", "step", "ramp", "sine", "noise", "typed")


class Outcome(NamedTuple):
    """What came of one experiment."""

    agrees: bool
    worst: float
    where: str
    one_step: float | None
    promised: bool
    kept: bool  # whether the text shown before Keras's answer is Keras's too


def random_experiment(seed: int) -> Experiment:
    """Draw an experiment; every kind of argument, mask, state and call has its share, and so have extremes."""
    draw = np.random.default_rng(seed)

    def maybe(share: float) -> bool:
        return bool(draw.random() < share)

    def one_of(*values: Any) -> Any:
        return values[int(draw.integers(len(values)))]

    def up_to(*most: int) -> int:
        return int(draw.integers(1, one_of(*most) + 1))

    usual = maybe(0.4)  # Keras's own activations, initializers and forget bias
    calls = up_to(7) + 1 if maybe(0.4) else 1
    unroll = maybe(0.15)
    timesteps = up_to(4, 12, 12, 30, 30, 100, 200, 1000)
    timesteps = min(timesteps, MAX_UNROLLED if unroll else MAX_STEPS // calls)
    preset = one_of(*PRESETS)
    features, batch = up_to(3, 8, 32), up_to(1, 4, 32)
    experiment = Experiment(
        preset=preset,
        timesteps=timesteps,
        features=features,
        batch=batch,
        data_seed=int(draw.integers(1_000_000)),
        sentence=" ".join(one_of("the", "cat", "sat", "책을", "읽는다") for _ in range(min(timesteps, 40))),
        typed=_typed(draw, min(timesteps, 200), min(features, 4)),
        return_sequences=maybe(0.5),
        return_state=maybe(0.5),
        go_backwards=maybe(0.4),
        stateful=maybe(0.5),
        units=up_to(1, 4, 8, 16, 64),
        activation="tanh" if usual else one_of(*ACTIVATIONS),
        recurrent_activation="sigmoid" if usual else one_of(*ACTIVATIONS),
        use_bias=maybe(0.8),
        unit_forget_bias=maybe(0.8),
        unroll=unroll,
        zero_output_for_mask=maybe(0.4),
        dropout=one_of(0.0, 0.0, 0.001, 0.3, 0.9),
        recurrent_dropout=one_of(0.0, 0.0, 0.001, 0.3, 0.9),
        seed=int(draw.integers(1_000_000)),
        training=maybe(0.4),
        kernel_initializer="glorot_uniform" if usual else one_of(*INITIALIZERS, *_WITH_NUMBERS),
        recurrent_initializer="orthogonal" if usual else one_of(*INITIALIZERS, *_WITH_NUMBERS),
        bias_initializer="zeros" if usual else one_of(*BIAS_INITIALIZERS, "constant(0.3)", "random_normal(0.5,2.0)"),
        weights_seed=int(draw.integers(1_000_000)),
        forget_bias=None if usual or maybe(0.5) else one_of(-10.0, -1.0, 0.0, 3.0, 10.0),
        initial_state=maybe(0.4),
        initial_h=one_of(0.0, 0.5, -1.0, 100.0),
        initial_c=one_of(0.0, 0.5, -1.0, 100.0),
        calls=calls,
        reset_before=tuple(call for call in range(2, calls + 1) if maybe(0.25)),
        **CELLS[int(np.random.default_rng([seed, 1]).integers(len(CELLS)))],
    )
    return experiment.changed(mask=_mask(draw, experiment), edits=_edits(draw, experiment))


def _typed(draw: np.random.Generator, steps: int, features: int) -> str:
    largest = 10.0 ** draw.integers(-3, 4) * 4
    rows = draw.uniform(-largest, largest, (steps, features))
    return "; ".join(" ".join(f"{value:.6g}" for value in row) for row in rows) + ";"


def _mask(draw: np.random.Generator, experiment: Experiment) -> str:
    """Return no mask, or one of steps at the end, at the start, within, all, all but one, or a row each."""
    batch, steps, _ = experiment.shape
    kind = draw.integers(12)
    cut = int(draw.integers(1, steps + 1))
    if kind < 5:
        return ""
    if kind == 5:
        return f"{cut}-{steps}"
    if kind == 6:
        return f"1-{cut}"
    if kind == 7:
        return f"1-{steps}"
    if kind == 8:
        around = ((1, cut - 1), (cut + 1, steps))
        return ", ".join(f"{start}-{end}" for start, end in around if start <= end)
    rows = 1 if kind == 9 else batch
    drawn = draw.random((rows, steps)) < draw.choice([0.1, 0.5, 0.9])
    masked = [[str(step) for step in (row.nonzero()[0] + 1)[: 600 // rows]] for row in drawn]
    return "; ".join(", ".join(row) or "-" for row in masked)


def _edits(draw: np.random.Generator, experiment: Experiment) -> tuple[Edit, ...]:
    """Return some numbers by hand in a third of the experiments, a few of them huge."""
    edits = []
    if draw.random() < 0.33:
        for _ in range(int(draw.integers(1, 4))):
            tensor = str(draw.choice(["kernel", "recurrent_kernel", "bias", "h", "c"]))
            shape = experiment.tensor_shape(tensor)
            if shape:
                value = float(draw.normal() * 10.0 ** draw.integers(-1, 7))
                place = (int(draw.integers(shape[0])), int(draw.integers(shape[1])))
                edits.append(Edit(tensor, *place, float(np.clip(value, -1e6, 1e6))))
    return tuple({edit[:3]: edit for edit in edits}.values())


def outcome(experiment: Experiment) -> Outcome:
    """Ask real Keras about an experiment, as the page does."""
    masks = draw_masks(*masks_task(experiment)) if experiment.draws_dropout else None
    run = run_experiment(experiment, masks)
    agreement = compare(run, gather(*evidence_task(experiment)))
    before = [printed(output.array) for output in run.outputs]
    kept = before == list(agreement.returned)
    promised = outputs_settled(run)
    return Outcome(agreement.agrees, agreement.worst, agreement.where, agreement.one_step, promised, kept)


def main(first: int, count: int) -> int:
    """Run experiments, print those that go wrong, and at the end how all of them went."""
    found = []
    for seed in range(first, first + count):
        one = outcome(random_experiment(seed))
        found.append(one)
        if not one.agrees or (one.promised and not one.kept):
            print(f"experiment {seed}: {one}", flush=True)
    alarms = sum(not one.agrees for one in found)
    broken = sum(one.promised and not one.kept for one in found)
    stepwise = [one.one_step for one in found if one.one_step is not None]
    print(f"{count} experiments: {alarms} called a disagreement, {broken} broken promises of {_promised(found)}")
    print(f"{len(stepwise)} differ by more than {TOLERANCE:g}; largest error of a single number {max(stepwise):.1e}")
    return 1 if alarms or broken else 0


def _promised(found: list[Outcome]) -> int:
    return sum(one.promised for one in found)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    sys.exit(main(*given, *(0, COUNT)[len(given) :]))
