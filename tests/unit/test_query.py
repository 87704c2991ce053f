"""A link is an experiment: it comes back bit for bit, and what is bad in it falls back alone and is told."""

import dataclasses
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_core.experiment import FIELDS, Edit, Experiment
from lstm_core.query import MAX_QUERY, PINNED, decode, encode
from lstm_core.run import run_experiment
from tests.experiments import experiments


@settings(max_examples=200)
@given(experiments())
def test_two_hundred_experiments_come_back_from_their_links_with_the_same_data_weights_and_outputs(
    experiment: Experiment,
) -> None:
    link = encode(experiment)
    assume(not link.left_out)
    opened = decode(dict(parse_qsl(urlencode(link.parameters), keep_blank_values=True)))
    assert opened.refusals == ()
    assert opened.experiment == experiment
    ours, theirs = (run_experiment(e.changed(training=False)) for e in (opened.experiment, experiment))
    assert ours.trace.inputs.tobytes() == theirs.trace.inputs.tobytes()
    for one, other in zip(dataclasses.astuple(ours.weights), dataclasses.astuple(theirs.weights), strict=True):
        assert (one is None and other is None) or one.tobytes() == other.tobytes()
    assert [output.array.tobytes() for output in ours.outputs] == [output.array.tobytes() for output in theirs.outputs]


@settings(max_examples=200)
@given(experiments(), experiments())
def test_a_page_with_another_base_needs_the_differences_only(base: Experiment, experiment: Experiment) -> None:
    link = encode(experiment, base)
    if link.left_out:
        return
    assert decode(link.parameters, base) == (experiment, (), None)
    assert encode(base, base).parameters == {}


@settings(max_examples=200)
@given(experiments(), experiments())
def test_what_is_pinned_is_in_the_link_whole_or_not_at_all(pinned: Experiment, experiment: Experiment) -> None:
    link = encode(experiment, pinned=pinned)
    opened = decode(link.parameters)
    assert opened.refusals == ()
    assert opened.pinned == (None if PINNED in link.left_out else pinned)


@pytest.mark.parametrize("bad", ["~broken", "units=lots", "~", "a=a%3Da", "%00"])
def test_a_damaged_pin_disturbs_nothing_else(bad: str) -> None:
    opened = decode({"units": "3", PINNED: bad})
    assert opened.experiment == Experiment(units=3)
    assert opened.pinned in (None, Experiment())


def test_the_default_experiment_needs_no_parameters() -> None:
    assert encode(Experiment()).parameters == {}


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize(
    "bad", ["", "lots", "-1e99", "nan", "１", "~broken", "%00", "99999999999", "a.b.c=d", "kernel.0.0=x"]
)
def test_a_bad_value_falls_back_alone_and_is_told(name: str, bad: str) -> None:
    opened = decode({"units": "3", "batch": "2", "stateful": "1"} | {name: bad})
    fallen = getattr(opened.experiment, name) == FIELDS[name].default
    text = isinstance(FIELDS[name].default, str) and "choices" not in FIELDS[name].metadata
    nothing = bad == "" and name in ("edits", "reset_before", "forget_bias")
    assert (
        nothing or (text and not opened.refusals) or (fallen and [r.facts["field"] for r in opened.refusals] == [name])
    )
    for other, value in {"units": 3, "batch": 2, "stateful": True}.items():
        assert other == name or getattr(opened.experiment, other) == value


def test_values_that_do_not_fit_together_fall_back_until_the_rest_stands() -> None:
    opened = decode(
        {"timesteps": "4", "preset": "sine", "mask": "5-6", "calls": "2", "reset_before": "3", "units": "2"}
    )
    assert {refusal.facts["field"] for refusal in opened.refusals} == {"mask", "reset_before"}
    assert (opened.experiment.units, opened.experiment.calls, opened.experiment.mask) == (2, 2, "")


@given(st.dictionaries(st.sampled_from([*FIELDS, "other"]), st.text(max_size=30), max_size=6))
def test_any_link_opens(parameters: dict[str, str]) -> None:
    opened = decode(parameters)
    assert decode(encode(opened.experiment).parameters).experiment == opened.experiment


def test_long_data_is_packed_and_what_is_too_long_is_left_out_and_named() -> None:
    packed = encode(Experiment(preset="typed", typed=" ".join(["0.25"] * 1000)))
    assert packed.left_out == ()
    assert len(packed.parameters["typed"]) < 100
    noise = " ".join(str(value) for value in np.random.default_rng(0).random(1000).round(6))
    link = encode(Experiment(preset="typed", typed=noise, units=5, edits=(Edit("kernel", 0, 1, 0.5),)))
    assert link.left_out == ("edits", "typed")
    assert sum(len(name) + len(value) + 2 for name, value in link.parameters.items()) <= MAX_QUERY
    assert decode(link.parameters).experiment.units == 5


def test_a_packed_text_cannot_unpack_to_more_than_the_page_takes() -> None:
    import base64
    import zlib

    bomb = "~" + base64.urlsafe_b64encode(zlib.compress(b"1 " * 50_000_000, 9)).decode()
    opened = decode({"preset": "typed", "typed": bomb})
    assert [refusal.code for refusal in opened.refusals] == ["link_damaged"]
