"""shtr.xyz at the edge."""

from typing import Final

from gateway.surface import Json, Reply, Surface


def _error_body(reply: Reply) -> Json:
    return {"error": reply.text}


SHTR: Final = Surface(
    name="shtr",
    title="shtr.xyz",
    prefixes=("/api",),
    packages=("linkmeter.compat.shtr.v1",),
    # Links that were shared carry tracking parameters, so unknown ones are no error here.
    query_options={"query_param_unescape_plus": True, "ignore_unknown_query_parameters": True},
    error_body=_error_body,
    error_schema={
        "type": "object",
        "description": "An error of shtr.xyz.",
        "properties": {"error": {"type": "string", "description": "What went wrong, for people."}},
        "required": ["error"],
    },
    is_open=True,
)
