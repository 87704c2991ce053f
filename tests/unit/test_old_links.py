"""Links of version 1 open the same for ever: experiment, sequence, weights, and every number of the engine."""

from __future__ import annotations

import json
from operator import attrgetter

import numpy as np
import pytest

from lstm_core.fields import FIELDS
from lstm_core.run import run_experiment
from lstm_core.share.link import PINNED
from tests.old_links import OldExperiment, OldLink, assert_close, old_experiments, old_links

DRAWN_THE_SAME_EVERYWHERE = {"glorot_uniform", "he_uniform", "lecun_uniform", "random_uniform", "zeros", "ones"}
"""Initializers without a logarithm, a cosine or linear algebra, whose last bit would be the machine's."""

each_link = pytest.mark.parametrize("link", old_links(), ids=attrgetter("about"))
each_experiment = pytest.mark.parametrize("old", old_experiments(), ids=attrgetter("about"))


def test_there_are_a_dozen_links_and_one_has_a_pinned_experiment() -> None:
    assert len(old_links()) == 12
    assert len(old_experiments()) == 13


def test_together_the_links_use_every_field_that_version_1_had() -> None:
    fields = set(old_links()[0].shown["fields"])
    assert fields <= set(FIELDS)
    assert set().union(*(link.parameters for link in old_links())) == fields | {PINNED}


def test_together_the_links_use_every_choice_that_version_1_had() -> None:
    choices = {
        "preset": 8,
        "activation": 5,
        "recurrent_activation": 5,
        "kernel_initializer": 10,
        "recurrent_initializer": 10,
        "bias_initializer": 4,
    }
    used = {name: {old.frozen["fields"][name] for old in old_experiments()} for name in choices}
    assert {name: len(values) for name, values in used.items()} == choices
    assert all(values <= set(FIELDS[name].metadata["choices"]) for name, values in used.items())


@each_link
def test_an_old_link_opens_with_nothing_refused(link: OldLink) -> None:
    assert link.opened.refusals == ()
    assert (link.opened.pinned is None) == (link.pinned is None)


@each_experiment
def test_an_old_link_holds_the_same_experiment(old: OldExperiment) -> None:
    today = {name: getattr(old.experiment, name) for name in old.frozen["fields"]}
    assert json.loads(json.dumps(today)) == old.frozen["fields"]


@each_experiment
def test_an_old_link_has_the_same_sequence(old: OldExperiment) -> None:
    if old.experiment.preset == "sine":
        assert_close(old.experiment.data(), old.frozen["sequence"])
    else:
        np.testing.assert_array_equal(old.experiment.data(), np.array(old.frozen["sequence"], np.float32))


@each_experiment
@pytest.mark.parametrize("tensor", ["kernel", "recurrent_kernel", "bias"])
def test_an_old_link_has_the_same_weights(old: OldExperiment, tensor: str) -> None:
    ours, frozen = getattr(old.experiment.weights(), tensor), old.frozen["weights"][tensor]
    if frozen is None:
        assert ours is None
        return
    assert_close(ours, frozen)
    initializer = getattr(old.experiment, tensor.removesuffix("_kernel") + "_initializer")
    if old.experiment.given_weights or initializer in DRAWN_THE_SAME_EVERYWHERE:
        np.testing.assert_array_equal(ours, np.array(frozen, np.float32))


@each_experiment
def test_an_old_link_gives_the_same_numbers(old: OldExperiment) -> None:
    run = run_experiment(old.experiment, old.masks)
    assert [output.name for output in run.outputs] == list(old.frozen["returned"])
    for output in run.outputs:
        assert_close(output.array, old.frozen["returned"][output.name])
    assert_close(run.calls[-1].end["h"], old.frozen["h"])
    assert_close(run.calls[-1].end["c"], old.frozen["c"])
    for gate, values in old.frozen["gates"].items():
        assert_close(run.trace.in_time_order(gate), values)
