"""On a GPU Keras hands an LSTM to cuDNN by itself, masks and all, and cuDNN's masks are wrong: our code says no to it.

There is no GPU here: Keras is told that there is one, and what it would hand to cuDNN is noted before it goes its
usual way.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import numpy as np
import pytest

from lstm_core import text
from lstm_core.code.codegen import essential, exact
from lstm_core.code.parse import read_code
from lstm_core.experiment import Experiment

SAYS = {language: text.load(language).section("code.comments").__getitem__ for language in text.LANGUAGES}
MASKED = {
    "right-padded": {"mask": "5-6"},
    "left-padded": {"mask": "1-2", "return_sequences": True},
    "a row of its own each": {"mask": "6; 1-2", "batch": 2, "zero_output_for_mask": True, "return_sequences": True},
    "all masked": {"mask": "1-6"},
    "backwards": {"mask": "6", "go_backwards": True},
    "kept states": {"mask": "3", "stateful": True, "return_state": True, "calls": 2},
    "dropout": {"mask": "3", "dropout": 0.5, "training": True},
    "a given state, crowded": {
        "mask": "3", "initial_state": True, "return_sequences": True, "return_state": True, "dropout": 0.5, "calls": 2,
    },
    "a long graph": {"mask": "3", "preset": "sine", "timesteps": 120},
}  # fmt: skip
NOT_FOR_CUDNN = {
    "unroll": {"unroll": True},
    "no bias": {"use_bias": False},
    "recurrent dropout": {"recurrent_dropout": 0.5},
    "relu": {"activation": "relu"},
    "hard_sigmoid": {"recurrent_activation": "hard_sigmoid"},
}


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What Keras hands to cuDNN: whether a mask goes with it."""
    rnn = import_module("keras.src.backend.tensorflow.rnn")
    found: list[str] = []

    def cudnn(*arguments: object) -> None:
        found.append("plain" if arguments[6] is None else "masked")
        raise NotImplementedError  # Keras then computes as on a CPU

    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    monkeypatch.setattr(rnn, "_cudnn_lstm", cudnn)
    yield found
    found.clear()


def run(source: str, experiment: Experiment) -> None:
    given = dict(zip(("h", "c"), experiment.given_state() or (), strict=False))
    with np.printoptions():
        exec(source, {"x": experiment.data(), "mask": experiment.step_mask(), "__name__": "__main__", **given})


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of TensorFlow, not of ours
@pytest.mark.parametrize("script", [exact, essential])
@pytest.mark.parametrize("name", MASKED)
def test_no_mask_goes_to_cudnn_and_none_would_go_otherwise(script, name: str, handed: list[str]) -> None:
    experiment = Experiment(**MASKED[name])
    source = script(experiment, SAYS["en"])
    run(source, experiment)
    assert handed == []
    run(source.replace("use_cudnn=False", 'use_cudnn="auto"'), experiment)
    assert set(handed) == {"masked"}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("script", [exact, essential])
@pytest.mark.parametrize("name", NOT_FOR_CUDNN)
def test_what_cudnn_cannot_do_needs_no_word_of_it(script, name: str, handed: list[str]) -> None:
    experiment = Experiment(mask="2", **NOT_FOR_CUDNN[name])
    source = script(experiment, SAYS["en"])
    assert "cudnn" not in source
    run(source, experiment)
    assert handed == []


@pytest.mark.parametrize("script", [exact, essential])
def test_without_a_mask_cudnn_is_welcome(script, handed: list[str]) -> None:
    experiment = Experiment(zero_output_for_mask=True, go_backwards=True)
    source = script(experiment, SAYS["en"])
    assert "cudnn" not in source
    run(source, experiment)
    assert set(handed) == {"plain"}


@pytest.mark.parametrize("language", SAYS)
@pytest.mark.parametrize("script", [exact, essential])
@pytest.mark.parametrize("name", MASKED)
def test_the_code_says_why_and_is_read_back_without_a_word(script, name: str, language: str) -> None:
    experiment = Experiment(**MASKED[name])
    source = script(experiment, SAYS[language])
    (line,) = (line for line in source.splitlines() if "use_cudnn=False" in line)
    assert line.endswith(f"# {SAYS[language]('use_cudnn')}")
    reading = read_code(source, experiment)
    assert reading.experiment == experiment
    assert "left_out" not in [note.code for note in reading.notes]
