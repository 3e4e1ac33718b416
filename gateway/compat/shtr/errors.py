"""How shtr reports errors: {"error": "text"}."""

from typing import Final

from gateway.compat.shared.http_metadata import ErrorResponse
from gateway.compat.shared.refusal import Refusal
from services.common import errors
from services.runtime import request_id

# Fields of our contracts, as shtr calls them. Others are shtr's own already.
_FIELDS: Final = {
    "link.destination": "url",
    "link.code": "customCode",
    "link.password": "password",
    "link.expire_time": "expiresAt",
    "link.one_time": "isOneTime",
}

# HTTP status and text.
_RESPONSES: Final[dict[type[errors.LinkmeterError], tuple[int, str]]] = {
    errors.Unauthenticated: (401, "Edit token is required"),
    errors.PermissionDenied: (403, "Wrong edit token"),
    errors.NotFound: (404, "Link not found"),
    errors.AlreadyExists: (409, "This custom code is already taken"),
    errors.FailedPrecondition: (409, "The link changed meanwhile. Please try again"),
    errors.Aborted: (409, "The link changed meanwhile. Please try again"),
    errors.ResourceExhausted: (429, "Too many requests. Please wait before making more"),
    errors.Unavailable: (503, "The service is not available just now. Please try again"),
    errors.DeadlineExceeded: (503, "This takes too long just now. Please try again later"),
}


def wrong_password(cause: errors.PermissionDenied) -> Refusal:
    """Return the refusal of a password that is not the link's, or whose link has none or is not there."""
    return Refusal(cause, ErrorResponse(http_status=403, body={"error": "Wrong password"}))


def render(error: errors.LinkmeterError) -> ErrorResponse:
    """Render an error: its HTTP status, its text, and when the call may work where that is known."""
    status, text = _status_and_text(error)
    return ErrorResponse(
        http_status=status,
        body={"error": text},
        retry_after_seconds=getattr(error, "retry_after_seconds", None),
    )


def _status_and_text(error: errors.LinkmeterError) -> tuple[int, str]:
    if isinstance(error, errors.InvalidArgument):
        return 400, _field_problem(error)
    internal = (500, f"Something went wrong on our side. Request id: {request_id.current()}")
    return next((response for kind, response in _RESPONSES.items() if isinstance(error, kind)), internal)


def _field_problem(error: errors.InvalidArgument) -> str:
    if not error.field:
        return error.problem[:1].upper() + error.problem[1:]
    return f"{_FIELDS.get(error.field, error.field)} {error.problem}"
