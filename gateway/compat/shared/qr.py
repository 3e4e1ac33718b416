"""QR codes of short URLs."""

import asyncio

import segno

_PIXELS_PER_MODULE = 8


async def png_data_uri(text: str) -> str:
    """Draw a text as a PNG image in a data URI; on a thread, because it takes milliseconds."""
    return await asyncio.to_thread(_draw, text)


def _draw(text: str) -> str:
    code = segno.make(text, error="m", micro=False)
    return str(code.png_data_uri(scale=_PIXELS_PER_MODULE, border=4))
