"""The article that this app began from: its data, the figures it prints for the four cases, and weights that give them.

The article (July 2020, in Korean) does not say its weights. Those here were fitted: they respect Keras's default
initializers (kernel within the glorot_uniform limit sqrt(6 / 5), recurrent kernel a row of length one, bias
0, 1, 0, 0).
"""

from __future__ import annotations

from dataclasses import dataclass

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit

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
        kernel=(0.8757873, 0.74263483, 0.45859113, -0.82483405),
        recurrent_kernel=(-0.2006551, -0.25283286, -0.92295814, 0.20966965),
    ),
    Case(
        return_sequences=True,
        return_state=False,
        printed=("[[[0.01184901]\n  [0.03267556]\n  [0.05920978]]]",),
        kernel=(-0.62041575, -0.06886121, 0.50462383, -0.5939895),
        recurrent_kernel=(0.25054455, 0.2163106, 0.85501325, -0.3992362),
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
        kernel=(-0.60026574, -0.6616891, 0.619887, 0.3914713),
        recurrent_kernel=(0.94196045, 0.10437442, 0.25970972, 0.18538445),
    ),
)
