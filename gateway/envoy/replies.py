"""Give the errors that Envoy itself answers the shape of the surface that was asked."""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

from gateway.envoy.cors import READABLE
from gateway.envoy.dialects import Dialect

Json = dict[str, Any]

Reply = tuple[int, int, str]

# Status, google.rpc.Code, and what is said; without words the reason that Envoy's filters give is said, which is about
# the request. Envoy's own words about upstreams name internal addresses, so those never go out.
_REPLIES: Final[tuple[Reply, ...]] = (
    (400, 3, ""),
    (401, 16, "a valid API key or edit token is required"),
    (403, 7, "this is not allowed"),
    (404, 5, "there is nothing at this path"),
    (405, 12, "the method is not allowed here"),
    (408, 4, "the request did not arrive in time"),
    (413, 3, "the request body is too large"),
    (415, 3, "the content type must be application/json"),
    (429, 8, "too many requests"),
    (431, 3, "the request headers are too large"),
    (500, 13, "internal error, request id %REQ(X-REQUEST-ID)%"),
    (502, 14, "the service is not available just now"),
    (503, 14, "the service is not available just now"),
    (504, 4, "the service did not answer in time"),
)
# What the services' own errors call the same.
_REASONS: Final = {
    3: "INVALID_ARGUMENT",
    4: "DEADLINE_EXCEEDED",
    5: "NOT_FOUND",
    7: "PERMISSION_DENIED",
    8: "RESOURCE_EXHAUSTED",
    12: "UNIMPLEMENTED",
    13: "INTERNAL",
    14: "UNAVAILABLE",
    16: "UNAUTHENTICATED",
}
_ERROR_INFO: Final = "type.googleapis.com/google.rpc.ErrorInfo"
_BITLY_TEXTS: Final = {
    404: "NOT_FOUND",
    429: "RATE_LIMIT_EXCEEDED",
    502: "TEMPORARILY_UNAVAILABLE",
    503: "TEMPORARILY_UNAVAILABLE",
    504: "TEMPORARILY_UNAVAILABLE",
}
_SHORTIO_CODES: Final = {
    **dict.fromkeys((400, 408, 413, 415, 431), "VALIDATION_ERROR"),
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    429: "RATE_LIMITED",
    **dict.fromkeys((502, 503, 504), "UNAVAILABLE"),
}
_SPOO_CODES: Final = {
    **dict.fromkeys((400, 408, 413, 415, 431), "validation_error"),
    401: "authentication_error",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    429: "rate_limit_exceeded",
    **dict.fromkeys((502, 503, 504), "service_unavailable"),
}
# Envoy knows no status of gRPC for this one.
_TOO_LARGE: Final = [{"header": {"key": "grpc-status", "value": "8"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}]
_RETRYABLE: Final = (429, 502, 503, 504)
_RETRY_AFTER: Final = [{"header": {"key": "retry-after", "value": "1"}, "append_action": "ADD_IF_ABSENT"}]


def local_replies(dialects: Iterable[Dialect]) -> Json:
    """Make Envoy's local_reply_config: first match wins, the native shape is the rule."""
    mappers = [_grpc_mapper(reply) for reply in _REPLIES]
    for dialect in dialects:
        if dialect.name != "native":
            for paths, shape in _shapes_of(dialect):
                mappers += [_mapper(reply, _asks(paths), _json(shape(reply))) for reply in _REPLIES]
    mappers += [_mapper(reply, None, _json(_native(reply))) for reply in _REPLIES]
    # Pages, health and whatever else keep the bodies that they have.
    mappers.append({"filter": _status("GE", 200), "headers_to_add": [*READABLE]})
    return {"mappers": mappers}


def _grpc_mapper(reply: Reply) -> Json:
    mapper = _mapper(reply, _is_grpc(), {"text_format_source": {"inline_string": _words(reply)}})
    if reply[0] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        mapper["headers_to_add"] = [*mapper["headers_to_add"], *_TOO_LARGE]
    return mapper


def _mapper(reply: Reply, condition: Json | None, body_format: Json) -> Json:
    status = reply[0]
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


def _native(reply: Reply) -> Json:
    info = {"@type": _ERROR_INFO, "reason": _REASONS[reply[1]], "domain": "linkmeter"}
    return {"code": reply[1], "message": _words(reply), "details": [info]}


def _error(reply: Reply) -> Json:
    return {"error": _words(reply)}


def _bitly(reply: Reply) -> Json:
    status = reply[0]
    return {"data": None, "status_code": status, "status_txt": _BITLY_TEXTS.get(status, "UNKNOWN_ERROR")}


def _spoo(reply: Reply) -> Json:
    code = _SPOO_CODES.get(reply[0], "internal_error")
    return {"error": _words(reply), "code": code, "error_code": code}


def _shortio_links(reply: Reply) -> Json:
    status, words = reply[0], _words(reply)
    code = _SHORTIO_CODES.get(status, "INTERNAL_ERROR")
    return {"code": code, "error": words, "message": words, "statusCode": status, "success": False}


def _shapes_of(dialect: Dialect) -> Iterable[tuple[str, Callable[[Reply], Json]]]:
    """Pair the paths of a dialect, as a regular expression, with the bodies of their errors; first match wins."""
    beginnings = "|".join(re.escape(prefix) for prefix in dialect.prefixes)
    if dialect.name == "shortio":
        yield "/statistics(?:[/?].*)?", _error
        # Two paths of its link API are among those of another dialect.
        yield r"/api/(?:links|domains)(?:\?.*)?", _shortio_links
    yield f"(?:{beginnings})(?:[/?].*)?", _SHAPES.get(dialect.name, _error)


# Bodies that are not {"error": …}, by dialect.
_SHAPES: Final[dict[str, Callable[[Reply], Json]]] = {"bitly": _bitly, "shortio": _shortio_links, "spoo": _spoo}


def _words(reply: Reply) -> str:
    return reply[2] or "%LOCAL_REPLY_BODY%"


def _json(body: Json) -> Json:
    # Sorted, so that equal errors are equal texts.
    return {
        "json_format": body,
        "json_format_options": {"sort_properties": True},
        "content_type": "application/json",
    }


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
