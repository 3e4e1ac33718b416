"""The clusters: where the services are, and how they are reached."""

from collections.abc import Sequence
from typing import Any, Final

from gateway.envoy.settings import EnvoySettings
from gateway.envoy.upstream_tls import upstream_tls
from services.runtime.addresses import host_and_port, unix_path

Json = dict[str, Any]

_PROTOCOL_OPTIONS: Final = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
# redirect ends connections that were idle for 30 s; ending them earlier here leaves no race.
_IDLE_TIMEOUT: Final = "15s"
# At once. Below what one replica takes of calls (services/runtime/rpc_server.py), so that none is ever full.
_MAX_CALLS: Final = 1500
_MAX_VISITS: Final = 8192
# At once on a connection of HTTP/2; one that is full is joined by another. So few share reads and writes as well as
# many, and while redirect answers one connection Envoy fills the next: with all on one, either waits for the other.
_VISITS_OF_CONNECTION: Final = 8
# The window of a connection is that of all its streams: answers that one client does not read hold up nobody's else.
_STREAMS: Final = 1000
_STREAM_WINDOW: Final = 256 * 1024
# Whoever balances hears at once of a replica that is gone or back. By default Envoy gathers such news for a second,
# while its list of replicas has them already: when of two the second goes soon after the first is back, visitors meet
# 503.
_NEWS_AT_ONCE: Final[Json] = {"update_merge_window": "0s"}
# Questions of one account go to one replica, whose file cache and answers are warm for it; for most accounts it stays
# the same when others come and go. One that has twice its share of all calls in hand passes what is more to the next.
_BY_ACCOUNT: Final[Json] = {
    "lb_policy": "RING_HASH",
    "common_lb_config": {"consistent_hashing_lb_config": {"hash_balance_factor": 200}} | _NEWS_AT_ONCE,
}
# With TLS each connection is a handshake, and one that is given up costs as much as one that succeeds: a busy process
# that gets little time for each would do nothing but begin. A new process gets its share bit by bit.
_HANDSHAKES: Final[Json] = {
    "connect_timeout": "5s",
    "least_request_lb_config": {"slow_start_config": {"slow_start_window": "10s"}},
}


def clusters(settings: EnvoySettings) -> list[Json]:
    """Return all of Envoy's clusters."""
    return [
        _grpc("links", settings.links) | upstream_tls(settings, "links"),
        _grpc("analytics", settings.analytics) | _BY_ACCOUNT | upstream_tls(settings, "analytics"),
        _grpc("compat", settings.compat) | upstream_tls(settings, "compat"),
        _http("redirect", settings)
        | (upstream_tls(settings, "redirect") | _HANDSHAKES if settings.http_tls != "off" else {}),
        _admin(settings),
    ]


def envoy_address(address: str) -> Json:
    """Return an address, host:port or unix:PATH, as Envoy writes it; the unspecified IPv6 address takes IPv4, too."""
    if path := unix_path(address):
        return {"pipe": {"path": path}}
    host, port = host_and_port(address)
    place = {"address": host, "port_value": port} | ({"ipv4_compat": True} if host == "::" else {})
    return {"socket_address": place}


def _grpc(name: str, addresses: Sequence[str]) -> Json:
    options = {
        "explicit_http_config": {
            "http2_protocol_options": {
                "connection_keepalive": {"interval": "30s", "timeout": "5s"},
                "max_concurrent_streams": _STREAMS,
                "initial_stream_window_size": _STREAM_WINDOW,
                "initial_connection_window_size": _STREAMS * _STREAM_WINDOW,
            }
        }
    }
    return _cluster(name, addresses, options, {"grpc_health_check": {}}, max_requests=_MAX_CALLS)


def _http(name: str, settings: EnvoySettings) -> Json:
    options = _http_protocol(settings) | {"common_http_protocol_options": {"idle_timeout": _IDLE_TIMEOUT}}
    return _cluster(
        name, settings.redirect, options, {"http_health_check": {"path": "/healthz"}}, max_requests=_MAX_VISITS
    )


def _http_protocol(settings: EnvoySettings) -> Json:
    """Return what is spoken with redirect: HTTP/2 where it is known to understand that, or says so in the handshake.

    HTTP/1.1 where visitors' certificates are at the port, which takes nothing else, and where it is not known.
    """
    http2 = {"http2_protocol_options": {"max_concurrent_streams": _VISITS_OF_CONNECTION}}
    if settings.http_tls == "mutual":
        return {"auto_config": {"http_protocol_options": {}} | http2}
    if settings.http_tls == "off" and settings.redirect_http2:
        return {"explicit_http_config": http2}
    return {"explicit_http_config": {"http_protocol_options": {}}}


def _cluster(name: str, addresses: Sequence[str], options: Json, health_check: Json, *, max_requests: int) -> Json:
    limits = {"max_connections": 1024, "max_pending_requests": 4096, "max_requests": max_requests, "max_retries": 64}
    return {
        "name": name,
        **_discovery(addresses),
        "connect_timeout": "1s",
        "lb_policy": "LEAST_REQUEST",
        "common_lb_config": _NEWS_AT_ONCE,
        "typed_extension_protocol_options": {_PROTOCOL_OPTIONS: _typed(_PROTOCOL_OPTIONS, options)},
        "circuit_breakers": {"thresholds": [limits]},
        "health_checks": [_health_check(health_check)],
        # A replica that was found dead in use gets nothing more until it passes a check.
        "outlier_detection": {
            "consecutive_gateway_failure": 5,
            "interval": "1s",
            "base_ejection_time": "1s",
            "max_ejection_percent": 50,
        },
        "load_assignment": _load_assignment(name, addresses),
    }


def _discovery(addresses: Sequence[str]) -> Json:
    """Return how addresses are found: names by DNS, again and again; paths are static."""
    if any(map(unix_path, addresses)):
        return {"type": "STATIC"}
    return {"type": "STRICT_DNS", "dns_lookup_family": "V4_PREFERRED"}


def _health_check(kind: Json) -> Json:
    """Return how replicas are asked whether they are well, and so how soon one that is back gets calls again.

    Until then the others have to do: of two, the second must not go before the first is known to be back.
    """
    return kind | {
        "timeout": "1s",
        "interval": "0.5s",
        "no_traffic_interval": "0.5s",
        "unhealthy_interval": "0.2s",
        "initial_jitter": "0.1s",
        "unhealthy_threshold": 2,
        "healthy_threshold": 1,
    }


def _admin(settings: EnvoySettings) -> Json:
    return {
        "name": "admin",
        "type": "STATIC",
        "load_assignment": _load_assignment("admin", [settings.admin]),
    }


def _load_assignment(name: str, addresses: Sequence[str]) -> Json:
    endpoints = [{"endpoint": {"address": envoy_address(address)}} for address in addresses]
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": endpoints}]}


def _typed(name: str, message: Json) -> Json:
    return {"@type": f"type.googleapis.com/{name}"} | message
