"""How Bitly words what went wrong: a status_code and a status_txt."""

from dataclasses import dataclass
from typing import Final

from gateway.compat.shared.http_metadata import ErrorResponse
from services.common import errors

INVALID: Final = 500
UNKNOWN_ERROR: Final = "UNKNOWN_ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What an answer says when there is nothing else to say."""

    status_code: int
    status_txt: str
    retry_after_seconds: int | None = None


class Refusal(Exception):
    """A call that is refused in this API's own words."""

    def __init__(self, status_txt: str, status_code: int = INVALID) -> None:
        super().__init__(status_txt)
        self.failure = Failure(status_code=status_code, status_txt=status_txt)


def missing(name: str) -> Refusal:
    """Refuse a call without a parameter that it needs."""
    return Refusal(f"MISSING_ARG_{name.upper()}")


def invalid(name: str) -> Refusal:
    """Refuse a parameter that breaks its bounds."""
    return Refusal(f"INVALID_ARG_{name.upper()}")


# The token was right once, and may still be, for somebody or something else.
NOT_ALLOWED: Final = "INVALID_ARG_ACCESS_TOKEN"

# Fields of our contracts, as this API calls them.
_FIELDS: Final = {"title": "TITLE", "note": "NOTE", "domain": "DOMAIN"}

_WORDS: Final[dict[type[errors.LinkmeterError], tuple[int, str]]] = {
    errors.Unauthenticated: (INVALID, NOT_ALLOWED),
    errors.PermissionDenied: (INVALID, NOT_ALLOWED),
    errors.NotFound: (404, "NOT_FOUND"),
    errors.ResourceExhausted: (403, "RATE_LIMIT_EXCEEDED"),
    errors.Unavailable: (503, "TEMPORARILY_UNAVAILABLE"),
    errors.DeadlineExceeded: (503, "TEMPORARILY_UNAVAILABLE"),
    errors.Aborted: (503, "TEMPORARILY_UNAVAILABLE"),
}


def failure_of(error: errors.LinkmeterError) -> Failure:
    """Word an error of ours."""
    if isinstance(error, errors.InvalidArgument):
        return _invalid_field(error).failure
    status_code, status_txt = next(
        (words for kind, words in _WORDS.items() if isinstance(error, kind)), (500, UNKNOWN_ERROR)
    )
    return Failure(
        status_code=status_code,
        status_txt=status_txt,
        retry_after_seconds=getattr(error, "retry_after_seconds", None),
    )


def _invalid_field(error: errors.InvalidArgument) -> Refusal:
    name = error.field.removeprefix("link.")
    if name == "destination":
        return Refusal("INVALID_URI")
    return invalid(_FIELDS.get(name, name or "REQUEST"))


def render(error: errors.LinkmeterError) -> ErrorResponse:
    """Word a failure that no call of the room has worded itself."""
    failure = failure_of(error)
    body = {"data": None, "status_code": failure.status_code, "status_txt": failure.status_txt}
    return ErrorResponse(http_status=200, body=body, retry_after_seconds=failure.retry_after_seconds)
