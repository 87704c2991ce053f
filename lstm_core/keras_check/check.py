"""The whole check of an experiment, as a page asks for it. Runs inside the worker process."""

from __future__ import annotations

from lstm_core.experiment import Experiment
from lstm_core.keras_check.agreement import Agreement, compare, evidence_task
from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.keras_check.model_agreement import compare_model, model_evidence_task
from lstm_core.keras_check.models import gather_model
from lstm_core.keras_check.tasks import gather
from lstm_core.run import run_experiment


def check(experiment: Experiment) -> Agreement:
    """Return how far everything that the engine computes for an experiment is from what Keras computes.

    The engine runs in this process again, as on the page: the same code on the same machine gives the same bits. So
    nothing but what a page tells of Keras has to come back to it.
    """
    masks = draw_masks(*masks_task(experiment)) if experiment.draws_dropout else None
    run = run_experiment(experiment, masks)
    if experiment.is_plain:
        return compare(run, gather(*evidence_task(experiment)))
    return compare_model(run, gather_model(*model_evidence_task(experiment)))
