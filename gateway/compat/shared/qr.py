"""QR codes of short URLs."""

import asyncio
import io

import segno

_PIXELS_PER_MODULE = 8


async def png_data_uri(text: str) -> str:
    """Return the QR code of a text as a PNG image in a data URI; made on a thread, because it takes milliseconds."""
    return await asyncio.to_thread(_draw, text)


def _draw(text: str) -> str:
    code = segno.make(text, error="m", micro=False)
    return str(code.png_data_uri(scale=_PIXELS_PER_MODULE, border=4))


async def image(text: str, *, kind: str, pixels_per_module: int, dark: str, light: str) -> bytes:
    """Return the QR code of a text as a picture, png or svg, in colours like #rrggbb or #rrggbbaa."""
    return await asyncio.to_thread(_draw_image, text, kind, pixels_per_module, dark, light)


def _draw_image(text: str, kind: str, pixels_per_module: int, dark: str, light: str) -> bytes:
    code = segno.make(text, error="m", micro=False)
    out = io.BytesIO()
    code.save(out, kind=kind, scale=pixels_per_module, border=4, dark=dark, light=light)
    return out.getvalue()
