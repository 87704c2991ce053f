"""Two runs, one after the other -> sentences: what a change of the experiment changed, and how its calls differ.

Besides: what a change could not keep.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from lstm_core.compare import changed_inside, compared
from lstm_core.experiment import Experiment
from lstm_core.fields import field_parts
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.outputs import ModelOutput
from lstm_core.layers.spec import symbol_of
from lstm_core.run import Run, turned_round
from lstm_core.text import Catalogue


def changes(before: Run, after: Run, t: Catalogue) -> list[str]:
    """Return what changed between two runs in what the model returns, and what changed inside its layers.

    The models have as many layers. What is said of the inside compares every traced number, bit for bit.
    """
    old, new = {o.name: o for o in before.returned}, {o.name: o for o in after.returned}
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
    lines += _begins_elsewhere(before, after, t)
    lines.append(_inside(before, after, t))
    flipped = [
        number
        for number, (one, other) in enumerate(zip(_layers(before), _layers(after), strict=True), start=1)
        if one.stateful != other.stateful
    ]
    if 1 in flipped and after.experiment.initial_state:
        lines.append(t("returned.change_given"))
        flipped.remove(1)
    if flipped and after.experiment.calls == 1:
        lines.append(t("returned.change_waits"))
    return lines


def let_go(before: Experiment, after: Experiment, asked: Collection[str] = ()) -> tuple[str, ...]:
    """Return the fields of what a change could not keep, though nobody `asked` for another value of theirs.

    >>> from lstm_core.fields import Edit
    >>> one = Experiment(units=2, edits=(Edit("kernel", 0, 7, 0.5),))
    >>> let_go(one, one.changed(units=1), {"units"}), let_go(one, one.changed(edits=()), {"edits"})
    (('edits',), ())
    """
    unmerged = [sum(layer.merge_mode == "None" for layer in one.layers) for one in (before, after)]
    gone = {
        "edits": len(after.edits) < len(before.edits),
        "held": len(after.held) < len(before.held),
        "trained" if before.learned else "given_weights": bool(before.given_weights) and not after.given_weights,
        "merge_mode": unmerged[1] < unmerged[0] and len(after.layers) >= len(before.layers),
    }
    return tuple(
        name for name, is_gone in gone.items() if is_gone and name not in {field_parts(one)[0] for one in asked}
    )


def calls_note(run: Run, t: Catalogue) -> str:
    """Return why all calls of the opened layer are the same, or differ all the same, where each begins the same."""
    first, *others = run.calls
    if not others or (run.layer.stateful and first.start != "given"):
        return ""
    if not _differ(run):
        return t("calls.given_each" if run.layer.stateful else "calls.stateless")
    below = (place for place in run.experiment.places if place.layer < run.opened.layer)
    if any(_differ(run.open(place)) for place in below):
        return t("calls.below")
    return t("calls.draws_given" if run.layer.stateful else "calls.draws_stateless")


def _layers(run: Run) -> tuple[LayerArguments, ...]:
    return run.experiment.layers


def _differ(run: Run) -> bool:
    """Whether the opened layer's calls end in other states."""
    first, *others = run.calls
    return not all(np.array_equal([*first.end.values()], [*call.end.values()], equal_nan=True) for call in others)


def _other_values(old: ModelOutput, new: ModelOutput) -> bool:
    """Return whether a tensor kept its shape and holds other numbers."""
    return old.array.shape == new.array.shape and not np.array_equal(old.array, new.array, equal_nan=True)


def _begins_elsewhere(before: Run, after: Run, t: Catalogue) -> list[str]:
    """Return that a sequence that comes back begins at its other end in time, of each for which it is so."""
    turned = turned_round(_layers(after))
    if turned_round(_layers(before)) == turned or after.trace.steps == 1:
        return []
    end = "last" if turned else "first"
    return [t(f"returned.change_begins_{end}", name=one.name) for one in after.returned if one.array.ndim == 3]


def _inside(before: Run, after: Run, t: Catalogue) -> str:
    several = len(_layers(after)) > 1
    pairs = [(before.open(place), after.open(place)) for place in after.experiment.places]
    found = [changed_inside(*pair) for pair in pairs]
    if not any(found):
        return t("returned.change_inside_all" if several else "returned.change_inside")
    if several:
        changed = sorted({one.opened.layer for (_, one), names in zip(pairs, found, strict=True) if names})
        return t("returned.change_inside_layers", layers=", ".join(t("returned.whose.layer", layer=k) for k in changed))
    return _inside_one(pairs, found, t)


def _inside_one(pairs: list[tuple[Run, Run]], found: list[set[str]], t: Catalogue) -> str:
    """Return what changed inside the only layer, in any direction."""
    changed, known = set().union(*found), compared(*pairs[0])
    if changed >= set(known):
        return t("returned.change_inside_too")
    shown = [name for name in known if name in changed] or sorted(changed)
    return t("returned.change_inside_some", names=", ".join(map(symbol_of, shown)))
