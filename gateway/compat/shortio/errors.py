"""How Short.io words what went wrong: {"error": "text"}; its link API says some more."""

from typing import Final

from gateway.compat.shared.http_metadata import ErrorResponse
from services.common import errors
from services.runtime import request_id

NOT_INCLUDED: Final = "NOT_INCLUDED"

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

_WORDS: Final[dict[type[errors.LinkmeterError], tuple[int, str, str]]] = {
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


def not_included(what: str, *, field: str = "") -> errors.FailedPrecondition:
    """Make the refusal of what Short.io has and this installation does not; field is what asks for it, if one does."""
    named = {"field": field} if field else {}
    asked = f": {field}" if field else ""
    error = errors.FailedPrecondition(f"{what} are not part of this installation{asked}", **named)
    error.reason = NOT_INCLUDED
    return error


def render_of_statistics(error: errors.LinkmeterError) -> ErrorResponse:
    """Word an error of the statistics."""
    status, _, text = _words(error)
    return _answer(error, status, {"error": text})


def render_of_links(error: errors.LinkmeterError) -> ErrorResponse:
    """Word an error of the link API."""
    status, _, _ = _words(error)
    return _answer(error, status, links_body(error))


def links_body(error: errors.LinkmeterError) -> dict[str, object]:
    """Word an error of the link API, also as an item of a bulk answer; in the order of keys that the gateway has."""
    status, code, text = _words(error)
    field = _field(error) if isinstance(error, errors.InvalidArgument) else error.metadata.get("field", "")
    named = {"field": field} if field else {}
    return {"code": code, "error": text, **named, "message": text, "statusCode": status, "success": False}


def _answer(error: errors.LinkmeterError, status: int, body: dict[str, object]) -> ErrorResponse:
    return ErrorResponse(http_status=status, body=body, retry_after_seconds=getattr(error, "retry_after_seconds", None))


def _words(error: errors.LinkmeterError) -> tuple[int, str, str]:
    """Answer HTTP status, code and text."""
    kind = error.metadata.get("kind", "link")
    if isinstance(error, errors.InvalidArgument):
        field = _field(error)
        return 400, "VALIDATION_ERROR", f"{field} {error.problem}" if field else _capital(error.problem)
    if isinstance(error, errors.NotFound):
        return 404, "NOT_FOUND", _ABSENT.get(kind, "Link not found")
    if isinstance(error, errors.AlreadyExists):
        return 409, "CONFLICT", _TAKEN.get(kind, "Link already exists")
    if error.reason == NOT_INCLUDED:
        return 402, "PAYMENT_REQUIRED", _capital(error.description)
    internal = (500, "INTERNAL_ERROR", f"Something went wrong on our side. Request id: {request_id.current()}")
    return next((words for known, words in _WORDS.items() if isinstance(error, known)), internal)


def _field(error: errors.InvalidArgument) -> str:
    name = error.field.removeprefix("link.").removeprefix("domain.")
    return _FIELDS.get(name, name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
