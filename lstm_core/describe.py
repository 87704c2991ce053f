"""Run -> sentences: what each returned tensor is, and what a change of the experiment changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_core.compare import same_inside
from lstm_core.outputs import LayerOutput, printed, settled
from lstm_core.run import Run
from lstm_core.text import Catalogue
from lstm_core.verify import Agreement

_CASE = {(False, False): "ff", (True, False): "tf", (False, True): "ft", (True, True): "tt"}


def returned_sentence(run: Run, t: Catalogue) -> str:
    """Return how many tensors come back and what they are, in one sentence."""
    case = _CASE[run.experiment.return_sequences, run.experiment.return_state]
    return t(f"returned.{case}", timesteps=run.trace.h.shape[0])


def returned_panel(run: Run, agreement: Agreement | None, t: Catalogue) -> dict[str, Any]:
    """Return all that is said of the returned tensors, in Keras's order; as text Keras's own numbers, once known."""
    arrays = agreement.returned if agreement else tuple(output.array for output in run.outputs)
    certain = agreement is not None or all(settled(array) for array in arrays)
    return {
        "sentence": returned_sentence(run, t),
        "tensors": [
            {
                "name": output.name,
                "shape": str(output.array.shape),
                "what": output_is(run, output, t),
                "printed": printed(array),
                "quantity": output.quantity,
            }
            for output, array in zip(run.outputs, arrays, strict=True)
        ],
        "note": t("returned.print_help") if certain else t("returned.pending"),
    }


def output_is(run: Run, output: LayerOutput, t: Catalogue) -> str:
    """Return what one returned tensor is: which h or c, of which step."""
    if output.array.ndim == 3:
        return _all_steps(run, output, t)
    said = [_one_step(run, output, t)]
    first = run.outputs[0]
    if output is not first and first.array.ndim == 2 and np.array_equal(output.array, first.array):
        said.append(t("returned.same", name=first.name))
    return " · ".join(said)


def changes(before: Run, after: Run, t: Catalogue) -> list[str]:
    """Return what changed between two runs in what the layer returns, and whether anything changed inside it.

    The second sentence compares every traced number, bit for bit.
    """
    old, new = {o.name: o for o in before.outputs}, {o.name: o for o in after.outputs}
    lines = [
        t("returned.change_shape", name=name, before=old[name].array.shape, after=new[name].array.shape)
        for name in new
        if name in old and old[name].array.shape != new[name].array.shape
    ]
    if more := [name for name in new if name not in old]:
        lines.append(t("returned.change_more", names=", ".join(more)))
    if fewer := [name for name in old if name not in new]:
        lines.append(t("returned.change_fewer", names=", ".join(fewer)))
    if before.experiment.stateful != after.experiment.stateful and after.experiment.calls == 1:
        lines.append(t("returned.change_waits"))
    else:
        lines.append(t("returned.change_inside" if same_inside(before, after) else "returned.change_inside_too"))
    return lines


def _all_steps(run: Run, output: LayerOutput, t: Catalogue) -> str:
    said = [t("returned.steps_all_backwards" if run.experiment.go_backwards else "returned.steps_all")]
    if run.trace.mask is not None and not run.trace.mask.all():
        if not run.experiment.zero_output_for_mask:
            said.append(t("returned.repeats"))
        if (output.steps < 0).any():
            said.append(t("returned.zeros"))
    return " · ".join(said)


def _one_step(run: Run, output: LayerOutput, t: Catalogue) -> str:
    steps = set(output.steps.ravel().tolist())
    if len(steps) > 1:
        return t("returned.by_row")
    (processed,) = steps
    if processed < 0:
        return t("returned.not_h")
    step = int(run.trace.time_index[processed]) + 1
    return t("returned.c_last" if output.quantity == "c" else "returned.steps_last", step=step)
