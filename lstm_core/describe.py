"""Run -> sentences: what each tensor is that a model returns, and whether a fault of Keras shows in one."""

from __future__ import annotations

from typing import Any

from lstm_core.describe_layer import claims, joined, kind, layer_sentence, same_numbers, whose, zeroes_by_time
from lstm_core.keras_check.agreement import Agreement
from lstm_core.keras_check.rounding import outputs_settled
from lstm_core.layers.model_weights import FIRST
from lstm_core.layers.outputs import PREDICTION, ModelOutput, printed
from lstm_core.layers.spec import QUANTITIES, X
from lstm_core.run import Run, turned_round
from lstm_core.text import Catalogue


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
                "quantity": _quantity(output),
                "colour": QUANTITIES.get(_quantity(output), X).colour,
            }
            for output in run.returned
        ],
        "note": t("returned.print_help") if outputs_settled(run) else t("returned.pending"),
    }
    return with_keras_numbers(panel, agreement, t) if agreement else panel


def with_keras_numbers(panel: dict[str, Any], agreement: Agreement, t: Catalogue) -> dict[str, Any]:
    """Return what `returned_panel` gave before Keras had answered, now with Keras's own numbers as text."""
    tensors = [{**tensor, "printed": text} for tensor, text in zip(panel["tensors"], agreement.returned, strict=True)]
    return {**panel, "tensors": tensors, "note": t("returned.print_help")}


def returned_sentence(run: Run, t: Catalogue) -> str:
    """Return how many tensors come back and what they are, in one sentence."""
    if _is_a_layers_own(run):
        return layer_sentence(run.open(FIRST), t)
    outputs = [output for output in run.returned if _is_output(run, output)]
    said = [_output_in_short(run, output, t) for output in outputs]
    if states := [output.name for output in run.returned[len(outputs) :]]:
        said.append(", ".join(states))
    count = len(run.returned)
    what = t("returned.model.then").join(said)
    return t("returned.model.one", what=what) if count == 1 else t("returned.model.several", count=count, what=what)


def output_is(run: Run, output: ModelOutput, t: Catalogue) -> str:
    """Return what one returned tensor is: whose h or c, of which step, how it is merged or predicted from.

    Steps are counted in the order in which a layer is given them.
    """
    layers, place = run.experiment.layers, output.place
    opened = run.open(place)
    own = output.of or opened.outputs[0]
    if output.name == PREDICTION:
        said = [_prediction(run, output, t)]
        if turned_round(layers) and output.array.ndim == 3:
            said.append(t("returned.steps_backwards"))
        return joined(said)
    said = _merged(opened, t) if _is_merged(run, output) else claims(opened, own, t)
    if _is_dropped(run, output):
        rate = layers[-1].dropout_after
        said.append(t("returned.model.dropped", rate=rate, factor=f"{1 / (1 - rate):.4g}"))
    for first in run.returned:
        if first.of is opened.outputs[0] and first.of is not own and same_numbers(own, first.of):
            said.append(t("returned.same", name=first.name))
    if turned_round(layers[: place.layer - 1]):
        said.append(t("returned.model.given_turned"))
    if len(run.experiment.places) == 1:
        return joined(said)
    direction = layers[place.layer - 1].bidirectional and not _is_merged(run, output)
    if len(layers) == 1 and not direction:
        return joined(said)
    return t("returned.model.of", whose=whose(run.experiment.layers, place, t, direction=direction), what=joined(said))


def zeroes_wrong_steps(run: Run) -> bool:
    """Whether a fault of Keras 3.15.1 shows in some layer: unrolled and reversed, it zeroes by the mask in time order.

    Source: `rnn` in keras/src/backend/tensorflow/rnn.py.
    """
    return any(zeroes_by_time(run.open(place)) for place in run.experiment.places)


def _is_a_layers_own(run: Run) -> bool:
    """Whether all that comes back is what one plain layer returns, as it stands."""
    return len(run.experiment.places) == 1 and run.returned[0].of is not None


def _is_output(run: Run, output: ModelOutput) -> bool:
    """Whether a tensor is no state: the prediction, or the last layer's output, or one of its two."""
    last = run.last.layers[-1]
    own = [direction.outputs[0] for direction in last.directions]
    return output.of is None or any(output.of is one for one in own)


def _is_merged(run: Run, output: ModelOutput) -> bool:
    layer = run.experiment.layers[output.place.layer - 1]
    return output.of is None and layer.bidirectional and layer.merge_mode != "None"


def _is_dropped(run: Run, output: ModelOutput) -> bool:
    """Whether a Dropout layer behind the last one has made it what it is."""
    return _is_output(run, output) and run.experiment.training and run.experiment.layers[-1].dropout_after > 0


def _quantity(output: ModelOutput) -> str:
    if output.name == PREDICTION:
        return PREDICTION
    return output.of.quantity if output.of else "h"


def _output_in_short(run: Run, output: ModelOutput, t: Catalogue) -> str:
    """Return what an output or a prediction is in a few words."""
    if output.name == PREDICTION:
        when = "steps" if output.array.ndim == 3 else "last"
        return t(f"returned.model.prediction.{when}")
    opened = run.open(output.place)
    if _is_merged(run, output):
        which = _merged_kind(opened)
        short = t(f"returned.model.merged.{which}", **_merge_facts(opened, t))
    else:
        direction = run.experiment.layers[-1].bidirectional
        own = opened.outputs[0]
        of = whose(run.experiment.layers, output.place, t, direction=direction)
        which = kind(own.array, own.steps < 0)
        short = t(f"returned.model.output.{which}", whose=of)
    return t("returned.model.behind_dropout", what=short) if _is_dropped(run, output) else short


def _prediction(run: Run, output: ModelOutput, t: Catalogue) -> str:
    experiment = run.experiment
    when = "steps" if output.array.ndim == 3 else "last"
    of = t(
        f"returned.model.dense.{when}",
        whose=whose(run.experiment.layers, output.place, t, direction=False),
        units=experiment.head_units,
        activation=experiment.head_activation,
    )
    rate = experiment.layers[-1].dropout_after
    return joined([of, t("returned.model.dropped_before", rate=rate)] if experiment.training and rate else [of])


def _merge_facts(opened: Run, t: Catalogue) -> dict[str, Any]:
    layer = opened.experiment.layers[opened.opened.layer - 1]
    return {"merged": t(f"returned.merge_mode.{layer.merge_mode}"), "last": opened.trace.steps}


def _merged_kind(opened: Run) -> str:
    """Return what a merged output is: as `kind` has it, or "wrong" where a direction has zeros at the wrong steps."""
    both = [opened.open(opened.opened._replace(backward=backward)) for backward in (False, True)]
    if any(map(zeroes_by_time, both)):
        return "wrong"
    forward = both[0].outputs[0]
    return kind(forward.array, forward.steps < 0)


def _merged(opened: Run, t: Catalogue) -> list[str]:
    """Return what the output of a Bidirectional is that merges its directions' outputs."""
    which, facts = _merged_kind(opened), _merge_facts(opened, t)
    match which:
        case "nothing":
            return [t("returned.steps_none")]
        case "zeros":
            return [t("returned.zeros_by_all", step=opened.trace.steps)]
        case "wrong":
            return [t("returned.model.merged.wrong", **facts)]
        case "some":
            return [t("returned.model.merged.used", **facts), t("returned.zeros")]
        case "rows":
            return [t("returned.model.merged.last", **facts), t("returned.model.rows_by_all")]
    return [t(f"returned.model.merged.{which}", **facts)]
