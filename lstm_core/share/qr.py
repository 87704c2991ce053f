"""A link as a QR code."""

from __future__ import annotations

import segno

QUIET_ZONE = 4
"""Clear modules around the code, as its standard wants them (ISO/IEC 18004)."""


def qr_image(address: str) -> str | None:
    """Return the QR code of an address as a data URI: a PNG of one pixel a module, its quiet zone included.

    Its level of error correction is the highest that its size allows for free. None where the address is too long for
    a code: 2953 bytes fit.

    >>> qr_image("http://localhost:8501/?units=8")[:22]
    'data:image/png;base64,'
    >>> qr_image("x" * 3000) is None
    True
    """
    try:
        code = segno.make(address, error="l", micro=False)
    except segno.DataOverflowError:
        return None
    image: str = code.png_data_uri(border=QUIET_ZONE)
    return image
