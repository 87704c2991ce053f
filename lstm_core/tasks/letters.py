"""Next letter: after each letter, which comes next? Learned by heart from rhymes, in Korean from poems, jamo by jamo.

English: Jane Taylor, "The Star" (1806), S. J. Hale, "Mary's Lamb" (1830), and nursery rhymes older than both. Korean:
Kim Sowol (died 1934) and Yun Dongju (died 1945), in today's spelling. All in the public domain.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial

import numpy as np

from lstm_core.assets import asset
from lstm_core.tasks.symbols import known, one_hot
from lstm_core.tasks.task import Array, Batch, Steps, Task

LENGTH = 40
"""Letters of a piece to learn from."""
_ALONE = {" ": "␣", "\n": "⏎"}


def letters_of(text: str) -> Steps:
    """Return the letters of a text: small ones, a Korean syllable's each by itself.

    >>> letters_of("Oh"), len(letters_of("꽃"))
    (('o', 'h'), 3)
    """
    return tuple(unicodedata.normalize("NFD", text.lower()))


def text_from(letters: Steps) -> str:
    """Return letters as one reads them, a Korean syllable's together.

    >>> text_from(letters_of("꽃이 피네"))
    '꽃이 피네'
    """
    return unicodedata.normalize("NFC", "".join(letters))


def drawn(rng: np.random.Generator, rows: int, *, text: Steps, encode: Callable[[Steps], Array]) -> Batch:
    """Return pieces of a text, and after each letter the next one, one-hot."""
    at = rng.integers(0, len(text) - LENGTH, rows)
    pieces = np.stack([encode(text[first : first + LENGTH + 1]) for first in at])
    return Batch(pieces[:, :-1], pieces[:, 1:])


def piece(rng: np.random.Generator, *, text: Steps) -> Steps:
    """Return one piece of a text."""
    first = rng.integers(0, len(text) - LENGTH)
    return text[first : first + LENGTH]


def letter_alone(letter: str) -> str:
    """Return a letter as it is written where no other stands beside it: Korean ones as large as a syllable.

    >>> letter_alone("ᄁ"), letter_alone("ᆩ"), letter_alone(" ")
    ('ㄲ', 'ㄲ', '␣')
    """
    if letter in _ALONE:
        return _ALONE[letter]
    name = unicodedata.name(letter)
    for kind in ("CHOSEONG", "JUNGSEONG", "JONGSEONG"):
        if kind in name:
            return unicodedata.lookup(name.replace(kind, "LETTER"))
    return letter


def letters_of_word(steps: Steps) -> Array:
    """Return how many letters the word has by now, (T,).

    >>> letters_of_word(tuple("up a")).tolist()
    [1.0, 2.0, 0.0, 1.0]
    """
    count, found = 0, []
    for step in steps:
        count = count + 1 if step.isalpha() else 0
        found.append(count)
    return np.array(found, np.float32)


def task(language: str, text: str, opens_with: str) -> Task:
    """Return the task of a language's text."""
    letters = letters_of(text)
    alphabet = tuple(sorted(set(letters)))
    encode = one_hot(alphabet)
    return Task(
        name=f"letters_{language}",
        opens_with=opens_with,
        features=len(alphabet),
        classes=alphabet,
        loss="categorical_crossentropy",
        every_step=True,
        read=lambda typed: known(letters_of(typed), alphabet),
        encode=encode,
        draw=partial(drawn, text=letters, encode=encode),
        sample=partial(piece, text=letters),
        text=text_from,
        tracked={"letters_of_word": letters_of_word},
        language=language,
        label=letter_alone,
    )


LETTERS_EN = task("en", asset("verses/rhymes_en.txt"), "twinkle, ")
LETTERS_KO = task("ko", asset("verses/poems_ko.txt"), "나 보기가 ")
