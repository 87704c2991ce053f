"""What a page says that Keras says, Keras says: each message is that of an exception in Keras's own process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lstm_core.chain import MENDS
from lstm_core.experiment import Experiment
from lstm_core.keras_check.refused import REFUSED, Refused, asked_for, message, refused_script
from lstm_core.keras_check.tasks import load_keras, show_script
from lstm_core.layers.arguments import CELL_NAMES, LayerArguments
from lstm_core.refusal import Refusal
from tests.unit.test_mending import BASES
from tests.unit.test_mending import CASES as MENDED

ROOT = Path(__file__).parents[2]
SEQUENCES, STATEFUL = LayerArguments(return_sequences=True), LayerArguments(stateful=True)
SHAPE = (2, 6, 3)
BOTH = LayerArguments(bidirectional=True, units=5)


def both(**changes: object) -> LayerArguments:
    return LayerArguments(**{"bidirectional": True, "units": 5, **changes})  # type: ignore[arg-type]


CASES: dict[str, tuple[str, Refused, str]] = {  # the code, what is asked for, what is in the message
    "a layer behind one output": (
        "needs_sequences",
        Refused((LayerArguments(units=5, return_state=True), LayerArguments(cell="GRU")), SHAPE),
        "expected ndim=3, found ndim=2. Full shape received: (2, 5)",
    ),
    "a third layer behind a Bidirectional's one output": (
        "needs_sequences",
        Refused((SEQUENCES, BOTH, LayerArguments(cell="SimpleRNN")), SHAPE, layer=2),
        "expected ndim=3, found ndim=2. Full shape received: (2, 10)",
    ),
    "a layer behind two outputs": (
        "two_tensors",
        Refused((both(merge_mode="None", return_sequences=True), LayerArguments()), SHAPE),
        "expects 1 input(s), but it received 2 input tensors",
    ),
    "a Dense behind two outputs": (
        "two_tensors",
        Refused((both(merge_mode="None", return_state=True),), SHAPE),
        "expects 1 input(s), but it received 2 input tensors",
    ),
    "both directions backwards": (
        "both_backwards",
        Refused((both(go_backwards=True),), SHAPE),
        "should have different `go_backwards` value",
    ),
    "a Bidirectional that keeps its states and returns them": (
        "stateful_states",
        Refused((both(stateful=True, return_state=True),), SHAPE),
        "unsupported operand type(s) for *: 'generator' and 'int'",
    ),
    "an index beyond input_dim": (
        "index_beyond",
        Refused((LayerArguments(),), SHAPE, input_dim=10, output_dim=3, index=12),
        "= 12 is not in [0, 10)",
    ),
    "one state for an LSTM": ("initial_states", Refused((SEQUENCES,), SHAPE, states=1), "list index out of range"),
    "three states for an LSTM": ("initial_states", Refused((SEQUENCES,), SHAPE, states=3), "expected: 3, got: 2"),
    "two states for a Bidirectional": ("initial_states", Refused((BOTH,), SHAPE, states=2), "list index out of range"),
    "stateful without a batch": ("stateful_batch", Refused((STATEFUL,), SHAPE), "the batch size must be static"),
}
SOUND: dict[str, Refused] = {
    "needs_sequences": Refused((SEQUENCES, LayerArguments()), SHAPE),
    "both_backwards": Refused((BOTH,), SHAPE),
    "stateful_states": Refused((both(stateful=True),), SHAPE),
    "index_beyond": Refused((SEQUENCES,), SHAPE, input_dim=13, output_dim=3, index=12),
    "initial_states": Refused((BOTH,), SHAPE, states=4),
    "stateful_batch": Refused((SEQUENCES,), SHAPE),
}


@pytest.mark.parametrize("name", CASES)
def test_keras_itself_says_what_it_refuses(name: str) -> None:
    code, asked, expected = CASES[name]
    said = message(show_script(refused_script(code, asked)))
    assert expected in said
    assert "\n" not in said
    number = asked.layer if code in ("initial_states", "both_backwards") else asked.layer + 1
    if "layer_" in said:
        assert f"layer_{number}" in said


@pytest.mark.parametrize("code", SOUND)
def test_what_keras_takes_it_does_not_refuse(code: str) -> None:
    result = show_script(refused_script(code, SOUND[code]))
    assert result.error is None
    with pytest.raises(ValueError, match="nothing"):
        message(result)


def test_a_gru_that_is_given_two_states_takes_the_first_and_says_nothing() -> None:
    asked = Refused((LayerArguments(cell="GRU"),), SHAPE, states=2)
    assert show_script(refused_script("initial_states", asked)).error is None


@pytest.mark.parametrize(("base", "changes", "refusal"), [case for case in MENDED if case[2].code in REFUSED])
def test_keras_refuses_every_change_that_the_page_says_it_does(
    base: str, changes: dict[str, object], refusal: Refusal
) -> None:
    assert message(show_script(refused_script(refusal.code, asked_for(BASES[base], changes, refusal))))


@pytest.mark.parametrize("cell", CELL_NAMES)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_mistakes_with_states_are_refused_but_for_a_grus_further_ones(cell: str, bidirectional: bool) -> None:
    layer = LayerArguments(cell=cell, bidirectional=bidirectional, stateful=True)
    right = len(layer.spec.states) * (2 if bidirectional else 1)
    asked = Refused((layer,), SHAPE)
    assert show_script(refused_script("initial_states", replace(asked, states=right))).error is None
    assert message(show_script(refused_script("initial_states", replace(asked, states=right - 1))))
    more = show_script(refused_script("initial_states", replace(asked, states=right + 1)))
    assert (more.error is None) == (cell == "GRU")
    assert "static" in message(show_script(refused_script("stateful_batch", asked)))


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_gru_given_a_state_too_many_takes_the_first_ones(bidirectional: bool) -> None:
    keras = load_keras()
    layer = keras.layers.GRU(2)
    layer = keras.layers.Bidirectional(layer) if bidirectional else layer
    right = 2 if bidirectional else 1
    states = [np.full((1, 2), 0.1 * (k + 1), "float32") for k in range(right + 1)]
    x = np.ones((1, 3, 1), "float32")
    outputs = [np.asarray(layer(x, initial_state=given)) for given in (states[:right], states)]
    assert np.array_equal(*outputs)
    assert not np.array_equal(outputs[0], np.asarray(layer(x, initial_state=states[1:])))


def test_every_refusal_of_a_chain_has_a_script_and_is_one_of_keras() -> None:
    assert set(MENDS) < set(REFUSED)
    assert {code for code, _, _ in CASES.values()} == set(REFUSED)
    for code, asked, _ in CASES.values():
        if code in MENDS:
            with pytest.raises(Refusal) as refused:
                Experiment(layers=asked.layers, head="none" if len(asked.layers) > 1 else "dense")
            assert (refused.value.code, refused.value.facts["layer"]) == (code, asked.layer)


def test_no_message_of_keras_is_typed_in() -> None:
    typed = "".join(path.read_text("utf-8") for path in (ROOT / "lstm_core/keras_check").glob("*.py"))
    typed += "".join(path.read_text("utf-8") for path in (ROOT / "assets/text").glob("*.toml"))
    for _, _, expected in CASES.values():
        assert expected not in typed
