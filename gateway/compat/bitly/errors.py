"""How Bitly reports errors: a status_code and a status_txt in the envelope."""

from typing import Final

from gateway.compat.shared.http_metadata import ErrorResponse
from services.common import errors

# The status_code of a call that is wrong; what is missing, forbidden or broken has the same.
INVALID: Final = 500
NOT_FOUND: Final = "NOT_FOUND"
UNKNOWN_ERROR: Final = "UNKNOWN_ERROR"
# The token was right once, and may still be, for somebody or something else.
NOT_ALLOWED: Final = "INVALID_ARG_ACCESS_TOKEN"

# Fields of our contracts, as this API calls them.
_FIELDS: Final = {"title": "TITLE", "note": "NOTE", "domain": "DOMAIN"}

_FAILURES: Final[dict[type[errors.LinkmeterError], tuple[int, str]]] = {
    errors.Unauthenticated: (INVALID, NOT_ALLOWED),
    errors.PermissionDenied: (INVALID, NOT_ALLOWED),
    errors.NotFound: (404, NOT_FOUND),
    errors.ResourceExhausted: (403, "RATE_LIMIT_EXCEEDED"),
    errors.Unavailable: (503, "TEMPORARILY_UNAVAILABLE"),
    errors.DeadlineExceeded: (503, "TEMPORARILY_UNAVAILABLE"),
    errors.Aborted: (503, "TEMPORARILY_UNAVAILABLE"),
}


class Failure(Exception):
    """A call that failed, as its envelope reports it.

    The envelope is a response like any other: gRPC callers get it, too, and no error. It may be XML or text, as the
    caller asks, so it cannot be a Refusal, whose response is JSON.
    """

    def __init__(self, status_txt: str, status_code: int = INVALID, *, retry_after_seconds: int | None = None) -> None:
        """Take what programs read, a number like an HTTP status, and when the call may work."""
        super().__init__(status_txt)
        self.status_txt = status_txt
        self.status_code = status_code
        self.retry_after_seconds = retry_after_seconds


def missing(name: str) -> Failure:
    """Return the failure of a call without a parameter that it needs."""
    return Failure(f"MISSING_ARG_{name.upper()}")


def invalid(name: str) -> Failure:
    """Return the failure of a parameter that breaks its bounds."""
    return Failure(f"INVALID_ARG_{name.upper()}")


def failure_of(error: errors.LinkmeterError) -> Failure:
    """Return the failure that an error of ours is in this API; nothing of its description gets out."""
    if isinstance(error, errors.InvalidArgument):
        return _invalid_field(error)
    status_code, status_txt = next(
        (known for kind, known in _FAILURES.items() if isinstance(error, kind)), (500, UNKNOWN_ERROR)
    )
    return Failure(status_txt, status_code, retry_after_seconds=getattr(error, "retry_after_seconds", None))


def render(error: errors.LinkmeterError) -> ErrorResponse:
    """Render an error that no endpoint has reported: the envelope as JSON, HTTP status 200."""
    failure = failure_of(error)
    body = {"data": None, "status_code": failure.status_code, "status_txt": failure.status_txt}
    return ErrorResponse(http_status=200, body=body, retry_after_seconds=failure.retry_after_seconds)


def _invalid_field(error: errors.InvalidArgument) -> Failure:
    name = error.field.removeprefix("link.")
    if name == "destination":
        return Failure("INVALID_URI")
    return invalid(_FIELDS.get(name, name or "REQUEST"))
