"""The links of the playground: each says by a mark which example it begins with, and then where it differs from that.

The mark is the parameter `trained`. Links of version 1 have none and mean what they always meant: they differ from
`Experiment()`. An address that says nothing at all is the first page.
"""

from __future__ import annotations

from collections.abc import Mapping

from lstm_core.examples import DEFAULT_EXAMPLE, NOTHING_YET, example
from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS
from lstm_core.refusal import Refusal
from lstm_core.share.link import DEFAULT, Link, Opened, decode, encode
from lstm_core.tasks.registry import TASKS

MARK = "trained"
_SAYS_NOTHING = frozenset(("lang", "embed", "embed_options"))
"""Parameters that an address may have and still say nothing of an experiment."""
_SHOWN = 40


def marked(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of an address with its mark; one without, of version 1, says nothing of examples.

    >>> marked({"lang": "ko"}), marked({"units": "8"}), marked({"step": "3"})["trained"]
    ({'trained': 'counting', 'lang': 'ko'}, {'trained': 'none', 'units': '8'}, 'none')
    """
    says_nothing = _SAYS_NOTHING.issuperset(parameters)
    return {MARK: DEFAULT_EXAMPLE if says_nothing else NOTHING_YET, **parameters}


def unmarked(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of an address without their mark, where that means the same in every language.

    >>> unmarked({"trained": "counting"}), unmarked({"trained": "none", "units": "8"})
    ({}, {'units': '8'})
    >>> unmarked({"trained": "none"}), unmarked({"trained": "counting", "step": "3"})["trained"]
    ({'trained': 'none'}, 'counting')
    """
    bare = {name: value for name, value in parameters.items() if name != MARK}
    means_the_same = marked(bare)[MARK] == parameters[MARK]
    return bare if means_the_same and (parameters[MARK] != NOTHING_YET or says_fields(bare)) else dict(parameters)


def says_fields(parameters: Mapping[str, str]) -> bool:
    """Whether an address says something of the experiment by itself."""
    return any(name.partition(".")[0] in FIELDS for name in parameters)


def mark_of(experiment: Experiment) -> str:
    """Return the mark of an experiment's link: the example whose weights it has, if they are an example's."""
    return experiment.learned or NOTHING_YET


def base_of(parameters: Mapping[str, str]) -> Experiment:
    """Return what a link differs from: an example, or what version 1 began with."""
    mark = parameters.get(MARK, NOTHING_YET)
    return example(mark) if mark in TASKS else DEFAULT


def encode_page(experiment: Experiment, *, pinned: Experiment | None = None) -> Link:
    """Return the playground's link of an experiment, with its mark; what is pinned has one of its own where it is an
    example.

    >>> encode_page(example("counting").changed(sentence="ab")).parameters
    {'trained': 'counting', 'sentence': 'ab'}
    >>> encode_page(Experiment(units=8)).parameters
    {'trained': 'none', 'units': '8'}
    """
    mark = {MARK: mark_of(experiment)}
    of_pinned = None
    if pinned is not None:
        of_pinned = encode_page(pinned)
        if of_pinned.parameters[MARK] == NOTHING_YET:
            del of_pinned.parameters[MARK]
    link = encode(experiment, base_of(mark), pinned=of_pinned)
    return link._replace(parameters=mark | link.parameters)


def decode_page(parameters: Mapping[str, str]) -> Opened:
    """Return the experiment of a link of the playground.

    >>> decode_page({}).experiment == example("counting"), decode_page({"units": "8"}).experiment == Experiment(units=8)
    (True, True)
    """
    opened = decode(parameters, base_of(marked(parameters)), base_of_pinned=base_of)
    mark = parameters.get(MARK, NOTHING_YET)
    if mark == NOTHING_YET or mark in TASKS:
        return opened
    unknown = Refusal("link_example", given=mark[:_SHOWN], known=", ".join((*TASKS, NOTHING_YET)))
    return opened._replace(refusals=(unknown, *opened.refusals))
