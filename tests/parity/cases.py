"""The configurations in which the engine is compared with Keras: a grid over all flags and arguments."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import product

import numpy as np

from lstm_core.keras_check.messages import LayerCall
from lstm_core.layers.arguments import ARGUMENTS, LayerArguments
from lstm_core.layers.initializers import initial_weights
from tests.layers import ACTIVATION_PAIRS

MASKS = ("none", "left", "right", "inner", "full", "rows")
STATES = ("zeros", "given", "shared")  # shared: one row for the whole batch
BOTH = (False, True)
BOUNDED = ("tanh", "sigmoid", "hard_sigmoid", "hard_tanh", "softsign", "sparse_sigmoid")
UNBOUNDED_SCALE = 0.5  # with the others values and their rounding grow from step to step, in Keras as in ours
FEW_STEPS = 4
EXPLODES = "exponential"  # within five steps it is beyond float32


@dataclass(frozen=True)
class Case:
    """A configuration, small enough to read in a test's name; its arrays are drawn from `data_seed`."""

    cell: str = "LSTM"
    reset_after: bool = True
    return_sequences: bool = True
    return_state: bool = True
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False
    activation: str = "tanh"
    recurrent_activation: str = "sigmoid"
    use_bias: bool = True
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    training: bool = False
    mask: str = "none"
    state: str = "zeros"
    calls: int = 1
    reset_before: tuple[int, ...] = ()
    batch: int = 3
    timesteps: int = 5
    features: int = 2
    units: int = 4
    scale: float = 1.0
    data_seed: int = 0

    def __str__(self) -> str:
        changed = (field for field in fields(self) if getattr(self, field.name) != field.default)
        said = []
        for field in changed:
            value = getattr(self, field.name)
            said.append(field.name if value is True else f"{field.name}={value}")
        return " ".join(said) or "defaults"

    def layer_call(self) -> LayerCall:
        """Draw the arrays and return the whole call."""
        draw = np.random.default_rng(self.data_seed)
        x = draw.normal(size=(self.batch, self.timesteps, self.features)) * self.scale
        rows = {"zeros": 0, "shared": 1, "given": self.batch}[self.state]
        arguments = LayerArguments(
            **{name: getattr(self, name) for name in ARGUMENTS if hasattr(self, name)}, seed=self.data_seed
        )
        states = draw.normal(size=(2, rows, self.units)).astype(np.float32)
        weights = initial_weights(
            spec=arguments.spec,
            features=self.features,
            units=self.units,
            bias_initializer="random_normal",
            use_bias=self.use_bias,
            seed=self.data_seed,
        )
        return LayerCall(
            x=x.astype(np.float32),
            weights=weights,
            arguments=arguments,
            training=self.training,
            mask=mask_of_kind(self.mask, self.batch, self.timesteps, draw),
            initial_state=tuple(states[: len(arguments.spec.states)]) if rows else None,
            calls=self.calls,
            reset_before=self.reset_before,
        )


def mask_of_kind(kind: str, batch: int, timesteps: int, draw: np.random.Generator) -> np.ndarray | None:
    """Return a mask (batch, timesteps), True = use: the same for all rows, or ("rows") each row its own."""
    if kind == "none":
        return None
    mask = np.ones((batch, timesteps), dtype=bool)
    if kind == "left":
        mask[:, : (timesteps + 1) // 2] = False
    elif kind == "right":
        mask[:, timesteps // 2 :] = False
    elif kind == "inner":
        mask[:, 1:-1] = False
    elif kind == "full":
        mask[:] = False
    elif kind == "rows":
        mask = draw.random((batch, timesteps)) < 0.6
        mask[-1] = False
    return mask


def grid(cell: str = "LSTM") -> tuple[Case, ...]:
    """Return all cases of the grid of a cell, each once, each with data of its own.

    Those of a GRU have their reset gate after or before, by chance; those of another cell than the LSTM few steps.
    """
    cases = [case for group in (_flags, _states, _activations, _calls, _dropout, _sizes) for case in group()]
    if cell != "LSTM":
        gated = LayerArguments(cell=cell).has("recurrent_activation")
        cases = [
            replace(
                case,
                cell=cell,
                timesteps=min(case.timesteps, FEW_STEPS),
                recurrent_activation=case.recurrent_activation if gated else "sigmoid",
            )
            for case in cases
            if gated or case.recurrent_activation != EXPLODES
        ]
    if cell == "GRU":
        after = np.random.default_rng(0).random(len(cases)) < 0.5
        cases = [replace(case, reset_after=bool(one)) for case, one in zip(cases, after, strict=True)]
    return tuple(replace(case, data_seed=number) for number, case in enumerate(dict.fromkeys(cases)))


def _flags() -> Iterator[Case]:
    """Every mix of what is returned, the direction, the loop and the kinds of mask."""
    for sequences, state, backwards, unroll, zero, mask in product(BOTH, BOTH, BOTH, BOTH, BOTH, MASKS):
        yield Case(
            return_sequences=sequences,
            return_state=state,
            go_backwards=backwards,
            unroll=unroll,
            zero_output_for_mask=zero,
            mask=mask,
        )


def _states() -> Iterator[Case]:
    for state, mask, backwards, unroll, sequences in product(STATES[1:], MASKS, BOTH, BOTH, BOTH):
        yield Case(state=state, mask=mask, go_backwards=backwards, unroll=unroll, return_sequences=sequences)


def _activations() -> Iterator[Case]:
    for (activation, recurrent), bias in product(ACTIVATION_PAIRS, BOTH):
        bounded = activation in BOUNDED and recurrent in BOUNDED
        case = Case(
            activation=activation,
            recurrent_activation=recurrent,
            use_bias=bias,
            scale=1.0 if bounded else UNBOUNDED_SCALE,
            timesteps=2 if EXPLODES in (activation, recurrent) else 5,
        )
        yield case
        yield replace(case, mask="rows", go_backwards=True, state="given")
        if bounded:
            yield replace(case, scale=20.0)


def _calls() -> Iterator[Case]:
    """Calls in a row: the state kept, the state reset, and a layer that keeps none."""
    for stateful, resets, mask, backwards, sequences in product(
        BOTH, ((), (1,), (2,), (1, 2)), ("none", "right", "rows"), BOTH, BOTH
    ):
        if stateful or not resets:
            yield Case(
                stateful=stateful,
                calls=3,
                reset_before=resets,
                mask=mask,
                go_backwards=backwards,
                return_sequences=sequences,
            )
    for state, unroll in product(STATES, BOTH):
        yield Case(stateful=True, calls=2, state=state, unroll=unroll)


def _dropout() -> Iterator[Case]:
    rates = ((0.5, 0.0), (0.0, 0.5), (0.3, 0.4))
    for (dropout, recurrent), training, mask, unroll, state in product(rates, BOTH, ("none", "rows"), BOTH, STATES):
        yield Case(
            dropout=dropout,
            recurrent_dropout=recurrent,
            training=training,
            mask=mask,
            unroll=unroll,
            state=state,
            calls=2,
            go_backwards=unroll,
        )
    for dropout, recurrent in rates:
        yield Case(dropout=dropout, recurrent_dropout=recurrent, training=True, stateful=True, calls=3)
        yield Case(dropout=dropout, recurrent_dropout=recurrent, training=True, use_bias=False)


def _sizes() -> Iterator[Case]:
    for batch, timesteps, features, units in product((1, 2), (1, 2), (1, 3), (1, 5)):
        case = Case(batch=batch, timesteps=timesteps, features=features, units=units)
        yield case
        yield replace(case, mask="rows", unroll=True, go_backwards=True)
    yield Case(batch=2, timesteps=200, features=3, units=16)
    yield Case(batch=32, timesteps=20, features=8, units=64)
    yield Case(batch=8, timesteps=30, features=16, units=32, mask="rows")
