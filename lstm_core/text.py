"""The catalogue of both languages: every word on the page, from assets/text/{en,ko}.toml."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lstm_core.particles import fill
from lstm_core.refusal import Refusal

LANGUAGES = ("en", "ko")
PLACES = ("row", "step", "position", "line", "column")
"""Facts of a refusal that name a place, each by a text of `errors.place`."""
_FOLDER = Path(__file__).parent.parent / "assets" / "text"


class Catalogue:
    """The texts of one language: call it with a dotted key and the facts that the text names.

    >>> load("en")("fields.return_sequences.label"), load("ko").language
    ('return_sequences', 'ko')
    """

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self.texts = texts
        self._sections: dict[str, dict[str, str]] = defaultdict(dict)
        for key, text in texts.items():
            for dot in (at for at, letter in enumerate(key) if letter == "."):
                self._sections[key[:dot]][key[dot + 1 :]] = text

    def __call__(self, key: str, **facts: object) -> str:
        """Return the text of `key`, filled in. Raises KeyError for a key we do not have."""
        return fill(self.texts[key], **facts)

    def section(self, prefix: str) -> dict[str, str]:
        """Return the texts below a prefix, by the rest of their keys."""
        return self._sections.get(prefix, {})

    def ordinal(self, number: int) -> str:
        """Return a place in a line.

        >>> [load("en").ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 22, 101)]
        ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '22nd', '101st']
        >>> load("ko").ordinal(3)
        '3번째'
        """
        if self.language == "ko":
            return f"{number}번째"
        teens = number % 100 in (11, 12, 13)
        return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"

    def refusal(self, refusal: Refusal) -> str:
        """Return what was given, what is expected and how to mend it, in this language."""
        facts = dict(refusal.facts)
        field = self._field(str(facts["field"])) + ": " if "field" in facts else ""
        if isinstance(facts.get("what"), str):
            facts["what"] = self(f"errors.counted.{facts['what']}")
        place = [self(f"errors.place.{key}", **{key: facts[key]}) for key in PLACES if key in facts]
        facts["place"] = self("errors.at", place=", ".join(place)) if place else ""
        return field + self(f"errors.{refusal.code}", **facts)

    def _field(self, name: str) -> str:
        """Return a field's label, and of which layer it is where its name says so."""
        bare, _, layer = name.partition(".")
        label = self(f"fields.{bare}.label")
        return f"{label} · {self('returned.whose.layer', layer=layer)}" if layer else label


@cache
def load(language: str) -> Catalogue:
    """Return the catalogue of a language, one of `LANGUAGES`."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return Catalogue(language, dict(flat(tomllib.load(file))))


def pick(asked: str | None, locale: str | None) -> str:
    """Return the language asked for, else the browser's, else English.

    >>> pick(None, "ko-KR"), pick("en", "ko-KR"), pick("xx", None)
    ('ko', 'en', 'en')
    """
    if asked in LANGUAGES:
        return asked
    return "ko" if (locale or "").lower().startswith("ko") else "en"


def flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return the texts of nested tables by their dotted keys.

    >>> flat({"page": {"title": "LSTM Lens"}})
    [('page.title', 'LSTM Lens')]
    """
    entries: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        entries += [(key, value)] if isinstance(value, str) else flat(value, key + ".")
    return entries
