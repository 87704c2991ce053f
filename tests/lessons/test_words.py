"""The words of the lessons: both languages have the same blocks and facts, and every block is on its page."""

import ast
import re
from pathlib import Path
from string import Formatter, punctuation
from typing import Any, NamedTuple

import pytest

from lstm_core import text
from lstm_core.lessons.lesson import words
from lstm_core.lessons.registry import LESSONS
from lstm_core.particles import fill
from lstm_core.run import run_experiment
from tests.lessons.modules import masks_of, module_of

ROOT = Path(__file__).parents[2]
NAMES = [lesson.name for lesson in LESSONS]
HANGUL = re.compile("[가-힣]")
FOUR_GATES = re.compile(r"\b(four|4) +gates|게이트 ?(넷|네 개|4개)|(네|넷|4) ?(개의? )?게이트", re.IGNORECASE)


def facts_of(template: str) -> set[str]:
    """The facts that a template names; a pair of particles, as {은/는}, is none."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None and "/" not in name}


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_blocks_with_the_same_facts(name: str) -> None:
    english, korean = (words(name, language).texts for language in text.LANGUAGES)
    assert english.keys() == korean.keys()
    for key, template in english.items():
        assert template.strip(), key
        assert facts_of(template) == facts_of(korean[key]), key


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_no_text_counts_the_candidate_among_the_gates(language: str) -> None:
    catalogues = [text.load(language), *(words(name, language) for name in NAMES)]
    said = {key: " ".join(said.split()) for catalogue in catalogues for key, said in catalogue.texts.items()}
    assert [key for key, line in said.items() if FOUR_GATES.search(line)] == []


@pytest.mark.parametrize("name", NAMES)
def test_korean_prose_is_korean_and_english_prose_is_not(name: str) -> None:
    english, korean = (words(name, language).texts for language in text.LANGUAGES)
    prose = [key for key in korean if key.startswith(("text.", "summary.", "headings."))]
    assert [key for key in prose if not HANGUL.search(korean[key])] == []
    assert [key for key in english if HANGUL.search(english[key])] == []


class Asked(NamedTuple):
    """The blocks of prose that a lesson's sources say, its headings and labels, and names that code chooses from."""

    said: set[str]
    headings: set[str]
    labels: set[str]
    chosen: set[str]


def asked_by(name: str) -> Asked:
    asked = Asked(set(), set(), set(), set())
    places = (ROOT / "pages", ROOT / "pages" / "ui" / "lessons", ROOT / "lstm_core" / "lessons")
    sources = [source for place in places if (source := place / f"{name}.py").exists()]
    for node in (node for source in sources for node in ast.walk(ast.parse(source.read_text("utf-8")))):
        match node:
            case ast.Call(func=ast.Name(id="say"), args=[_, block, *_]):
                asked.said.update(strings(block))
            case ast.Call(func=ast.Name(id="heading"), args=[_, block]):
                asked.headings.update(strings(block))
            case ast.Constant(value=str(key)) if key.startswith("text."):
                asked.said.add(key.removeprefix("text."))
            case ast.Constant(value=str(key)) if key.startswith("labels."):
                asked.labels.add(key)
            case (
                ast.Tuple(elts=[block, ast.Dict() | ast.Name() | ast.BinOp()])
                | ast.Return(value=ast.Constant() | ast.IfExp() as block)
            ):
                asked.chosen.update(strings(block))
            case ast.Dict(values=values):
                asked.chosen.update(*map(strings, values))
    return asked


def strings(node: ast.AST) -> set[str]:
    """The string that an expression is, or those that it is one of."""
    match node:
        case ast.Constant(value=str(value)):
            return {value}
        case ast.IfExp(body=one, orelse=other):
            return strings(one) | strings(other)
    return set()


@pytest.mark.parametrize("name", NAMES)
def test_every_block_of_prose_is_on_the_page_and_no_other_is_asked_for(name: str) -> None:
    asked, keys = asked_by(name), words(name, "en").texts.keys()
    blocks = {key.removeprefix("text.") for key in keys if key.startswith("text.")}
    assert asked.said <= blocks
    assert blocks <= asked.said | asked.chosen
    assert asked.headings == {key.removeprefix("headings.") for key in keys if key.startswith("headings.")}
    assert {label for label in asked.labels if label != "labels."} <= keys


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_choice_of_a_question_has_a_text_and_a_reason(name: str, language: str) -> None:
    lesson = next(lesson for lesson in LESSONS if lesson.name == name)
    run = run_experiment(lesson.base, masks_of(lesson.base))
    catalogue = words(name, language)
    questions = module_of(lesson).questions(run)
    assert questions
    for question in questions:
        prefix = f"questions.{question.name}"
        assert catalogue(f"{prefix}.ask", **question.facts)
        assert catalogue.section(f"{prefix}.choices").keys() == set(question.choices)
        assert catalogue.section(f"{prefix}.reasons").keys() == set(question.choices)
        for choice in question.choices:
            assert catalogue(f"{prefix}.choices.{choice}", **question.facts)
            assert catalogue(f"{prefix}.reasons.{choice}", **question.facts)
    assert {key.split(".")[1] for key in catalogue.texts if key.startswith("questions.")} == {q.name for q in questions}


class Anything:
    """Whatever is filled in: a number, or a share in percent."""

    def __format__(self, spec: str) -> str:
        return "1%" if spec.endswith("%") else "1"

    def __getitem__(self, _: Any) -> "Anything":
        return self


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_what_is_bold_is_bold_on_screen(name: str, language: str) -> None:
    """Markdown takes `**` for bold by its neighbours: `**(1, 2)**이고` shows the stars."""
    for key, template in words(name, language).texts.items():
        said = fill(template, **dict.fromkeys(facts_of(template), Anything()))
        said = re.sub(r"`[^`]*`", lambda code: "x" * len(code[0]), said)
        for number, star in enumerate(re.finditer(r"\*\*", said)):
            before, after = said[: star.start()][-1:] or " ", said[star.end() :][:1] or " "
            inside, outside = (before, after) if number % 2 else (after, before)
            assert not inside.isspace(), (key, said)
            edge = outside.isspace() or outside in punctuation
            assert edge or inside not in punctuation, (key, said)
        assert said.count("**") % 2 == 0, key
