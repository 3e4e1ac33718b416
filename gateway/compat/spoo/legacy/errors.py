"""How spoo.me's first API words what went wrong: {"UrlError": text}, with the same as error and message."""

from typing import Final

from gateway.compat.shared.http_metadata import ErrorResponse
from services.common import errors
from services.runtime import request_id

URL: Final = "UrlError"
ALIAS: Final = "AliasError"
EMOJI: Final = "EmojiError"
PASSWORD: Final = "PasswordError"  # noqa: S105 - No password, but how one is called.
MAX_CLICKS: Final = "MaxClicksError"
FORMAT: Final = "FormatError"
FORM: Final = "FormError"
_SAID: Final = "SPOO_FORM_"
INVALID_URL: Final = "Invalid URL, URL must have a valid protocol and must follow rfc_1034 & rfc_2728 patterns"

# Fields of our contracts: kind and text of what is wrong with them.
_FIELDS: Final = {
    "link.destination": (URL, INVALID_URL),
    "link.code": (ALIAS, "Invalid Alias"),
    "link.password": (PASSWORD, "Invalid password"),
    "link.max_clicks": (MAX_CLICKS, "max-clicks must be an positive integer"),
}
_WORDS: Final[dict[type[errors.LinkmeterError], tuple[int, str, str]]] = {
    errors.InvalidArgument: (400, URL, INVALID_URL),
    errors.NotFound: (404, URL, "The requested Url never existed"),
    errors.AlreadyExists: (400, ALIAS, "Alias already exists"),
    errors.ResourceExhausted: (429, "RateLimitError", "Rate limit exceeded. Please try again later."),
    errors.Unavailable: (503, "ServerError", "The service is not available just now"),
    errors.DeadlineExceeded: (503, "ServerError", "This takes too long just now"),
}


def wrong(kind: str, text: str) -> errors.InvalidArgument:
    """Refuse a form, 400."""
    error = errors.InvalidArgument("", text)
    error.reason = f"{_SAID}{kind}"
    return error


def render(error: errors.LinkmeterError) -> ErrorResponse:
    """Word an error."""
    internal = (500, "ServerError", f"Something went wrong on our side. Request id: {request_id.current()}")
    status, kind, text = next((words for known, words in _WORDS.items() if isinstance(error, known)), internal)
    if error.reason.startswith(_SAID):
        kind, text = error.reason.removeprefix(_SAID), error.description
    elif isinstance(error, errors.InvalidArgument):
        kind, text = _FIELDS.get(error.field, (kind, text))
    return ErrorResponse(
        http_status=status,
        body={kind: text, "error": kind, "message": text},
        retry_after_seconds=getattr(error, "retry_after_seconds", None),
    )
