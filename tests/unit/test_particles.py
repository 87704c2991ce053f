"""Korean particles fit what they follow, whatever is filled in, and no template has one that cannot."""

import re

import pytest

from lstm_core import text
from lstm_core.fields import FIELDS
from lstm_core.lessons.lesson import words
from lstm_core.lessons.registry import LESSONS
from lstm_core.particles import PAIRS, fill, last_sound, particle
from tests.readings import WORDS, ending, numbers

CATALOGUES = {"text": text.load("ko").texts, **{one.name: words(one.name, "ko").texts for one in LESSONS}}
CLOSING = r"[*`”’\"')\]]*"
ALONE = "(?![가-힣])"
FIXED = rf"(?:은|는|을|를|과|와|으로|로|여야|였|(?:이|가|나|이나|라|이라|아|야){ALONE})"
"""A particle that is right after some values only; 이고, 이며, 인 and 입니다 are right after all."""


def expected(pair: str, reading: str) -> str:
    after_consonant, after_vowel = pair.split("/")
    sound = ending(reading)
    return after_consonant if sound == "ㄱ" or (sound == "ㄹ" and pair != "으로/로") else after_vowel


@pytest.mark.parametrize("pair", PAIRS)
def test_after_every_number_as_it_is_read(pair: str) -> None:
    wrong = [said for said, reading in numbers() if particle(pair, said) != expected(pair, reading)]
    assert wrong == []


@pytest.mark.parametrize(("said", "reading"), WORDS.items())
def test_after_every_name_as_it_is_read(said: str, reading: str) -> None:
    assert last_sound(said) == ending(reading)


def test_every_field_and_argument_has_a_reading() -> None:
    assert FIELDS.keys() - WORDS.keys() == set()


@pytest.mark.parametrize("syllable", range(0xAC00, 0xD7A4, 13))
def test_after_every_syllable(syllable: int) -> None:
    assert last_sound(chr(syllable)) == ending(chr(syllable))


def test_a_template_names_the_pair_and_what_was_filled_in_decides() -> None:
    template = "{name}**{은/는} {n}{을/를} {m:.1f}{으로/로}"
    assert fill(template, name="output", n=7, m=0.5) == "output**은 7을 0.5로"
    assert fill(template, name="`h`", n=2, m=0.6) == "`h`**는 2를 0.6으로"
    assert fill("{{step}} {a}", a="{은/는}") == "{step} {은/는}"  # what a learner typed stays as it is


@pytest.mark.parametrize("name", CATALOGUES)
def test_no_korean_template_has_a_fixed_particle_after_what_is_filled_in(name: str) -> None:
    for key, template in CATALOGUES[name].items():
        explained = re.sub(r"(?<=[가-힣])\([^()]*\)", "", template)  # brackets after a word are not read
        assert re.findall(rf"\}}{CLOSING}{FIXED}", explained) == [], key
        assert re.findall(r"[을은이과와](?:\([를는가와과]\))|\(으\)로|\(이\)", template) == [], key


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_pair_in_a_template_is_one_that_we_know(name: str) -> None:
    for key, template in CATALOGUES[name].items():
        assert set(re.findall(r"\{([^{}]*/[^{}]*)\}", template)) <= set(PAIRS), key


@pytest.mark.parametrize("name", CATALOGUES)
def test_the_rule_agrees_with_what_people_wrote_after_names_and_numbers(name: str) -> None:
    pairs = {one: pair for pair in PAIRS[:5] for one in pair.split("/")}
    for key, template in CATALOGUES[name].items():
        for found in re.finditer(rf"(?<=[A-Za-z0-9_~%])[`*]*(은|는|이|가|을|를|과|와|으로|로){ALONE}", template):
            before = template[: found.start(1)]
            assert particle(pairs[found[1]], before) == found[1], (key, before[-20:])


def test_figures_fill_in_by_the_same_rule() -> None:
    template = text.load("ko").texts["figure.furthest"]
    facts = {"apart": 1, "step": 2, "unit": 3}
    assert fill(template, quantity="c~, 후보 값", **facts).startswith("c~, 후보 값은 ")
    assert fill(template, quantity="h, 은닉 상태", **facts).startswith("h, 은닉 상태는 ")
