"""Sentences: each word is a vector drawn by a seed, the same wherever it stands."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lstm_core.limits import MAX_TIMESTEPS
from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import Array


def words_of(sentence: str) -> tuple[str, ...]:
    """Return the words of a sentence, split at white space.

    Raises:
        Refusal: `no_words` or `too_many` words.
    """
    words = tuple(sentence.split())
    if not words:
        raise Refusal("no_words")
    if len(words) > MAX_TIMESTEPS:
        raise Refusal("too_many", what="timesteps", given=len(words), high=MAX_TIMESTEPS)
    return words


def word_vectors(words: Iterable[str], *, features: int, seed: int = 0) -> dict[str, Array]:
    """Return each word's vector, (features,), by the word, in the order of first appearance.

    Uniform on -1..1, rounded to two decimals, by the seed and the word alone.

    >>> vectors = word_vectors(("the", "cat", "the"), features=2)
    >>> list(vectors), vectors["cat"].shape
    (['the', 'cat'], (2,))
    """
    return {word: _vector(word, features, seed) for word in dict.fromkeys(words)}


@lru_cache(maxsize=1024)
def _vector(word: str, features: int, seed: int) -> Array:
    drawn = np.random.default_rng((seed, zlib.crc32(word.encode()))).uniform(-1, 1, features)
    vector = drawn.round(2).astype(np.float32)
    vector.setflags(write=False)
    return vector


def embed(words: tuple[str, ...], *, batch: int, features: int, seed: int = 0) -> Array:
    """Return one vector a word, (batch, words, features), float32, those of `word_vectors`.

    Batch row b begins b words later and goes round.

    >>> the, cat, again = embed(("the", "cat", "the"), batch=1, features=2)[0]
    >>> bool((the == again).all()), bool((the == cat).all())
    (True, False)
    """
    vectors = word_vectors(words, features=features, seed=seed)
    sentence = np.array([vectors[word] for word in words])  # (T, F)
    return np.stack([np.roll(sentence, -row, axis=0) for row in range(batch)])


PADDING = "_"
"""The word whose index is 0: padding, where an Embedding has `mask_zero`."""


def indices_of(words: tuple[str, ...], *, batch: int) -> NDArray[np.intp]:
    """Return the words' numbers, (batch, words), from 1 in the order of first appearance; `PADDING` is 0.

    Batch row b begins b words later and goes round, as in `embed`.

    >>> indices_of(("the", "cat", "the", "_"), batch=2).tolist()
    [[1, 2, 1, 0], [2, 1, 0, 1]]
    """
    numbers = {word: number for number, word in enumerate(dict.fromkeys(w for w in words if w != PADDING), start=1)}
    sentence = np.array([numbers.get(word, 0) for word in words], np.intp)
    return np.stack([np.roll(sentence, -row) for row in range(batch)])
