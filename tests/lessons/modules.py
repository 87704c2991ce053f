"""The modules of the lessons, by name, and the dropout masks that their experiments need."""

from __future__ import annotations

import importlib
from types import ModuleType

from lstm_core.experiment import Experiment
from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.layers.trace import Masks
from lstm_core.lessons.lesson import Lesson


def module_of(lesson: Lesson) -> ModuleType:
    """The module of a lesson; it has `questions(run)` and `scripts(experiment, say)`."""
    return importlib.import_module(f"lstm_core.lessons.{lesson.name}")


def masks_of(experiment: Experiment) -> tuple[Masks, ...] | None:
    """Keras's own masks, where the experiment draws any."""
    if not experiment.draws_dropout:
        return None
    return draw_masks(*masks_task(experiment))
