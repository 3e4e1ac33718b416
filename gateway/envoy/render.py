"""Render Envoy's configuration: fill envoy.yaml.tmpl from the settings and the contracts."""

import json
import os
import sys
from pathlib import Path
from string import Template
from typing import Any, Final

from gateway.envoy import cors
from gateway.envoy.access_log import access_log
from gateway.envoy.bodies import MAX_BODY_BYTES, lua_tables
from gateway.envoy.clusters import clusters, envoy_address
from gateway.envoy.dashboard import dashboard_routes
from gateway.envoy.pages import page_routes
from gateway.envoy.replies import local_replies
from gateway.envoy.routed import routed_surfaces
from gateway.envoy.routes import NO_AUTHORIZATION, routes
from gateway.envoy.settings import EnvoySettings, read_settings
from gateway.envoy.upstream_tls import write_sds
from gateway.openapi.contract import Contract
from gateway.surfaces import SURFACES
from services.runtime.settings import SettingsError, stop

MAX_HEADER_KIB: Final = 16
# What links has to see of a request to know whose it is: a credential, or a session with what says that it counts
# (services/links/domain/browser.py).
_AUTHORIZATION_HEADERS: Final = (
    "authorization",
    "cookie",
    "origin",
    "sec-fetch-site",
    "x-forwarded-proto",
    "x-grpc-web",
    "x-request-id",
    "x-share",
)
# Below 20,000 open files, with room for the connections to the services.
_MAX_CONNECTIONS: Final = 15_000
# Below the 512 MiB that an installation gives the gateway.
_MAX_HEAP_BYTES: Final = 384 * 1024 * 1024
# How long a connection may rest between requests. A proxy in front keeps its connections on purpose, up to ten minutes,
# and answers 502 when one ends under its hands.
_IDLE_TIMEOUT: Final = "30s"
_IDLE_TIMEOUT_BEHIND_PROXY: Final = "620s"
_HERE: Final = Path(__file__).resolve().parent


def render(settings: EnvoySettings) -> str:
    """Return the configuration as YAML; raise OSError when the contracts or the dashboard cannot be read."""
    contract = Contract.load(settings.descriptor_set)
    surfaces = routed_surfaces(contract, settings.descriptor_set)
    native = surfaces[0]
    lua = lua_tables(contract, surfaces) + _script("edge.lua")
    values: dict[str, Any] = {
        "access_log": access_log() if settings.access_log else [],
        "admin_address": envoy_address(settings.admin),
        "authorization_headers": {"patterns": [{"exact": name} for name in _AUTHORIZATION_HEADERS]},
        "clusters": clusters(settings),
        "cors": cors.POLICY,
        "default_host": settings.default_host,
        "local_replies": local_replies(SURFACES),
        "idle_timeout": _IDLE_TIMEOUT_BEHIND_PROXY if settings.trusted_hops else _IDLE_TIMEOUT,
        "entry_lua": _script("entry.lua"),
        "lua": lua,
        "max_body_bytes": MAX_BODY_BYTES,
        "max_connections": _MAX_CONNECTIONS,
        "max_heap_bytes": _MAX_HEAP_BYTES,
        "max_header_kib": MAX_HEADER_KIB,
        "metrics_address": envoy_address(settings.metrics_listen),
        "no_authorization": NO_AUTHORIZATION,
        "public_address": envoy_address(settings.listen),
        "ready_when": {name: {"value": 1} for name in ("links", "analytics", "compat", "redirect")},
        "routes": routes(contract, surfaces, page_routes(settings.docs), dashboard_routes(settings.dashboard)),
        "transcoder": native.transcoder,
        "trusted_hops": settings.trusted_hops,
    }
    template = Template((_HERE / "envoy.yaml.tmpl").read_text(encoding="utf-8"))
    return template.substitute({name: json.dumps(value) for name, value in values.items()})


def _script(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def main() -> None:
    """Print the configuration for the settings in the environment."""
    try:
        settings = read_settings(os.environ)
    except SettingsError as problem:
        stop("gateway.envoy", problem)
    try:
        text = render(settings)
    except FileNotFoundError as problem:
        sys.exit(f"gateway.envoy: {problem}")
    write_sds(settings)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
