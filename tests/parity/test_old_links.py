"""Keras gives the numbers of version 1's links still, and draws the same dropout masks for their seeds."""

from operator import attrgetter

import numpy as np
import pytest

from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.keras_check.messages import layer_call
from lstm_core.keras_check.tasks import run_layer
from lstm_core.layers.trace import of_first_layer
from tests.old_links import OldExperiment, assert_close, old_experiments


@pytest.mark.parametrize("old", old_experiments(), ids=attrgetter("about"))
def test_keras_returns_the_numbers_of_an_old_link(old: OldExperiment) -> None:
    returned = run_layer(layer_call(old.experiment))[-1]
    for tensor, values in zip(returned, old.frozen["returned"].values(), strict=True):
        assert_close(tensor, values)


@pytest.mark.parametrize("old", [old for old in old_experiments() if old.masks], ids=attrgetter("about"))
def test_keras_draws_the_masks_of_an_old_link(old: OldExperiment) -> None:
    drawn_masks, frozen_masks = of_first_layer(draw_masks(*masks_task(old.experiment))), of_first_layer(old.masks)
    for drawn, frozen in zip(drawn_masks, frozen_masks, strict=True):
        for name in ("dropout", "recurrent_dropout"):
            np.testing.assert_array_equal(getattr(drawn, name), getattr(frozen, name), strict=True)
