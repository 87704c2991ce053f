"""Experiment <-> URL parameters. A parameter has its field's name; defaults are left out; long text is packed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from lstm_core.chain import MENDS
from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, FURTHER, MAX_INDEX, field_parts
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import is_state
from lstm_core.limits import MAX_LAYERS
from lstm_core.options import check
from lstm_core.refusal import Refusal
from lstm_core.share.link_values import MAX_UNPACKED, pack, read, unpack, write

MAX_QUERY = 4096
"""Longest query string that a link may have, in characters; most browsers and chats carry that much."""

DEFAULT = Experiment()
"""What the playground begins with."""

PINNED = "a"
"""The parameter that holds the experiment which the one on screen is compared with: its own link, in one text."""

_NEAR = 0.85
_CELL = "cell."
"""What begins the parameter that says that a further layer is there, and which cell it has."""
_FURTHER_NAME = re.compile(r"([a-z_]+)\.([0-9]{1,3})")
_OF_OTHERS = ("trained", "lang", "layer", "step", "unit", "projector", "embed", "embed_options")
"""Parameters that the page itself and Streamlit read, however near they are to a field's name."""
_MAX_NAME, _MAX_NAMES = 40, 6
_LEFT_OUT_FIRST = (PINNED, "given_weights", "edits", "held", "typed", "mask", "sentence")


class Link(NamedTuple):
    """The parameters of a link, and the names of those that were too long for it."""

    parameters: dict[str, str]
    left_out: tuple[str, ...]


class Opened(NamedTuple):
    """The experiment that a link holds, a refusal for each value replaced by its default, and what is pinned."""

    experiment: Experiment
    refusals: tuple[Refusal, ...]
    pinned: Experiment | None = None


def encode(experiment: Experiment, base: Experiment = DEFAULT, *, pinned: Link | None = None) -> Link:
    """Return the link of an experiment, at most `MAX_QUERY` characters: where it differs from its page's `base`.

    `pinned` is the link of the experiment that it is compared with.

    >>> encode(Experiment(units=8, return_sequences=True, forget_bias=0.5)).parameters
    {'return_sequences': '1', 'units': '8', 'forget_bias': '0.5'}
    >>> encode(Experiment(return_sequences=True, layers=(LayerArguments(), LayerArguments(units=2)))).parameters
    {'return_sequences': '1', 'cell.2': 'LSTM', 'units.2': '2'}
    """
    begun = _begun_with(base)
    values = {
        name: value
        for name, value in experiment.values().items()
        if name not in begun or value != begun[name] or (name.startswith(_CELL) and name not in base.values())
    }
    left_out = [name for name, value in values.items() if isinstance(value, str) and len(value) > MAX_UNPACKED]
    parameters = {name: write(value) for name, value in values.items() if name not in left_out}
    if pinned is not None:
        parameters[PINNED] = pack(urlencode(pinned.parameters))
        if pinned.left_out:  # half an experiment is another one
            left_out.append(PINNED)
            del parameters[PINNED]
    for name in _LEFT_OUT_FIRST:
        if _length(parameters) > MAX_QUERY and name in parameters:
            left_out.append(name)
            del parameters[name]
    if "typed" in left_out and experiment.preset == "typed":
        left_out += _leave_out_with_typed(parameters, experiment, base)
    return Link(parameters, tuple(left_out))


def _leave_out_with_typed(parameters: dict[str, str], experiment: Experiment, base: Experiment) -> list[str]:
    """Take out what was meant for the typed sequence alone, since another one stands in; return the names to tell."""
    parameters.pop("preset", None)
    of_weights = tuple(edit for edit in experiment.edits if not is_state(edit.tensor))
    rest = experiment.changed(preset=base.preset, typed=base.typed, mask="", edits=of_weights)
    left_out: list[str] = []
    for name in ("given_weights", "edits", "held", "mask"):
        value = getattr(rest, name)
        if name in parameters and value != getattr(experiment, name):
            left_out.append(name)
            del parameters[name]
            if value != getattr(base, name):
                parameters[name] = write(value)
    return left_out


def decode(
    parameters: Mapping[str, str],
    base: Experiment = DEFAULT,
    *,
    base_of_pinned: Callable[[Mapping[str, str]], Experiment] | None = None,
) -> Opened:
    """Return the experiment of a link to a page that begins with `base`; what is pinned with that too, unless told.

    Each bad value falls back to the base's, alone, and is told. Unknown names are not ours, unless they are nearly one
    of a field: then they are told too, for somebody mistyped them.

    >>> opened = decode({"units": "8", "dropout": "lots", "other": "1"})
    >>> opened.experiment.units, [refusal.code for refusal in opened.refusals]
    (8, ['not_a_number'])
    >>> print(*decode({"amp;Unit": "8"}).refusals)
    link_name (given=amp;Unit, meant=units)
    """
    opened = _decode_fields(parameters, base)
    opened = opened._replace(refusals=(*opened.refusals, *_misnamed(parameters)))
    if PINNED not in parameters:
        return opened
    try:
        of_pinned = dict(parse_qsl(unpack(parameters[PINNED]), keep_blank_values=True))
        pinned = _decode_fields(of_pinned, base_of_pinned(of_pinned) if base_of_pinned else base)
    except (Refusal, ValueError):
        return opened._replace(refusals=(*opened.refusals, Refusal("link_damaged")))
    return Opened(opened.experiment, opened.refusals + pinned.refusals, pinned.experiment)


def _misnamed(parameters: Mapping[str, str]) -> list[Refusal]:
    """Return a refusal of all names that are a field's but for a letter, for case, `_` or a copied `&amp;`; or none."""
    fields = {_letters(name): name for name in FIELDS}
    found: dict[str, str] = {}
    for name in parameters:
        if name in FIELDS or name in _OF_OTHERS or name == PINNED or len(name) > _MAX_NAME:
            continue
        if (parts := _FURTHER_NAME.fullmatch(name)) and parts[1] in FURTHER:
            continue
        letters = _letters(name.removeprefix("amp;"))
        close = get_close_matches(letters, fields, n=1, cutoff=_NEAR)
        if close and close[0][0] == letters[0]:
            found[name] = fields[close[0]]
    return [Refusal("link_name", given=_listed(found), meant=_listed(found.values()))] if found else []


def _listed(names: Iterable[str]) -> str:
    """Return names in one line, the first few of many."""
    several = list(dict.fromkeys(names))
    return ", ".join(several[:_MAX_NAMES]) + (" …" if len(several) > _MAX_NAMES else "")


def _letters(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower())


def _begun_with(base: Experiment) -> dict[str, Any]:
    """Return what the fields of a page are where its link does not say; of layers that it lacks, Keras's defaults."""
    further = {f"{name}.{number}": FIELDS[name].default for number in range(2, MAX_LAYERS + 1) for name in FURTHER}
    return further | base.values()


def _decode_fields(parameters: Mapping[str, str], base: Experiment) -> Opened:
    layers = base.layers
    while len(layers) < MAX_LAYERS and f"{_CELL}{len(layers) + 1}" in parameters:
        layers = (*layers, LayerArguments())
    there = [*FIELDS, *(f"{name}.{number}" for number in range(2, len(layers) + 1) for name in FURTHER)]
    values: dict[str, Any] = {}
    refusals = _of_no_layer(parameters, len(layers))
    for name in there:
        if name not in parameters:
            continue
        field = FIELDS[field_parts(name)[0]]
        try:
            values[name] = read(field, parameters[name])
            if "." in name and (refusal := check(field, values[name])):  # the others are checked as a whole
                del values[name]
                raise refusal
        except Refusal as refusal:
            refusals.append(Refusal(refusal.code, **refusal.facts | {"field": name}))
    while True:
        try:
            return Opened(_built(base, values | {"layers": layers}), tuple(refusals))
        except Refusal as refusal:
            fewer_rows = refusal.code.startswith("size") and "batch" in refusal.facts
            if fewer_rows and "batch" in values and values.get("preset", base.preset) != "typed":
                rows = int(str(refusal.facts["batch"]))
                refusals.append(Refusal("link_rows", first=rows + 1, given=values["batch"], high=rows, field="batch"))
                values |= _first_rows(values, rows)
                continue
            refusals.append(refusal)
            blamed = str(refusal.facts["field"])
            if refusal.code == "index_beyond":
                needed = int(str(refusal.facts["needed"]))
                values |= {"input_dim": needed} if needed <= MAX_INDEX else {"front": "none"}
                continue
            if refusal.code in MENDS:
                values[blamed] = MENDS[refusal.code]
                continue
            values.pop(blamed if blamed in values else next(iter(values)))


def _of_no_layer(parameters: Mapping[str, str], layers: int) -> list[Refusal]:
    """Return a refusal of all fields of layers that are not there, in one; or none."""
    names = [name for name in parameters if (parts := _FURTHER_NAME.fullmatch(name)) and parts[1] in FURTHER]
    beyond = [name for name in names if not 2 <= field_parts(name)[1] <= layers]
    return [Refusal("link_no_layer", given=_listed(beyond), layers=layers)] if beyond else []


def _first_rows(values: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """Return what is left of a link's values where only its first batch rows have room: they give the same numbers."""
    left: dict[str, Any] = {"batch": rows}
    if "mask" in values:
        left["mask"] = ";".join(values["mask"].split(";")[:rows])
    if "edits" in values:
        left["edits"] = tuple(e for e in values["edits"] if not is_state(e.tensor) or e.row < rows)
    return left


def _built(base: Experiment, values: Mapping[str, Any]) -> Experiment:
    """Return the base with these values; of what is set by hand in the base, that stays which still has a place."""
    by_hand = {name: values[name] for name in ("edits", "held") if name in values}
    changed = base.changed(**{name: value for name, value in values.items() if name not in by_hand})
    return replace(changed, **by_hand) if by_hand else changed


def _length(parameters: Mapping[str, str]) -> int:
    return sum(len(name) + 2 + len(quote(value)) for name, value in parameters.items())
