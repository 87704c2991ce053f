"""Which layers can stand behind one another: what Keras refuses of a chain, and what mends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lstm_core.fields import field_named
from lstm_core.layers.arguments import LayerArguments
from lstm_core.refusal import Refusal

MENDS: Mapping[str, Any] = {
    "needs_sequences": True,
    "two_tensors": "concat",
    "both_backwards": False,
    "stateful_states": False,
}
"""What mends a chain that Keras refuses: the value for the field that is named, by the refusal's code."""


def check_chain(layers: Sequence[LayerArguments], *, head: str) -> None:
    """Refuse what Keras does: a layer behind one that hands on no sequence, or two tensors."""
    for number, layer in enumerate(layers, start=1):
        if layer.bidirectional and layer.go_backwards:
            raise Refusal("both_backwards", field=field_named("go_backwards", number), layer=number)
        is_last = number == len(layers)
        if not is_last and not layer.return_sequences:
            raise Refusal("needs_sequences", field=field_named("return_sequences", number), layer=number)
        if layer.bidirectional and layer.stateful and layer.return_state:
            raise Refusal("stateful_states", field=field_named("return_state", number), layer=number)
        if layer.bidirectional and layer.merge_mode == "None" and not (is_last and head == "none"):
            raise Refusal("two_tensors", field=field_named("merge_mode", number), layer=number)
