"""A layer's weights as blocks by gate, and the sum of its parameters: plain data that the browser draws."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lstm_core.layers.spec import CellSpec
from lstm_core.text import Catalogue

LETTERS = {"kernel": ("W",), "recurrent_kernel": ("U",), "bias": ("b", "rb")}
"""How the formulas of the cell write the arrays; of a bias with two rows, each."""
BIAS_ROWS = {1: ("",), 2: ("input", "recurrent")}
"""What each row of a bias belongs to: `input_bias, recurrent_bias` in `GRUCell.call` of keras/src/layers/rnn/gru.py."""

Token = dict[str, str]


def count_parameters(
    spec: CellSpec, *, features: int, units: int, use_bias: bool = True, bidirectional: bool = False
) -> int:
    """Return how many numbers a layer learns, as Keras's `count_params()`.

    >>> from lstm_core.layers.spec import LSTM
    >>> count_parameters(LSTM, features=8, units=32)
    5248
    """
    shapes = spec.weight_shapes(features, units, use_bias=use_bias)
    return (2 if bidirectional else 1) * sum(map(math.prod, shapes.values()))


def parameters(
    spec: CellSpec, t: Catalogue, *, features: int, units: int, use_bias: bool = True, bidirectional: bool = False
) -> dict[str, Any]:
    """Return the blocks of a layer's weights: a row of blocks for each array, one block for each gate in it.

    `formula` is a line of tokens {"text", "name"}: a number with what it counts under it, or a sign without a name.

    >>> from lstm_core.layers.spec import LSTM
    >>> from lstm_core.text import load
    >>> said(parameters(LSTM, load("en"), features=8, units=32)["formula"])
    '4 × (32 × (8 + 32) + 32) = 5,248'
    """
    shapes = spec.weight_shapes(features, units, use_bias=use_bias)
    text = t.section("parameters")
    total = count_parameters(spec, features=features, units=units, use_bias=use_bias, bidirectional=bidirectional)
    inner = _gate_sum(spec, text, features=features, units=units, use_bias=use_bias)
    directions = [_number(2, text["directions"])] if bidirectional else []
    gates = [_number(len(spec.gates), " ".join(gate.symbol for gate in spec.gates))] if len(spec.gates) > 1 else []
    formula = [*_product([*directions, *gates], inner), _sign("="), _number(total, text["parameters"])]
    return {
        "units": units,
        "twice": bidirectional,
        "gates": [
            {
                "name": gate.name,
                "symbol": gate.symbol,
                "letter": gate.letter,
                "colour": gate.colour,
                "said": t(
                    "parameters.gate",
                    role=text[f"roles.{gate.role}"],
                    symbol=gate.symbol,
                    sum=said(_product(directions, inner)),
                    count=f"{total // len(spec.gates):,}",
                    total=f"{total:,}",
                ),
            }
            for gate in spec.gates
        ],
        "tensors": [_tensor(name, shape, text, units=units) for name, shape in shapes.items()],
        "formula": formula,
        "sum": said(formula),
        "text": {
            "alt": t("parameters.alt", cell=spec.name, tensors=", ".join(shapes), total=f"{total:,}"),
            "hint": text["hint"],
            "twice": text["twice"],
            "not_to_scale": text["not_to_scale"],
            "columns": t("parameters.columns", units=units),
        },
    }


def said(tokens: list[Token]) -> str:
    """Return a formula's tokens as one line.

    >>> said([{"text": "("}, {"text": "8"}, {"text": "+"}, {"text": "32"}, {"text": ")"}])
    '(8 + 32)'
    """
    return " ".join(token["text"] for token in tokens).replace("( ", "(").replace(" )", ")")


def _number(number: int, name: str) -> Token:
    return {"text": f"{number:,}", "name": name}


def _sign(sign: str) -> Token:
    return {"text": sign}


def _product(factors: list[Token], inner: list[Token]) -> list[Token]:
    """Return factors times what one gate has, in brackets where that is a sum."""
    times = [token for factor in factors for token in (factor, _sign("×"))]
    is_sum = inner[-1]["text"] != ")"
    return [*times, _sign("("), *inner, _sign(")")] if times and is_sum else [*times, *inner]


def _gate_sum(spec: CellSpec, text: Mapping[str, str], *, features: int, units: int, use_bias: bool) -> list[Token]:
    """Return what one gate has: units × (features + units), and its bias."""
    of_units = _number(units, text["units"])
    weights = [of_units, _sign("×"), _sign("("), _number(features, text["features"]), _sign("+"), of_units, _sign(")")]
    if not use_bias:
        return weights
    rows = [] if spec.bias_rows == 1 else [_number(spec.bias_rows, text["bias_rows"]), _sign("×")]
    return [*weights, _sign("+"), *rows, _number(units, text["bias"])]


def _tensor(name: str, shape: tuple[int, ...], text: Mapping[str, str], *, units: int) -> dict[str, Any]:
    """Return an array: its rows with what they are, and the size of one gate's block, of a bias that of each row."""
    rows = shape[0] if len(shape) > 1 else 1
    of_rows = {"kernel": [text["features"]], "recurrent_kernel": [text["units"]]}
    names = of_rows.get(name) or [text[f"rows.{row}"] if row else "" for row in BIAS_ROWS[rows]]
    return {
        "name": name,
        "letters": LETTERS[name][: len(names)],
        "rows": rows,
        "rowNames": names,
        "shape": str(shape),
        "count": f"{math.prod(shape):,}",
        "size": str(units) if name == "bias" else f"{rows} × {units}",
    }
