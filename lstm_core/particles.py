"""Korean particles after numbers and names: 은 or 는, 을 or 를 …, by the last sound of what they follow.

The browser fills in texts by the same rule: `fill` in assets/components/shared/particles.js.
"""

from __future__ import annotations

import re

PAIRS = ("은/는", "이/가", "을/를", "과/와", "으로/로", "이나/나", "이라/라", "이었/였", "아/야")
"""Particles as a template names them: after a consonant, and after a vowel; 로 also after ㄹ."""

_PAIR = re.compile(r"\{([가-힣]+/[가-힣]+)\}")
# What is not read: marks, quotes, closing brackets, and whole brackets that only explain the word before them
_UNREAD = re.compile(r"(?:[^\w%(]|(?<=\w)\([^()]*\))+$")
_WORD = re.compile(r"[A-Za-z]*$")
_SPELLED = re.compile(r"[A-Z]+|.|[^aeiouy]+")  # as LSTM, h, npz: letter by letter
# How it ends as Koreans read it: in ㄹ, or in another consonant (ㄱ); else in a vowel
_ENDS = {
    "digit": {"ㄹ": r"[178]$", "ㄱ": r"[36]$|(?<!0)0{1,11}$"},  # 영 십 백 천 만 억, but 조
    "letter": {"ㄹ": r"[lr]$", "ㄱ": r"[mn]$"},
    "word": {
        "ㄹ": r"le?$",  # kernel 커널, sample 샘플
        # name 네임, training 트레이닝; output 아웃풋, step 스텝, but mask 마스크, state 스테이트, week 위크
        "ㄱ": r"(?:[mn]e?|ng|ck|ook|out|type|shape|(?<![aeiou])(?:[aeiou](?:[ckpt]|pp)|[aeio]b))$",
    },
}


def fill(template: str, /, **facts: object) -> str:
    """Return the template with `{name}` replaced by its fact, and `{은/는}` by what follows the text before it.

    Raises:
        KeyError: for a fact that is not given.

    >>> [fill("{n}{은/는} {n}{으로/로}", n=n) for n in (6, 7, "output", "state_h")]
    ['6은 6으로', '7은 7로', 'output은 output으로', 'state_h는 state_h로']
    """
    said = ""
    for k, piece in enumerate(_PAIR.split(template)):
        said += particle(piece, said) if k % 2 else piece.format_map(facts)
    return said


def particle(pair: str, said: str) -> str:
    """Return which of a pair, one of `PAIRS`, comes after what has been said.

    >>> particle("을/를", "**0.5**"), particle("으로/로", "서울"), particle("이/가", "50%")
    ('를', '로', '가')
    """
    after_consonant, after_vowel = pair.split("/")
    sound = last_sound(said)
    return after_vowel if not sound or (sound == "ㄹ" and pair == "으로/로") else after_consonant


def last_sound(said: str) -> str:
    """Return the consonant that this ends in when read aloud: "ㄹ", "ㄱ" for any other, "" for a vowel.

    >>> [last_sound(said) for said in ("각", "3.15.1", "1e-06", "100", "go_backwards", "kernel", "M")]
    ['ㄱ', 'ㄹ', 'ㄱ', 'ㄱ', '', 'ㄹ', 'ㄱ']
    """
    read = _UNREAD.sub("", said)
    last = read[-1:]
    if "가" <= last <= "힣":
        jongseong = (ord(last) - ord("가")) % 28
        return "" if jongseong == 0 else "ㄹ" if jongseong == 8 else "ㄱ"
    word = (_WORD.search(read) or [""])[0]
    kind = "digit" if last.isdigit() else "letter" if _SPELLED.fullmatch(word) else "word"
    return next((sound for sound, ending in _ENDS[kind].items() if re.search(ending, read.lower())), "")
