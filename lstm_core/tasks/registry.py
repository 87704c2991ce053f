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
