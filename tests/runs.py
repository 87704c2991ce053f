"""Runs that are wrong on purpose."""

from dataclasses import replace
from typing import Any

from lstm_core.run import Run


def replaced(run: Run, **changes: Any) -> Run:
    """A run of one plain layer with another trace, or other outputs, of its layer."""
    (layer,) = run.last.layers
    (direction,) = layer.directions
    return replace(run, last=run.last._replace(layers=(layer._replace(directions=(direction._replace(**changes),)),)))
