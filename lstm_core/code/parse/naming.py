"""Numbers that code gives -> how an experiment names them: a preset or a seed where that gives them, else by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.parse.budget import spend
from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, MAX_BY_HAND, Edit
from lstm_core.layers.arguments import INITIALIZER_ARGUMENTS
from lstm_core.layers.initializers import chosen, initial_bias
from lstm_core.layers.packed import pack
from lstm_core.layers.spec import STATES
from lstm_core.layers.weights import WEIGHT_TENSORS, Weights
from lstm_core.options import check
from lstm_core.refusal import Refusal
from lstm_core.sequences import numbers
from lstm_core.sequences.numbers import Array

GLANCE = 8
"""Steps by which a preset is told to be another one, before all of it is made."""
MAX_TYPED_OUT = 65_536
"""Numbers of a sequence that are typed out, at most: more than a script can list."""
MAX_EDITS = 16
"""Weights that are set by hand, at most, where the others are seeded."""
SMALL_SEEDS = 32
"""Seeds that weights without a seed in the code are looked for by: 0 to 31."""
UNSEEDED = ("article", *numbers.SIGNALS)


def sequence_fields(data: Array, base: Experiment, seeds: Iterable[int]) -> dict[str, Any]:
    """Return the fields that give a sequence (batch, timesteps, features) to the bit: none where the base's do.

    `seeds` are those that the code draws by. What no preset gives is typed; Refusal `too_many` where that is too long.

    >>> sequence_fields(np.float32([[[1], [5]]]), Experiment(), ())
    {'preset': 'typed', 'typed': '1 5'}
    """
    if base.shape == data.shape and base.data().tobytes() == data.tobytes():
        return {}
    batch, timesteps, features = data.shape
    shape = {"batch": batch, "timesteps": timesteps, "features": features}
    named: list[dict[str, Any]] = []
    if (data != data[0, 0, 0]).any():  # zeros, ones and single numbers are nobody's signal
        named = [{"preset": preset} for preset in UNSEEDED]
        top = FIELDS["data_seed"].metadata["high"]
        named += [{"preset": "noise", "data_seed": seed} for seed in dict.fromkeys(seeds) if 0 <= seed <= top]
    start = np.ascontiguousarray(data[:1, :GLANCE])
    for fields in named:
        seed = fields.get("data_seed", 0)
        spend(50)
        glance = numbers.generate(fields["preset"], seed=seed, **(shape | {"batch": 1, "timesteps": start.shape[1]}))
        if glance.tobytes() == start.tobytes():
            spend(data.size // 50)
            made = numbers.generate(fields["preset"], seed=seed, **shape)
            if made.tobytes() == data.tobytes():
                return fields | shape
    if data.size > MAX_TYPED_OUT:
        raise Refusal("too_many", what="numbers", given=data.size, high=MAX_TYPED_OUT)
    spend(2 * data.size // 3)
    return {"preset": "typed", "typed": numbers.as_typed(data)}


def with_weights(plain: Experiment, base: Experiment, weights: dict[str, Array]) -> Experiment:
    """Return the experiment with these weights to the bit: the base's, or seeded ones with a few numbers set by hand.

    `plain` has no edits. Its own initializers, the base's and the default ones are tried, with the base's seed and with
    small ones. Where more than a few numbers differ from all of them, the weights are given, as from a file.
    """
    as_base: dict[str, str] = {name: getattr(base, name) for name in INITIALIZER_ARGUMENTS}
    held = tuple(edit for edit in base.edits if edit.tensor in WEIGHT_TENSORS)
    kept = plain.changed(**as_base, weights_seed=base.weights_seed, forget_bias=base.layer.forget_bias, edits=held)
    if _differences(kept, weights) == []:
        return kept
    bare = plain.changed(forget_bias=None)
    default = {name: str(FIELDS[name].default) for name in INITIALIZER_ARGUMENTS}
    own = {name: getattr(bare, name) for name in INITIALIZER_ARGUMENTS}
    seeds = dict.fromkeys((bare.weights_seed, base.weights_seed, *range(SMALL_SEEDS)))
    tried = [bare]
    different = [own, *(one for one in (as_base, default) if one != own)]
    for initializers in different[: 2 if as_base == default else 3]:
        for seed in seeds:
            spend(weights["kernel"].size // 20)
            initializer = chosen(initializers["kernel_initializer"])
            same = (initializer.draw(weights["kernel"].shape, seed) == weights["kernel"]).mean()
            if same > 0.5:
                tried.append(bare.changed(given_weights="", weights_seed=seed, **initializers))
            if same == 1 and initializer.kind.takes_seed:  # no other seed draws the same
                break
    tried += [one.changed(forget_bias=bias) for bias in _forget_biases(weights, bare.layer.units) for one in tried]
    close = [(one, edits) for one in tried if (edits := _differences(one, weights)) is not None]
    if close:
        best, edits = min(close, key=lambda found: len(found[1]))
        return best.changed(edits=tuple(edits))
    given = Weights(weights["kernel"], weights["recurrent_kernel"], weights.get("bias"))
    return bare.changed(given_weights=pack(given))


def _forget_biases(weights: dict[str, Array], units: int) -> list[float]:
    """Return the one bias of all forget gates, as a list, or none where there is not one."""
    if "bias" not in weights:
        return []
    biases = weights["bias"][units : 2 * units]
    value = _shortest(biases[0])
    same = (biases.view(np.int32) == biases.view(np.int32)[0]).all()
    return [value] if same and check(FIELDS["forget_bias"], value) is None else []


def drawn_weights(experiment: Experiment, seeds: tuple[int, int, int]) -> dict[str, Array]:
    """Return the weights that the experiment's initializers draw, each by its own seed."""
    spec, units = experiment.layer.spec, experiment.layer.units
    shapes = spec.weight_shapes(experiment.shape[2], units)
    kernel, recurrent = experiment.layer.kernel_initializer, experiment.layer.recurrent_initializer
    weights = {
        "kernel": chosen(kernel).draw(shapes["kernel"], seeds[0]),
        "recurrent_kernel": chosen(recurrent).draw(shapes["recurrent_kernel"], seeds[1]),
    }
    if experiment.layer.use_bias:
        layer = experiment.layer
        weights["bias"] = initial_bias(spec, layer.bias_initializer, units, layer.unit_forget_bias, seeds[2])
    return {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in weights.items()}


def _differences(experiment: Experiment, weights: dict[str, Array]) -> list[Edit] | None:
    """Return the numbers by which weights differ from the experiment's; None where they are not a few that fit."""
    ours = experiment.weights()
    pairs = {name: (np.atleast_2d(wanted), np.atleast_2d(getattr(ours, name))) for name, wanted in weights.items()}
    if sum(int((wanted != mine).sum()) for wanted, mine in pairs.values()) > MAX_EDITS:
        return None
    edits = [edit for name, (wanted, mine) in pairs.items() for edit in _edits(name, wanted, mine)]
    plain = all(abs(edit.value) <= MAX_BY_HAND and str(edit.value) != "-0.0" for edit in edits)
    few = plain and len(edits) <= MAX_EDITS
    return edits if few else None


def _edits(tensor: str, wanted: Array, ours: Array) -> list[Edit]:
    places = np.argwhere(wanted.view(np.int32) != ours.view(np.int32))
    return [Edit(tensor, int(row), int(column), _shortest(wanted[row, column])) for row, column in places]


def state_fields(states: tuple[Array, Array]) -> tuple[dict[str, Any], list[Edit]]:
    """Return the fields and edits that give these states, each (batch, units): the commonest value and the others.

    >>> state_fields((np.float32([[0.5, 0.5, 2]]), np.float32([[0, 0, 0]])))
    ({'initial_h': 0.5, 'initial_c': 0.0}, [Edit(tensor='h', row=0, column=2, value=2.0)])
    """
    fields: dict[str, Any] = {}
    edits: list[Edit] = []
    for tensor, wanted in zip(STATES, states, strict=True):
        bits, counts = np.unique(wanted.view(np.int32), return_counts=True)
        common = _shortest(bits[counts.argmax()].view(np.float32))
        bound = FIELDS[f"initial_{tensor}"].metadata["high"]
        if abs(common) > bound:
            common = 0.0
        fields[f"initial_{tensor}"] = common
        edits += _edits(tensor, wanted, np.full_like(wanted, common))
    return fields, edits


def _shortest(value: np.float32) -> float:
    """Return the number of fewest digits that float32 holds as this one."""
    return float(str(value))


def masked_steps(mask: NDArray[np.bool_]) -> str:
    """Return the text of a mask (batch, timesteps), True = use, as the learner types it.

    >>> masked_steps(np.array([[False, True, False, False]])), masked_steps(np.array([[True], [False]]))
    ('1, 3-4', '-; 1')
    """
    rows = mask[:1] if (mask == mask[0]).all() else mask
    return "; ".join(_masked_row(row) for row in rows)


def _masked_row(used: NDArray[np.bool_]) -> str:
    edges = np.flatnonzero(np.diff(used, prepend=True, append=True))
    runs = [(first + 1, end) for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs) or "-"
