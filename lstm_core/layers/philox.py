"""TensorFlow's seeded random numbers in NumPy: the numbers behind `keras.initializers.GlorotUniform(seed=7)`.

Keras' TensorFlow backend draws an initializer's values with `tf.random.stateless_*` and the seed `[seed, 0]`
(keras/src/backend/tensorflow/random.py). On a CPU these ops run Philox 4x32-10, a generator without hidden
state: block n of four 32-bit words is a fixed scramble of (key, n), so any block can be had at once.
Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; TensorFlow's philox_random.h,
random_distributions_utils.h and stateless_random_ops_v2.cc.
"""

import math

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Floats = NDArray[np.float32]

_WORD = 0xFFFFFFFF
_MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
_KEY_STEPS = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10
_SCRAMBLING_KEY = 0x3EC8F720, 0x02461E29
_SEED_MODULUS = 2**31 - 2  # Keras folds its int64 seeds into int32 with floormod(seed, int32.max - 1)
_SMALLEST_U = np.float32(1e-7)  # keeps log(0) out of the Box-Muller transform
_TRUNCATE_AT = 2.0  # standard deviations
_BLOCKS_PER_TRUNCATED_GROUP = 256  # every four truncated normals have this many blocks reserved
_BLOCKS_READ = 8  # 32 normals, of which 95 % qualify: four are found among them but for one case in 1e35
_BLOCKS_READ_FIRST = 2  # 8 normals: four are found among them but for one case in 1e5


def uniform(shape: tuple[int, ...], seed: int) -> Floats:
    """Float32 numbers in [0, 1), bit for bit those of `keras.random.uniform(shape, seed=seed)` on a CPU.

    `shape` is any tuple of sizes, `seed` a whole number from 0.

    >>> uniform((4,), seed=7).dtype
    dtype('float32')
    """
    return _first(_to_unit_interval(_words(seed, _block_numbers(shape))), shape)


def normal(shape: tuple[int, ...], seed: int) -> Floats:
    """Float32 standard normals, those of `keras.random.normal(shape, seed=seed)` on a CPU to 1e-6.

    Box-Muller: each pair of words gives a sine and a cosine, in this order.
    """
    return _first(_box_muller(_words(seed, _block_numbers(shape))), shape)


def truncated_normal(shape: tuple[int, ...], seed: int) -> Floats:
    """Float32 normals within 2 standard deviations, those of `keras.random.truncated_normal` to 1e-6.

    Each group of four outputs reads its own stretch of blocks and keeps the first four values within bounds.
    """
    starts = _block_numbers(shape, spacing=_BLOCKS_PER_TRUNCATED_GROUP)
    values, within = _first_within_bounds(seed, starts, _BLOCKS_READ_FIRST)
    if not within.all():
        values[~within] = _first_within_bounds(seed, starts[~within], _BLOCKS_READ)[0]
    return _first(values, shape)


def _first_within_bounds(seed: int, starts: Words, count: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the first four normals within bounds of `count` blocks from each start, and whether there are four."""
    blocks = np.add.outer(starts, np.arange(count, dtype=np.uint64))
    candidates = _box_muller(_words(seed, blocks)).reshape(-1, 4 * count)
    rejected = np.abs(candidates) >= _TRUNCATE_AT
    kept_first = np.argsort(rejected, axis=1, kind="stable")[:, :4]
    kept = np.take_along_axis(candidates, kept_first, axis=1)
    return kept, np.all(np.abs(kept) < _TRUNCATE_AT, axis=1)


def _block_numbers(shape: tuple[int, ...], spacing: int = 1) -> Words:
    """0, 1, 2, ... times `spacing`: one number for each four values of an array of this shape."""
    fours = math.ceil(math.prod(shape) / 4)
    return np.arange(0, fours * spacing, spacing, dtype=np.uint64)


def _first(values: Floats, shape: tuple[int, ...]) -> Floats:
    return values.ravel()[: math.prod(shape)].reshape(shape)


def _words(seed: int, blocks: Words) -> Words:
    """Return the four random 32-bit words of each block: shape `blocks.shape + (4,)`.

    TensorFlow scrambles the seed first: of the result, two words are the key, two the counter's upper half.
    """
    scrambled = _philox((np.array(seed % _SEED_MODULUS, np.uint64), 0, 0, 0), _SCRAMBLING_KEY)
    key0, key1, counter2, counter3 = (int(word) for word in scrambled)
    return _philox((blocks, 0, counter2, counter3), (key0, key1))


def _philox(counter: tuple[Words, int, int, int], key: tuple[int, int]) -> Words:
    """Philox 4x32-10 of 128-bit counters given as four 32-bit words, in uint64 so that products fit."""
    c0, c1, c2, c3 = np.broadcast_arrays(*(np.asarray(word, dtype=np.uint64) for word in counter))
    k0, k1 = key
    for _ in range(_ROUNDS):
        product0, product1 = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c1 = (product1 >> 32) ^ c1 ^ k0, product1 & _WORD
        c2, c3 = (product0 >> 32) ^ c3 ^ k1, product0 & _WORD
        k0, k1 = (k0 + _KEY_STEPS[0]) & _WORD, (k1 + _KEY_STEPS[1]) & _WORD
    return np.stack((c0, c1, c2, c3), axis=-1)


def _to_unit_interval(words: Words) -> Floats:
    """Return the low 23 bits of each word as a fraction (exact in float32)."""
    return (words & 0x7FFFFF).astype(np.float32) * np.float32(2**-23)


def _box_muller(words: Words) -> Floats:
    """Two normals from two words: radius and angle, each step worked in float64 and rounded to float32.

    That rounding is what the C library's float functions come nearest to (NumPy's are a little looser).
    """
    fractions = _to_unit_interval(words).astype(np.float64)
    logarithm = np.log(np.maximum(fractions[..., 0::2], _SMALLEST_U)).astype(np.float32)
    radius = np.sqrt(np.float32(-2) * logarithm)
    angle = (2 * math.pi * fractions[..., 1::2]).astype(np.float32).astype(np.float64)
    sine, cosine = np.sin(angle).astype(np.float32), np.cos(angle).astype(np.float32)
    pairs: Floats = np.stack((radius * sine, radius * cosine), axis=-1)
    return pairs.reshape(words.shape)
