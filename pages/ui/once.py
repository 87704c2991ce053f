"""What depends on an experiment alone is made once for all sessions: a class on one link computes little."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

from lstm_core.experiment import Experiment
from lstm_core.layers.model_weights import FIRST, Opened
from lstm_core.layers.trace import Masks
from lstm_core.run import Run, run_experiment

Make = TypeVar("Make", bound=Callable[..., Any])

REMEMBERED = 128
"""How many results of each kind are kept."""
SMALL = 1000
"""Values of h up to which an experiment counts as small; larger ones, some 100 kB and more, are not kept."""
SHORT = 10_000
"""Characters of its texts up to which it does: an experiment is kept with what was made of it."""


def once(make: Make) -> Make:
    """Keep what a function makes of a run, or of an experiment, and of further values that are hashable."""
    kept = lru_cache(maxsize=REMEMBERED)(make)

    @wraps(make)
    def made(of: Run | Experiment, *args: Any) -> Any:
        experiment = of.experiment if isinstance(of, Run) else of
        return (kept if _is_small(experiment) else make)(of, *args)

    return cast(Make, made)


def _is_small(experiment: Experiment) -> bool:
    batch, steps, _ = experiment.shape
    given = 0 if experiment.learned else len(experiment.given_weights)  # trained weights are there once, for all
    characters = len(experiment.typed) + given
    return batch * steps * sum(layer.units for layer in experiment.layers) <= SMALL and characters <= SHORT


weights_once = once(Experiment.model_weights)
_run_once = once(run_experiment)


_open_once = once(Run.open)


def run_of(experiment: Experiment, masks: tuple[Masks, ...] | None = None, opened: Opened = FIRST) -> Run:
    """Return the run of an experiment with a layer opened; without dropout masks it is made once for all sessions."""
    if masks:
        return run_experiment(experiment, masks).open(opened)
    run: Run = _open_once(_run_once(experiment), opened)
    return run
