"""The engine against Keras: what real Keras gives for an experiment, and how far every shown value is from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstm_core.cell import lstm_step
from lstm_core.codegen import exact
from lstm_core.engine import QUANTITIES
from lstm_core.experiment import Experiment
from lstm_core.keras_values import Evidence, LayerCall
from lstm_core.run import Run, layer_call

TOLERANCE = 1e-5
"""What still counts as agreement on screen: ordinary experiments differ by some 1e-7, a thousand steps by 1e-6.
Differences are relative above 1."""


@dataclass(frozen=True, eq=False)
class Agreement:
    """How far the run's values are from Keras's: the largest difference and the quantity or tensor it is in.

    Activations without bounds can make rounding grow from step to step, in Keras as here. Where the trace shows that,
    `one_step` is the largest difference of any single step computed from Keras's own states; else it is None.
    `returned` holds Keras's own tensors, in the returned order; `printed` is what the exact script printed.
    """

    worst: float
    where: str
    one_step: float | None
    returned: tuple[NDArray[np.float32], ...]
    printed: str
    keras: str
    tensorflow: str

    @property
    def agrees(self) -> bool:
        """Whether the largest difference, or else that of every single step, is within `TOLERANCE`."""
        return self.worst <= TOLERANCE or (self.one_step is not None and self.one_step <= TOLERANCE)


def evidence_task(experiment: Experiment) -> tuple[str, LayerCall]:
    """Return the arguments of `keras_worker.gather` for an experiment: its exact script and its arrays."""
    return exact(experiment, lambda key: ""), layer_call(experiment)


def compare(run: Run, evidence: Evidence) -> Agreement:
    """Compare every returned tensor and every traced quantity of the shown call with Keras's.

    At masked steps Keras throws the gates away, so only the states are compared there.
    """
    returned = {output.name: difference(output.array, evidence.script.values[output.name]) for output in run.outputs}
    traced = {}
    used = _used_steps(run)
    for name in QUANTITIES:
        ours, keras = getattr(run.trace, name), evidence.trace.quantities[name]
        if name not in ("h", "c"):
            ours, keras = ours[used], keras[used]
        traced[name] = difference(ours, keras)
    differences = returned | traced
    where = max(differences, key=lambda name: differences[name])
    grows = max(traced.values()) > TOLERANCE and not run.experiment.draws_dropout
    return Agreement(
        worst=differences[where],
        where=where,
        one_step=one_step_difference(run, evidence) if grows else None,
        returned=tuple(evidence.script.values[output.name] for output in run.outputs),
        printed=evidence.script.printed,
        keras=evidence.versions.keras,
        tensorflow=evidence.versions.tensorflow,
    )


def difference(ours: NDArray[np.float32], keras: NDArray[np.float32]) -> float:
    """Return the largest difference, absolute up to 1 and relative above; infinite where shapes or NaNs differ.

    >>> difference(np.float32([0.5, 200]), np.float32([0.25, 100]))
    1.0
    """
    if ours.shape != keras.shape:
        return float("inf")
    same = (ours == keras) | (np.isnan(ours) & np.isnan(keras))
    if same.all():
        return 0.0
    a, b = ours[~same].astype(np.float64), keras[~same].astype(np.float64)
    if not (np.isfinite(a) & np.isfinite(b)).all():
        return float("inf")
    return float((np.abs(a - b) / np.maximum(1.0, np.abs(b))).max())


def one_step_difference(run: Run, evidence: Evidence) -> float:
    """Return the largest difference over all steps, each computed by `cell.lstm_step` from the states Keras had.

    A difference counts relative to the largest value of its quantity, for a sum of large terms may be a small one.
    """
    trace, keras = run.trace, evidence.trace.quantities
    used = _used_steps(run)
    x = trace.inputs[:, trace.time_index].transpose(1, 0, 2)  # (T, B, F), as processed
    h_prev = np.concatenate([trace.h0[None], keras["h"][:-1]])  # (T, B, U)
    c_prev = np.concatenate([trace.c0[None], keras["c"][:-1]])
    with np.errstate(over="ignore", invalid="ignore"):
        step = lstm_step(
            x[used],
            h_prev[used],
            c_prev[used],
            run.weights,
            run.experiment.activation,
            run.experiment.recurrent_activation,
        )
    return max(_by_largest(getattr(step, name), keras[name][used]) for name in QUANTITIES)


def _by_largest(ours: NDArray[np.float32], keras: NDArray[np.float32]) -> float:
    finite = keras[np.isfinite(keras)]
    scale = np.float32(max(1.0, float(np.abs(finite).max(initial=0))))
    return difference(ours / scale, keras / scale)


def _used_steps(run: Run) -> NDArray[np.bool_]:
    """Return which (processing step, batch row) was not masked."""
    trace = run.trace
    if trace.mask is None:
        return np.ones(trace.h.shape[:2], dtype=np.bool_)
    return trace.mask[:, trace.time_index].T
