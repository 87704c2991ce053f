"""What is said of an answer: whatever was chosen, the right choice is named and its reason given, in both languages."""

from __future__ import annotations

import pytest

from lstm_core import text
from lstm_core.lessons.lesson import Lesson, words
from lstm_core.lessons.registry import LESSONS
from lstm_core.run import run_experiment
from pages.ui.lessons.page import feedback
from tests.lessons.modules import masks_of, module_of


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_answer_and_none_is_told_which_choice_is_right_and_why(lesson: Lesson, language: str) -> None:
    t, catalogue = text.load(language), words(lesson.name, language)
    for question in module_of(lesson).questions(run_experiment(lesson.base, masks_of(lesson.base))):

        def said(what: str, name: str, question=question) -> str:
            return catalogue(f"questions.{question.name}.{what}.{name}", **question.facts)

        for choice in (None, *question.choices):
            told = feedback(t, catalogue, question, choice)
            assert said("reasons", question.answer) in told, (question.name, choice)
            right = choice == question.answer
            assert told.startswith(f"**{t('lessons.right')}**") == right
            assert (said("choices", question.answer) in told) or right
            wrong = choice is not None and not right
            assert told.startswith(f"**{t('lessons.wrong')}**") == wrong
            assert not wrong or said("reasons", str(choice)) in told
