"""One word for one thing, and none that sounds translated: in every text that a learner reads, in both languages."""

import re

import pytest

from lstm_core import text
from lstm_core.lessons.lesson import words
from lstm_core.lessons.registry import LESSONS

NAMES = ("text", *(lesson.name for lesson in LESSONS))
NOT_ENGLISH = {
    r"\bparted\b|\bparts? (?:two|features|its)\b": "separated, separates",
    r"\bmend": "fix, correct",
    r"\bfaults?\b": "bug, mistake",
    r"\banew\b": "again, new",
    r"\bone's\b|\bone (?:may|would|can|needs|could)\b": "your, you",
    r"\bturn\w* \w+(?: \w+)? round\b": "reverse",
    r"\b(?:looked|read) (?:over|through)\b": "checked, skipped",
    r", for (?:nothing|it)\b": "because",
}
"""What sounds translated, and what to say instead."""
NOT_KOREAN = {
    r"마스크(?:된|되어|되|로 건너)": "마스킹된",
    r"(?<!타임)(?<![0-9}*)])스텝": "타임스텝; as a count after a number, 3스텝",
    r"후보(?! 값)": "후보 값",
    r"고리로|고리를": "루프",
    r"모양": "shape",
    r"기사": "글",
    r"내보이|내보입": "내보내다",
    r"붙여 넣": "붙여넣기",
}
"""A second word for what has one already, and that one."""


def texts(name: str, language: str) -> dict[str, str]:
    catalogue = text.load(language) if name == "text" else words(name, language)
    return dict(catalogue.texts)


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_text_uses_a_word_that_has_a_better_one(name: str, language: str) -> None:
    refused = NOT_ENGLISH if language == "en" else NOT_KOREAN
    found = [
        (key, match[0], better)
        for key, said in texts(name, language).items()
        for wrong, better in refused.items()
        if (match := re.search(wrong, said))
    ]
    assert found == []


@pytest.mark.parametrize("name", NAMES[1:])
def test_korean_choices_are_nouns_or_plain_sentences(name: str) -> None:
    choices = {key: said for key, said in texts(name, "ko").items() if ".choices." in key}
    assert choices
    polite = [
        key for key, said in choices.items() if re.search(r"(?:니다|니까|네요|세요|아요|어요|해요)(?:$|[ .,])", said)
    ]
    assert polite == []
    reasons = [key for key, said in choices.items() if re.search(r"(?:라서|어서|아서|므로|니까요?)$|[.] ", said)]
    assert reasons == []  # "같다: 비율이 같다", not "같다. 비율이 같으니까"
