"""A link is an experiment: it comes back bit for bit, and what is bad in it falls back alone and is told."""

import dataclasses
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, Edit
from lstm_core.run import run_experiment
from lstm_core.sequences import numbers
from lstm_core.share.link import MAX_QUERY, PINNED, decode, encode
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
    link = encode(experiment, pinned=encode(pinned))
    opened = decode(link.parameters)
    assert opened.refusals == ()
    assert opened.pinned == (None if PINNED in link.left_out else pinned)


def test_an_old_link_with_more_than_there_is_room_for_shows_its_first_rows_with_the_same_numbers() -> None:
    sizes = {"timesteps": "1000", "batch": "32", "units": "64", "features": "8"}
    rest = {
        "mask": ";".join(["2-3", "-", "5"] + 29 * ["1"]),
        "initial_state": "1",
        "edits": "h.1.2=0.5;h.30.2=0.5;bias.0.1=2",
    }
    opened = decode({"preset": "noise", **sizes, **rest})
    experiment = opened.experiment
    assert [(refusal.code, refusal.facts["high"]) for refusal in opened.refusals] == [("link_rows", 4)]
    assert (experiment.shape, experiment.units) == ((4, 1000, 8), 64)
    whole = numbers.generate("noise", batch=32, timesteps=1000, features=8, seed=experiment.data_seed)
    assert np.array_equal(experiment.data(), whole[:4])
    assert experiment.mask == "2-3;-;5;1"
    assert experiment.edits == (Edit("h", 1, 2, 0.5), Edit("bias", 0, 1, 2.0))
    for language in text.LANGUAGES:
        assert "5" in text.load(language).refusal(opened.refusals[0])


@pytest.mark.parametrize("preset", sorted(set(numbers.PRESETS) - {"typed", "words"}))
def test_the_first_rows_of_a_sequence_do_not_depend_on_how_many_follow(preset: str) -> None:
    many, few = (numbers.generate(preset, batch=batch, timesteps=50, features=3, seed=5) for batch in (32, 4))
    assert np.array_equal(many[:4], few)


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
    nothing = bad == "" and name in ("edits", "held", "reset_before", "forget_bias")
    assert (
        nothing or (text and not opened.refusals) or (fallen and [r.facts["field"] for r in opened.refusals] == [name])
    )
    for other, value in {"units": 3, "batch": 2, "stateful": True}.items():
        assert other == name or getattr(opened.experiment, other) == value


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if type(field.default) is int])
def test_what_is_no_number_is_told_with_the_fields_own_bounds(name: str) -> None:
    (refusal,) = decode({name: "abc"}).refusals
    low, high = FIELDS[name].metadata["low"], FIELDS[name].metadata["high"]
    told = text.load("en").refusal(refusal)
    assert told.endswith(f"“abc” is not a whole number from {low} to {high}.")
    (beyond,) = decode({name: str(high + 1)}).refusals
    assert f" {low} to {high}." in text.load("en").refusal(beyond)


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize(("name", "bad"), [("reset_before", "2,x"), ("edits", "kernel.x.0=1"), ("held", "f.-1.0=1")])
def test_a_list_with_something_else_in_it_is_told_without_bounds_of_its_making(
    name: str, bad: str, language: str
) -> None:
    (refusal,) = decode({name: bad, "units": "3"}).refusals
    said = text.load(language).refusal(refusal)
    assert ("x" if name == "reset_before" else bad) in said
    assert "999" not in said


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


# ---- names that are nearly right ----


def misnamed(parameters: dict[str, str]) -> list[tuple[object, object]]:
    opened = decode(parameters)
    for language in text.LANGUAGES:
        for refusal in opened.refusals:
            assert str(refusal.facts["meant"]) in text.load(language).refusal(refusal)
    return [(refusal.facts["given"], refusal.facts["meant"]) for refusal in opened.refusals]


def nearly(field: str) -> list[str]:
    """A field's name as copied from HTML, in another case, without or with other signs, short or long of a letter."""
    spelt = [f"amp;{field}", field.upper(), field.title(), f"{field} ", field.replace("_", "-")]
    spelt += [field.replace("_", ""), f"{field}s", field[:-1], field[:2] + field[3:]]
    return [name for name in dict.fromkeys(spelt) if name not in FIELDS and name not in OTHERS]


OTHERS = ("lang", "step", "unit", "projector", "embed", "embed_options", "utm_source", "utm_medium", "fbclid", "gclid",
          "igshid", "mc_cid", "ref", "source", "session", "theme", "view", "q", "s", "t", PINNED)  # fmt: skip


@pytest.mark.parametrize("field", [name for name in FIELDS if len(name) > 4])
def test_a_name_nearly_right_is_told_and_sets_nothing(field: str) -> None:
    for name in nearly(field):
        assert [given for given, _ in misnamed({name: "1"})] == [name]
        assert decode({name: "1", "units": "3"}).experiment == Experiment(units=3)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("amp;units", "units"),
        ("Units", "units"),
        ("return_sequence", "return_sequences"),
        ("returnsequences", "return_sequences"),
        ("retrun_state", "return_state"),
        ("time_steps", "timesteps"),
        ("drop_out", "dropout"),
        ("Mask", "mask"),
        ("amp;seed", "seed"),
    ],
)
def test_the_name_that_was_meant_is_told(name: str, meant: str) -> None:
    assert misnamed({name: "1", "batch": "2"}) == [(name, meant)]


def test_a_link_copied_out_of_html_is_told_in_one_sentence() -> None:
    assert misnamed({"units": "3", "amp;batch": "2", "amp;mask": "1", "Stateful": "1"}) == [
        ("amp;batch, amp;mask, Stateful", "batch, mask, stateful")
    ]
    many = decode({f"units{number}": "1" for number in range(9)}).refusals
    assert [(refusal.facts["given"], refusal.facts["meant"]) for refusal in many] == [
        ("units0, units1, units2, units3, units4, units5 …", "units")
    ]


@pytest.mark.parametrize("name", OTHERS)
def test_names_of_others_are_nobodys_business(name: str) -> None:
    assert [refusal.code for refusal in decode({name: "1", "units": "3"}).refusals if refusal.code == "link_name"] == []


def test_right_names_are_never_told() -> None:
    assert all("link_name" not in [r.code for r in decode({name: "1"}).refusals] for name in FIELDS)


# ---- what goes with a typed sequence ----

TOO_LONG = " ".join(str(value) for value in np.random.default_rng(0).random(1000).round(6))
FAR_TOO_LONG = " ".join(["0.123456789012345678901234567890"] * 1000 * 8)


@pytest.mark.parametrize("base", [Experiment(), Experiment(preset="sine", timesteps=9), Experiment(mask="1")])
def test_a_typed_sequence_left_out_takes_its_mask_along(base: Experiment) -> None:
    link = encode(base.changed(preset="typed", typed=TOO_LONG, mask="2-3", units=2), base)
    assert link.left_out == ("typed", "mask")
    opened = decode(link.parameters, base)
    assert opened.refusals == ()
    assert opened.experiment == base.changed(units=2, mask="")


def test_a_typed_sequence_too_long_to_unpack_takes_its_states_by_hand_along_and_leaves_the_weights() -> None:
    sequence = "\n".join([FAR_TOO_LONG[: 33 * 8].strip()] * 1000)
    kept = Edit("kernel", 0, 1, 0.5)
    edits = (Edit("h", 0, 0, 3.0), Edit("c", 0, 1, 2.0), kept, Edit("kernel", 7, 1, 0.25))
    experiment = Experiment(preset="typed", typed=sequence, units=2, initial_state=True, edits=edits)
    assert experiment.shape == (1, 1000, 8)
    link = encode(experiment)
    assert link.left_out == ("typed", "edits")
    opened = decode(link.parameters)
    assert opened.refusals == ()
    assert opened.experiment == Experiment(units=2, initial_state=True, edits=(kept,))


def test_numbers_typed_before_another_sequence_was_chosen_take_nothing_along() -> None:
    experiment = Experiment(preset="sine", typed=TOO_LONG, mask="2-3")
    link = encode(experiment)
    assert link.left_out == ("typed",)
    assert decode(link.parameters).experiment == Experiment(preset="sine", mask="2-3")


@pytest.mark.parametrize("name", ["sentence", "typed", "mask", "preset", "units", "edits", "forget_bias"])
def test_half_a_character_is_refused_and_the_rest_stands(name: str) -> None:
    opened = decode({name: "a\ud800", "batch": "2"})
    assert [(refusal.code, refusal.facts["field"]) for refusal in opened.refusals] == [("link_damaged", name)]
    assert opened.experiment == Experiment(batch=2)
    assert encode(opened.experiment).parameters == {"batch": "2"}


@pytest.mark.parametrize("name", ["initial_h", "forget_bias", "dropout"])
def test_a_number_too_small_for_float32_is_told_in_a_link_too(name: str) -> None:
    assert [(r.code, r.facts["field"]) for r in decode({name: "1e-400"}).refusals] == [("too_small", name)]
    assert [r.code for r in decode({"edits": "kernel.0.0=1e-400"}).refusals] == ["too_small"]


def test_a_link_that_names_a_reset_sixty_thousand_times_is_written_short() -> None:
    opened = decode({"calls": "8", "reset_before": "2,8,3," * 20_000})
    assert not opened.refusals
    assert encode(opened.experiment).parameters == {"calls": "8", "reset_before": "2,3,8"}


def test_a_link_that_says_minus_zero_opens_as_zero() -> None:
    assert str(decode({"initial_h": "-0.0", "initial_state": "1"}).experiment.initial_h) == "0.0"
