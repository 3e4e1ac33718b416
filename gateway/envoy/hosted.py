"""Redirect's data plane inside Envoy: a module that embeds Python answers what would be proxied. See ADR 22."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]

APPLICATION: Final = "services.redirect.envoy_host:application"
_MODULE_FILTER: Final = "linkmeter.data_plane"
_HEADERS_FILTER: Final = "linkmeter.data_plane_headers"
_HTTP_FILTERS: Final = "type.googleapis.com/envoy.extensions.filters.http"
# The module leaves x-forwarded-proto out and takes :scheme instead, which in HTTP/2 is the client's own word.
_HEADERS: Final = {
    "x-linkmeter-client-ip": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
    "x-linkmeter-scheme": "%REQ(X-FORWARDED-PROTO)%",
    "x-original-host": "%REQ(:AUTHORITY)%",
}


def hosting_filters(module: Path) -> list[Json]:
    """Make the filters that stand before the router; they are off wherever no route wants them."""
    # What routes add to requests, the router adds: too late for who answers before it.
    headers: list[Json] = [
        {"append": {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}}
        for key, value in _HEADERS.items()
    ]
    return [
        {
            "name": _HEADERS_FILTER,
            "disabled": True,
            "typed_config": {
                "@type": f"{_HTTP_FILTERS}.header_mutation.v3.HeaderMutation",
                "mutations": {"request_mutations": [*headers, {"remove": "x-forwarded-for"}]},
            },
        },
        {
            "name": _MODULE_FILTER,
            "disabled": True,
            "typed_config": {
                "@type": f"{_HTTP_FILTERS}.dynamic_modules.v3.DynamicModuleFilter",
                "dynamic_module_config": {"module": {"local": {"filename": str(module)}}},
                "filter_name": "pyvoy",
                "filter_config": {
                    "@type": "type.googleapis.com/google.protobuf.StringValue",
                    "value": json.dumps({"app": APPLICATION, "interface": "asgi", "lifespan": True}),
                },
            },
        },
    ]


def hosted(routes: Iterable[Json]) -> list[Json]:
    """Have the routes to redirect answered by the module."""
    on = {"@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", "config": {}}
    filters = dict.fromkeys((_HEADERS_FILTER, _MODULE_FILTER), on)
    return [
        route | {"typed_per_filter_config": route.get("typed_per_filter_config", {}) | filters}
        if route.get("route", {}).get("cluster") == "redirect"
        else route
        for route in routes
    ]
