"""Run -> what the moving picture draws: one batch row of the trace, the weights and the outputs, as plain JSON."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.figures.sent import Around, Place, around, of_all_units, overview
from lstm_core.figures.theme import QUANTITY_COLOURS, colour_scale
from lstm_core.layers.model_weights import tensor_parts
from lstm_core.layers.outputs import LayerOutput
from lstm_core.layers.spec import CellSpec, X
from lstm_core.layers.trace import Trace
from lstm_core.layers.weights import Float32Array
from lstm_core.learned import headline, says
from lstm_core.model import layer_name
from lstm_core.run import Run
from lstm_core.text import Catalogue

Payload = dict[str, Any]


def payload(
    run: Run,
    t: Catalogue,
    *,
    row: int,
    labels: tuple[str, ...] | None = None,
    opens_at: int | None = None,
    place: Place | None = None,
    free: Run | None = None,
) -> Payload:
    """Return the moving picture of batch row `row`, from 0; it opens at a step, from 1, or at the last one.

    Steps count from 1, in time order. Arrays are float32 in base64, exactly the trace's: `x` (T, F), the quantities
    (T, U) in time order, each state before the first step (U,). Weights are as Keras keeps them, gates in the order of
    the spec; a bias of two rows is flat too.

    Given the `place` where a browser stands, a large run goes in part (`sent` says which): of each quantity the steps
    around it, and of the weights and of what only a unit's own formulas need the units around it. Else all goes.
    Where gates are held, `held` says which, and `free` has the memory, and what the model says, of the true run `free`,
    which is the same with no gate held.
    `reach` says of each unit how large a memory is drawn as high as can be. `begins` says at which step, in processing
    order, each unit's state is first another number than 0; 0 for none.

    >>> from lstm_core.experiment import Experiment
    >>> from lstm_core.run import run_experiment
    >>> from lstm_core.text import load
    >>> drawn = payload(run_experiment(Experiment(units=2, return_state=True)), load("en"), row=0)
    >>> [(output["name"], output["shape"], output["steps"]) for output in drawn["outputs"]]
    [('output', '(1, 2)', [6]), ('state_h', '(1, 2)', [6]), ('state_c', '(1, 2)', [6])]
    """
    trace, weights, layer, outputs = run.trace, run.weights, run.layer, run.outputs_in_model
    spec, bias = trace.spec, weights.bias
    steps, _, units = trace["h"].shape
    features, opens = trace.inputs.shape[2], opens_at or int(trace.time_index[-1]) + 1
    part = None
    if place is not None:
        place = Place(place.step or opens, place.unit or 1, place.seen or place.step or opens)
        part = around(spec, place, steps=steps, features=features, units=units)
    grids = {"x": trace.inputs[row]} | {name: trace.in_time_order(name)[:, row] for name in spec.shown}
    all_units = (X.name, *of_all_units(spec))
    memory = grids[spec.states_drawn[0]]
    true = None if free is None else free.trace.in_time_order(spec.states_drawn[0])[:, row]
    used = np.ones(steps, bool) if trace.mask is None else trace.mask[row]
    return {
        "steps": steps,
        "units": units,
        "features": features,
        "backwards": layer.go_backwards,
        "stateful": layer.stateful,
        "labels": labels,
        "opensAt": opens_at,
        "named": None if len(run.experiment.places) == 1 else _named(run, t),
        "example": run.experiment.preset,
        "headline": headline(run, t, row=row, free=free),
        "says": says(run, t, row=row),
        "held": _held(run),
        "free": None if free is None else _free(free, t, row=row, part=part),
        "masked": (np.flatnonzero(~used) + 1).tolist(),
        "start": run.calls[-1].start,
        "call": len(run.calls),
        "activation": layer.activation,
        "recurrentActivation": layer.recurrent_activation,
        "outputs": [_output(output, trace, row) for output in outputs],
        "sent": None if part is None else part._asdict(),
        "values": {name: packed(_of_part(grid, part, name in all_units)) for name, grid in grids.items()},
        "overview": None if part is None else _overview(grids["h"]),
        "reach": _reach(memory if true is None else np.concatenate([memory, true])),
        "begins": {name: _begins(trace, name, row) for name in spec.states_drawn},
        "before": {name: packed(trace.start[name][row]) for name in spec.state_names},
        "kernel": packed(_of_units(weights.kernel, units, part)),
        "recurrent": packed(_of_units(weights.recurrent_kernel, units, part)),
        "bias": None if bias is None else packed(bias),
        "inputMask": _dropout(trace.dropout_mask, row),
        "recurrentMask": _dropout(trace.recurrent_dropout_mask, row),
        "spec": spec_facts(spec),
        "colours": QUANTITY_COLOURS,
        "scales": {name: _scale(name, grids[name]) for name in (X.name, *spec.states_drawn)},
        "text": {
            "layer": t.section("lens.layer"),
            "move": t.section("lens.move"),
            "cell": t.section("lens.cell") | t.section(f"lens.{spec.name}"),
        },
    }


def _free(free: Run, t: Catalogue, *, row: int, part: Around | None) -> Payload:
    """Return what is shown of the run with no gate held: the memory before the first step, after each, what it says."""
    trace = free.trace
    memory = trace.spec.states_drawn[0]
    after = _of_part(trace.in_time_order(memory)[:, row], part, all_units=True)
    return {"before": packed(trace.start[memory][row]), "memory": packed(after), "says": says(free, t, row=row)}


def _held(run: Run) -> list[Payload]:
    """Return the gates of the opened layer that are held: at which step, 0 for all, of which unit, from 1, at what."""
    suffix = run.opened.suffix
    return [
        {"gate": bare, "step": edit.row, "unit": edit.column + 1, "value": edit.value}
        for edit in run.experiment.held
        for bare, of in [tensor_parts(edit.tensor)]
        if of == suffix
    ]


def _reach(memory: Float32Array) -> list[float]:
    """Return the largest that each unit's memory (T, U) gets, and at least a third of what the largest one gets.

    So units are drawn alike where they differ little, and none looks large that is nothing beside others.
    """
    largest = np.abs(np.where(np.isfinite(memory), memory, 0)).max(axis=0)
    reach: list[float] = np.maximum(largest, largest.max() / 3 or 1.0).tolist()
    return reach


def most_happens(trace: Trace, row: int) -> int:
    """Return the step, from 1, at which the memory of unit 1 changes most: |c after - c before|, or h without a c.

    It is the first of steps that change equally much; a change that is no number counts as none.

    >>> from lstm_core.experiment import Experiment
    >>> from lstm_core.run import run_experiment
    >>> trace = run_experiment(Experiment(units=2)).trace
    >>> c = np.concatenate([[0.0], trace["c"][:, 0, 0]])
    >>> most_happens(trace, 0) == 1 + int(np.abs(np.diff(c)).argmax())
    True
    """
    memory = trace.spec.states_drawn[0]
    states = np.concatenate([trace.start[memory][None, row, 0], trace[memory][:, row, 0]])
    with np.errstate(invalid="ignore"):
        changes = np.nan_to_num(np.abs(np.diff(states)), nan=0.0)
    return int(trace.time_index[changes.argmax()]) + 1


def spec_facts(spec: CellSpec) -> Payload:
    """Return a cell's spec for the browser: gates in the order of the columns, states in Keras's order, equations.

    >>> from lstm_core.layers.spec import LSTM
    >>> spec_facts(LSTM)["statesDrawn"], spec_facts(LSTM)["equations"]["h"]["right"]
    (('c', 'h'), ('o', '×', 'tanh_c'))
    """
    return {
        "name": spec.name,
        "gates": [
            {
                name: getattr(gate, name)
                for name in ("name", "symbol", "letter", "activation", "reads", "reset", "product")
            }
            for gate in spec.gates
        ],
        "gatesInCell": spec.gates_in_cell,
        "biasRows": spec.bias_rows,
        "states": spec.state_names,
        "statesDrawn": spec.states_drawn,
        "equations": {
            one.result: {"right": one.right, "activation": one.activation, "traced": one.traced}
            for one in spec.equations
        },
    }


def packed(array: Float32Array) -> str:
    """Return an array's numbers, row by row, as float32 in base64.

    >>> packed(np.array([0.5], np.float32))
    'AAAAPw=='
    """
    return base64.b64encode(array.astype("<f4").tobytes()).decode()


def _named(run: Run, t: Catalogue) -> str:
    """Return which layer of its model is opened, and which of its two directions: as long, whatever flag is flipped."""
    layer, backward = run.opened
    code = layer_name(run.experiment.layers[layer - 1])
    if run.experiment.layers[layer - 1].bidirectional:
        code += f", {t('stack.backward' if backward else 'stack.forward')}"
    return t("lens.layer.named", layer=layer, code=code)


def _of_part(grid: Float32Array, part: Around | None, all_units: bool) -> Float32Array:
    """Return what is sent of a quantity (T, width): of all units the steps alone."""
    if part is None:
        return grid
    found: Float32Array = grid[np.array(part.steps) - 1]
    return found if all_units else found[:, part.first - 1 : part.last]


def _of_units(weights: Float32Array, units: int, part: Around | None) -> Float32Array:
    """Return the columns that are sent of weights, (rows, gates x units)."""
    if part is None:
        return weights
    return weights.reshape(len(weights), -1, units)[:, :, part.first - 1 : part.last]


def _overview(h: Float32Array) -> Payload:
    small = overview(h.transpose())
    return {"units": len(small), "steps": small.shape[1], "values": packed(small.transpose())}


def _begins(trace: Trace, state: str, row: int) -> list[int]:
    """Return the step, from 1, at which each unit's state is first another number than 0; 0 where it never is."""
    moved = trace[state][:, row] != 0
    found: list[int] = np.where(moved.any(axis=0), trace.time_index[moved.argmax(axis=0)] + 1, 0).tolist()
    return found


def _output(output: LayerOutput, trace: Trace, row: int) -> Payload:
    """Return the wires of one returned array: the time steps it leaves from, in its order, and where it is zeros."""
    processed = output.steps[row]
    places = np.arange(len(processed)) if output.array.ndim == 3 else np.array([trace.steps - 1])
    times = trace.time_index[places] + 1
    return {
        "name": output.name,
        "order": output.order,
        "quantity": output.quantity,
        "shape": str(output.array.shape),
        "sequence": output.array.ndim == 3,
        "steps": times.tolist(),
        "zeros": times[processed < 0].tolist(),
    }


def _dropout(mask: Float32Array | None, row: int) -> str | None:
    """Return the factors of one batch row, (1 or 4, width); a mask that is the same for all rows has one."""
    if mask is None:
        return None
    factors: NDArray[np.float32] = mask[:, min(row, mask.shape[1] - 1)]
    return packed(factors)


def _scale(name: str, grid: Float32Array) -> Payload:
    """Return the colours of a quantity, the same as in the charts."""
    return colour_scale(name, grid).drawn()
