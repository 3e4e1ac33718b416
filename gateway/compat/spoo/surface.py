"""spoo.me at the edge."""

from typing import Final

from gateway.surface import Json, Reply, Surface

_CODES: Final = {
    **dict.fromkeys((400, 408, 413, 415, 431), "validation_error"),
    401: "authentication_error",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    429: "rate_limit_exceeded",
    **dict.fromkeys((502, 503, 504), "service_unavailable"),
}


def _error_body(reply: Reply) -> Json:
    code = _CODES.get(reply.status, "internal_error")
    return {"error": reply.text, "code": code, "error_code": code}


SPOO: Final = Surface(
    name="spoo",
    title="spoo.me",
    prefixes=("/api/v1", "/auth", "/emoji", "/export", "/health", "/metric", "/result", "/stats"),
    packages=("linkmeter.compat.spoo.v1",),
    # The real service passes over what it does not know, and its clients count on that.
    query_options={"query_param_unescape_plus": True, "ignore_unknown_query_parameters": True},
    allows_unknown_fields=True,
    error_body=_error_body,
    error_schema={
        "type": "object",
        "description": "An error of spoo.me; its first API answers other names, such as `UrlError`.",
        "properties": {
            "error": {"type": "string", "description": "What went wrong, for people."},
            "code": {"type": "string", "description": "What went wrong, for programs."},
            "error_code": {"type": "string", "description": "The same."},
            "field": {"type": "string", "description": "The field that is wrong, if it is one field."},
        },
    },
    security={
        "spoo_key": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key: lm_…, or the same as spoo_…. Public statistics and anonymous links need none.",
        }
    },
    is_open=True,
)
