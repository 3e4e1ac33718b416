"""Linkmeter's own REST surface, /v1."""

from typing import Final

from gateway.surface import Json, Reply, Surface

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


def _error_body(reply: Reply) -> Json:
    """Return google.rpc.Status as JSON, as the services' errors arrive."""
    info = {"@type": _ERROR_INFO, "reason": _REASONS[reply.code], "domain": "linkmeter"}
    return {"code": reply.code, "message": reply.text, "details": [info]}


NATIVE: Final = Surface(
    name="native",
    title="Linkmeter",
    prefixes=("/v1",),
    packages=("linkmeter.links.v1", "linkmeter.analytics.v1"),
    query_options={
        "query_param_unescape_plus": True,
        "request_validation_options": {"reject_unknown_query_parameters": True},
    },
    error_body=_error_body,
    error_schema={"$ref": "#/components/schemas/Status"},
    security={
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key (lm_…) or the edit token of one link (tok_…).",
        }
    },
)
