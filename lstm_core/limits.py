"""What sizes may come to together; the bounds of each by itself stand beside its field (`lstm_core.fields`)."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_core.refusal import Refusal

MAX_TIMESTEPS, MAX_FEATURES, MAX_BATCH, MAX_UNITS = 1000, 256, 32, 256
MAX_LAYERS = 4
MAX_VALUES = 300_000
"""Time steps x batch rows x units: up to here a run holds 14 MB a layer, and a change takes under 250 ms."""


def check_size(*, batch: int, timesteps: int, features: int, units: Sequence[int]) -> None:
    """Refuse, before anything is allocated, what is too large, and say which size would do.

    `units` are those of every direction of every layer: together, or the features if they are more, they are what a
    time step of a batch row comes to.

    >>> check_size(batch=16, timesteps=200, features=3, units=[64])
    >>> check_size(batch=32, timesteps=1000, features=3, units=[64])
    Traceback (most recent call last):
    lstm_core.refusal.Refusal: size (given=2,048,000, high=300,000, timesteps=146, width=9, batch=4, field=batch)
    >>> check_size(batch=1, timesteps=1000, features=3, units=[256, 128])
    Traceback (most recent call last):
    lstm_core.refusal.Refusal: size_model_one (given=384,000, high=300,000, timesteps=781, width=300, field=timesteps)
    """
    width = max(features, sum(units))
    given = batch * timesteps * width
    if given <= MAX_VALUES:
        return
    code = "size_features" if features == width else "size" if len(units) == 1 else "size_model"
    fits = {"timesteps": MAX_VALUES // (batch * width), "width": MAX_VALUES // (timesteps * batch)}
    said = {"given": f"{given:,}", "high": f"{MAX_VALUES:,}"} | fits
    if rows := MAX_VALUES // (timesteps * width):
        raise Refusal(code, **said, batch=rows, field="batch")
    raise Refusal("size_model_one", **said, field="timesteps")  # one layer has room for a row of any length
