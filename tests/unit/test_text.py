"""The catalogue: both languages are complete, and every text that the code asks for is there."""

import re
from pathlib import Path
from string import Formatter

import pytest

from lstm_core import text
from lstm_core.code import codegen
from lstm_core.fields import FIELDS
from lstm_core.refusal import Refusal

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "lstm_core").rglob("*.py")]


def names(template: str) -> set[str]:
    """The facts that a template names; a pair of particles, as {은/는}, is none."""
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None and "/" not in field}


def test_both_languages_have_the_same_texts_with_the_same_facts() -> None:
    english, korean = (text.load(language).texts for language in text.LANGUAGES)
    assert english.keys() == korean.keys()
    for key, template in english.items():
        assert names(template) == names(korean[key]), key


def test_no_text_is_empty_and_korean_is_korean() -> None:
    for language in text.LANGUAGES:
        assert all(value.strip() for value in text.load(language).texts.values())
    sentences = [
        value
        for key, value in text.load("ko").texts.items()
        if key.endswith((".help", ".hint")) or key.startswith("errors.")
    ]
    said = [re.sub(r"\{.+?\}", "", sentence) for sentence in sentences]
    assert [one for one in said if re.search(r"\w", one) and not re.search("[가-힣]", one)] == []


def test_every_text_that_the_code_names_is_in_the_catalogue() -> None:
    catalogue = text.load("en")
    asked = {key for source in SOURCES for key in re.findall(r'\bt\(\s*"([a-z_.]+)"', source.read_text("utf-8"))}
    assert asked - catalogue.texts.keys() == set()
    assert len(asked) > 30


def test_every_text_of_the_catalogue_is_asked_for() -> None:
    code = "\n".join(source.read_text("utf-8") for source in SOURCES)
    named = re.findall(r'f?"([a-z_]+(?:\.(?:[a-z_]+|\{[^{}"]+\}))+)[.\w]*"', code)  # keys, `{...}` for a part of them
    sections = re.findall(r'section\(f?"([a-z_.{}]+)"\)', code)
    asked = [re.sub(r"\\\{.+?\\\}", r"[^.]+", re.escape(key)) for key in named]
    asked += [re.sub(r"\\\{.+?\\\}", r"[^.]+", re.escape(key)) + r"\..+" for key in sections]
    unasked = [key for key in text.load("en").texts if not any(re.fullmatch(pattern, key) for pattern in asked)]
    assert unasked == []


def test_every_field_has_a_label_and_a_help_and_every_comment_a_text() -> None:
    catalogue = text.load("en")
    for name in FIELDS:
        assert catalogue.texts[f"fields.{name}.label"]
        assert catalogue.texts[f"fields.{name}.help"]
    assert catalogue.section("code.comments").keys() == set(codegen.COMMENTS)


def test_every_refusal_of_the_core_has_its_sentence() -> None:
    catalogue = text.load("en")
    codes = {code for source in SOURCES for code in re.findall(r'Refusal\(\s*"([a-z_]+)"', source.read_text("utf-8"))}
    assert {f"errors.{code}" for code in codes} <= catalogue.texts.keys()


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_refusal_names_what_was_given_where_and_what_is_expected(language: str) -> None:
    catalogue = text.load(language)
    said = catalogue.refusal(Refusal("not_a_number", given="oops", row=1, step=2, position=3))
    assert "oops" in said
    assert "2" in said
    assert "0.5" in said
    assert catalogue.refusal(Refusal("out_of_range", field="units", given=99, low=1, high=64)).startswith("units")
