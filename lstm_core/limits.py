"""What sizes may come to together; the bounds of each by itself stand beside its field (`lstm_core.fields`)."""

from __future__ import annotations

from lstm_core.refusal import Refusal

MAX_TIMESTEPS, MAX_FEATURES, MAX_BATCH, MAX_UNITS = 1000, 256, 32, 256
MAX_LAYERS = 4
MAX_VALUES = 300_000
"""Time steps x batch rows x units or features: up to here a run holds 14 MB, and a page is drawn in a moment."""


MAX_DRAWN = 64_000
"""Time steps x units or features: up to here the browser gets every number of one batch row."""


def check_size(*, batch: int, timesteps: int, features: int, units: int) -> None:
    """Refuse, before anything is allocated, what is too large, and say which size would do.

    >>> check_size(batch=16, timesteps=200, features=3, units=64)
    >>> check_size(batch=32, timesteps=1000, features=3, units=64)
    Traceback (most recent call last):
    lstm_core.refusal.Refusal: size (given=2,048,000, high=300,000, timesteps=146, batch=4, width=9, field=batch)
    >>> check_size(batch=1, timesteps=1000, features=3, units=256)
    Traceback (most recent call last):
    lstm_core.refusal.Refusal: size_row (given=256,000, high=64,000, timesteps=250, width=64, field=timesteps)
    """
    width = max(features, units)
    if timesteps * width > MAX_DRAWN:
        fits = {"timesteps": MAX_DRAWN // width, "width": MAX_DRAWN // timesteps}
        raise Refusal("size_row", given=f"{timesteps * width:,}", high=f"{MAX_DRAWN:,}", **fits, field="timesteps")
    given = batch * timesteps * width
    if given > MAX_VALUES:
        fits = {
            "timesteps": MAX_VALUES // (batch * width),
            "batch": MAX_VALUES // (timesteps * width),
            "width": MAX_VALUES // (timesteps * batch),
        }
        raise Refusal("size", given=f"{given:,}", high=f"{MAX_VALUES:,}", **fits, field="batch")
