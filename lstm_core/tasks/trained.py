"""Weights that have learned a task, kept in assets/trained with what is known of their training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from lstm_core.assets import ASSETS
from lstm_core.layers.packed import unpack_tensors
from lstm_core.layers.weights import Float32Array

FOLDER = "trained"


@dataclass(frozen=True)
class Trained:
    """What `make examples` keeps of a trained model.

    Args:
        weights_seed: What its weights began with.
        data_seed: What its training's sequences were drawn with.
        steps: How many batches it was trained on.
        batch: Sequences in each.
        learning_rate: Adam's.
        global_clipnorm: The norm to which all gradients together were clipped.
        loss: Of the last batch.
        score: On fresh sequences: the share of right answers, or the error in the task's own unit.
        baseline: The same for the best answer that looks at no sequence.
        keras: The version that the initial weights and the update are those of.
        shapes: Of each weight by its name, in the order of `model.get_weights()`.
        packed: All weights, as `layers.packed.pack_tensors` has them.
    """

    weights_seed: int
    data_seed: int
    steps: int
    batch: int
    learning_rate: float
    global_clipnorm: float
    loss: float
    score: float
    baseline: float
    keras: str
    shapes: Mapping[str, tuple[int, ...]]
    packed: str

    @property
    def tensors(self) -> dict[str, Float32Array]:
        """Every weight by its name, read-only."""
        return unpack_tensors(self.packed, self.shapes)


def path_of(name: str) -> Path:
    """Return the file of a task's trained weights."""
    return ASSETS / FOLDER / f"{name}.json"


@cache
def trained(name: str) -> Trained:
    """Return what has learned the task of this name."""
    kept = json.loads(path_of(name).read_text(encoding="utf-8"))
    return Trained(**kept | {"shapes": {tensor: tuple(shape) for tensor, shape in kept["shapes"].items()}})


def learned_by(packed: str) -> str:
    """Return the task that packed weights have learned, by its name; "" if they are none of those that are kept.

    >>> learned_by(trained("switch").packed), learned_by("")
    ('switch', '')
    """
    return _names().get(packed, "") if packed else ""


@cache
def _names() -> dict[str, str]:
    return {trained(path.stem).packed: path.stem for path in sorted((ASSETS / FOLDER).glob("*.json"))}


def keep(name: str, of: Trained) -> None:
    """Write what has learned the task of this name."""
    path_of(name).parent.mkdir(exist_ok=True)
    path_of(name).write_text(json.dumps(asdict(of), indent=1) + "\n", encoding="utf-8")
