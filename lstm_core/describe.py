"""Run -> sentences: what each returned tensor is, and what a change of the experiment changed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.compare import changed_inside, compared
from lstm_core.keras_check.agreement import Agreement
from lstm_core.keras_check.rounding import outputs_settled
from lstm_core.layers.outputs import LayerOutput, printed
from lstm_core.layers.spec import QUANTITIES, symbol_of
from lstm_core.run import Run
from lstm_core.text import Catalogue


def returned_sentence(run: Run, t: Catalogue) -> str:
    """Return how many tensors come back and what they are, in one sentence."""
    count = ("one", "two", "three")[len(run.outputs) - 1]
    return t(f"returned.{count}.{_kind(run.outputs[0])}", timesteps=run.trace.steps)


def _kind(output: LayerOutput) -> str:
    """Return whether the output is the last h, zeros, or either by row; h at every step, at some, or nowhere."""
    zeros = output.steps < 0
    if output.array.ndim == 3:
        return "nothing" if zeros.all() else "some" if zeros.any() else "steps"
    return "zeros" if zeros.all() else "rows" if zeros.any() else "last"


def returned_panel(run: Run, agreement: Agreement | None, t: Catalogue) -> dict[str, Any]:
    """Return all that is said of the returned tensors, in Keras's order; as text Keras's own numbers, once known."""
    panel = {
        "sentence": returned_sentence(run, t),
        "tensors": [
            {
                "name": output.name,
                "shape": str(output.array.shape),
                "what": output_is(run, output, t),
                "printed": printed(output.array),
                "quantity": output.quantity,
                "colour": QUANTITIES[output.quantity].colour,
            }
            for output in run.outputs
        ],
        "note": t("returned.print_help") if outputs_settled(run) else t("returned.pending"),
    }
    return with_keras_numbers(panel, agreement, t) if agreement else panel


def with_keras_numbers(panel: dict[str, Any], agreement: Agreement, t: Catalogue) -> dict[str, Any]:
    """Return what `returned_panel` gave before Keras had answered, now with Keras's own numbers as text."""
    tensors = [{**tensor, "printed": text} for tensor, text in zip(panel["tensors"], agreement.returned, strict=True)]
    return {**panel, "tensors": tensors, "note": t("returned.print_help")}


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
    """Return what changed between two runs in what the layer returns, and what changed inside it.

    What is said of the inside compares every traced number, bit for bit.
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
    if others := [name for name in new if name in old and _other_values(old[name], new[name])]:
        lines.append(t("returned.change_values", names=", ".join(others)))
    if _begins_elsewhere(before, after):
        lines.append(t(f"returned.change_begins_{'last' if after.experiment.layer.go_backwards else 'first'}"))
    lines.append(_inside(before, after, t))
    if before.experiment.layer.stateful != after.experiment.layer.stateful:
        if after.experiment.initial_state:
            lines.append(t("returned.change_given"))
        elif after.experiment.calls == 1:
            lines.append(t("returned.change_waits"))
    return lines


def _other_values(old: LayerOutput, new: LayerOutput) -> bool:
    """Return whether a tensor kept its shape and holds other numbers."""
    return old.array.shape == new.array.shape and not np.array_equal(old.array, new.array, equal_nan=True)


def _begins_elsewhere(before: Run, after: Run) -> bool:
    """Return whether the sequence that comes back begins at its other end in time."""
    turned = before.experiment.layer.go_backwards != after.experiment.layer.go_backwards
    return turned and after.experiment.layer.return_sequences and after.trace.steps > 1


def calls_note(run: Run, t: Catalogue) -> str:
    """Return why all calls are the same, or differ all the same, where each begins with the same state."""
    experiment = run.experiment
    if len(run.calls) == 1 or (experiment.layer.stateful and not experiment.initial_state):
        return ""
    first, *others = run.calls
    same = all(np.array_equal([*first.end.values()], [*call.end.values()], equal_nan=True) for call in others)
    if experiment.layer.stateful:
        return t("calls.given_each" if same else "calls.draws_given")
    return t("calls.stateless" if same else "calls.draws_stateless")


def zeroes_wrong_steps(run: Run) -> bool:
    """Return whether a fault of Keras 3.15.1 shows: an unrolled, reversed layer zeroes by the mask in time order."""
    experiment = run.experiment
    if not (experiment.layer.zero_output_for_mask and experiment.layer.return_sequences):
        return False
    return not np.array_equal(run.outputs[0].steps < 0, _masked(run))


def _masked(run: Run) -> NDArray[np.bool_]:
    """Return which steps of each batch row are masked, (batch, timesteps), in the order of processing."""
    trace = run.trace
    if trace.mask is None:
        return np.zeros((trace.inputs.shape[0], trace.steps), np.bool_)
    return ~trace.mask[:, trace.time_index]


def _inside(before: Run, after: Run, t: Catalogue) -> str:
    changed = changed_inside(before, after)
    if not changed:
        return t("returned.change_inside")
    known = compared(before, after)
    if changed >= set(known):
        return t("returned.change_inside_too")
    shown = [name for name in known if name in changed] or sorted(changed)
    return t("returned.change_inside_some", names=", ".join(map(symbol_of, shown)))


def _all_steps(run: Run, output: LayerOutput, t: Catalogue) -> str:
    masked, zeros = _masked(run), output.steps < 0
    if masked.all():
        said = ["steps_none"]
    elif zeroes_wrong_steps(run):
        said = ["steps_some", "zeros_wrong"]
    elif not zeros.any():
        said = ["steps_all", *(["repeats"] if masked.any() else [])]
    elif run.experiment.layer.zero_output_for_mask:
        said = ["steps_used", "zeros"]
    else:
        said = ["steps_from", "zeros_first", *(["repeats_later"] if (masked & ~zeros).any() else [])]
    if run.experiment.layer.go_backwards and said != ["steps_none"]:
        said.append("steps_backwards")
    return " · ".join(t(f"returned.{key}") for key in said)


def _one_step(run: Run, output: LayerOutput, t: Catalogue) -> str:
    zeros = output.steps < 0
    step = int(run.trace.time_index[-1]) + 1
    if not zeros.any():
        return t("returned.c_last" if output.quantity == "c" else "returned.steps_last", step=step)
    which = "rows" if not zeros.all() else "zeros"
    why = "last" if run.experiment.layer.zero_output_for_mask else "all"
    return t(f"returned.{which}_by_{why}", step=step)
