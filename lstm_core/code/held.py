"""Gates taken in hand, in Keras source: a cell of Keras's whose gates can be held, and what they are held at."""

from __future__ import annotations

from lstm_core.code.statements import LONGEST_LINE, Say, shown_arguments, wrapped
from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.spec import CellSpec

_CELL = """@keras.saving.register_keras_serializable()
class Held{cell}Cell(keras.layers.{cell}Cell):  # {note}
    def call(self, inputs, states, training=False):
        x, held = keras.ops.split(inputs, [self.kernel.shape[0]], axis=-1)
        values = iter(keras.ops.split(held, {gates}, axis=-1))
        own = {{name: getattr(self, name) for name in [{activations}]}}

        def holding(activation):
            def activate(z):
                value = next(values, None)  # {order}
                return activation(z) if value is None else keras.ops.where(keras.ops.isnan(value), activation(z), value)

            return activate

        for name, activation in own.items():
            setattr(self, name, holding(activation))
        stepped = super().call(x, states, training=training)
        for name, activation in own.items():
            setattr(self, name, activation)
        return stepped
"""
_DROPOUT = """
    def get_dropout_mask(self, step_input):
        return super().get_dropout_mask(step_input[:, : self.kernel.shape[0]])
"""
_RNN = """@keras.saving.register_keras_serializable()
class HeldRNN(keras.layers.RNN):  # {note}
    def call(self, sequences, initial_state=None, mask=None, training=False):
        held = keras.ops.broadcast_to(self.held, (sequences.shape[0], *self.held.shape))
        both = keras.ops.concatenate([sequences, held], axis=-1)
        return super().call(both, initial_state=initial_state, mask=mask, training=training)
"""


def is_held(experiment: Experiment, number: int) -> bool:
    """Whether some gate of a recurrent layer is held."""
    return any(experiment.held_gates(place) is not None for place in experiment.places if place.layer == number)


def held_classes(experiment: Experiment, say: Say) -> list[list[str]]:
    """Return the classes that layers with held gates are made of, each in lines; none where no gate is held."""
    layers = [layer for number, layer in enumerate(experiment.layers, start=1) if is_held(experiment, number)]
    if not layers:
        return []
    specs = {layer.cell: layer.spec for layer in layers}
    dropping = {layer.cell for layer in layers if layer.dropout}
    cells = [_cell_class(spec, say, drops=name in dropping) for name, spec in specs.items()]
    return [["", *part.splitlines()] for part in (*cells, _RNN.format(note=say("held_rnn")))]


def held_layer(layer: LayerArguments, before: str) -> list[str]:
    """Return the lines that construct a layer whose gates can be held; `before` stands on the first line before it."""
    shown = {
        name: f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"
        for name, value in shown_arguments(layer).items()
    }
    of_cell = [shown.pop(name) for name in tuple(shown) if name in layer.of("cell")]
    made = f"{before}HeldRNN(Held{layer.cell}Cell("
    first, *more = wrapped(
        [", ".join([str(layer.units), *of_cell]) + ")", *shown.values()], LONGEST_LINE, used=len(made)
    )
    lines = [made + first.strip(), *more]
    return [*lines[:-1], lines[-1].removesuffix(",") + ")"]


def held_values(experiment: Experiment, number: int, say: Say) -> list[str]:
    """Return the lines that say what gates of a recurrent layer are held at; none where all are free."""
    if not is_held(experiment, number):
        return []
    layer, steps = experiment.layers[number - 1], experiment.shape[1]
    gates = layer.spec.gates
    lines = []
    for place in (place for place in experiment.places if place.layer == number):
        of = (".backward_layer" if place.backward else ".forward_layer") if layer.bidirectional else ""
        shape = f"({steps}, {len(gates)}, {layer.units})"
        lines.append(f'held = np.full({shape}, np.nan, dtype="float32")  # {say("held")}')
        for which, gate in enumerate(gates):
            own = sorted(edit for edit in experiment.held if edit.tensor == gate.name + place.suffix)
            lines += [
                f"held[{edit.row - 1 if edit.row else ':'}, {which}, {edit.column}] = {edit.value!r}  # {gate.symbol}"
                for edit in own
            ]
        lines.append(f"layer_{number}{of}.held = held.reshape({steps}, -1)")
    return lines


def _cell_class(spec: CellSpec, say: Say, *, drops: bool) -> str:
    return _CELL.format(
        cell=spec.name,
        gates=len(spec.gates),
        activations=", ".join(f'"{name}"' for name in sorted({which for _, _, which in spec.activations})),
        order=", ".join(gate.symbol for gate in spec.gates),
        note=say("held_cell"),
    ) + (_DROPOUT if drops else "")
