"""spoo.me's errors: {"error": text, "code": code, "error_code": code, "field": name}."""

from typing import Final

from gateway.compat.shared.http_metadata import ErrorResponse
from gateway.compat.shared.refusal import Refusal
from services.common import errors
from services.runtime import request_id

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
_ABSENT: Final = {
    "API key": "key not found or access denied",
    "URL": "URL not found",
    "domain": "domain not found",
    "link": "short_code not found",
    "tag": "Tag not found",
}

_RESPONSES: Final[dict[type[errors.LinkmeterError], tuple[int, str, str]]] = {
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


def invalid(field: str, text: str) -> Refusal:
    """Return the refusal of a value, 400."""
    return _refused_field(400, errors.InvalidArgument(field, text))


def unprocessable(field: str, text: str) -> Refusal:
    """Return the refusal of a body that is missing something or of the wrong form, 422."""
    return _refused_field(422, errors.InvalidArgument(field, text))


def login_needed(text: str, *, code: str = "authentication_error") -> Refusal:
    """Return the refusal of a caller who is not known, 401; clients tell reasons apart by some of the codes."""
    cause = errors.Unauthenticated(text)
    return Refusal(cause, ErrorResponse(http_status=401, body=_body(cause.description, code)))


def forbidden(text: str) -> Refusal:
    """Return the refusal of a caller who is known, 403."""
    cause = errors.PermissionDenied(text)
    return Refusal(cause, ErrorResponse(http_status=403, body=_body(cause.description, "forbidden")))


def conflict(cause: errors.AlreadyExists, text: str) -> Refusal:
    """Return the refusal of a name that is taken, 409."""
    return Refusal(cause, ErrorResponse(http_status=409, body=_body(text, "conflict")))


def render(error: errors.LinkmeterError) -> ErrorResponse:
    """Return the response to an error of ours."""
    status, code, text = next((known for kind, known in _RESPONSES.items() if isinstance(error, kind)), _INTERNAL)
    body = _body(text, code)
    if isinstance(error, errors.InvalidArgument):
        body |= _field_problem(error)
    elif isinstance(error, errors.NotFound):
        body["error"] = _ABSENT.get(error.metadata.get("kind", ""), text)
    elif status == _INTERNAL[0]:
        body["request_id"] = request_id.current()
    return ErrorResponse(http_status=status, body=body, retry_after_seconds=getattr(error, "retry_after_seconds", None))


def _refused_field(status: int, cause: errors.InvalidArgument) -> Refusal:
    body = _body(cause.problem, "validation_error") | ({"field": cause.field} if cause.field else {})
    return Refusal(cause, ErrorResponse(http_status=status, body=body))


def _body(text: str, code: str) -> dict[str, object]:
    return {"error": text, "code": code, "error_code": code}


def _field_problem(error: errors.InvalidArgument) -> dict[str, object]:
    field = _FIELDS.get(error.field, error.field.removeprefix("link."))
    named: dict[str, object] = {"field": field} if field else {}
    if field == "long_url":
        return {"error": "URL is not allowed or invalid"} | named
    return {"error": f"{field}: {error.problem}" if field else error.problem[:1].upper() + error.problem[1:]} | named
