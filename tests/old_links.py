"""Links of version 1 and the numbers that they gave, read from tests/fixtures/links_of_version_1.json.

That file is frozen. Real Keras computed its numbers when it was made; it is never written again, and where a test of it
fails, the app has broken a link that somebody keeps.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import numpy as np
from numpy.typing import NDArray

from lstm_core.examples import NOTHING_YET
from lstm_core.experiment import Experiment
from lstm_core.layers.trace import DropoutMasks, Masks, of_one_layer
from lstm_core.share.link import Opened
from lstm_core.share.page_link import MARK, decode_page

TOLERANCE = 1e-6


class OldLink(NamedTuple):
    """A link, what it opens today, and what was frozen of the experiment on screen and of the pinned one, if any."""

    about: str
    parameters: dict[str, str]
    opened: Opened
    shown: dict[str, Any]
    pinned: dict[str, Any] | None


class OldExperiment(NamedTuple):
    """What one experiment of a link is today, and what was frozen of it."""

    about: str
    experiment: Experiment
    frozen: dict[str, Any]

    @property
    def masks(self) -> tuple[Masks, ...] | None:
        """Keras's dropout masks as they were frozen, one for each call, or None."""
        calls = self.frozen["masks"]
        if calls is None:
            return None
        return of_one_layer(DropoutMasks(**{k: array(v) for k, v in call.items()}) for call in calls)


@cache
def old_links() -> tuple[OldLink, ...]:
    path = Path(__file__).parent / "fixtures" / "links_of_version_1.json"
    links = []
    for link in json.loads(path.read_text(encoding="utf-8"))["links"]:
        parameters = dict(parse_qsl(link["query"], keep_blank_values=True))
        opened = decode_page(parameters or {MARK: NOTHING_YET})  # the bare address is another page by now
        links.append(OldLink(link["about"], parameters, opened, link["shown"], link.get("pinned")))
    return tuple(links)


def old_experiments() -> list[OldExperiment]:
    """Return every experiment of the links, the pinned ones after those on screen."""
    shown = [OldExperiment(link.about, link.opened.experiment, link.shown) for link in old_links()]
    pinned = [
        OldExperiment(f"{link.about}: the pinned one", link.opened.pinned, link.pinned)
        for link in old_links()
        if link.pinned is not None and link.opened.pinned is not None
    ]
    return shown + pinned


def array(numbers: list[Any] | None) -> NDArray[np.float32] | None:
    return None if numbers is None else np.array(numbers, np.float32)


def assert_close(ours: NDArray[np.float32], frozen: list[Any]) -> None:
    """Hold an array to frozen numbers: within 1e-6, relative above 1."""
    expected = np.array(frozen, np.float32)
    assert ours.dtype == np.float32
    assert ours.shape == expected.shape
    far = np.abs(ours.astype(np.float64) - expected) / np.maximum(1, np.abs(expected))
    assert far.max() <= TOLERANCE
