"""Errors as Short.io has them: {"error": "text"} in its statistics, an object with a code in its link API."""

from typing import Final

from gateway.compat.shared.http_metadata import ErrorResponse
from gateway.compat.shared.refusal import Refusal
from services.common import errors
from services.runtime import request_id

# Fields of our contracts, as Short.io calls them. Others are Short.io's own already.
_FIELDS: Final = {
    "destination": "originalURL",
    "code": "path",
    "redirect_status": "redirectType",
    "expire_time": "expiresAt",
    "max_clicks": "clicksLimit",
    "expired_destination": "expiredURL",
    "page_token": "pageToken",
    "page_size": "limit",
    "skip": "offset",
    "host": "hostname",
}

# HTTP status, Short.io's code and text of errors whose facts do not show.
_RENDERED: Final[dict[type[errors.LinkmeterError], tuple[int, str, str]]] = {
    errors.Unauthenticated: (401, "UNAUTHORIZED", "A valid API key is required"),
    errors.PermissionDenied: (403, "FORBIDDEN", "This API key may not do that"),
    errors.FailedPrecondition: (409, "CONFLICT", "The link changed meanwhile. Please try again"),
    errors.Aborted: (409, "CONFLICT", "The link changed meanwhile. Please try again"),
    errors.ResourceExhausted: (429, "RATE_LIMITED", "Too many requests. Please slow down"),
    errors.Unavailable: (503, "UNAVAILABLE", "The service is not available just now. Please try again"),
    errors.DeadlineExceeded: (503, "UNAVAILABLE", "This takes too long just now. Please try again later"),
}
_ABSENT: Final = {"domain": "Domain not found"}
_TAKEN: Final = {"domain": "This domain is already registered"}


def not_included(what: str, *, field: str = "") -> Refusal:
    """Return the refusal of what Short.io has and this installation does not: 402 to callers of the link API.

    What names it in the plural, for instance "split tests"; field is the one that asks for it, if one does.
    """
    asked = f": {field}" if field else ""
    named = {"field": field} if field else {}
    cause = errors.FailedPrecondition(f"{what} are not part of this installation{asked}", **named)
    body = _link_body(402, "PAYMENT_REQUIRED", _capital(cause.description), field)
    return Refusal(cause, ErrorResponse(http_status=402, body=body))


def render_of_statistics(error: errors.LinkmeterError) -> ErrorResponse:
    """Return an error as the statistics have it."""
    status, _, text = _rendered(error)
    return _response(error, status, {"error": text})


def render_of_links(error: errors.LinkmeterError) -> ErrorResponse:
    """Return an error as the link API has it."""
    status, _, _ = _rendered(error)
    return _response(error, status, link_body(error))


def link_body(error: errors.LinkmeterError) -> dict[str, object]:
    """Return the body of an error of the link API, or of an item of a bulk; keys in the alphabet's order."""
    status, code, text = _rendered(error)
    field = _field(error) if isinstance(error, errors.InvalidArgument) else error.metadata.get("field", "")
    return _link_body(status, code, text, field)


def _link_body(status: int, code: str, text: str, field: str) -> dict[str, object]:
    named = {"field": field} if field else {}
    return {"code": code, "error": text, **named, "message": text, "statusCode": status, "success": False}


def _response(error: errors.LinkmeterError, status: int, body: dict[str, object]) -> ErrorResponse:
    return ErrorResponse(http_status=status, body=body, retry_after_seconds=getattr(error, "retry_after_seconds", None))


def _rendered(error: errors.LinkmeterError) -> tuple[int, str, str]:
    """Return HTTP status, Short.io's code and text."""
    kind = error.metadata.get("kind", "link")
    if isinstance(error, errors.InvalidArgument):
        field = _field(error)
        return 400, "VALIDATION_ERROR", f"{field} {error.problem}" if field else _capital(error.problem)
    if isinstance(error, errors.NotFound):
        return 404, "NOT_FOUND", _ABSENT.get(kind, "Link not found")
    if isinstance(error, errors.AlreadyExists):
        return 409, "CONFLICT", _TAKEN.get(kind, "Link already exists")
    internal = (500, "INTERNAL_ERROR", f"Something went wrong on our side. Request id: {request_id.current()}")
    return next((rendered for known, rendered in _RENDERED.items() if isinstance(error, known)), internal)


def _field(error: errors.InvalidArgument) -> str:
    name = error.field.removeprefix("link.").removeprefix("domain.")
    return _FIELDS.get(name, name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
