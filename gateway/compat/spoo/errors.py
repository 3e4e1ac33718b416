"""How spoo.me words what went wrong: {"error": text, "code": word, "error_code": word, "field": name}."""

from typing import Final

from gateway.compat.shared.http_metadata import ErrorResponse
from services.common import errors
from services.runtime import request_id

# Reasons of errors that are worded in this room: their description is what the client reads.
_SAID: Final = "SPOO_SAID"
_UNPROCESSABLE: Final = "SPOO_UNPROCESSABLE"
# Prefix of reasons that name a code of their own.
_CODED: Final = "SPOO_CODE_"

# Fields of our contracts, as this API calls them.
_FIELDS: Final = {
    "link.destination": "long_url",
    "link.code": "alias",
    "link.password": "password",
    "link.expire_time": "expire_after",
    "link.max_clicks": "max_clicks",
    "link.domain": "domain",
    "api_key.title": "name",
    "api_key.description": "description",
    "api_key.scopes": "scopes",
    "api_key.expire_time": "expires_at",
    "query": "search",
    "skip": "page",
}
_ABSENT: Final = {"API key": "key not found or access denied", "link": "short_code not found"}

_WORDS: Final[dict[type[errors.LinkmeterError], tuple[int, str, str]]] = {
    errors.InvalidArgument: (400, "validation_error", "Validation error"),
    errors.Unauthenticated: (401, "authentication_error", "Authentication required"),
    errors.PermissionDenied: (403, "forbidden", "Insufficient scope for this operation"),
    errors.NotFound: (404, "not_found", "short_code not found"),
    errors.AlreadyExists: (409, "conflict", "Alias is already in use"),
    errors.FailedPrecondition: (409, "conflict", "The link changed meanwhile"),
    errors.Aborted: (409, "conflict", "The link changed meanwhile"),
    errors.ResourceExhausted: (429, "rate_limit_exceeded", "Rate limit exceeded"),
    errors.Unavailable: (503, "service_unavailable", "The service is not available just now"),
    errors.DeadlineExceeded: (503, "service_unavailable", "This takes too long just now"),
}
_INTERNAL: Final = (500, "internal_error", "An internal server error occurred.")


def invalid(field: str, text: str) -> errors.InvalidArgument:
    """Refuse a value, 400."""
    error = errors.InvalidArgument(field, text)
    error.reason = _SAID
    return error


def unprocessable(field: str, text: str) -> errors.InvalidArgument:
    """Refuse a body that is missing something or of the wrong form, 422."""
    error = errors.InvalidArgument(field, text)
    error.reason = _UNPROCESSABLE
    return error


def login_needed(text: str, *, code: str = "") -> errors.Unauthenticated:
    """Refuse somebody who is not known, 401; with a code of its own where clients tell reasons apart by it."""
    error = errors.Unauthenticated(text)
    error.reason = f"{_CODED}{code}" if code else _SAID
    return error


def forbidden(text: str) -> errors.PermissionDenied:
    """Refuse somebody who is known, 403."""
    error = errors.PermissionDenied(text)
    error.reason = _SAID
    return error


def url_not_found(text: str = "URL not found") -> errors.NotFound:
    """Say that the caller has no such link, or nothing else of the kind, 404."""
    error = errors.NotFound("link", "")
    error.description = text
    error.reason = _SAID
    return error


def render(error: errors.LinkmeterError) -> ErrorResponse:
    """Word an error."""
    status, code, text = next((words for kind, words in _WORDS.items() if isinstance(error, kind)), _INTERNAL)
    body: dict[str, object] = {"error": text, "code": code, "error_code": code}
    if isinstance(error, errors.InvalidArgument):
        status = 422 if error.reason == _UNPROCESSABLE else 400
        body |= _field_problem(error)
    elif error.reason == _SAID:
        body["error"] = error.description
    elif error.reason.startswith(_CODED):
        own = error.reason.removeprefix(_CODED)
        body |= {"error": error.description, "code": own, "error_code": own}
    elif isinstance(error, errors.NotFound):
        body["error"] = _ABSENT.get(error.metadata.get("kind", ""), text)
    elif status == _INTERNAL[0]:
        body["request_id"] = request_id.current()
    return ErrorResponse(http_status=status, body=body, retry_after_seconds=getattr(error, "retry_after_seconds", None))


def _field_problem(error: errors.InvalidArgument) -> dict[str, object]:
    field = _FIELDS.get(error.field, error.field.removeprefix("link."))
    named: dict[str, object] = {"field": field} if field else {}
    if error.reason in {_SAID, _UNPROCESSABLE}:
        return {"error": error.problem} | named
    if field == "long_url":
        return {"error": "URL is not allowed or invalid"} | named
    return {"error": f"{field}: {error.problem}" if field else error.problem[:1].upper() + error.problem[1:]} | named
