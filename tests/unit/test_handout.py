"""The handout is one file that holds the experiment and nothing that a title or a sentence could break."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_core import text
from lstm_core.code.codegen import essential, exact
from lstm_core.experiment import Experiment
from lstm_core.figures.lens import packed, payload
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.outputs import printed, settled
from lstm_core.run import row_labels, run_experiment
from lstm_core.share.handout import MAX_TITLE, handout

MAX_BYTES = 5_000_000
NASTY = "</script><script>alert(1)</script><!--<script>"


def data_of(page: str, name: str) -> dict:
    (data,) = re.findall(rf'<script type="application/json" id="{name}-data">(.*?)</script>', page, re.DOTALL)
    return json.loads(data)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_handout_holds_what_the_page_shows(language: str) -> None:
    t = text.load(language)
    experiment = Experiment(batch=2, units=3, return_sequences=True, return_state=True)
    run = run_experiment(experiment)
    page = handout(run, t, title="Week 3", row=1, opens_at=2)
    say = t.section("code.comments").__getitem__
    labels = row_labels(experiment, 1)
    assert f'<html lang="{language}">' in page
    assert "<h1>Week 3</h1>" in page
    assert html.escape(t("take.handout.row", row=2, batch=2)) in page
    assert data_of(page, "lens")["picture"] == json.loads(json.dumps(payload(run, t, row=1, labels=labels, opens_at=2)))
    assert [tensor["printed"] for tensor in data_of(page, "returned")["tensors"]] == [
        printed(output.array) for output in run.outputs
    ]
    assert data_of(page, "essential")["source"] == essential(experiment, say)
    assert data_of(page, "exact")["source"] == exact(experiment, say)


def test_the_longest_asked_for_stays_far_below_its_limit() -> None:
    run = run_experiment(Experiment(preset="sine", timesteps=50, units=32, return_sequences=True, return_state=True))
    assert len(handout(run, text.load("ko"), title="", row=0).encode()) <= MAX_BYTES


def test_the_same_run_gives_the_same_handout() -> None:
    first, again = (handout(run_experiment(Experiment()), text.load("en"), title="a", row=0) for _ in range(2))
    assert first == again


def test_a_handout_without_title_has_one_and_a_long_title_is_cut() -> None:
    t, run = text.load("en"), run_experiment(Experiment())
    assert f"<title>{t('take.handout.untitled.LSTM')}</title>" in handout(run, t, title="  ", row=0)
    assert f"<title>{'x' * MAX_TITLE}</title>" in handout(run, t, title="x" * 999, row=0)


def test_a_value_on_a_rounding_edge_is_said_as_no_answer_comes_to_a_handout() -> None:
    t = text.load("en")
    run = run_experiment(Experiment(preset="noise", timesteps=50, units=32, batch=4, return_sequences=True))
    assert not all(settled(output.array) for output in run.outputs)
    assert data_of(handout(run, t, title="", row=0), "returned")["note"] == t("take.handout.unchecked")


PLAIN = handout(run_experiment(Experiment(sentence="a b")), text.load("en"), title="a", row=0)


@settings(max_examples=12)
@given(st.text(max_size=40) | st.just(NASTY), st.text(max_size=40).filter(lambda words: words.split()) | st.just(NASTY))
def test_no_title_and_no_sentence_breaks_out_of_its_place(title: str, sentence: str) -> None:
    page = handout(run_experiment(Experiment(sentence=sentence)), text.load("en"), title=title, row=0)
    for tag in ("<script", "</script", "<!--", "<img", "<h1"):
        assert page.lower().count(tag) == PLAIN.lower().count(tag)
    assert data_of(page, "lens")["picture"]["labels"] == sentence.split()


def test_the_handout_names_no_address_to_fetch() -> None:
    own = PLAIN.partition("<script>")[0] + PLAIN.partition("</main>")[2].partition("</script>")[2]  # without Plotly.js
    assert set(re.findall(r"https?://[^\s\"'`]+", own)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<link|<img|<iframe", own)
    assert not re.search(r"@import|url\((?!#)", own.partition("</style>")[0])


def test_of_a_model_its_layers_stand_above_the_opened_one_and_all_that_it_returns_below() -> None:
    t = text.load("en")
    layers = (
        LayerArguments(units=2, bidirectional=True, return_sequences=True),
        LayerArguments(cell="GRU", units=3, return_state=True),
    )
    experiment = Experiment(batch=2, layers=layers, head="dense", front="embedding")
    run = run_experiment(experiment).open(Opened(1, backward=True))
    page = handout(run, t, title="", row=1)
    assert page.index('id="stack"') < page.index('id="lens"')
    drawn = data_of(page, "stack")["picture"]
    assert [(layer["name"], layer["returned"]) for layer in drawn["layers"]] == [
        ("Bidirectional(LSTM(2))", ""),
        ("GRU(3)", "h"),
    ]
    assert drawn["opened"] == {"layer": 0, "direction": 1}
    h = [packed(d.trace.in_time_order("h")[:, 1]) for layer in run.last.layers for d in layer.directions]
    assert [one["values"] for layer in drawn["layers"] for one in layer["directions"]] == h
    assert drawn["head"]["values"] == packed(run.last.prediction[1:2])
    assert drawn["text"]["hint"] == t("stack.hint_still")
    labels = row_labels(experiment, 1)
    assert data_of(page, "lens")["picture"] == json.loads(json.dumps(payload(run, t, row=1, labels=labels)))
    assert [tensor["name"] for tensor in data_of(page, "returned")["tensors"]] == ["prediction", "state_h_2"]
    say = t.section("code.comments").__getitem__
    assert data_of(page, "essential")["source"] == essential(experiment, say)
    assert f"<title>{t('take.handout.untitled.model')}</title>" in page


def test_a_layer_by_itself_has_no_stack_above_it() -> None:
    assert "stack" not in re.findall(r'id="(\w+)"', PLAIN)
    assert 'id="stack-data"' not in PLAIN
