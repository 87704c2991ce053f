"""The arguments of `LSTM(...)` in code -> fields of the experiment; the hints that Keras does not give."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from lstm_core.code.parse.source import shortened, text_of
from lstm_core.code.parse.values import Name, Unknown, is_whole
from lstm_core.fields import FIELDS
from lstm_core.layers import initializers
from lstm_core.layers.activations import ALIASES
from lstm_core.layers.arguments import INITIALIZER_ARGUMENTS
from lstm_core.layers.initializers import INITIALIZERS
from lstm_core.options import check
from lstm_core.refusal import Refusal

ARGUMENTS = (
    "units",
    "activation",
    "recurrent_activation",
    "use_bias",
    "kernel_initializer",
    "recurrent_initializer",
    "bias_initializer",
    "unit_forget_bias",
    "kernel_regularizer",
    "recurrent_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "recurrent_constraint",
    "bias_constraint",
    "dropout",
    "recurrent_dropout",
    "seed",
    "return_sequences",
    "return_state",
    "go_backwards",
    "stateful",
    "unroll",
    "use_cudnn",
)
"""Keras's order of the arguments of `keras.layers.LSTM`."""

ALSO_TAKEN = (
    "zero_output_for_mask",
    "implementation",
    "input_shape",
    "input_dim",
    "name",
    "dtype",
    "trainable",
    "autocast",
)
"""What LSTM takes through its `**kwargs`, for its cell, `RNN` and `Layer`."""
CALL_ARGUMENTS = ("sequences", "initial_state", "mask", "training")

READ = tuple(name for name in (*ARGUMENTS, "zero_output_for_mask") if name in FIELDS)
"""Arguments that are fields of the experiment, under the same name."""

REMOVED = ("batch_input_shape", "batch_size", "time_major", "input_length", "weights", "reset_after")
"""Arguments of other times or other layers, each with a sentence of its own."""

RENAMED: Mapping[str, str] = {
    "output_dim": "units",
    "num_units": "units",
    "hidden_size": "units",
    "inner_activation": "recurrent_activation",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
}

_OF_SHAPE = ("input_axes", "output_axes")
"""Arguments that Keras's scaled initializers have for kernels of more than two dimensions."""


@dataclass(frozen=True, eq=False)
class Given:
    """A value in the code, and the part of the code that gives it."""

    value: Any
    node: ast.expr

    @property
    def line(self) -> int:
        """The line that gives it."""
        return self.node.lineno

    @property
    def text(self) -> str:
        """The code that gives it."""
        return text_of(self.node)


@dataclass(frozen=True)
class Initializer:
    """An initializer that the code makes: its text among ours, and its seed."""

    text: str
    seed: int | None


def named_arguments(positional: list[Given], named: Mapping[str, Given], line: int) -> dict[str, Given]:
    """Return the arguments of an `LSTM(...)` by name.

    Raises:
        Refusal: `code_too_many_arguments`, `code_argument_twice`, or what is wrong with a name.
    """
    if len(positional) > len(ARGUMENTS):
        raise Refusal("code_too_many_arguments", line=line, given=len(positional), high=len(ARGUMENTS))
    arguments = dict(zip(ARGUMENTS, positional, strict=False))
    for name, given in named.items():
        if name in arguments:
            raise Refusal("code_argument_twice", line=given.line, given=name)
        if name == "**":
            raise Refusal("code_not_known", line=given.line, given=f"**{given.text}")
        if name not in ARGUMENTS and name not in ALSO_TAKEN:
            raise misnamed(name, given.line, ARGUMENTS, "LSTM")
        arguments[name] = given
    if "units" not in arguments:
        raise Refusal("code_no_units", line=line)
    return arguments


def misnamed(name: str, line: int, names: Iterable[str], where: str) -> Refusal:
    """Return what there is to say of an argument that Keras 3 does not have.

    >>> print(misnamed("retrun_sequences", 3, ARGUMENTS, "LSTM"))
    code_misspelt (line=3, given=retrun_sequences, meant=return_sequences)
    """
    name = shortened(name)
    if name in REMOVED:
        return Refusal(f"removed_{name}", line=line, given=name)
    if name in RENAMED:
        return Refusal("code_renamed", line=line, given=name, meant=RENAMED[name])
    if name in CALL_ARGUMENTS and where == "LSTM":
        return Refusal("code_of_the_call", line=line, given=name)
    if name in READ and where != "LSTM":
        return Refusal("code_of_the_layer", line=line, given=name)
    close = get_close_matches(name.lower(), names, n=1, cutoff=0.7)
    if close:
        return Refusal("code_misspelt", line=line, given=name, meant=close[0])
    return Refusal("code_no_such_argument", line=line, given=name, where=where)


def fields_of(arguments: Mapping[str, Given]) -> dict[str, Any]:
    """Return the fields that an LSTM's arguments set; those left out have Keras's defaults, `seed` is left out.

    Raises:
        Refusal: `code_not_known`, or the field's own, with the line.
    """
    fields = {name: FIELDS[name].default for name in READ if name not in ("units", "seed")}
    for name in READ:
        if name in arguments and not (name == "seed" and arguments[name].value is None):
            fields[name] = _field(name, arguments[name])
    return fields


def _field(name: str, given: Given) -> object:
    value = given.value
    if name in INITIALIZER_ARGUMENTS:
        value = initializer_text(name, given)
    elif name in ("activation", "recurrent_activation"):
        value = _activation(value)
    if isinstance(value, (Name, Unknown)):
        raise Refusal("code_not_known", field=name, line=given.line, given=given.text)
    default = FIELDS[name].default
    if isinstance(default, bool) and is_whole(value) and value in (0, 1):
        value = bool(value)
    elif isinstance(default, float) and is_whole(value):
        value = float(value)
    if isinstance(default, int) and not isinstance(default, bool) and not is_whole(value):
        raise Refusal("code_not_whole", field=name, line=given.line, given=given.text)
    if isinstance(default, float) and not isinstance(value, float):
        raise Refusal("code_not_a_number", field=name, line=given.line, given=given.text)
    if not isinstance(value, (bool, int, float, str)):
        value = given.text
    refusal = check(FIELDS[name], value)
    if refusal:
        quoted = shortened(value) if isinstance(value, str) else given.text
        raise Refusal(refusal.code, **(refusal.facts | {"given": quoted, "line": given.line}))
    return value


def _activation(value: Any) -> Any:
    """Return the canonical name of an activation that code gives by a string or a dotted name; else the value."""
    if value is None:
        return "linear"
    if isinstance(value, Name) and "." in value.path and not value.path.endswith("ops.gelu"):  # which approximates
        value = value.last
    return ALIASES.get(value, value) if isinstance(value, str) else value


def initializer_text(name: str, given: Given) -> str:
    """Return the text of an initializer, however the code writes it; what it is not is left for the field to refuse."""
    value = given.value
    if isinstance(value, Initializer):
        return value.text
    text = value.last if isinstance(value, Name) else value
    if not isinstance(text, str) or "(" in text:
        raise Refusal("code_not_known", field=name, line=given.line, given=given.text)
    named = initializers.ALIASES.get(text, text)
    if named == "constant" and isinstance(value, str):
        raise Refusal("code_constant", field=name, line=given.line, given=given.text)
    return named


def seeds_of(arguments: Mapping[str, Given], default: int) -> tuple[int, int, int]:
    """Return the seeds of kernel, recurrent kernel and bias: where the code gives none, the kernel's and the next two.

    `default` is the kernel's where the code gives no seed at all.
    """
    found: list[int | None] = []
    for offset, name in enumerate(INITIALIZER_ARGUMENTS):
        value = arguments[name].value if name in arguments else None
        found.append(value.seed - offset if isinstance(value, Initializer) and value.seed is not None else None)
    first = next((seed for seed in found if seed is not None and seed >= 0), default)
    kernel, recurrent, bias = (first if seed is None else seed for seed in found)
    return kernel, recurrent + 1, bias + 2


def made_initializer(path: str, positional: list[Given], named: Mapping[str, Given], line: int) -> Initializer | None:
    """Return the initializer that a call such as `keras.initializers.RandomNormal(stddev=0.1, seed=8)` makes, or None.

    Raises:
        Refusal: for arguments that it does not take, and values that are none of its.
    """
    last = path.rpartition(".")[2]
    name = initializers.ALIASES.get(last, last)
    of_initializers = "initializers" in path or (last in initializers.ALIASES and "layers" not in path)
    if name not in INITIALIZERS or not of_initializers:
        return None
    kind = INITIALIZERS[name]
    taken = (*kind.arguments, *(("seed",) if kind.takes_seed else ()))
    if len(positional) > len(taken):
        raise Refusal("code_initializer", line=line, given=last)
    given = dict(zip(taken, positional, strict=False))
    for argument, value in named.items():
        if argument in given:
            raise Refusal("code_argument_twice", line=value.line, given=argument)
        if argument in _OF_SHAPE:
            raise Refusal("code_initializer", line=value.line, given=last)
        if argument == "seed" and not kind.takes_seed:
            raise Refusal("code_no_such_argument", line=value.line, given=argument, where=last)
        if argument not in taken:
            raise misnamed(argument, value.line, taken, last)
        given[argument] = value
    seed = given.pop("seed", None)
    arguments = {**kind.arguments} | {argument: _number(value) for argument, value in given.items()}
    try:
        text = str(initializers.with_arguments(name, arguments.values()))
    except Refusal as refusal:
        raise Refusal(refusal.code, **(refusal.facts | {"line": line})) from None
    if seed is None or seed.value is None:
        return Initializer(text, None)
    if not is_whole(seed.value):
        raise Refusal("code_not_whole", line=seed.line, given=seed.text)
    return Initializer(text, int(seed.value))


def _number(given: Given) -> float:
    if isinstance(given.value, (Name, Unknown)):
        raise Refusal("code_not_known", line=given.line, given=given.text)
    if isinstance(given.value, bool) or not isinstance(given.value, (int, float)):
        raise Refusal("code_not_a_number", line=given.line, given=given.text)
    if abs(given.value) > initializers.MAX_ARGUMENT:  # also a whole number that no float holds
        bound = initializers.MAX_ARGUMENT
        raise Refusal("out_of_range", line=given.line, given=given.text, low=-bound, high=bound)
    return float(given.value)


OTHER_LAYERS = ("GRU", "SimpleRNN", "CuDNNGRU", "GRUCell", "SimpleRNNCell")
"""Recurrent layers that the picture does not show: they compute other things than an LSTM."""
LSTM_BY_OTHER_NAMES = ("CuDNNLSTM", "LSTMCell")
"""What computes as an LSTM does, and is none that is called on a sequence in Keras 3."""


def as_lstm(arguments: Mapping[str, Given], positional: list[Given]) -> str:
    """Return the LSTM that has these arguments, as far as they are an LSTM's: what to try."""
    kept = [given.text for given in positional[:1]]
    kept += [f"{name}={given.text}" for name, given in arguments.items() if name in READ]
    return f"LSTM({', '.join(kept)})"
