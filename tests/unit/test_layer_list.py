"""The list of a model's layers: what a choice that comes late does."""

from __future__ import annotations

from typing import Any

import pytest

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import Opened
from pages.ui import state
from pages.ui.playground import layer_list

TWO = Experiment(layers=(LayerArguments(return_sequences=True), LayerArguments()))


@pytest.mark.parametrize(("told", "opened"), [(Opened(2), Opened(2)), ("`LSTM(4)`", Opened(1)), (Opened(3), Opened(1))])
def test_a_choice_among_layers_that_have_changed_meanwhile_opens_none_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, told: object, opened: Opened
) -> None:
    held: dict[str, Any] = {
        state.SESSION: state.Session(page=state.PLAYGROUND, base=TWO, experiment=TWO, language="en"),
        layer_list.OPENED: told,
    }
    monkeypatch.setattr(state.st, "session_state", held)
    layer_list._open()
    assert state.opened() == opened
