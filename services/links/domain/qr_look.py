"""How the QR code of a link may look."""

from dataclasses import dataclass
from typing import Final

from services.common import qr_code
from services.common.errors import InvalidArgument
from services.common.qr_code import Level, Look

DEFAULT_SIZE: Final = 512
SMALLEST_SIZE: Final = 64
LARGEST_SIZE: Final = 4096
LARGEST_MARGIN: Final = 16
_DARK: Final = "#000000"
_LIGHT: Final = "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody asks for; 0, None and empty are not given."""

    is_svg: bool = False
    size: int = 0
    margin: int | None = None
    level: Level | None = None
    dark: str = ""
    light: str = ""
    logo: bytes = b""


def look_of(text: str, wishes: Wishes) -> Look:
    """Return how the code of a text looks; InvalidArgument for wishes that break their bounds or nobody could read."""
    margin = qr_code.MARGIN if wishes.margin is None else wishes.margin
    if not 0 <= margin <= LARGEST_MARGIN:
        raise InvalidArgument("margin", f"must be 0 to {LARGEST_MARGIN}")
    size = wishes.size or DEFAULT_SIZE
    if not SMALLEST_SIZE <= size <= LARGEST_SIZE:
        raise InvalidArgument("size", f"must be {SMALLEST_SIZE} to {LARGEST_SIZE}")
    dark, light = _colors(wishes)
    _check_logo(wishes)
    level = wishes.level or (Level.HIGH if wishes.logo else Level.MEDIUM)
    width = qr_code.modules(text, level, margin)
    if width > size:
        raise InvalidArgument("size", f"must be at least {width}: the code is that many modules wide")
    return Look(
        kind="svg" if wishes.is_svg else "png",
        scale=size / width if wishes.is_svg else size // width,
        margin=margin,
        level=level,
        dark=dark,
        light=light,
        logo=wishes.logo,
    )


def _colors(wishes: Wishes) -> tuple[str, str]:
    dark, light = wishes.dark or _DARK, wishes.light or _LIGHT
    for field, color in (("dark_color", dark), ("light_color", light)):
        if not qr_code.is_color(color):
            raise InvalidArgument(field, "must be a colour as #rrggbb")
    if (ratio := qr_code.contrast(dark, light)) < qr_code.LEAST_CONTRAST:
        problem = f"must be lighter than dark_color, with a contrast of at least {qr_code.LEAST_CONTRAST:g} to 1"
        raise InvalidArgument("light_color", f"{problem}; it is {ratio:.1f}", reason="QR_CONTRAST")
    return dark, light


def _check_logo(wishes: Wishes) -> None:
    if not wishes.logo:
        return
    if not wishes.is_svg:
        raise InvalidArgument("logo", "needs QR_FORMAT_SVG")
    if len(wishes.logo) > qr_code.LOGO_BYTES:
        raise InvalidArgument("logo", f"must have at most {qr_code.LOGO_BYTES >> 10} KiB")
    if not qr_code.media_type_of(wishes.logo):
        raise InvalidArgument("logo", "must be a PNG, JPEG, GIF or WebP")
    if wishes.level in (Level.LOW, Level.MEDIUM):
        raise InvalidArgument("error_correction", "must be QR_ERROR_CORRECTION_QUARTILE or higher with a logo")
