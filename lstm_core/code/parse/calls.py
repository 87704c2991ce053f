"""Calls in a script: the LSTM and other layers, inputs, models, arrays; what a method of each does."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from types import FunctionType

import numpy as np

from lstm_core.code.literals import source_of
from lstm_core.code.parse import layer as layers
from lstm_core.code.parse.budget import Budget
from lstm_core.code.parse.expressions import MAX_NOTES, Expressions
from lstm_core.code.parse.layer import Given
from lstm_core.code.parse.parts import CallOf, Layer, Method, Model, Output, Symbol
from lstm_core.code.parse.source import text_of
from lstm_core.code.parse.values import (
    CALLS,
    METHODS,
    Generator,
    Name,
    NotKnown,
    Shape,
    Unknown,
    drawn,
    is_whole,
    numbers,
    shape_of,
)
from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import SIGNALS, delayed_time

_OURS: tuple[Callable[..., object], ...] = (delayed_time, *SIGNALS.values())
OUR_FUNCTIONS = {ast.dump(ast.parse(source_of(function)).body[0]): function for function in _OURS}
"""The functions that our own scripts define, by their syntax: of these alone it is known what they compute."""
OUR_LINES, OUR_NODES = 12, 150
"""Lines and nodes of the syntax of any of them, at most."""

LAYER_METHODS = ("build", "set_weights", "get_weights", "reset_state", "reset_states", "call", "count_params")


class Calls(Expressions):
    """The calls of a script; `layer` is the first LSTM, the one that is shown."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.layer: Layer | None = None
        self.wiring: CallOf | None = None
        self.calls: list[CallOf] = []
        self.resets: list[int] = []
        self.seeds: list[int] = []
        self.symbols: list[Symbol] = []
        self.instead: list[Refusal] = []

    def called(self, node: ast.Call) -> object:
        """Return what a call gives, and keep what it says of the layer."""
        function = self.value(node.func)
        positional = [self.given(item) for item in node.args]
        named = {item.arg or "**": self.given(item.value) for item in node.keywords}
        given = [item.value for item in (*positional, *named.values())]
        self.budget.spend(5 + len(given) + sum(len(value) for value in given if isinstance(value, (list, tuple))) // 10)
        if isinstance(function, Name):
            return self._of_a_library(function, positional, named, node)
        if isinstance(function, Method):
            return self._method(function, positional, named, node)
        if isinstance(function, Layer):
            return self._layer_call(function, positional, named, node.lineno)
        if isinstance(function, Model):
            return self._model_call(function, positional, named, node.lineno, training=named.get("training"))
        if isinstance(function, FunctionType):
            sizes = {name: given.value for name, given in named.items()}
            if function is delayed_time:
                shape_of(tuple(sizes.values()))
                return delayed_time(**sizes)
            times = [numbers(item.value) for item in positional]
            self.budget.spend(sum(array.size for array in times) // 40)
            return function(*times)
        raise NotKnown

    def _of_a_library(self, name: Name, positional: list[Given], named: dict[str, Given], node: ast.Call) -> object:
        line, last = node.lineno, name.last
        if last == "LSTM":
            return self._lstm(name, positional, named, node)
        if last in layers.OTHER_LAYERS:
            self._say_instead("code_other_layer", line, last)
        elif last in layers.LSTM_BY_OTHER_NAMES:
            self._say_instead("code_lstm_by_other_name", line, last, layers.as_lstm(named, positional))
        elif last == "Bidirectional" and positional and isinstance(inner := positional[0].value, Layer):
            inner.two_ways = True
            if "input_shape" in named:
                inner.arguments.setdefault("input_shape", named["input_shape"])
            self.note("bidirectional", line)
            return inner
        elif last in ("Input", "InputLayer"):
            return self._input(positional, named, line)
        elif last == "Model":
            return self._model([*positional, *(named[key] for key in ("inputs", "outputs") if key in named)])
        elif last == "Sequential":
            return self._sequential(positional[0].value if positional else [])
        elif last == "function" and positional:
            return positional[0].value
        elif last == "default_rng" and positional and is_whole(seed := positional[0].value):
            self.budget.spend(40)
            self.seeds.append(int(seed))
            return Generator(abs(self.seeds[-1]))
        elif made := layers.made_initializer(name.path, positional, named, line):
            return made
        elif last in CALLS:
            return CALLS[last](*_values(positional), **_named_values(named))
        elif unknown := drawn(last, _values(positional), _named_values(named)):
            raise unknown
        elif last[:1].isupper():
            self.note("read_over", line, given=text_of(node))
        if not self.instead:  # only the first is ever said
            self.budget.spend(50)
            if get_close_matches(last[:20].upper(), ["LSTM"], cutoff=0.7):
                self._say_instead("code_misspelt", line, last, "LSTM")
        raise NotKnown

    def _say_instead(self, code: str, line: int, given: str, meant: str = "") -> None:
        """Keep what to say if there is no LSTM in the code."""
        if len(self.instead) < MAX_NOTES:
            self.instead.append(Refusal(code, line=line, given=given, meant=meant))

    def _lstm(self, name: Name, positional: list[Given], named: dict[str, Given], node: ast.Call) -> Layer:
        if name.path.partition(".")[0] in ("torch", "nn"):
            raise Refusal("code_torch", line=node.lineno, given=name.path)
        layer = Layer(layers.named_arguments(positional, named, node.lineno), node)
        if self.layer is None:
            self.layer = layer
        elif self.layer.node is not node:
            self.note("second_layer", node.lineno)
        return layer

    def _input(self, positional: list[Given], named: dict[str, Given], line: int) -> Symbol:
        given = named.get("batch_shape", named.get("shape", positional[0] if positional else None))
        whole = "batch_shape" in named
        batch = named["batch_size"].value if "batch_size" in named else None
        shape = given.value if given else None
        sizes: Shape | None = None
        if isinstance(shape, (tuple, list)):
            known = tuple(size if is_whole(size) else None for size in shape)
            sizes = known if whole else (batch if is_whole(batch) else None, *known)
        self.symbols.append(Symbol(sizes, line))
        return self.symbols[-1]

    def _model(self, parts: list[Given]) -> Model:
        inputs = parts[0].value if parts else []
        if self.calls and not isinstance(self.calls[-1].data and self.calls[-1].data.value, np.ndarray):
            self.wiring = self.calls.pop()
        return Model(list(inputs) if isinstance(inputs, (list, tuple)) else [inputs], self.wiring)

    def _sequential(self, items: object) -> Model:
        model = Model()
        for item in items if isinstance(items, (list, tuple)) else []:
            self._add(model, item)
        return model

    def _add(self, model: Model, item: object) -> None:
        if isinstance(item, Symbol):
            model.inputs = [item]
        elif isinstance(item, Layer) and item is self.layer:
            data = Given(model.inputs[0], item.node) if model.inputs else None
            self.wiring = model.call = CallOf(item.line, data)

    def _layer_call(self, layer: Layer, positional: list[Given], named: dict[str, Given], line: int) -> Output:
        arguments = dict(zip(layers.CALL_ARGUMENTS, positional, strict=False))
        for name, given in named.items():
            if name not in layers.CALL_ARGUMENTS:
                raise layers.misnamed(name, given.line, layers.CALL_ARGUMENTS, "layer(x)")
            arguments[name] = given
        if layer is self.layer:
            data, state, mask, training = (arguments.get(name) for name in layers.CALL_ARGUMENTS)
            self.calls.append(CallOf(line, data, state, mask, training))
        return Output(layer)

    def _model_call(
        self, model: Model, positional: list[Given], named: dict[str, Given], line: int, training: Given | None
    ) -> Output:
        """Keep a call of a model: `training`, where it is given, takes the place of what the layer was given."""
        if model.call is None or self.layer is None:
            raise NotKnown
        given = positional[0] if positional else named.get("x", named.get("inputs"))
        fed_in = given.value if given else []
        values = fed_in if len(model.inputs) > 1 and isinstance(fed_in, (list, tuple)) else [fed_in]
        bound = {id(symbol): value for symbol, value in zip(model.inputs, values, strict=False)}

        def fed(wired: Given | None) -> Given | None:
            if wired is None:
                return None
            value = wired.value
            if isinstance(value, (list, tuple)):
                return replace(wired, value=[bound.get(id(item), item) for item in value])
            return replace(wired, value=bound.get(id(value), value))

        wired = model.call
        data = fed(wired.data) if wired.data else given
        if training is None or training.value is None:
            training = wired.training
        self.calls.append(CallOf(line, data, fed(wired.state), fed(wired.mask), training))
        return Output(self.layer)

    def _method(self, method: Method, positional: list[Given], named: dict[str, Given], node: ast.Call) -> object:
        of, name, line = method.of, method.name, node.lineno
        if isinstance(of, np.ndarray) and name in METHODS:
            return METHODS[name](of, *_values(positional), **_named_values(named))
        if isinstance(of, Generator) and name in ("uniform", "normal", "random"):
            return numbers(getattr(of, name)(*_values(positional), **_named_values(named)))
        if isinstance(of, Unknown) and name in ("reshape", "astype"):
            raise NotKnown(
                shape_of(positional[0].value if len(positional) == 1 else _values(positional))
                if name == "reshape"
                else of.shape
            )
        if isinstance(of, Layer):
            self._layer_method(of, name, positional, line)
            return None
        if isinstance(of, Model):
            if name in ("reset_states", "reset_state"):
                raise Refusal("removed_model_reset", line=line, given=text_of(node))
            if name == "call":
                return self._model_call(of, positional, named, line, training=named.get("training"))
            if name in ("predict", "predict_on_batch", "predict_step"):
                asked = of.call.training if of.call else None
                if asked and not (asked.value is None or asked.value is False):
                    self.note("predict_training", line, given=name)
                given = {key: value for key, value in named.items() if key == "x"}
                return self._model_call(of, positional, given, line, training=Given(False, node))
            if name == "add" and positional:
                self._add(of, positional[0].value)
            elif name == "set_weights" and of.call and self.layer:
                self._layer_method(self.layer, name, positional, line)
            elif name in ("fit", "train_on_batch", "load_weights"):
                self.note("read_over", line, given=text_of(node))
            return None
        raise NotKnown

    def _layer_method(self, layer: Layer, name: str, positional: list[Given], line: int) -> None:
        self.budget.spend(0 if name in LAYER_METHODS else 100)
        if name not in LAYER_METHODS and (close := get_close_matches(name[:40], LAYER_METHODS, n=1, cutoff=0.7)):
            raise Refusal("code_misspelt", line=line, given=name, meant=close[0])
        if layer is not self.layer:
            return
        if name in ("reset_state", "reset_states"):
            self.resets.append(len(self.calls) + 1)
        elif name == "set_weights" and positional:
            layer.weights = positional[0]


def _values(given: list[Given]) -> list[object]:
    return [item.value for item in given]


def _named_values(named: dict[str, Given]) -> dict[str, object]:
    return {name: item.value for name, item in named.items()}
