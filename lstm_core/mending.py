"""What a reader asked for and cannot be: what to set or to take out besides, so that it can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lstm_core.chain import MENDS
from lstm_core.experiment import Experiment
from lstm_core.fields import field_named
from lstm_core.model import without_layer
from lstm_core.refusal import Refusal

_OTHERWISE = {"both_backwards": ("bidirectional", False), "stateful_states": ("stateful", False)}
"""A field of the layer that mends a chain as well as the one that is named, by the refusal's code."""
_NO_INDICES = ("not_indices", "indices_features")
_WITH_MORE_BEHIND = ("needs_sequences", "two_tensors")


class Mend(NamedTuple):
    """A way out, and the experiment that it leads to.

    `settings` are the fields that it sets besides what was asked for, or instead; or it takes out what stands behind
    a layer: `takes_out` is "layers", or "all" with the head.
    """

    experiment: Experiment
    settings: Mapping[str, Any]
    takes_out: str = ""


def mends(experiment: Experiment, changes: Mapping[str, Any], refusal: Refusal) -> tuple[Mend, ...]:
    """Return the ways out of a refusal of these changes of an experiment; none for what no other field can mend.

    >>> both = Experiment(bidirectional=True, head="dense")
    >>> def ways(**changes: object) -> list[object]:
    ...     try:
    ...         return [both.changed(**changes)]
    ...     except Refusal as refusal:
    ...         return [mend.settings or mend.takes_out for mend in mends(both, changes, refusal)]
    >>> ways(merge_mode="None")
    [{'merge_mode': 'concat'}, 'all']
    >>> ways(go_backwards=True)
    [{'go_backwards': False}, {'bidirectional': False}]
    """
    several = _settings(experiment, changes, refusal)
    found = [mended for settings in several if (mended := _set(experiment, changes, settings))]
    if refusal.code in _WITH_MORE_BEHIND and "head" not in changes:
        found += _without_more(experiment, changes, refusal)
    return tuple(found)


def _settings(experiment: Experiment, changes: Mapping[str, Any], refusal: Refusal) -> Iterator[dict[str, Any]]:
    """Yield what may be set; of a field that was asked for, what it is now."""
    if first := _setting(refusal):
        now = experiment.values()
        yield {name: now[name] if name in changes and name != "input_dim" else value for name, value in first.items()}
    if refusal.code in _OTHERWISE:
        bare, value = _OTHERWISE[refusal.code]
        name = field_named(bare, _layer(refusal))
        if name not in changes:
            yield {name: value}
    elif refusal.code in _NO_INDICES:
        if changes.keys().isdisjoint(("preset", "typed")):
            yield {"preset": "words"}
        if "front" not in changes:
            yield {"front": "none"}


def _setting(refusal: Refusal) -> dict[str, Any]:
    """Return the field that the refusal names and the value that mends it; nothing where there is none."""
    if refusal.code == "index_beyond":
        return {"input_dim": refusal.facts["needed"]}
    return {str(refusal.facts["field"]): MENDS[refusal.code]} if refusal.code in MENDS else {}


def _set(experiment: Experiment, changes: Mapping[str, Any], settings: dict[str, Any]) -> Mend | None:
    """Return the mend with these settings, and with those that are needed besides; None if it still cannot be."""
    while True:
        try:
            return Mend(experiment.changed(**{**changes, **settings}), settings)
        except Refusal as refusal:
            more = _setting(refusal)
            if not more or more.keys() & settings.keys():
                return None
            settings = settings | more


def _without_more(experiment: Experiment, changes: Mapping[str, Any], refusal: Refusal) -> list[Mend]:
    """Return the mend that leaves the layer as the last one; none where its change cannot be even then."""
    left = experiment
    for number in range(len(experiment.layers), _layer(refusal), -1):
        left = without_layer(left, number)
    head = {"head": "none"} if refusal.code == "two_tensors" else {}
    try:
        return [Mend(left.changed(**changes, **head), {}, "all" if head else "layers")]
    except Refusal:
        return []


def _layer(refusal: Refusal) -> int:
    return int(str(refusal.facts["layer"]))
