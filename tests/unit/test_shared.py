"""What is kept for all sessions is small: made once where experiment and texts are, and each time where not."""

from __future__ import annotations

import pytest

from lstm_core.experiment import Experiment
from pages.ui.once import SHORT, once


@pytest.mark.parametrize(
    ("experiment", "kept"),
    [
        (Experiment(units=64, batch=2), True),
        (Experiment(units=64, batch=3), False),
        (Experiment(preset="noise", typed="1 " * (SHORT // 2)), True),
        (Experiment(preset="noise", typed="1 " * SHORT), False),
    ],
)
def test_only_what_is_small_is_kept(experiment: Experiment, kept: bool) -> None:
    made: list[Experiment] = []
    make = once(made.append)
    make(experiment)
    make(experiment.changed())
    assert len(made) == (1 if kept else 2)
