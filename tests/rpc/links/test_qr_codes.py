"""GetLinkQrCode: the picture of a short URL."""

import struct
from collections.abc import Sequence
from typing import Any, Final

import pytest
from google.api.httpbody_pb2 import HttpBody

from linkmeter.links.v1 import link_service_pb2 as pb
from linkmeter.links.v1 import links_pb2
from services.common import errors, qr_code
from services.common.qr_code import Level, Look
from tests.support.links_service import OWNER, Links, Metadata, bearer

GIF = b"GIF89a" + b"\0" * 30


_REFUSED: Final[Sequence[tuple[dict[str, Any], str]]] = [
    ({"size": 63}, "size"),
    ({"size": 4097}, "size"),
    ({"size": 64, "margin": 16, "error_correction": pb.QR_ERROR_CORRECTION_HIGH}, "size"),
    ({"margin": 17}, "margin"),
    ({"margin": -1}, "margin"),
    ({"format": 9}, "format"),
    ({"error_correction": 9}, "error_correction"),
    ({"dark_color": "red"}, "dark_color"),
    ({"light_color": "#fff"}, "light_color"),
    ({"dark_color": "#ffffff", "light_color": "#000000"}, "light_color"),
    ({"dark_color": "#bbbbbb"}, "light_color"),
    ({"logo": GIF}, "logo"),
    ({"format": pb.QR_FORMAT_SVG, "logo": b"<svg/>"}, "logo"),
    ({"format": pb.QR_FORMAT_SVG, "logo": GIF + b"\0" * qr_code.LOGO_BYTES}, "logo"),
    (
        {"format": pb.QR_FORMAT_SVG, "logo": GIF, "error_correction": pb.QR_ERROR_CORRECTION_MEDIUM},
        "error_correction",
    ),
]


async def drawn(links: Links, link: links_pb2.Link, metadata: Metadata = OWNER, **look: Any) -> HttpBody:
    """Draw the code of a link."""
    request = pb.GetLinkQrCodeRequest(link_id=link.link_id, **look)
    return await links.links.GetLinkQrCode(request, metadata=metadata)


async def test_a_code_is_a_png_of_the_short_url(links: Links) -> None:
    """The largest with whole pixels that fits into the size, as readers like it by default."""
    link = await links.create()
    picture = await drawn(links, link)
    assert picture.content_type == "image/png"
    width = qr_code.modules(link.short_url, Level.MEDIUM, 4)
    assert picture.data == qr_code.draw(link.short_url, Look(scale=512 // width))
    assert struct.unpack(">I", picture.data[16:20]) == (512 // width * width,)


async def test_a_code_looks_as_asked(links: Links) -> None:
    """Every wish counts; no margin is a wish, too."""
    link = await links.create()
    picture = await drawn(
        links,
        link,
        format=pb.QR_FORMAT_SVG,
        size=300,
        margin=0,
        error_correction=pb.QR_ERROR_CORRECTION_QUARTILE,
        dark_color="#112233",
        light_color="#ffeedd",
        logo=GIF,
    )
    assert picture.content_type == "image/svg+xml"
    width = qr_code.modules(link.short_url, Level.QUARTILE, 0)
    look = Look(
        kind="svg", scale=300 / width, margin=0, level=Level.QUARTILE, dark="#112233", light="#ffeedd", logo=GIF
    )
    assert picture.data == qr_code.draw(link.short_url, look)


async def test_a_logo_makes_the_code_restorable(links: Links) -> None:
    """Unless a level is asked for."""
    link = await links.create()
    picture = await drawn(links, link, format=pb.QR_FORMAT_SVG, logo=GIF)
    width = qr_code.modules(link.short_url, Level.HIGH, 4)
    assert picture.data == qr_code.draw(link.short_url, Look(kind="svg", scale=512 / width, level=Level.HIGH, logo=GIF))


async def test_what_nobody_could_read_is_refused(links: Links) -> None:
    """With the field that is to blame."""
    link = await links.create(code="q" * 64)
    for look, field in _REFUSED:
        with pytest.raises(errors.InvalidArgument) as refused:
            await drawn(links, link, **look)
        assert refused.value.field == field, look


async def test_a_code_is_its_holders(links: Links) -> None:
    """The owner's and the edit token's; for anybody else there is no link."""
    link = await links.create_with_token()
    assert (await drawn(links, link, bearer(link.edit_token))).data == (await drawn(links, link)).data
    stranger = bearer(await links.foreign_key("links:read"))
    with pytest.raises(errors.NotFound):
        await drawn(links, link, stranger)
    await links.delete(link.link_id)
    with pytest.raises(errors.NotFound):
        await drawn(links, link)
