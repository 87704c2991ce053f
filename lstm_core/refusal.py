"""A value that cannot be used, said in a way that any language can render."""

from __future__ import annotations


class Refusal(ValueError):
    """A refused value: a code of the text catalogue (`errors.<code>`) and the facts its sentence names.

    The core never writes prose for the page: `lstm_core.text` renders code and facts in the learner's language.

    >>> refusal = Refusal("out_of_range", field="units", given=99, low=1, high=64)
    >>> refusal.code, refusal.facts["high"]
    ('out_of_range', 64)
    >>> print(refusal)
    out_of_range (field=units, given=99, low=1, high=64)
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        named = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{code} ({named})" if named else code)
