"""All lessons, in their order. A lesson's words are in assets/lessons, its page in pages/, both under its name."""

from __future__ import annotations

from lstm_core.experiment import Experiment
from lstm_core.lessons import attention, cell, dropout, mistakes, order, steps
from lstm_core.lessons.article import CASES
from lstm_core.lessons.lesson import Lesson

LESSONS = (
    Lesson("recurrence", Experiment(units=2, features=2, return_sequences=True)),
    Lesson("cell", cell.BASE),
    Lesson("returns", CASES[-1].experiment()),
    Lesson("steps", steps.BASE),
    Lesson("dropout", dropout.BASE),
    Lesson("order", order.BASE),
    Lesson("attention", attention.BASE),
    Lesson("mistakes", mistakes.BASE),
)


def lesson_named(name: str) -> Lesson:
    """Return the lesson of this name; KeyError if there is none.

    >>> lesson_named("recurrence").base.return_sequences
    True
    """
    return {lesson.name: lesson for lesson in LESSONS}[name]


def neighbours(lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """Return the lesson before this one and the one after it.

    >>> neighbours(LESSONS[0])[0] is None and neighbours(LESSONS[-1])[1] is None
    True
    """
    at = LESSONS.index(lesson)
    return (LESSONS[at - 1] if at else None), (LESSONS[at + 1] if at + 1 < len(LESSONS) else None)
