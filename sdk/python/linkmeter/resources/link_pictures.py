"""Links: pictures of them."""

from typing import Literal

from linkmeter import methods
from linkmeter.convert import enum_value
from linkmeter.links.v1 import link_service_pb2 as messages
from linkmeter.resource import Resource, TransportT, operation
from linkmeter.rpc import Call

QrFormat = Literal["png", "svg"]
QrErrorCorrection = Literal["low", "medium", "quartile", "high"]


class LinkPictures(Resource[TransportT]):
    """What a link looks like on paper."""

    @operation
    def qr_code(
        self,
        link_id: int,
        *,
        format: QrFormat = "png",  # noqa: A002 - as the contract calls it
        size: int = 512,
        margin: int = 4,
        error_correction: QrErrorCorrection | None = None,
        dark_color: str = "",
        light_color: str = "",
        logo: bytes = b"",
    ) -> Call[bytes]:
        """Return the QR code of a link's short URL, as a picture.

        Args:
            link_id: The link.
            format: Pixels or lines.
            size: Width in pixels, 64 to 4096; of a PNG the largest that has whole pixels for each module and fits.
            margin: Light modules around it, 0 to 16.
            error_correction: How much may be covered. Default: medium; with a logo high.
            dark_color: Colour of the dark modules, as #rrggbb. Default: black.
            light_color: Colour behind them, so much lighter that cameras see it. Default: white.
            logo: A PNG, JPEG, GIF or WebP for the middle of an SVG, at most 64 KiB.

        """
        request = messages.GetLinkQrCodeRequest(
            link_id=link_id,
            format=enum_value(messages.QrFormat, "QR_FORMAT", format, "format"),
            size=size,
            margin=margin,
            dark_color=dark_color,
            light_color=light_color,
            logo=logo,
        )
        if error_correction:
            request.error_correction = enum_value(
                messages.QrErrorCorrection, "QR_ERROR_CORRECTION", error_correction, "error_correction"
            )
        return methods.GET_LINK_QR_CODE(request).then(lambda answer: answer.data)
