"""Many learners on one server: everyone sees their own numbers, and Keras's answers come to all."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from streamlit.proto.RootContainer_pb2 import RootContainer

from lstm_core.experiment import Experiment
from lstm_core.figures.lens import packed, payload
from lstm_core.layers.outputs import printed, settled
from lstm_core.run import run_experiment
from lstm_core.share.link import encode
from lstm_core.text import load
from tests.browser.harness import Server, running_server
from tests.load.learner import Learner, Value

SESSIONS, CHANGES = 20, 5
WAITING = 10
FURTHEST = 200
"""The last place in the line that is looked for: what sessions asked that have just gone may stand in it still."""
KERAS_SECONDS = 120.0
SIDEBAR_CHOSEN = {
    "preset": "noise",
    "timesteps": 9,
    "units": 5,
    "bias_initializer": "random_normal",
    "unit_forget_bias": False,
    "use_bias": False,
}
VALUES = {
    "units": (2, 3, 5, 6, 7, 8),
    "weights_seed": (1, 2, 3, 4, 5, 6),
    "forget_bias": (-2.0, -0.5, 0.5, 2.5),
    "return_sequences": (True, False),
    "return_state": (True, False),
    "go_backwards": (True, False),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


def assert_shows(learner: Learner, experiment: Experiment) -> None:
    """The picture's numbers, bit for bit, the tensors' names, shapes and texts, and the link are the experiment's."""
    run = run_experiment(experiment)
    expected = payload(run, load("en"), row=0, labels=experiment.words)
    shown = learner.data("lens")["picture"]
    for part in ("values", "kernel", "recurrent", "bias", "outputs", "labels"):
        assert shown[part] == (list(expected[part]) if isinstance(expected[part], tuple) else expected[part]), part
    assert shown["kernel"] == packed(run.weights.kernel)
    tensors = learner.data("returned")["tensors"]
    assert [(tensor["name"], tensor["shape"]) for tensor in tensors] == [
        (output.name, str(output.array.shape)) for output in run.outputs
    ]
    for tensor, output in zip(tensors, run.outputs, strict=True):
        assert tensor["printed"] == printed(output.array) or not settled(output.array)
    assert learner.query == urlencode(encode(experiment).parameters)


async def change_and_look(url: str, number: int, changes: int) -> None:
    """Make changes of this learner's own, and compare the page with the engine after each."""
    choose = random.Random(number)
    experiment = Experiment(sentence=f"learner {number} has a sentence", data_seed=number)
    async with Learner(url, urlencode(encode(experiment).parameters)) as learner:
        await learner.open()
        await learner.change("group_weights", True)
        assert_shows(learner, experiment)
        for _ in range(changes):
            name = choose.choice(list(VALUES))
            now = getattr(experiment, name)
            value = choose.choice([value for value in VALUES[name] if value != now])
            token = learner.data("charts")["token"]
            await learner.change(f"w_{name}", value, lambda token=token: learner.data("charts")["token"] != token)
            experiment = experiment.changed(**{name: value})
            assert_shows(learner, experiment)
        assert learner.exceptions() == []


async def all_change(url: str, sessions: int, changes: int) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(1, sessions + 1):
            group.create_task(change_and_look(url, number, changes))


def test_everyone_sees_their_own_numbers(server: Server) -> None:
    asyncio.run(all_change(server.url, SESSIONS, CHANGES))


async def drawn_again(learner: Learner, key: str, value: Value) -> bool:
    """Change a control; return whether the sidebar was drawn again for it."""

    def run_of_the_sidebar() -> str:
        return next(placed.run for path, placed in learner.page.items() if path[0] == RootContainer.SIDEBAR)

    before, token = run_of_the_sidebar(), learner.data("charts")["token"]
    await learner.change(key, value, lambda: learner.data("charts")["token"] != token)
    return run_of_the_sidebar() != before


async def draw_the_sidebar_only_where_it_changes(url: str) -> None:
    async with Learner(url, "unit_forget_bias=0") as learner:
        await learner.open()
        await learner.change("group_weights", True)
        await learner.change("group_layer", True)
        assert not await drawn_again(learner, "w_units", 7.0)
        assert await drawn_again(learner, "w_preset", "noise")  # its own controls come
        assert not await drawn_again(learner, "w_timesteps", 9.0)
        assert await drawn_again(learner, "w_bias_initializer", "random_normal")  # the forget gate's bias is another
        assert await drawn_again(learner, "w_units", 5.0)
        assert not await drawn_again(learner, "w_forget_bias", 2.5)
        assert await drawn_again(learner, "w_use_bias", False)
        assert_shows(learner, Experiment(**SIDEBAR_CHOSEN))
        assert learner.exceptions() == []


def test_a_control_that_changes_no_other_draws_the_experiment_alone(server: Server) -> None:
    asyncio.run(draw_the_sidebar_only_where_it_changes(server.url))


async def wait_for_keras(url: str, number: int) -> list[str]:
    """Open a long experiment that nobody else has; return what the badge said until Keras agreed."""
    experiment = Experiment(preset="noise", timesteps=40, data_seed=number)
    query = dict(encode(experiment).parameters) | ({"lang": "ko"} if number % 2 else {})
    async with Learner(url, urlencode(query)) as learner:
        await learner.open()
        await learner.until(lambda: learner.news["badge"]["state"] == "agrees", KERAS_SECONDS)
        assert learner.exceptions() == []
        return learner.said


async def all_wait(url: str) -> list[list[str]]:
    return await asyncio.gather(*(wait_for_keras(url, number) for number in range(1, WAITING + 1)))


def test_ten_wait_for_keras_at_once_and_see_their_place_in_the_line(server: Server) -> None:
    asyncio.run(wait_for_keras(server.url, 0))  # it is awake
    said = asyncio.run(all_wait(server.url))
    places = {text for texts in said for text in texts}
    english, korean = (
        {t("badge.in_line", place=t.ordinal(place)) for place in range(2, FURTHEST + 1)}
        for t in map(load, ("en", "ko"))
    )
    assert places & english, places
    assert places & korean, places
