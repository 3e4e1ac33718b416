"""CORS: pages of other origins may use the API and read its responses, errors too."""

from typing import Any, Final

Json = dict[str, Any]

# What our own clients, those of the dialects, and tools that trace requests send.
_REQUEST_HEADERS: Final = (
    "authorization",
    "content-type",
    "idempotency-key",
    "last-event-id",
    "x-grpc-web",
    "x-user-agent",
    "grpc-timeout",
    "x-requested-with",
    "x-request-id",
    "x-spoo-client",
    "traceparent",
    "tracestate",
    "baggage",
    # Any other; browsers take this for all but authorization, where no cookies are involved.
    "*",
)
_RESPONSE_HEADERS: Final = (
    "retry-after",
    "x-request-id",
    "grpc-status",
    "grpc-message",
    "grpc-status-details-bin",
    "content-disposition",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
)
_EXPOSED: Final = ", ".join(_RESPONSE_HEADERS)

# For Envoy's filter, which answers preflights and marks the responses of the services.
POLICY: Final[Json] = {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy",
    # Credentials travel in a header, never in a cookie, so any page may ask.
    "allow_origin_string_match": [{"safe_regex": {"regex": ".*"}}],
    "allow_methods": "GET, POST, PATCH, PUT, DELETE",
    "allow_headers": ", ".join(_REQUEST_HEADERS),
    "expose_headers": _EXPOSED,
    "max_age": "86400",
}


def _header(name: str, value: str) -> Json:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


# The origin is said back, so no cache may give one origin's answer to another.
VARY: Final[Json] = {"header": {"key": "vary", "value": "Origin"}, "append_action": "APPEND_IF_EXISTS_OR_ADD"}
# For what Envoy answers itself, where the filter does nothing. Who names no origin is told of none.
READABLE: Final[tuple[Json, ...]] = (
    _header("access-control-allow-origin", "%REQ(ORIGIN)%"),
    _header("access-control-expose-headers", _EXPOSED),
    _header("vary", "Origin"),
)
