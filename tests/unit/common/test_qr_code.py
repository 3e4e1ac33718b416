"""QR codes as pictures."""

import base64
import re
import struct
from xml.etree import ElementTree as ET

import pytest
import segno

from services.common import qr_code
from services.common.qr_code import Level, Look

URL = "https://sho.rt/abc1"
PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}"


def test_a_png_has_whole_pixels_for_each_module() -> None:
    """Its width is that of code and margin, and it holds the code of the very text."""
    picture = qr_code.draw(URL, Look(scale=5, margin=2, level=Level.QUARTILE))
    assert picture.startswith(PNG)
    width = qr_code.modules(URL, Level.QUARTILE, 2)
    assert width == segno.make(URL, error="q", micro=False).symbol_size(border=2)[0]
    assert struct.unpack(">II", picture[16:24]) == (5 * width, 5 * width)


def test_a_data_uri_needs_no_second_request() -> None:
    """It holds the picture itself."""
    kind, _, data = qr_code.png_data_uri(URL).partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data) == qr_code.draw(URL, Look())


def test_a_logo_stands_in_the_middle_of_an_svg() -> None:
    """On a plate of the light colour, over a fifth of the code's width, whatever the margin."""
    look = Look(kind="svg", scale=10, margin=1, level=Level.HIGH, light="#ffeedd", logo=PNG)
    picture = ET.fromstring(qr_code.draw(URL, look))  # noqa: S314 - our own
    width = qr_code.modules(URL, Level.HIGH, 0)
    [image] = picture.iter(f"{_SVG}image")
    assert image.attrib["href"] == "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert float(image.attrib["width"]) == pytest.approx(width / 5)
    assert float(image.attrib["x"]) + float(image.attrib["width"]) / 2 == pytest.approx((width + 2) / 2)
    [plate] = picture.iter(f"{_SVG}rect")
    assert plate.attrib["fill"] == "#ffeedd"
    assert float(picture.attrib["width"]) == 10 * (width + 2)


def test_an_svg_holds_nothing_that_runs() -> None:
    """Paths alone: whoever opens it as a page meets a picture."""
    picture = qr_code.draw("https://sho.rt/x", Look(kind="svg")).decode()
    assert set(re.findall(r"<(\w+)", picture)) == {"svg", "path", "g"}


@pytest.mark.parametrize(
    ("dark", "light", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#FF0000", "#ffffff", 4.0),
        ("#777777", "#ffffff", 4.48),
        ("#ffffff", "#000000", 1 / 21),
    ],
)
def test_contrast_is_that_of_wcag(dark: str, light: str, ratio: float) -> None:
    """Below 1 when the colours are the wrong way round."""
    assert qr_code.contrast(dark, light) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (PNG + b"...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\x0a\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<svg onload='alert(1)'/>", ""),
        (b"", ""),
    ],
)
def test_pictures_are_known_by_their_first_bytes(picture: bytes, kind: str) -> None:
    """What could run is none."""
    assert qr_code.media_type_of(picture) == kind
