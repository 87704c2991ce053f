"""A change that Keras refuses has ways out: each stands, does what was asked or says what it sets, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.refused import REFUSED, asked_for, refused_script
from lstm_core.layers.arguments import FLAGS, LayerArguments
from lstm_core.mending import Mend, mends
from lstm_core.refusal import Refusal

ON = LayerArguments(units=2, return_sequences=True)
LAST = LayerArguments(units=3, cell="GRU")
BASES = {
    "two": Experiment(layers=(ON, LAST)),
    "three with a head": Experiment(layers=(ON, ON, LAST), head="dense"),
    "both directions": Experiment(bidirectional=True, merge_mode="sum", return_sequences=True),
    "both directions below": Experiment(bidirectional=True, layers=(ON, LAST), initial_state=True),
    "backwards": Experiment(go_backwards=True, stateful=True, return_state=True),
    "states": Experiment(bidirectional=True, return_state=True),
    "keeps states": Experiment(bidirectional=True, stateful=True),
    "two outputs": Experiment(bidirectional=True, merge_mode="None"),
    "two outputs once": Experiment(merge_mode="None", head="dense"),
    "indices": Experiment(front="embedding"),
    "typed indices": Experiment(front="embedding", preset="typed", typed="1 2 3"),
    "numbers": Experiment(preset="sine", timesteps=4, features=1),
    "several features": Experiment(preset="noise", features=3),
    "many words": Experiment(sentence=" ".join(f"word{k}" for k in range(20))),
}
VALUES: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys((*FLAGS, "bidirectional"), (False, True)),
    "merge_mode": ("concat", "None"),
    "head": ("none", "dense"),
    "front": ("none", "embedding"),
    "input_dim": (1, 3, 50),
    "preset": ("words", "typed", "noise"),
    "typed": ("11 12", "0.5", "-1"),
}


def refused() -> Iterator[tuple[str, dict[str, Any], Refusal]]:
    """Every change of one field of a base that is refused."""
    for name, base in BASES.items():
        for field, values in VALUES.items():
            numbers = range(1, len(base.layers) + 1) if field in (*FLAGS, "bidirectional", "merge_mode") else (1,)
            for number in numbers:
                for value in values:
                    change = {field if number == 1 else f"{field}.{number}": value}
                    try:
                        base.changed(**change)
                    except Refusal as refusal:
                        yield name, change, refusal


CASES = list(refused())


def holds(mended: Experiment, changes: dict[str, Any]) -> bool:
    values = mended.values()
    return all(values[name] == value for name, value in changes.items())


def test_the_cases_have_every_refusal_that_is_mended() -> None:
    codes = {refusal.code for _, _, refusal in CASES}
    assert codes == {
        "needs_sequences", "two_tensors", "both_backwards", "stateful_states",
        "index_beyond", "not_indices", "indices_features",
    }  # fmt: skip


@pytest.mark.parametrize(("base", "changes", "refusal"), CASES, ids=[f"{b}: {c}" for b, c, _ in CASES])
def test_every_refused_change_can_be_made_in_some_way_with_all_else_as_it_was(
    base: str, changes: dict[str, Any], refusal: Refusal
) -> None:
    before = BASES[base]
    ways = mends(before, changes, refusal)
    assert any(holds(way.experiment, changes) for way in ways) or "input_dim" in changes
    for way in ways:
        if way.takes_out:
            assert holds(way.experiment, changes)
            number = refusal.facts["layer"]
            assert len(way.experiment.layers) == number
            assert way.experiment.layers[: number - 1] == before.layers[: number - 1]
            assert way.experiment.head == ("none" if way.takes_out == "all" else before.head)
            continue
        assert holds(way.experiment, dict(way.settings))
        changed = way.experiment.differs_from(before)
        assert changed <= {*changes, *way.settings}, changed
    assert len({(tuple(way.settings.items()), way.takes_out) for way in ways}) == len(ways)


@pytest.mark.parametrize(("base", "changes", "refusal"), CASES, ids=[f"{b}: {c}" for b, c, _ in CASES])
def test_keras_is_asked_about_the_layers_as_they_were_asked_for(
    base: str, changes: dict[str, Any], refusal: Refusal
) -> None:
    if refusal.code not in REFUSED:
        assert refusal.code in ("not_indices", "indices_features")  # which Keras rounds, or finds in another layer
        return
    asked = asked_for(BASES[base], changes, refusal)
    for name, value in changes.items():
        bare, _, number = name.partition(".")
        if hasattr(asked.layers[0], bare):
            assert getattr(asked.layers[int(number or 1) - 1], bare) == value
    source = refused_script(refusal.code, asked)
    compile(source, "<script>", "exec")
    if refusal.code == "index_beyond":
        assert f"[[{refusal.facts['given']}]]" in source


def ways(base: Experiment, **changes: object) -> tuple[Mend, ...]:
    with pytest.raises(Refusal) as refused:
        base.changed(**changes)
    return mends(base, changes, refused.value)


def test_what_was_asked_for_and_what_mends_it_are_done_together() -> None:
    first, *others = ways(BASES["backwards"], bidirectional=True)
    assert first.settings == {"go_backwards": False, "return_state": False}
    assert first.experiment == Experiment(bidirectional=True, stateful=True)
    assert others == []
    (head, *_) = ways(BASES["two outputs"], head="dense")
    assert head.experiment == Experiment(bidirectional=True, head="dense")


def test_where_the_change_itself_is_the_fault_it_is_taken_back_to_what_it_was() -> None:
    keeps, _ = ways(BASES["both directions below"], merge_mode="None")
    assert keeps.experiment == BASES["both directions below"]
    keeps, otherwise = ways(BASES["both directions"], go_backwards=True)
    assert keeps.experiment == BASES["both directions"]
    assert otherwise.settings == {"bidirectional": False}


def test_an_embedding_gets_the_rows_that_it_needs_unless_there_are_none_so_many() -> None:
    (mended,) = ways(BASES["indices"], input_dim=2)
    assert mended.settings == {"input_dim": BASES["indices"].indices().max() + 1}
    assert ways(BASES["typed indices"], typed="5000") == ()


def test_numbers_and_weights_of_the_layers_that_stay_stay() -> None:
    base = BASES["three with a head"].changed(edits=(Edit("kernel", 0, 0, 0.5), Edit("kernel.3", 0, 0, 0.5)))
    _, shorter = ways(base, return_sequences=False)
    assert shorter.experiment.edits == (Edit("kernel", 0, 0, 0.5),)


def test_a_negative_number_is_no_index_whatever_input_dim_is() -> None:
    with pytest.raises(Refusal) as refused:
        BASES["typed indices"].changed(typed="3 -1")
    assert (refused.value.code, refused.value.facts["given"]) == ("not_indices", "-1")
