"""What the edge has to know about a REST surface: its paths, its contract, and how its errors and credentials look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = dict[str, Any]


class Reply(NamedTuple):
    """An error that Envoy makes itself."""

    # HTTP status.
    status: int
    # google.rpc.Code.
    code: int
    # For people; a format of Envoy's, which may name a part of the request.
    text: str


# Returns the JSON body of an error that Envoy makes itself.
ErrorBody = Callable[[Reply], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """One REST surface: the native one, or a dialect."""

    # Lower case, unique; metrics and tests name the surface by it.
    name: str
    # For people, in the documentation.
    title: str
    # Paths that begin with one of these are the surface's, those that it does not know too.
    prefixes: tuple[str, ...]
    # gRPC packages; native calls of them meet errors in the surface's words, too.
    packages: tuple[str, ...]
    # Options of Envoy's JSON transcoder about the query of a URL.
    query_options: Mapping[str, Any] = field(default_factory=dict)
    # Whether bodies may hold fields that the contract does not have, and values of other types.
    has_lenient_bodies: bool = False
    # Whether bodies, though they must be JSON, may hold fields that the contract does not have.
    allows_unknown_fields: bool = False
    error_body: ErrorBody
    # Where some paths, by a regular expression, have errors of another shape; first match wins.
    other_error_bodies: Mapping[str, ErrorBody] = field(default_factory=dict)
    # The JSON schema of an error.
    error_schema: Mapping[str, Any]
    # OpenAPI security schemes by name, each of which is enough; none for a surface that takes no account's credential.
    security: Mapping[str, Json] = field(default_factory=dict)
    # Whether calls without a credential are served, too, with what everybody may see.
    is_open: bool = False
