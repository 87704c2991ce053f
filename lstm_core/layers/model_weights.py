"""The weights of a whole model, by the names that links, tables and numbers set by hand have for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lstm_core.layers.arguments import INITIALIZER_ARGUMENTS, LayerArguments
from lstm_core.layers.bidirectional import directions, output_width
from lstm_core.layers.initializers import chosen, initial_weights
from lstm_core.layers.spec import STATES
from lstm_core.layers.weights import WEIGHT_TENSORS, Edit, Float32Array, Weights

EMBEDDINGS, HEAD_KERNEL, HEAD_BIAS = "embeddings", "head_kernel", "head_bias"

_SEEDS_A_LAYER, _BACKWARD_SEED, _EMBEDDING_SEED, _HEAD_SEED = 10, 5, 1001, 1002
"""How far seeds of weights lie apart: two layers alike begin with other numbers."""
_drawn = lru_cache(maxsize=64)(initial_weights)  # flags and data change no weights; they are frozen, and can be shared


class Opened(NamedTuple):
    """A recurrent layer of a model, from 1, and which of its directions: what one looks into, or sets numbers of."""

    layer: int = 1
    backward: bool = False

    @property
    def suffix(self) -> str:
        """What its tensors' names end in; nothing for the first layer, as in links of one layer.

        >>> Opened().suffix, Opened(2).suffix, Opened(1, backward=True).suffix
        ('', '.2', '.1b')
        """
        return f".{self.layer}{'b' if self.backward else ''}" if self != (1, False) else ""


FIRST = Opened()
"""The first layer, or its forward direction."""


def tensor_parts(name: str) -> tuple[str, str]:
    """Return a tensor's bare name and the suffix that says whose it is.

    >>> tensor_parts("kernel.2b"), tensor_parts("bias")
    (('kernel', '.2b'), ('bias', ''))
    """
    bare, dot, of = name.partition(".")
    return bare, dot + of


def is_state(tensor: str) -> bool:
    """Whether a tensor is an initial state, not a weight.

    >>> is_state("h.1b"), is_state("kernel.2")
    (True, False)
    """
    return tensor_parts(tensor)[0] in STATES


def places(layers: Sequence[LayerArguments]) -> tuple[Opened, ...]:
    """Return every direction of every layer, in the order of the model's weights."""
    return tuple(
        Opened(number, bool(backward))
        for number, layer in enumerate(layers, start=1)
        for backward in range(len(directions(layer)))
    )


def input_widths(layers: Sequence[LayerArguments], features: int) -> tuple[int, ...]:
    """Return how many numbers each layer is given at a step, and at last how many the head is.

    >>> input_widths((LayerArguments(units=4), LayerArguments(units=2)), features=3)
    (3, 4, 2)
    """
    return (features, *map(output_width, layers))


def tensor_shapes(
    layers: Sequence[LayerArguments], features: int, *, embeddings: tuple[int, int] | None = None, head: int = 0
) -> dict[str, tuple[int, ...]]:
    """Return the shape of every weight by its name, in the order of `model.get_weights()`.

    >>> tensor_shapes((LayerArguments(units=1), LayerArguments(units=1, use_bias=False)), features=2, head=1)
    {'kernel': (2, 4), 'recurrent_kernel': (1, 4), 'bias': (4,), 'kernel.2': (1, 4), 'recurrent_kernel.2': (1, 4), \
'head_kernel': (1, 1), 'head_bias': (1,)}
    """
    shapes: dict[str, tuple[int, ...]] = {EMBEDDINGS: embeddings} if embeddings else {}
    *widths, last = input_widths(layers, features)
    for place in places(layers):
        layer = layers[place.layer - 1]
        own = layer.spec.weight_shapes(widths[place.layer - 1], layer.units, use_bias=layer.use_bias)
        shapes |= {name + place.suffix: shape for name, shape in own.items()}
    return shapes | ({HEAD_KERNEL: (last, head), HEAD_BIAS: (head,)} if head else {})


@dataclass(frozen=True, eq=False)
class ModelWeights:
    """Every weight of a model: of each recurrent layer one `Weights` a direction, and what stands around them.

    `embeddings` (input_dim, output_dim) of an Embedding in front, `head_kernel` (W, K) and `head_bias` (K,) of a Dense
    behind; None where there is none.
    """

    layers: tuple[tuple[Weights, ...], ...]
    embeddings: Float32Array | None = None
    head_kernel: Float32Array | None = None
    head_bias: Float32Array | None = None

    def of(self, place: Opened) -> Weights:
        """Return the weights of one direction of a layer."""
        return self.layers[place.layer - 1][place.backward]

    @property
    def tensors(self) -> dict[str, Float32Array]:
        """Every array by its name, in the order of `model.get_weights()`."""
        found = {EMBEDDINGS: self.embeddings}
        for number, several in enumerate(self.layers, start=1):
            for backward, weights in enumerate(several):
                suffix = Opened(number, bool(backward)).suffix
                found |= {name + suffix: getattr(weights, name) for name in WEIGHT_TENSORS}
        found |= {HEAD_KERNEL: self.head_kernel, HEAD_BIAS: self.head_bias}
        return {name: array for name, array in found.items() if array is not None}

    @property
    def parameters(self) -> int:
        """How many numbers the model learns."""
        return sum(array.size for array in self.tensors.values())

    def with_forget_biases(self, layers: Sequence[LayerArguments]) -> ModelWeights:
        """Return the weights with the forget biases that the layers' arguments set, in both directions."""
        if all(layer.forget_bias is None for layer in layers):
            return self
        several = tuple(
            tuple(
                weights
                if layer.forget_bias is None or not layer.use_bias or not layer.has("forget_bias")
                else weights.replace_forget_bias(layer.forget_bias)
                for weights in own
            )
            for layer, own in zip(layers, self.layers, strict=True)
        )
        return replace(self, layers=several)

    def edited(self, edits: Iterable[Edit]) -> ModelWeights:
        """Return the weights with single numbers replaced: (tensor, row, column, value), by `tensor_shapes`'s names.

        Raises:
            ValueError: for a tensor or place that is not there, and for a value that float32 cannot hold.
        """
        by_owner: dict[str, list[Edit]] = {}
        for tensor, row, column, value in edits:
            bare, suffix = tensor_parts(tensor)
            owner = suffix if bare in WEIGHT_TENSORS else bare
            by_owner.setdefault(owner, []).append((bare, row, column, value))
        if not by_owner:
            return self
        layers = tuple(
            tuple(
                weights.edited(by_owner.get(Opened(number, bool(backward)).suffix, ()))
                for backward, weights in enumerate(several)
            )
            for number, several in enumerate(self.layers, start=1)
        )
        ends = {
            name: _edited(getattr(self, name), by_owner[name])
            for name in (EMBEDDINGS, HEAD_KERNEL, HEAD_BIAS)
            if name in by_owner
        }
        return replace(self, layers=layers, **ends)


def _edited(array: Float32Array, edits: Iterable[Edit]) -> Float32Array:
    changed = array.copy()
    table = np.atleast_2d(changed)  # a view: a bias as a table of one row
    for _, row, column, value in edits:
        table[row, column] = value
    changed.setflags(write=False)
    return changed


def model_weights(tensors: Mapping[str, Float32Array], layers: Sequence[LayerArguments]) -> ModelWeights:
    """Return the weights that have these arrays, by `tensor_shapes`'s names."""

    def frozen(name: str) -> Float32Array | None:
        if name not in tensors:
            return None
        array = np.array(tensors[name], np.float32)
        array.setflags(write=False)
        return array

    found: list[list[Weights]] = [[] for _ in layers]
    for place in places(layers):
        kernel, recurrent, bias = (tensors.get(name + place.suffix) for name in WEIGHT_TENSORS)
        assert kernel is not None
        assert recurrent is not None
        found[place.layer - 1].append(Weights(kernel, recurrent, bias))
    return ModelWeights(tuple(map(tuple, found)), *map(frozen, (EMBEDDINGS, HEAD_KERNEL, HEAD_BIAS)))


def initial_model_weights(
    layers: Sequence[LayerArguments], shapes: Mapping[str, tuple[int, ...]], seed: int
) -> ModelWeights:
    """Return the weights that a model with these `tensor_shapes` starts with; each layer has seeds of its own.

    The first layer's are `seed`, `seed` + 1 and `seed` + 2, as `initial_weights` has them.
    """
    found: list[list[Weights]] = [[] for _ in layers]
    for place in places(layers):
        layer, kernel = layers[place.layer - 1], shapes["kernel" + place.suffix]
        own = seed + _SEEDS_A_LAYER * (place.layer - 1) + _BACKWARD_SEED * place.backward
        found[place.layer - 1].append(
            _drawn(
                layer.spec,
                features=kernel[0],
                units=layer.units,
                use_bias=layer.use_bias,
                unit_forget_bias=layer.unit_forget_bias,
                seed=own,
                **{name: getattr(layer, name) for name in INITIALIZER_ARGUMENTS},
            )
        )
    embeddings = head_kernel = head_bias = None
    if EMBEDDINGS in shapes:
        embeddings = chosen("random_uniform").draw(shapes[EMBEDDINGS], seed + _EMBEDDING_SEED)
    if HEAD_KERNEL in shapes:
        head_kernel = chosen("glorot_uniform").draw(shapes[HEAD_KERNEL], seed + _HEAD_SEED)
        head_bias = np.zeros(shapes[HEAD_BIAS], np.float32)
    return ModelWeights(tuple(map(tuple, found)), embeddings, head_kernel, head_bias)
