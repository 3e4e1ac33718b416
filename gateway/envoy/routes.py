"""The route table: which request goes where. The order is the order of precedence."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from gateway.envoy import cors
from gateway.envoy.routed import RoutedSurface, cluster_of
from gateway.openapi.contract import Contract
from services.common.reserved_codes import SERVED
from services.runtime.caller_metadata import ACCOUNT_KEY

Json = dict[str, Any]

TRANSCODER_FILTER: Final = "envoy.filters.http.grpc_json_transcoder"
AUTHORIZATION_FILTER: Final = "envoy.filters.http.ext_authz"
# Every filter of the listener but the last, which routes.
FILTERS: Final = (
    "envoy.filters.http.cors",
    "envoy.filters.http.grpc_web",
    "linkmeter.entry",
    AUTHORIZATION_FILTER,
    "envoy.filters.http.lua",
    "envoy.filters.http.health_check",
    TRANSCODER_FILTER,
)
_TYPES: Final = "type.googleapis.com/envoy.extensions.filters.http"

NO_AUTHORIZATION: Final[Json] = {"@type": f"{_TYPES}.ext_authz.v3.ExtAuthzPerRoute", "disabled": True}
_AUTHORIZATION: Final[Json] = {"@type": f"{_TYPES}.ext_authz.v3.ExtAuthzPerRoute", "check_settings": {}}
# A redirect is plain HTTP. A filter that is disabled like this is not even made for a request.
_NO_FILTERS: Final[Json] = {
    name: {"@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", "disabled": True} for name in FILTERS
}

# The services behind this cluster know no credentials: links is asked before each call.
AUTHORIZED_CLUSTER: Final = "analytics"

# Its replicas keep what they have read: an account's questions go to one of them. Authorization has set the header, and
# what a client says under its name is dropped at the door. Without it, any replica will do.
_BY_ACCOUNT: Final[Json] = {"hash_policy": [{"header": {"header_name": ACCOUNT_KEY}, "terminal": True}]}

# Whoever sends one of these wants a path to be read in two ways.
_AMBIGUITIES: Final = (
    r"/(?:\.|%2e){1,2}(?:/.*)?",  # Dot segments.
    r"//.*",
    r"%(?:2f|5c).*",  # Escaped slashes.
    r"%(?:[01][0-9a-f]|7f).*",  # Control characters, escaped (but see MISPRINTED_CODE) ...
    r"[\x00-\x20\x7f\\].*",  # ... and raw.
    r"%(?:c[01]|f[5-9a-f]|e0%[89]|f0%8).*",  # Overlong UTF-8 and bytes that UTF-8 never has.
)
AMBIGUOUS_PATH: Final = f"(?i).*(?:{'|'.join(_AMBIGUITIES)})"
# Reading twice changes nothing, so a method of this kind may be asked again when the service was not available.
_READING_METHOD: Final = "(?:Get|List|Lookup|Query)[A-Za-z]*"

_LONGEST_CALL: Final = "20s"
# Services end streams sooner, in order.
_LONGEST_STREAM: Final = "65s"
# Proxies in front keep nothing of a stream, and hold nothing of it back; nginx has a word of its own for it.
_AT_ONCE: Final[tuple[Json, ...]] = tuple(
    {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
    for name, value in (("cache-control", "no-store"), ("x-accel-buffering", "no"))
)

# What nearly all codes are made of. The gateway's own paths look like this, too, but their names are kept from codes.
PLAIN_CODE: Final = "/[0-9A-Za-z_-]+"
OWN_NAME: Final = f"/(?:{'|'.join(map(re.escape, sorted(SERVED)))})(?:[?].*)?"

# A code, of letters or of emojis, and behind it a control character that is escaped, as chat programs glue on line
# breaks. It reaches no other link: redirect cuts off what no code can hold. NUL may end a path for somebody, and a
# slash may begin a segment: both stay refused.
_BEYOND_ASCII: Final = "%(?:[89abde][0-9a-f]|c[2-9a-f]|f[0-4])"
_LETTER: Final = f"[0-9a-z_-]|{_BEYOND_ASCII}"
_CONTROL: Final = "%(?:0[1-9a-f]|1[0-9a-f]|7f)"
_GLUED: Final = rf"[^/\\\x00-\x20\x7f%0-9a-z_-]|%(?:2[0-9a-ce]|3[a-f]|40|5[bde]|60|7[b-e])|{_BEYOND_ASCII}"
MISPRINTED_CODE: Final = f"(?i)/(?:{_LETTER})+(?:{_GLUED})*{_CONTROL}(?:{_GLUED}|{_CONTROL})*"
# One segment, with what is glued on behind a last slash.
_SEGMENT: Final = "/[^/]*(?:/[^/0-9A-Za-z_-]*)?"

_IS_GRPC: Final[Json] = {"name": "content-type", "string_match": {"prefix": "application/grpc"}}
# What Envoy makes of several Host headers.
_HAS_TWO_HOSTS: Final[Json] = {"name": ":authority", "string_match": {"contains": ","}}
_WANTS_A_PAGE: Final[Json] = {"name": "accept", "string_match": {"contains": "text/html", "ignore_case": True}}
_IS_PREFLIGHT: Final[list[Json]] = [
    {"name": ":method", "string_match": {"exact": "OPTIONS"}},
    {"name": "access-control-request-method", "present_match": True},
    {"name": "origin", "present_match": True},
]

_NOWHERE: Final[Json] = {"cluster": "nowhere", "cluster_not_found_response_code": "NOT_FOUND"}
# As it was before Envoy looked at it.
_REFERER: Final[Json] = {
    "header": {"key": "referer", "value": "%REQ(X-LINKMETER-REFERER)%"},
    "append_action": "ADD_IF_ABSENT",
}
_READING: Final = ("GET", "HEAD")
# What a link that keeps the method leads on; redirect refuses it of others.
_FOLLOWING: Final = (*_READING, "POST", "PUT", "PATCH", "DELETE")
_NOT_SENT: Final = "connect-failure,refused-stream"
# Who has just refused is asked again only when there is nobody else.
_ELSEWHERE: Final[Json] = {
    "retry_host_predicate": [
        {
            "name": "envoy.retry_host_predicates.previous_hosts",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
            },
        }
    ],
    # A throw of dice each, or a step on the ring; of two replicas, one of which is gone, this many are not all wrong.
    "host_selection_retry_max_attempts": 20,
}


def routes(
    contract: Contract, surfaces: Iterable[RoutedSurface], pages: Iterable[Json], dashboard: Iterable[Json] = ()
) -> list[Json]:
    """Return the routes of the public listener."""
    known = list(surfaces)
    table = [
        _plain_redirect(),
        *(_to_redirect({"safe_regex": {"regex": MISPRINTED_CODE}, "headers": [_method(verb)]}) for verb in _FOLLOWING),
        _refuse({"safe_regex": {"regex": AMBIGUOUS_PATH}}, "the path can be read in more than one way"),
        _refuse({"prefix": "/", "headers": [_HAS_TWO_HOSTS]}, "there is more than one Host"),
    ]
    for routed in known:
        for service in routed.services:
            streams = [method.name for method in contract.methods(service) if method.server_streaming]
            table += _grpc(service, cluster_of(service), streams)
    table += [_answer({"path": "/healthz"}, 200, body="ok\n"), *pages]
    # The health check filter answers this one; the route keeps it off the data plane.
    table += [_answer({"path": "/readyz"}, 503)]
    for routed in known:
        table += _rest(contract, routed)
    # Many, and of no interest to calls and REST: after them.
    return [*table, *dashboard, *_data_plane(), _answer({"prefix": "/"}, 404)]


def path_regex(path: str) -> str:
    """Return the regular expression of a binding's path; like the transcoder, it takes a trailing slash."""
    pieces = re.split(r"(\{[^}]*\})", path)
    return "".join(_piece_regex(piece) for piece in pieces) + "/?"


def _piece_regex(piece: str) -> str:
    if not piece.startswith("{"):
        return re.escape(piece)
    # A colon begins a custom verb.
    return ".+" if piece.endswith("=**}") else "[^/:]+"


def _grpc(service: str, cluster: str, streams: Sequence[str]) -> Iterator[Json]:
    """Route the calls of a service: native ones, and REST requests once they are transcoded.

    streams: the methods that answer as long as their client listens, within bounds of their own.
    """
    base = re.escape(service)
    # A page asks before each call of gRPC-Web.
    yield {"match": {"prefix": f"/{service}/", "headers": _IS_PREFLIGHT}, "route": _NOWHERE}
    kinds = [(_READING_METHOD, f"{_NOT_SENT},unavailable", _LONGEST_CALL), ("[A-Za-z]+", _NOT_SENT, _LONGEST_CALL)]
    if streams:
        kinds.insert(0, (f"(?:{'|'.join(streams)})", _NOT_SENT, _LONGEST_STREAM))
    for method, retry_on, longest in kinds:
        headers = [cors.VARY, *(_AT_ONCE if longest is _LONGEST_STREAM else ())]
        yield {
            # gRPC-Web calls, too, have a content type that begins like this.
            "match": {"safe_regex": {"regex": f"/{base}/{method}"}, "headers": [_IS_GRPC]},
            "route": {
                "cluster": cluster,
                "timeout": longest,
                "max_stream_duration": {"max_stream_duration": longest, "grpc_timeout_header_max": longest},
                "retry_policy": {
                    "retry_on": retry_on,
                    "num_retries": 2,
                    "retry_back_off": {"base_interval": "0.025s", "max_interval": "0.25s"},
                }
                | (_ELSEWHERE if cluster == AUTHORIZED_CLUSTER else {}),
            }
            | (_BY_ACCOUNT if cluster == AUTHORIZED_CLUSTER else {}),
            "response_headers_to_add": headers,
            "typed_per_filter_config": _authorization(cluster),
        }


def _rest(contract: Contract, routed: RoutedSurface) -> Iterator[Json]:
    """Route the paths of a surface. What its transcoder takes is routed anew, as a call; the rest is an error.

    CORS needs a route to a cluster, an answer of Envoy's own will not do; so there is one to nowhere.
    """
    # The listener's transcoder is the native one.
    transcode = {TRANSCODER_FILTER: routed.transcoder} if routed.surface.name != "native" else {}
    refusals: list[Json] = []
    for verbs, cluster, paths in _paths_by_verbs(contract, routed):
        allow = {"header": {"key": "allow", "value": ", ".join(verbs)}}
        methods = {"name": ":method", "string_match": {"safe_regex": {"regex": "|".join(verbs)}}}
        yield {
            "match": _any_of(paths) | {"headers": [methods]},
            "route": _NOWHERE,
            "typed_per_filter_config": _authorization(cluster) | transcode,
        }
        # What is left of the root is the data plane's.
        if own := [path for path in paths if path != "/"]:
            refusals.append({"match": _any_of(own) | {"headers": _IS_PREFLIGHT}, "route": _NOWHERE})
            refusals.append(_answer(_any_of(own), 405) | {"response_headers_to_add": [allow]})
    # After all that is taken, for the pattern of one path may fit another that takes more verbs.
    yield from refusals
    for prefix in routed.surface.prefixes:
        yield {"match": {"path_separated_prefix": prefix, "headers": _IS_PREFLIGHT}, "route": _NOWHERE}
        yield _answer({"path_separated_prefix": prefix}, 404)


def _any_of(paths: Iterable[str]) -> Json:
    return {"safe_regex": {"regex": "|".join(f"(?:{path_regex(path)})" for path in paths)}}


def _authorization(cluster: str) -> Json:
    return {AUTHORIZATION_FILTER: _AUTHORIZATION if cluster == AUTHORIZED_CLUSTER else NO_AUTHORIZATION}


def _paths_by_verbs(contract: Contract, routed: RoutedSurface) -> Iterator[tuple[tuple[str, ...], str, list[str]]]:
    """Group the paths of a surface by the verbs that they take and the cluster that serves them."""
    verbs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for service in routed.services:
        for operation in contract.operations(service):
            verbs[re.sub(r"\{[^}=]*", "{", operation.path), cluster_of(service)].add(operation.verb)
    grouped: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for (path, cluster), allowed in verbs.items():
        grouped[tuple(sorted(allowed)), cluster].append(path)
    for (allowed_verbs, cluster), paths in grouped.items():
        yield allowed_verbs, cluster, paths


def _plain_redirect() -> Json:
    """Route most redirects before all else: the table is long, and is read from its beginning for each request."""
    conditions = [
        _method("GET"),
        {"name": ":path", "string_match": {"safe_regex": {"regex": OWN_NAME}}, "invert_match": True},
        _HAS_TWO_HOSTS | {"invert_match": True},
    ]
    return _to_redirect({"safe_regex": {"regex": PLAIN_CODE}, "headers": conditions})


def _data_plane() -> Iterator[Json]:
    """Route everything that is one path segment to redirect, as HTTP, and browsers that are lost: they get a page."""
    match = {"safe_regex": {"regex": _SEGMENT}}
    for verb in _FOLLOWING:
        yield _to_redirect(match | {"headers": [_method(verb)]})
    for verb in _READING:
        yield _to_redirect({"prefix": "/", "headers": [_method(verb), _WANTS_A_PAGE]})
    allow = {"header": {"key": "allow", "value": ", ".join(_FOLLOWING)}}
    yield _answer(match, 405) | {"response_headers_to_add": [allow], "typed_per_filter_config": _NO_FILTERS}


def _to_redirect(match: Json) -> Json:
    return {
        "match": match,
        "route": {
            "cluster": "redirect",
            "timeout": "10s",
            "retry_policy": {"retry_on": _NOT_SENT, "num_retries": 2} | _ELSEWHERE,
        },
        "request_headers_to_add": [_REFERER],
        "typed_per_filter_config": _NO_FILTERS,
    }


def _method(verb: str) -> Json:
    return {"name": ":method", "string_match": {"exact": verb}}


def _refuse(match: Json, why: str) -> Json:
    """Refuse a request before any filter reads it: the transcoder would route it anew, as what it takes it for."""
    return _answer(match, 400, body=why) | {"typed_per_filter_config": _NO_FILTERS}


def _answer(match: Json, status: int, body: str = "") -> Json:
    response: Json = {"status": status}
    if body:
        response["body"] = {"inline_string": body}
    return {"match": match, "direct_response": response}
