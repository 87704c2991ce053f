"""The article that this app began from: its data, the figures it prints for the four cases, and weights that give them.

The article (July 2020, in Korean) does not say its weights. Those here were fitted: they respect Keras's default
initializers (kernel within the glorot_uniform limit sqrt(6 / 5), recurrent kernel a row of length one, bias
0, 1, 0, 0).
"""

from __future__ import annotations

from dataclasses import dataclass

from lstm_core.experiment import Edit, Experiment

SEQUENCE = (0.1, 0.2, 0.3)
BIAS = (0.0, 1.0, 0.0, 0.0)

Gates = tuple[float, float, float, float]


@dataclass(frozen=True)
class Case:
    """One of the four cases of `LSTM(1)`: the flags, what the article printed, and weights that print it again.

    `kernel` and `recurrent_kernel` are the one row of each, in the order i, f, c~, o.
    """

    return_sequences: bool
    return_state: bool
    printed: tuple[str, ...]
    kernel: Gates
    recurrent_kernel: Gates

    @property
    def name(self) -> str:
        """A name for the case: which of both flags are set, such as `sequences_state` or `plain`."""
        named = {"sequences": self.return_sequences, "state": self.return_state}
        return "_".join(name for name, given in named.items() if given) or "plain"

    def experiment(self) -> Experiment:
        """Return the case as an experiment: the article's sequence, one unit, the fitted weights set by hand."""
        rows = {"kernel": self.kernel, "recurrent_kernel": self.recurrent_kernel}
        return Experiment(
            preset="article",
            timesteps=len(SEQUENCE),
            features=1,
            units=1,
            return_sequences=self.return_sequences,
            return_state=self.return_state,
            edits=tuple(Edit(name, 0, gate, value) for name, row in rows.items() for gate, value in enumerate(row)),
        )


CASES = (  # the order in which the article has them
    Case(
        return_sequences=False,
        return_state=False,
        printed=("[[0.04836999]]",),
        kernel=(-0.7959051, 0.26222208, 0.5076937, -0.91202253),
        recurrent_kernel=(0.7669763, -0.40318128, -0.24302068, 0.43604258),
    ),
    Case(
        return_sequences=True,
        return_state=False,
        printed=("[[[0.01184901]\n  [0.03267556]\n  [0.05920978]]]",),
        kernel=(0.19221693, -0.64468783, 0.48269308, -0.5299419),
        recurrent_kernel=(0.4836107, -0.14459002, 0.5133087, -0.6940667),
    ),
    Case(
        return_sequences=False,
        return_state=True,
        printed=(
            "[[0.00329698]]",
            "[[0.00329698]]",
            "[[0.00614673]]",
        ),
        kernel=(0.91911995, 0.24211046, 0.019583976, 0.48293197),
        recurrent_kernel=(-0.5437827, 0.1990833, 0.5776798, 0.5752845),
    ),
    Case(
        return_sequences=True,
        return_state=True,
        printed=(
            "[[[0.01530219]\n  [0.04227088]\n  [0.07738266]]]",
            "[[0.07738266]]",
            "[[0.14669698]]",
        ),
        kernel=(-0.42202494, -0.37024516, 0.61642146, 0.31927624),
        recurrent_kernel=(-0.66495216, 0.13255756, 0.23108466, 0.69775856),
    ),
)
