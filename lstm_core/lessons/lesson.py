"""What a lesson is made of: an experiment to begin with, questions to predict, scripts that Keras runs, and words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from lstm_core.code.statements import Say
from lstm_core.experiment import Experiment
from lstm_core.keras_check.costs import OF_A_SCRIPT
from lstm_core.text import Catalogue, flat, load

_FOLDER = Path(__file__).parents[2] / "assets" / "lessons"
_MAX_DIGITS = 8
"""A float32 below 1 is told from it by so many."""


@dataclass(frozen=True)
class Lesson:
    """One lesson: its name, which is its address, its page and its file of words; and what it begins with."""

    name: str
    base: Experiment


@dataclass(frozen=True)
class Question:
    """Something to predict before it is shown.

    `choices` are names; the lesson's words have, below `questions.<name>`, what to `ask`, a text for each of
    `choices` and, in `reasons`, why each of them is right or wrong. All of these are filled in with `facts`.

    >>> Question("shape", ("three", "one"), "one").is_right("three")
    False
    >>> Question("shape", ("a",), "b")
    Traceback (most recent call last):
    ValueError: the answer to 'shape' is 'b'; it must be one of the choices a
    """

    name: str
    choices: tuple[str, ...]
    answer: str
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if self.answer not in self.choices:
            raise ValueError(
                f"the answer to {self.name!r} is {self.answer!r}; it must be one of the choices "
                + ", ".join(self.choices)
            )

    def is_right(self, choice: str) -> bool:
        """Whether this choice is the answer."""
        return choice == self.answer


Said = tuple[str, dict[str, object]]
"""A block of a lesson's prose, by its name, and the facts that fill it in."""


@dataclass(frozen=True)
class Script:
    """A whole Python script of a lesson, which the page shows beside what Keras prints when it runs it.

    `about` are pieces of text: the lines that have one are those that the lesson speaks of. `known` are classes that
    it has shown before. `raises` says that the script is meant to end in an exception; `measures` that it prints
    times, which differ each time. `seconds` is what Keras is expected to take for it.
    """

    name: str
    source: str
    about: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    raises: bool = False
    measures: bool = False
    seconds: float = OF_A_SCRIPT


def told(value: float, least: int = 4, whole: float = 1.0) -> str:
    """Return a number with `least` digits after the point, or with more if it would look like 0 or `whole`.

    >>> told(0.25), told(0.99995), told(0.0), told(1.0), told(1e-12)
    ('0.2500', '0.99995', '0', '1', '1e-12')
    """
    ends = (0.0, whole, -whole)
    if value in ends:
        return f"{value:g}"
    texts = (f"{value:.{digits}f}" for digits in range(least, _MAX_DIGITS + 1))
    return next((text for text in texts if float(text) not in ends), f"{value:.9g}")


def percent(share: float) -> str:
    """Return a share of 1 in percent; neither 0 nor 100 unless it is.

    >>> percent(0.5), percent(0.99995), percent(1.0)
    ('50.00%', '99.995%', '100%')
    """
    return told(100 * share, least=2, whole=100.0) + "%"


@cache
def words(lesson: str, language: str) -> Catalogue:
    """Return the words of a lesson in a language, from assets/lessons/<language>/<lesson>.toml."""
    with (_FOLDER / language / f"{lesson}.toml").open("rb") as file:
        return Catalogue(language, dict(flat(tomllib.load(file))))


def comments(lesson: str, language: str) -> Say:
    """Return what says the comments of a lesson's scripts: those of generated code, and the lesson's own `comments`."""
    said = load(language).section("code.comments") | words(lesson, language).section("comments")
    return said.__getitem__
