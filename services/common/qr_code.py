"""QR codes as pictures: the one encoder of the native surface and of every dialect."""

import base64
import io
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from xml.sax.saxutils import quoteattr

import segno

MARGIN: Final = 4
LOGO_BYTES: Final = 64 * 1024
# Of the picture's width without its margin: some 4 % of the area, far within what the levels for logos can restore.
_LOGO_SHARE: Final = 0.2
# Between the logo and the modules, in modules.
_LOGO_EDGE: Final = 0.5
_COLOR: Final = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
# Cameras find less in less (ISO/IEC 15415 calls a code of symbol contrast below 40 % poor).
LEAST_CONTRAST: Final = 3.0
_SIGNATURES: Final = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/gif", re.compile(rb"GIF8[79]a")),
    ("image/webp", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
)


class Level(StrEnum):
    """How much of a code can be restored; the letters are the standard's."""

    LOW = "l"
    MEDIUM = "m"
    QUARTILE = "q"
    HIGH = "h"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a code looks."""

    # png or svg.
    kind: str = "png"
    # Width of a module in pixels; whole ones in a PNG.
    scale: float = 8
    # Light modules around the code.
    margin: int = MARGIN
    level: Level = Level.MEDIUM
    # As #rrggbb or #rrggbbaa.
    dark: str = "#000000"
    light: str = "#ffffff"
    # A picture for the middle, in an svg; empty: none.
    logo: bytes = b""

    @property
    def media_type(self) -> str:
        """What the picture is."""
        return "image/png" if self.kind == "png" else "image/svg+xml"


def modules(text: str, level: Level, margin: int = MARGIN) -> int:
    """Return how many modules wide the code of a text is, margin included."""
    return _width(_code(text, level), margin)


def draw(text: str, look: Look) -> bytes:
    """Return the code of a text as a picture. Takes milliseconds, of a large PNG tens of them."""
    code = _code(text, look.level)
    out = io.BytesIO()
    if look.kind == "png":
        code.save(out, kind="png", scale=int(look.scale), border=look.margin, dark=look.dark, light=look.light)
        return out.getvalue()
    code.save(out, kind="svg", scale=look.scale, border=look.margin, dark=look.dark, light=look.light)
    picture = out.getvalue()
    if not look.logo:
        return picture
    logo = _logo(look, _width(code, 0), _width(code, look.margin))
    return picture.replace(b"</svg>", logo.encode() + b"</svg>")


def png_data_uri(text: str) -> str:
    """Return the code of a text as a PNG in a data URI."""
    return "data:image/png;base64," + base64.b64encode(draw(text, Look())).decode()


def media_type_of(picture: bytes) -> str:
    """Return what a picture is by its first bytes; empty when it is none that logos may be."""
    return next((name for name, signature in _SIGNATURES if signature.match(picture)), "")


def is_color(text: str) -> bool:
    """Return whether a text is a colour as #rrggbb."""
    return _COLOR.fullmatch(text) is not None


def luminance(color: str) -> float:
    """Return the relative luminance of a colour as #rrggbb, 0 to 1, as WCAG 2 defines it."""
    red, green, blue = (_linear(int(color[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(dark: str, light: str) -> float:
    """Return the contrast ratio of two colours as #rrggbb, 1 to 21; below 1 when the first is the lighter one."""
    return (luminance(light) + 0.05) / (luminance(dark) + 0.05)


def _linear(share: float) -> float:
    # The curve of sRGB, with the bound that WCAG 2 prints.
    return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


def _code(text: str, level: Level) -> segno.QRCode:
    return segno.make(text, error=level.value, micro=False)


def _width(code: segno.QRCode, margin: int) -> int:
    # With a margin in whole modules it is a whole number.
    return int(code.symbol_size(border=margin)[0])


def _logo(look: Look, width: int, full: int) -> str:
    """Return the elements of a logo in the middle, on a plate of the light colour."""
    side = width * _LOGO_SHARE
    start = (full - side) / 2
    plate, plate_start = side + 2 * _LOGO_EDGE, start - _LOGO_EDGE
    data = f"data:{media_type_of(look.logo)};base64,{base64.b64encode(look.logo).decode()}"
    # The code is drawn in modules and scaled as a whole.
    return (
        f'<g transform="scale({look.scale:g})">'
        f"<rect {_square(plate_start, plate)} fill={quoteattr(look.light)}/>"
        f"<image {_square(start, side)} href={quoteattr(data)}/></g>"
    )


def _square(start: float, side: float) -> str:
    return f'x="{start:g}" y="{start:g}" width="{side:g}" height="{side:g}"'
