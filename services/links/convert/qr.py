"""Between the contract's messages and QR codes."""

from __future__ import annotations  # enum value types are in the stubs only

from collections.abc import Mapping
from typing import Final

from linkmeter.links.v1 import link_service_pb2 as pb
from services.common.errors import InvalidArgument
from services.common.qr_code import Level
from services.links.domain.qr_look import Wishes

_LEVELS: Final[Mapping[pb.QrErrorCorrection.ValueType, Level | None]] = {
    pb.QR_ERROR_CORRECTION_UNSPECIFIED: None,
    pb.QR_ERROR_CORRECTION_LOW: Level.LOW,
    pb.QR_ERROR_CORRECTION_MEDIUM: Level.MEDIUM,
    pb.QR_ERROR_CORRECTION_QUARTILE: Level.QUARTILE,
    pb.QR_ERROR_CORRECTION_HIGH: Level.HIGH,
}


def qr_wishes(request: pb.GetLinkQrCodeRequest) -> Wishes:
    """Read how a QR code shall look; InvalidArgument for a value of an enum that is none."""
    if request.format not in pb.QrFormat.values():
        raise InvalidArgument("format", "is unknown")
    if request.error_correction not in _LEVELS:
        raise InvalidArgument("error_correction", "is unknown")
    return Wishes(
        is_svg=request.format == pb.QR_FORMAT_SVG,
        size=request.size,
        margin=request.margin if request.HasField("margin") else None,
        level=_LEVELS[request.error_correction],
        dark=request.dark_color,
        light=request.light_color,
        logo=request.logo,
    )
