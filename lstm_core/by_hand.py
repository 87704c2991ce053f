"""What is set by hand, numbers of tensors and gates that are held: its places and bounds."""

from __future__ import annotations

from collections.abc import Callable

from lstm_core.fields import MAX_BY_HAND, Edit
from lstm_core.refusal import Refusal


def one_a_place(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Return the edits, of several in one place the last, so that what is equal is the same to the bit."""
    last = {edit[:3]: edit for edit in edits}
    return tuple(
        e if e.value and type(e.value) is float else e._replace(value=float(e.value) + 0.0) for e in last.values()
    )


def has_place(edit: Edit, shape: tuple[int, int] | None) -> bool:
    """Whether what is set by hand has a place in a tensor of this shape.

    >>> has_place(Edit("kernel", 0, 7, 0.5), (3, 8)), has_place(Edit("kernel", 3, 0, 0.5), (3, 8))
    (True, False)
    """
    whole = all(isinstance(place, int) and not isinstance(place, bool) for place in (edit.row, edit.column))
    return whole and shape is not None and 0 <= edit.row < shape[0] and 0 <= edit.column < shape[1]


def check_places(field: str, edits: tuple[Edit, ...], shape_of: Callable[[str], tuple[int, int] | None]) -> None:
    """Refuse what has no place in the tensor that it names, and what is no number within `MAX_BY_HAND`."""
    for edit in edits:
        number = isinstance(edit.value, (int, float)) and not isinstance(edit.value, bool)
        if not has_place(edit, shape_of(edit.tensor)) or not number or not abs(edit.value) <= MAX_BY_HAND:
            given = f"{edit.tensor}[{edit.row}, {edit.column}] = {edit.value}"
            raise Refusal(f"{field}_out_of_place", given=given)
