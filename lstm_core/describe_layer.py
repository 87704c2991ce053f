"""Run -> what the opened layer's own tensors are, in words: which h or c, of which step, and where they are zeros."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.outputs import LayerOutput
from lstm_core.run import Run
from lstm_core.text import Catalogue


def layer_sentence(run: Run, t: Catalogue) -> str:
    """Return how many tensors the opened layer returns and what they are, in one sentence."""
    count = ("one", "two", "three")[len(run.outputs) - 1]
    return t(f"returned.{count}.{kind(run.outputs[0].array, run.outputs[0].steps < 0)}", timesteps=run.trace.steps)


def kind(array: NDArray[np.float32], zeros: NDArray[np.bool_]) -> str:
    """Return whether an output is the last h, zeros, or either by row; h at every step, at some, or nowhere."""
    if array.ndim == 3:
        return "nothing" if zeros.all() else "some" if zeros.any() else "steps"
    return "zeros" if zeros.all() else "rows" if zeros.any() else "last"


def whose(layers: Sequence[LayerArguments], place: Opened, t: Catalogue, *, direction: bool) -> str:
    """Return a layer, and its direction where that is meant, in the fewest words that tell it from the others."""
    several = len(layers) > 1
    if not direction:
        return t("returned.whose.layer", layer=place.layer) if several else t("returned.whose.only")
    which = "backward" if place.backward else "forward"
    key = f"layer_{which}" if several else which
    return t(f"returned.whose.{key}", layer=place.layer)


def claims(run: Run, output: LayerOutput, t: Catalogue) -> list[str]:
    """Return what can be said of a tensor of the opened layer by itself."""
    return _all_steps(run, output, t) if output.array.ndim == 3 else [_one_step(run, output, t)]


def joined(said: Sequence[str]) -> str:
    """Return several things that are said of one tensor in a line."""
    return " · ".join(said)


def same_numbers(one: LayerOutput, output: LayerOutput) -> bool:
    """Whether a state is the same numbers as an output without sequences."""
    return output.array.ndim == 2 and np.array_equal(one.array, output.array)


def zeroes_by_time(run: Run) -> bool:
    """Whether a fault of Keras 3.15.1 shows in the opened layer: unrolled and reversed, it zeroes by time order.

    Where h is 0 at the wrong steps, as of weights that are all zeros, nothing shows.
    """
    if not (run.layer.zero_output_for_mask and run.layer.return_sequences):
        return False
    wrong = (run.outputs[0].steps < 0) != masked(run)
    return bool(run.trace["h"].transpose(1, 0, 2)[wrong].any())


def masked(run: Run) -> NDArray[np.bool_]:
    """Return which steps of each batch row the opened layer skips, (batch, timesteps), in the order of processing."""
    trace = run.trace
    if trace.mask is None:
        return np.zeros((trace.inputs.shape[0], trace.steps), np.bool_)
    return ~trace.mask[:, trace.time_index]


def _all_steps(run: Run, output: LayerOutput, t: Catalogue) -> list[str]:
    skipped, zeros = masked(run), output.steps < 0
    if skipped.all():
        said = ["steps_none"]
    elif zeroes_by_time(run):
        said = [*([] if zeros.all() else ["steps_some"]), "zeros_wrong"]
    elif not zeros.any():
        said = ["steps_all", *(["repeats"] if skipped.any() else [])]
    elif run.layer.zero_output_for_mask:
        said = ["steps_used", "zeros"]
    else:
        said = ["steps_from", "zeros_first", *(["repeats_later"] if (skipped & ~zeros).any() else [])]
    if run.layer.go_backwards and said != ["steps_none"]:
        said.append("steps_turned" if run.opened.backward else "steps_backwards")
    return [t(f"returned.{key}") for key in said]


def _one_step(run: Run, output: LayerOutput, t: Catalogue) -> str:
    zeros = output.steps < 0
    step = int(run.trace.time_index[-1]) + 1
    if not zeros.any():
        return t("returned.c_last" if output.quantity == "c" else "returned.steps_last", step=step)
    which = "rows" if not zeros.all() else "zeros"
    why = "last" if run.layer.zero_output_for_mask else "all"
    return t(f"returned.{which}_by_{why}", step=step)
