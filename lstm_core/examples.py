"""The examples that the first page offers: for each a task, a model, and weights that have learned it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.tasks.registry import TASKS
from lstm_core.tasks.reviews import ENGLISH_WORDS, KOREAN_WORDS
from lstm_core.tasks.trained import trained

_SEQUENCES = LayerArguments(return_sequences=True)
_VERDICT = {"head": "dense", "head_activation": "sigmoid"}


def _untrained(name: str, **model: object) -> Experiment:
    return Experiment(preset=name, sentence=TASKS[name].opens_with, head_units=len(TASKS[name].classes), **model)


UNTRAINED_EXAMPLES: Mapping[str, Experiment] = MappingProxyType(
    {
        "counting": _untrained("counting", layers=(replace(_SEQUENCES, units=2),), **_VERDICT),
        "switch": _untrained("switch", layers=(replace(_SEQUENCES, units=1),), **_VERDICT),
        "reviews_en": _untrained(
            "reviews_en",
            front="embedding",
            input_dim=len(ENGLISH_WORDS) + 1,
            output_dim=4,
            layers=(LayerArguments(units=8),),
            **_VERDICT,
        ),
        "reviews_ko": _untrained(
            "reviews_ko",
            front="embedding",
            input_dim=len(KOREAN_WORDS) + 1,
            output_dim=4,
            layers=(LayerArguments(units=4, bidirectional=True),),
            **_VERDICT,
        ),
        **{
            name: _untrained(name, head="dense", head_activation="softmax", layers=(replace(_SEQUENCES, units=64),))
            for name in ("letters_en", "letters_ko")
        },
        "passengers": _untrained("passengers", head="dense", layers=(LayerArguments(units=8),)),
    }
)
"""Each example's model before it has learned anything."""


@cache
def example(name: str) -> Experiment:
    """Return what the page opens with for a task: its model, trained, on the sequence that a learner meets first."""
    return UNTRAINED_EXAMPLES[name].changed(given_weights=trained(name).packed)


DEFAULT_EXAMPLE = "counting"
"""What the first page opens with."""
NOTHING_YET = "none"
"""In a link: an experiment whose weights have learned nothing that is kept."""
