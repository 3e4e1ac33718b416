"""Errors of spoo.me's first API: {"UrlError": text}, with the same as error and message."""

from typing import Final

from gateway.compat.shared.http_metadata import ErrorResponse
from gateway.compat.shared.refusal import Refusal
from services.common import errors
from services.runtime import request_id

URL: Final = "UrlError"
ALIAS: Final = "AliasError"
EMOJI: Final = "EmojiError"
PASSWORD: Final = "PasswordError"  # noqa: S105 - No password, but how one is called.
MAX_CLICKS: Final = "MaxClicksError"
FORMAT: Final = "FormatError"
FORM: Final = "FormError"
INVALID_URL: Final = "Invalid URL, URL must have a valid protocol and must follow rfc_1034 & rfc_2728 patterns"

# Fields of our contracts: kind and text of what is wrong with them.
_FIELDS: Final = {
    "link.destination": (URL, INVALID_URL),
    "link.code": (ALIAS, "Invalid Alias"),
    "link.password": (PASSWORD, "Invalid password"),
    "link.max_clicks": (MAX_CLICKS, "max-clicks must be an positive integer"),
}
_RESPONSES: Final[dict[type[errors.LinkmeterError], tuple[int, str, str]]] = {
    errors.InvalidArgument: (400, URL, INVALID_URL),
    errors.NotFound: (404, URL, "The requested Url never existed"),
    errors.AlreadyExists: (400, ALIAS, "Alias already exists"),
    errors.ResourceExhausted: (429, "RateLimitError", "Rate limit exceeded. Please try again later."),
    errors.Unavailable: (503, "ServerError", "The service is not available just now"),
    errors.DeadlineExceeded: (503, "ServerError", "This takes too long just now"),
}


def wrong(kind: str, text: str) -> Refusal:
    """Return the refusal of a form, 400."""
    cause = errors.InvalidArgument("", text)
    return Refusal(cause, ErrorResponse(http_status=400, body=_body(kind, cause.description)))


def render(error: errors.LinkmeterError) -> ErrorResponse:
    """Return the response to an error of ours."""
    internal = (500, "ServerError", f"Something went wrong on our side. Request id: {request_id.current()}")
    status, kind, text = next((known for class_, known in _RESPONSES.items() if isinstance(error, class_)), internal)
    if isinstance(error, errors.InvalidArgument):
        kind, text = _FIELDS.get(error.field, (kind, text))
    return ErrorResponse(
        http_status=status,
        body=_body(kind, text),
        retry_after_seconds=getattr(error, "retry_after_seconds", None),
    )


def _body(kind: str, text: str) -> dict[str, object]:
    return {kind: text, "error": kind, "message": text}
