"""Film reviews of one sentence: does it praise? Each language turns its verdict round in its own place.

English says "not" before the word that it turns round, Korean behind ("재미있지 않았다"): there a layer that reads
forward knows nothing until the last word, and one that reads backward has met the negation first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np

from lstm_core.tasks.symbols import known
from lstm_core.tasks.task import Array, Batch, Steps, Task

T = TypeVar("T")
Sentence = list[tuple[str, float]]
"""Words, and after each the verdict so far: 1 praises, 0 blames, 0.5 while nothing is said."""
OPEN = 0.5
LONGEST = 10

_ENGLISH_SUBJECTS = ("film", "story", "plot", "ending", "acting", "music")
_ENGLISH_VERDICTS = {
    **dict.fromkeys(("good", "great", "funny", "clever", "moving", "fine"), 1.0),
    **dict.fromkeys(("bad", "dull", "slow", "silly", "weak", "awful"), 0.0),
}
_ENGLISH_ADVERBS = ((), (), ("very",), ("really",), ("so",), ("really", "very"))
_ENGLISH_TAILS = ((), (), ("to", "me"), ("in", "the", "end"))
_ENGLISH_NEGATED_TAILS = (*_ENGLISH_TAILS, ("at", "all"))

_KOREAN_SUBJECTS = ("영화는", "이야기는", "줄거리는", "결말은", "연기는", "음악은")
_KOREAN_VERDICTS = {
    ("재미있었다", "재미있지", "재미있다고"): 1.0,
    ("좋았다", "좋지", "좋다고"): 1.0,
    ("훌륭했다", "훌륭하지", "훌륭하다고"): 1.0,
    ("멋졌다", "멋지지", "멋지다고"): 1.0,
    ("신선했다", "신선하지", "신선하다고"): 1.0,
    ("지루했다", "지루하지", "지루하다고"): 0.0,
    ("나빴다", "나쁘지", "나쁘다고"): 0.0,
    ("뻔했다", "뻔하지", "뻔하다고"): 0.0,
    ("어설펐다", "어설프지", "어설프다고"): 0.0,
    ("유치했다", "유치하지", "유치하다고"): 0.0,
}


def english_sentence(rng: np.random.Generator) -> Sentence:
    """Return a sentence in which "not" or "never" stands up to three words before what it turns round, or is missing.

    >>> " ".join(word for word, _ in english_sentence(np.random.default_rng(7)))
    'that music is so weak'
    """
    negated = rng.random() < 0.5
    words = [rng.choice(("the", "this", "that")), rng.choice(_ENGLISH_SUBJECTS), rng.choice(("was", "is"))]
    words += [rng.choice(("not", "never"))] if negated else []
    words += _one_of(rng, _ENGLISH_ADVERBS)
    said = [(str(word), OPEN) for word in words]
    word = str(rng.choice(list(_ENGLISH_VERDICTS)))
    verdict = abs(_ENGLISH_VERDICTS[word] - negated)
    tail = _one_of(rng, _ENGLISH_NEGATED_TAILS if negated else _ENGLISH_TAILS)
    return [*said, *((each, float(verdict)) for each in (word, *tail))]


def korean_sentence(rng: np.random.Generator) -> Sentence:
    """Return a sentence that its last word may negate.

    >>> " ".join(word for word, _ in korean_sentence(np.random.default_rng(4)))
    '그 음악은 아주 유치하다고 생각하지 않았다'
    """
    words = [rng.choice(("이", "그")), rng.choice(_KOREAN_SUBJECTS)]
    words += list(rng.choice(("정말", "아주", "꽤"), size=rng.integers(0, 2), replace=False))
    forms = _one_of(rng, tuple(_KOREAN_VERDICTS))
    plain, before_not, said_to_be = forms
    says = _KOREAN_VERDICTS[forms]
    endings = (
        ((plain,), says),
        ((plain,), says),
        (("안", plain), 1 - says),
        ((before_not, "않았다"), 1 - says),
        ((before_not, "않았다"), 1 - says),
        ((said_to_be, "할", "수", "있다"), says),
        ((said_to_be, "할", "수", "없다"), 1 - says),
        ((said_to_be, "생각했다"), says),
        ((said_to_be, "생각하지", "않았다"), 1 - says),
    )
    ending, verdict = _one_of(rng, endings)
    words += ending[:-1]
    return [*((str(word), OPEN) for word in words), (ending[-1], verdict)]


Draw = Callable[[np.random.Generator], Sentence]


def vocabulary(sentence: Draw) -> tuple[str, ...]:
    """Return all words of a grammar; a word's number is its place, from 1, as `Embedding` has 0 for padding."""
    rng = np.random.default_rng(0)
    return tuple(sorted({word for _ in range(5000) for word, _ in sentence(rng)}))


def read(text: str, words: Iterable[str]) -> Steps:
    """Return a review's words, in small letters, without full stops and commas."""
    return known(tuple(text.lower().replace(".", " ").replace(",", " ").replace("!", " ").split()), tuple(words))


def encode(steps: Steps, words: tuple[str, ...]) -> Array:
    """Return each word's number, (T, 1)."""
    return np.array([[words.index(step) + 1] for step in steps], np.float32)


def verdict_so_far(steps: Steps) -> Array:
    """Return the verdict after each word of an English review, (T,): 1 praises, -1 blames, 0 while nothing is said.

    >>> verdict_so_far(("it", "was", "not", "good", "at", "all")).tolist()
    [0.0, 0.0, 0.0, -1.0, -1.0, -1.0]
    """
    turned, verdict, found = False, 0.0, []
    for step in steps:
        turned |= step in ("not", "never")
        if step in _ENGLISH_VERDICTS:
            verdict = (2 * _ENGLISH_VERDICTS[step] - 1) * (-1 if turned else 1)
        found.append(verdict)
    return np.array(found, np.float32)


def praising_word(steps: Steps) -> Array:
    """Return what the adjective says by itself, whatever negates it, (T,): 1 praises, -1 blames, 0 before any.

    >>> praising_word(("영화는", "재미있지", "않았다")).tolist()
    [0.0, 1.0, 1.0]
    """
    forms = {form: 2 * says - 1 for forms, says in _KOREAN_VERDICTS.items() for form in forms}
    said, found = 0.0, []
    for step in steps:
        said = forms.get(step, said)
        found.append(said)
    return np.array(found, np.float32)


def not_said(steps: Steps) -> Array:
    """Return 1 from "not" or "never" on, else 0, (T,).

    >>> not_said(("was", "not", "good")).tolist()
    [0.0, 1.0, 1.0]
    """
    return np.maximum.accumulate([float(step in ("not", "never")) for step in steps]).astype(np.float32)


def draw_every_step(rng: np.random.Generator, rows: int, *, sentence: Draw, words: tuple[str, ...]) -> Batch:
    """Return sentences of one length with the verdict so far at every step."""
    several = _of_one_length(rng, rows, sentence)
    x = np.stack([encode(tuple(word for word, _ in one), words) for one in several])
    return Batch(x, np.array([[[verdict] for _, verdict in one] for one in several], np.float32))


def draw_beginnings(rng: np.random.Generator, rows: int, *, sentence: Draw, words: tuple[str, ...]) -> Batch:
    """Return sentences and beginnings of sentences, of one length, with the verdict at their end."""
    x, y = draw_every_step(rng, rows, sentence=sentence, words=words)
    steps = x.shape[1] if rng.random() < 0.6 else int(rng.integers(1, x.shape[1] + 1))
    return Batch(x[:, :steps], y[:, steps - 1])


def sample(rng: np.random.Generator, *, sentence: Draw) -> Steps:
    """Return one sentence's words."""
    return tuple(word for word, _ in sentence(rng))


def _one_of(rng: np.random.Generator, several: Sequence[T]) -> T:
    return several[int(rng.integers(len(several)))]


def _of_one_length(rng: np.random.Generator, rows: int, sentence: Draw) -> list[Sentence]:
    """Return sentences as long as the first that is drawn: each length is then as frequent as it is."""
    found = [sentence(rng)]
    while len(found) < rows:
        one = sentence(rng)
        if len(one) == len(found[0]):
            found.append(one)
    return found


ENGLISH_WORDS, KOREAN_WORDS = vocabulary(english_sentence), vocabulary(korean_sentence)


def _reviews(language: str, opens_with: str, sentence: Draw, words: tuple[str, ...], **own: Any) -> Task:
    """Return the task of a language's reviews."""
    draw = draw_every_step if own["every_step"] else draw_beginnings
    return Task(
        name=f"reviews_{language}",
        opens_with=opens_with,
        features=1,
        classes=("praise",),
        loss="binary_crossentropy",
        read=partial(read, words=words),
        encode=partial(encode, words=words),
        draw=partial(draw, sentence=sentence, words=words),
        sample=partial(sample, sentence=sentence),
        text=" ".join,
        words=words,
        language=language,
        **own,
    )


REVIEWS_EN = _reviews(
    "en",
    "the film was not very good",
    english_sentence,
    ENGLISH_WORDS,
    every_step=True,
    tracked={"verdict": verdict_so_far, "not": not_said},
)
REVIEWS_KO = _reviews(
    "ko",
    "이 영화는 정말 재미있지 않았다",
    korean_sentence,
    KOREAN_WORDS,
    every_step=False,
    tracked={"word": praising_word},
)
