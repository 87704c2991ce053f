"""Two runs side by side: which arguments differ, how returned tensors and values inside do, the code as a diff."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from math import prod
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, FURTHER, field_named, field_parts
from lstm_core.layers.arguments import ARGUMENTS, LayerArguments
from lstm_core.layers.model_weights import tensor_shapes
from lstm_core.limits import MAX_UNITS
from lstm_core.run import Run
from lstm_core.sequences.numbers import PRESETS
from lstm_core.tasks.registry import TASKS

_PRESETS_OF = {
    "sentence": {"words", *TASKS},
    "typed": {"typed"},
    "timesteps": set(PRESETS) - {"words", "typed"},
    "features": set(PRESETS) - {"typed"},
    "batch": {*PRESETS, *TASKS} - {"typed"},
    "data_seed": {"words", "noise"},
}  # the fields that only some sequences are made from
_AROUND = {
    "input_dim": ("front", "embedding"),
    "output_dim": ("front", "embedding"),
    "mask_zero": ("front", "embedding"),
    "mask_value": ("front", "masking"),
    "head_units": ("head", "dense"),
    "head_activation": ("head", "dense"),
}  # the fields that say something of one front or head only
Float = TypeVar("Float", np.float32, np.float64)

_CONTEXT = 2  # unchanged lines around a change of the code


class Argument(NamedTuple):
    """A field of the experiment that differs, with both values, those of further layers as `units.2`.

    "layers.2", and so on, is a whole layer that one has and the other, of which None stands here, lacks.
    """

    name: str
    a: object
    b: object


class EqualUnits(NamedTuple):
    """How many units a cell needs for about as many parameters, and how many parameters the model has then."""

    units: int
    parameters: int


class InNumbers(NamedTuple):
    """What differs between two runs in a few numbers: A's, then B's; insides are those of the opened layers.

    `norms` are the Euclidean lengths of the last h of one batch row. `apart` is the largest difference of an h, inf
    where only one of both is finite; None where the runs do not have the same time steps and units.
    """

    parameters: tuple[int, int]
    norms: tuple[float, float]
    apart: float | None


class Tensor(NamedTuple):
    """A tensor that A or B returns: its shapes, None where it does not come back, and how far apart the values are.

    `apart` is the largest absolute difference; None where the shapes differ, nan where a value is not finite.
    """

    name: str
    a: tuple[int, ...] | None
    b: tuple[int, ...] | None
    apart: float | None


class Place(NamedTuple):
    """Where a quantity differs most, for one batch row: by how much, at which time step and unit, from 1.

    `apart` is inf where the value of A or B is inf or nan, and the other's is not the same.
    """

    quantity: str
    apart: float
    step: int
    unit: int


def differing_arguments(a: Experiment, b: Experiment) -> tuple[Argument, ...]:
    """Return the fields in which two experiments differ, in the experiment's own order, as far as they are in use.

    >>> one = Experiment(units=2)
    >>> [(d.name, d.a, d.b) for d in differing_arguments(one, one.changed(units=3, dropout=0.5))]
    [('units', 2, 3), ('dropout', 0.0, 0.5)]
    >>> two = one.changed(layers=(LayerArguments(return_sequences=True), LayerArguments(cell="GRU")))
    >>> [(d.name, d.a, d.b and d.b.cell) for d in differing_arguments(one, two) if d.name.startswith("layers")]
    [('layers.2', None, 'GRU')]
    """
    mine, others = a.values(), b.values()
    both = min(len(a.layers), len(b.layers))
    names = [*FIELDS, *(field_named(name, number) for number in range(2, both + 1) for name in FURTHER)]
    found = [
        Argument(name, mine[name], others[name])
        for name in names
        if mine[name] != others[name] and (_in_use(a, name) or _in_use(b, name))
    ]
    for number in range(both, max(len(a.layers), len(b.layers))):
        one, other = (of.layers[number] if number < len(of.layers) else None for of in (a, b))
        found.append(Argument(field_named("layers", number + 1), one, other))
    return tuple(found)


def returned_tensors(a: Run, b: Run) -> tuple[Tensor, ...]:
    """Return every tensor that one of the runs returns, in Keras's order."""
    first, second = ({output.name: output.array for output in run.returned} for run in (a, b))
    tensors = []
    for name in {**first, **second}:
        one, other = first.get(name), second.get(name)
        same = one is not None and other is not None and one.shape == other.shape
        apart = _largest(one, other) if same and one is not None and other is not None else None
        tensors.append(Tensor(name, None if one is None else one.shape, None if other is None else other.shape, apart))
    return tuple(tensors)


def compared(a: Run, b: Run) -> tuple[str, ...]:
    """Return the quantities that can be compared number by number: what the cells of both have, states first.

    >>> from lstm_core.run import run_experiment
    >>> run = run_experiment(Experiment(units=2))
    >>> compared(run, run)
    ('h', 'c', 'f', 'i', 'candidate', 'o')
    """
    return tuple(name for name in b.trace.spec.compared if name in a.trace.spec.compared)


def same_grid(a: Run, b: Run) -> bool:
    """Whether both runs have as many time steps and units, so that each cell has its other."""
    return a.trace["h"].shape[0::2] == b.trace["h"].shape[0::2]


def changed_inside(a: Run, b: Run) -> set[str]:
    """Return the traced quantities of which any number differs at its time step, bit for bit, or only one run has."""
    names, others = set(a.trace.spec.quantities), set(b.trace.spec.quantities)
    return (names ^ others) | {
        name
        for name in names & others
        if not np.array_equal(a.trace.in_time_order(name), b.trace.in_time_order(name), equal_nan=True)
    }


def same_inside(a: Run, b: Run) -> bool:
    """Whether every traced number of every layer of both runs is the same, bit for bit."""
    places = a.experiment.places
    return places == b.experiment.places and not any(changed_inside(a.open(one), b.open(one)) for one in places)


def in_numbers(a: Run, b: Run, *, row: int) -> InNumbers:
    """Return what differs between two runs in a few numbers, of batch row `row`."""
    one, other = (float(np.linalg.norm(run.trace["h"][-1][row_of(run, row)].astype(np.float64))) for run in (a, b))
    place = furthest(a, b, "h", row=row) if same_grid(a, b) else None
    return InNumbers(
        (a.model_weights.parameters, b.model_weights.parameters),
        (one, other),
        (place.apart if place else 0.0) if same_grid(a, b) else None,
    )


@lru_cache(maxsize=256)
def units_for_equal_parameters(experiment: Experiment, cell: str, layer: int = 1) -> EqualUnits:
    """Return how many units a layer of another cell needs so that the model has as nearly as many parameters.

    Of two that are as near it is the fewer.

    >>> units_for_equal_parameters(Experiment(units=8), "SimpleRNN")
    EqualUnits(units=18, parameters=396)
    >>> Experiment(units=8).model_weights().parameters
    384
    """
    wanted = _parameters(experiment, experiment.layers)

    def with_units(units: int) -> EqualUnits:
        layers = list(experiment.layers)
        layers[layer - 1] = replace(layers[layer - 1], cell=cell, units=units)
        return EqualUnits(units, _parameters(experiment, layers))

    enough = bisect_left(range(1, MAX_UNITS), wanted, key=lambda units: with_units(units).parameters) + 1
    near = map(with_units, range(max(1, enough - 1), enough + 1))
    return min(near, key=lambda one: (abs(one.parameters - wanted), one.units))


def furthest(a: Run, b: Run, quantity: str, *, row: int) -> Place | None:
    """Return where a quantity of batch row `row` differs most; None where it differs nowhere.

    Raises:
        ValueError: if the runs do not have the same time steps and units.
    """
    one, other = _grids(a, b, quantity, row)
    sizes = np.abs(difference(one.astype(np.float64), other.astype(np.float64)))
    sizes[np.isnan(sizes)] = np.inf
    unit, step = np.unravel_index(int(sizes.argmax()), sizes.shape)
    largest = float(sizes[unit, step])
    return Place(quantity, largest, int(step) + 1, int(unit) + 1) if largest else None


def b_minus_a(a: Run, b: Run, quantity: str, *, row: int) -> NDArray[np.float32]:
    """Return B - A of a quantity of one batch row, (units, timesteps) in time order, float32.

    Raises:
        ValueError: if the runs do not have the same time steps and units.
    """
    return difference(*_grids(a, b, quantity, row))


def _grids(a: Run, b: Run, quantity: str, row: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if not same_grid(a, b):
        raise ValueError(
            f"A has {a.trace.steps} steps and {a.trace.units} units, B has {b.trace.steps} and "
            f"{b.trace.units}; compare runs with the same"
        )
    one, other = (run.trace.in_time_order(quantity)[:, row_of(run, row), :].T for run in (a, b))
    return one, other


def row_of(run: Run, row: int) -> int:
    """Return the batch row of a run that stands for `row` of the other: its last where it has fewer."""
    return min(row, len(run.trace.inputs) - 1)


def code_diff(a: str, b: str) -> str:
    """Return what to change in the code of A to get that of B, as unified lines; empty where nothing differs.

    >>> print(code_diff("x = 1", "x = 2"))
    -x = 1
    +x = 2
    """
    lines = difflib.unified_diff(a.splitlines(), b.splitlines(), lineterm="", n=_CONTEXT)
    return "\n".join("⋯" if line.startswith("@@") else line for line in islice(lines, 3, None))


def difference(one: NDArray[Float], other: NDArray[Float]) -> NDArray[Float]:
    """Return other - one; 0 where both are the same inf or nan."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where((one == other) | (np.isnan(one) & np.isnan(other)), one.dtype.type(0), other - one)


def _largest(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.abs(difference(one.astype(np.float64), other.astype(np.float64))).max(initial=0))


def _parameters(experiment: Experiment, layers: Sequence[LayerArguments]) -> int:
    """Return how many numbers the experiment's model learns with other layers."""
    shapes = tensor_shapes(
        layers,
        experiment.shape[2],
        embeddings=(experiment.input_dim, experiment.output_dim) if experiment.front == "embedding" else None,
        head=experiment.head_units if experiment.head == "dense" else 0,
    )
    return sum(map(prod, shapes.values()))


def _in_use(experiment: Experiment, name: str) -> bool:
    """Whether a field says anything in this experiment: the sentence does not where numbers are typed."""
    bare, number = field_parts(name)
    if bare in ARGUMENTS:
        layer = experiment.layers[number - 1]
        return layer.has(bare) and (bare != "merge_mode" or layer.bidirectional)
    if name in _AROUND:
        field, value = _AROUND[name]
        return bool(getattr(experiment, field) == value)
    if name in ("initial_h", "initial_c"):
        return experiment.initial_state
    return name not in _PRESETS_OF or experiment.preset in _PRESETS_OF[name]
