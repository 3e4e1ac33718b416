"""QR codes of short URLs."""

import asyncio
import base64

from gateway.compat.shared import qr


def test_a_qr_code_is_a_png_in_a_data_uri() -> None:
    """The picture needs no second request."""
    uri = asyncio.run(qr.png_data_uri("https://sho.rt/abc1"))
    kind, _, data = uri.partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data).startswith(b"\x89PNG\r\n\x1a\n")
