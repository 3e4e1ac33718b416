"""From shtr's requests to ours. Every InvalidArgument names the field as shtr does."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from google.protobuf.struct_pb2 import Value

from gateway.compat.shared import iso8601
from linkmeter.compat.shtr.v1 import shtr_pb2
from linkmeter.links.v1 import links_pb2
from services.common import errors

DEFAULT_LIMIT: Final = 20
LARGEST_LIMIT: Final = 100
# As far as clicks can be paged to; analytics passes over no more.
LARGEST_SKIP: Final = 100_000

_CUSTOM_CODE: Final = re.compile(r"[A-Za-z0-9_-]{3,20}")
_ANY_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list: its number, from 1, and how many items it has at most."""

    number: int
    limit: int

    @property
    def skip(self) -> int:
        """How many items come before this page."""
        return (self.number - 1) * self.limit


@dataclass(frozen=True, slots=True)
class PasswordGuess:
    """A code and what may be the password of its link."""

    code: str
    password: str


def new_link(request: shtr_pb2.ShortenRequest) -> links_pb2.Link:
    """Return the link that a body describes; raise InvalidArgument for a field that is missing or wrong."""
    link = links_pb2.Link(
        destination=_required_text(request, "url", "url"),
        code=_custom_code(_text(request, "custom_code", "customCode")),
        password=_text(request, "password", "password"),
        one_time=_flag(request, "is_one_time", "isOneTime"),
    )
    if text := _text(request, "expires_at", "expiresAt"):
        link.expire_time.FromDatetime(_moment("expiresAt", text))
    return link


def code(text: str) -> str:
    """Return the code in a path; raise NotFound for one that no link can have."""
    if not _ANY_CODE.fullmatch(text):
        raise errors.NotFound("link", text)
    return text


def token(text: str) -> str:
    """Return a required edit token; raise Unauthenticated without one."""
    if not text:
        raise errors.Unauthenticated("token is required")
    return text


def page(request: shtr_pb2.ListClicksRequest) -> Page:
    """Return the page that is asked for, of at most 100 items.

    Raises InvalidArgument for what is no number, and beyond the first 100,000 clicks.
    """
    limit = min(_positive("limit", request.limit, DEFAULT_LIMIT), LARGEST_LIMIT)
    parsed = Page(_positive("page", request.page, 1), limit)
    if parsed.skip > LARGEST_SKIP:
        raise errors.InvalidArgument("page", f"is too large; the first {LARGEST_SKIP} clicks can be listed")
    return parsed


def password_guess(request: shtr_pb2.VerifyPasswordRequest) -> PasswordGuess:
    """Return the guess in a body, and the code of the path where that names one.

    Raises InvalidArgument where code or password is missing or no text.
    """
    return PasswordGuess(
        code=request.link_code or _required_text(request, "code", "code"),
        password=_required_text(request, "password", "password"),
    )


_Body = shtr_pb2.ShortenRequest | shtr_pb2.VerifyPasswordRequest


def _kind(body: _Body, field: str) -> tuple[str, Value]:
    value: Value = getattr(body, field)
    # Null says what leaving the field out says.
    return value.WhichOneof("kind") or "null_value", value


def _text(body: _Body, field: str, name: str) -> str:
    kind, value = _kind(body, field)
    if kind == "null_value":
        return ""
    if kind != "string_value":
        raise errors.InvalidArgument(name, "must be a string")
    return value.string_value


def _required_text(body: _Body, field: str, name: str) -> str:
    text = _text(body, field, name)
    if not text:
        raise errors.InvalidArgument(name, "is required")
    return text


def _flag(body: _Body, field: str, name: str) -> bool:
    kind, value = _kind(body, field)
    if kind == "null_value":
        return False
    if kind != "bool_value":
        raise errors.InvalidArgument(name, "must be true or false")
    return value.bool_value


def _custom_code(text: str) -> str:
    if text and not _CUSTOM_CODE.fullmatch(text):
        raise errors.InvalidArgument("customCode", "must be 3 to 20 letters, digits, hyphens or underscores")
    return text


def _moment(name: str, text: str) -> datetime:
    try:
        moment = iso8601.parse(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise errors.InvalidArgument(name, "must be an ISO 8601 date, for instance 2030-12-31T23:59:59Z") from None


def _positive(name: str, text: str, default: int) -> int:
    if not text:
        return default
    if not _NUMBER.fullmatch(text) or int(text) == 0:
        raise errors.InvalidArgument(name, "must be a whole number from 1")
    return int(text)
