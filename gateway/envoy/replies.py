"""Local replies: the errors that Envoy makes itself have the shape of the surface that was called."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Final

from gateway.envoy.cors import READABLE
from gateway.envoy.dashboard import BASE
from gateway.surface import ErrorBody, Json, Reply, Surface

# The reason that Envoy's filters give, where that is about the request. Envoy's own words about upstreams name internal
# addresses, so those never go out.
_ENVOYS_REASON: Final = "%LOCAL_REPLY_BODY%"
_REPLIES: Final = (
    Reply(400, 3, _ENVOYS_REASON),
    Reply(401, 16, "a valid API key or edit token is required"),
    Reply(403, 7, "this is not allowed"),
    Reply(404, 5, "there is nothing at this path"),
    Reply(405, 12, "the method is not allowed here"),
    Reply(408, 4, "the request did not arrive in time"),
    Reply(413, 3, "the request body is too large"),
    Reply(415, 3, "the content type must be application/json"),
    Reply(429, 8, "too many requests"),
    Reply(431, 3, "the request headers are too large"),
    Reply(500, 13, "internal error, request id %REQ(X-REQUEST-ID)%"),
    Reply(502, 14, "the service is not available just now"),
    Reply(503, 14, "the service is not available just now"),
    Reply(504, 4, "the service did not answer in time"),
)
# Envoy knows no status of gRPC for this one.
_TOO_LARGE: Final = [{"header": {"key": "grpc-status", "value": "8"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}]
_RETRYABLE: Final = (429, 502, 503, 504)
_RETRY_AFTER: Final = [{"header": {"key": "retry-after", "value": "1"}, "append_action": "ADD_IF_ABSENT"}]


def local_replies(surfaces: Iterable[Surface]) -> Json:
    """Return Envoy's local_reply_config: first match wins; all other paths have the first surface's shape."""
    native, *dialects = surfaces
    mappers = [_grpc_mapper(reply) for reply in _REPLIES]
    for dialect in dialects:
        for paths, body in _bodies_of(dialect):
            mappers += [_mapper(reply, _asks(paths), _json(body(reply))) for reply in _REPLIES]
    mappers += [_mapper(reply, None, _json(native.error_body(reply))) for reply in _REPLIES]
    # The dashboard is for our own pages alone; its answers differ by encoding, which they say themselves.
    dashboard = {"and_filter": {"filters": [_status("EQ", 200), _asks(f"{BASE}(?:[/?].*)?")]}}
    mappers.append({"filter": dashboard})
    # Pages, health and whatever else keep the bodies that they have.
    mappers.append({"filter": _status("GE", 200), "headers_to_add": [*READABLE]})
    return {"mappers": mappers}


def _bodies_of(surface: Surface) -> Iterator[tuple[str, ErrorBody]]:
    """Pair the paths of a surface, as a regular expression, with the bodies of their errors; first match wins."""
    yield from surface.other_error_bodies.items()
    beginnings = "|".join(re.escape(prefix) for prefix in surface.prefixes)
    yield f"(?:{beginnings})(?:[/?].*)?", surface.error_body


def _grpc_mapper(reply: Reply) -> Json:
    mapper = _mapper(reply, _is_grpc(), {"text_format_source": {"inline_string": reply.text}})
    if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        mapper["headers_to_add"] = [*mapper["headers_to_add"], *_TOO_LARGE]
    return mapper


def _mapper(reply: Reply, condition: Json | None, body_format: Json) -> Json:
    status = reply.status
    has_status = _status("EQ", status)
    return {
        "filter": {"and_filter": {"filters": [has_status, condition]}} if condition else has_status,
        "headers_to_add": [*READABLE, *(_RETRY_AFTER if status in _RETRYABLE else ())],
        "body_format_override": body_format,
    }


def _status(op: str, status: int) -> Json:
    return {
        "status_code_filter": {"comparison": {"op": op, "value": {"default_value": status, "runtime_key": "unused"}}}
    }


def _json(body: Json) -> Json:
    return {"json_format": body, "content_type": "application/json"}


def _is_grpc() -> Json:
    """Match native calls. A REST request being transcoded looks like one, but for a header."""
    native = {"header_filter": {"header": {"name": "x-envoy-original-path", "present_match": False}}}
    return {"and_filter": {"filters": [_header("content-type", {"prefix": "application/grpc"}), native]}}


def _asks(regular_expression: str) -> Json:
    """Match requests by their paths, before and after the transcoder has rewritten them."""
    regex = {"safe_regex": {"regex": regular_expression}}
    paths = [_header(name, regex) for name in (":path", "x-envoy-original-path")]
    return {"or_filter": {"filters": paths}}


def _header(name: str, match: Json) -> Json:
    return {"header_filter": {"header": {"name": name, "string_match": match}}}
