"""Bitly's version 3 at the edge."""

from typing import Final

from gateway.surface import Json, Reply, Surface

_TEXTS: Final = {
    404: "NOT_FOUND",
    429: "RATE_LIMIT_EXCEEDED",
    502: "TEMPORARILY_UNAVAILABLE",
    503: "TEMPORARILY_UNAVAILABLE",
    504: "TEMPORARILY_UNAVAILABLE",
}


def _error_body(reply: Reply) -> Json:
    return {"data": None, "status_code": reply.status, "status_txt": _TEXTS.get(reply.status, "UNKNOWN_ERROR")}


BITLY: Final = Surface(
    name="bitly",
    title="Bitly v3",
    prefixes=("/v3", "/oauth"),
    packages=("linkmeter.compat.bitly.v3",),
    # Some clients add the same parameters to every call, whether it knows them or not.
    query_options={"query_param_unescape_plus": True, "ignore_unknown_query_parameters": True},
    error_body=_error_body,
    error_schema={
        "type": "object",
        "description": "An error of Bitly; as json and xml most have HTTP status 200.",
        "properties": {
            "data": {"description": "Nothing."},
            "status_code": {"type": "integer", "description": "What went wrong, as a number like an HTTP status."},
            "status_txt": {"type": "string", "description": "What went wrong, for programs."},
        },
        "required": ["data", "status_code", "status_txt"],
    },
    security={
        "bitly_token": {
            "type": "apiKey",
            "in": "query",
            "name": "access_token",
            "description": "An access token: an API key (lm_…), or what OAuth gave an application.",
        }
    },
)
