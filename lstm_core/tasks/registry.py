"""Every task, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lstm_core.tasks.counting import COUNTING
from lstm_core.tasks.letters import LETTERS_EN, LETTERS_KO
from lstm_core.tasks.passengers import PASSENGERS
from lstm_core.tasks.reviews import REVIEWS_EN, REVIEWS_KO
from lstm_core.tasks.switch import SWITCH
from lstm_core.tasks.task import Task

TASKS: Mapping[str, Task] = MappingProxyType(
    {task.name: task for task in (COUNTING, SWITCH, REVIEWS_EN, REVIEWS_KO, LETTERS_EN, LETTERS_KO, PASSENGERS)}
)


def offered(language: str, chosen: str) -> list[str]:
    """Return the tasks for a reader of a language, one of each kind: the `chosen` one of its kind in any language.

    >>> offered("ko", "counting")
    ['counting', 'switch', 'reviews_ko', 'letters_ko', 'passengers']
    >>> offered("ko", "reviews_en")
    ['counting', 'switch', 'reviews_en', 'letters_ko', 'passengers']
    """
    kinds: dict[str, str] = {}
    for name, task in TASKS.items():
        kind = name.removesuffix(f"_{task.language}")
        if name == chosen or (task.language in ("", language) and kinds.get(kind) != chosen):
            kinds[kind] = name
    return list(kinds.values())
