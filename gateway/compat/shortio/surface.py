"""Short.io at the edge."""

from typing import Final

from gateway.surface import Json, Reply, Surface

_CODES: Final = {
    **dict.fromkeys((400, 408, 413, 415, 431), "VALIDATION_ERROR"),
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    429: "RATE_LIMITED",
    **dict.fromkeys((502, 503, 504), "UNAVAILABLE"),
}


def _statistics_error_body(reply: Reply) -> Json:
    return {"error": reply.text}


def _error_body(reply: Reply) -> Json:
    code = _CODES.get(reply.status, "INTERNAL_ERROR")
    return {"code": code, "error": reply.text, "message": reply.text, "statusCode": reply.status, "success": False}


SHORTIO: Final = Surface(
    name="shortio",
    title="Short.io",
    prefixes=("/statistics", "/links", "/domains", "/link_country", "/link_region", "/tags/bulk"),
    packages=("linkmeter.compat.shortio.v2",),
    # Its API has many more options than ours, and clients send them all.
    query_options={"query_param_unescape_plus": True, "ignore_unknown_query_parameters": True},
    has_lenient_bodies=True,
    error_body=_error_body,
    other_error_bodies={
        "/statistics(?:[/?].*)?": _statistics_error_body,
        # Two paths of its link API are among those of another dialect.
        r"/api/(?:links|domains)(?:\?.*)?": _error_body,
    },
    error_schema={
        "type": "object",
        "description": "An error of Short.io; its statistics have only `error`.",
        "properties": {
            "error": {"type": "string", "description": "What went wrong, for people."},
            "message": {"type": "string", "description": "The same."},
            "code": {"type": "string", "description": "What went wrong, for programs."},
            "success": {"type": "boolean", "description": "Always false."},
            "statusCode": {"type": "integer", "description": "The HTTP status."},
            "field": {"type": "string", "description": "The field that is wrong, if it is one field."},
        },
        "required": ["error"],
    },
    security={
        "shortio_key": {
            "type": "apiKey",
            "in": "header",
            "name": "authorization",
            "description": "An API key (lm_…) as it is, without a scheme.",
        }
    },
)
