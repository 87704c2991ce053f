"""A link as a QR code."""

from __future__ import annotations

from typing import NamedTuple

import segno

QUIET_ZONE = 4
"""Clear modules around the code, as its standard wants them (ISO/IEC 18004)."""


class QrCode(NamedTuple):
    """A code's side in modules, its quiet zone included, and the path of its dark modules, one unit a module."""

    side: int
    path: str


def qr_code(address: str) -> QrCode | None:
    """Return the QR code of an address, at the highest level of error correction that its size allows for free.

    None where the address is too long for one: 2953 bytes fit.

    >>> code = qr_code("http://localhost:8501/?units=8")
    >>> code.side, code.path[:15]
    (33, 'M4 4h7v1h-7zM12')
    >>> qr_code("x" * 3000) is None
    True
    """
    try:
        code = segno.make(address, error="l", micro=False)
    except segno.DataOverflowError:
        return None
    lines = [bytes(line) for line in code.matrix_iter(border=QUIET_ZONE)]
    runs = []
    for y, cells in enumerate(lines):
        x = cells.find(1)
        while x >= 0:
            end = cells.find(0, x)
            runs.append(f"M{x} {y}h{end - x}v1h{x - end}z")
            x = cells.find(1, end)
    return QrCode(len(lines), "".join(runs))
