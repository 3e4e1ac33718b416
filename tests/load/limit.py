"""The limit that everything is held against: the same Envoy answering a static redirect, on one thread."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from deploy.local import programs
from deploy.local.process import Command, Process
from tests.support.ports import free_port

_READY_SECONDS = 10.0


@contextmanager
def running_limit(folder: Path) -> Iterator[tuple[Process, str]]:
    """Run the Envoy; answer its process and the URL of the redirect."""
    port = free_port()
    path = folder / "limit.json"
    path.write_text(json.dumps(_config(port)))
    # Without hot restart two Envoys on a machine do not collide.
    arguments = [str(programs.envoy()), "-c", str(path), "--concurrency", "1", "--disable-hot-restart", "-l", "error"]
    process = Process(Command(name="limit", arguments=arguments), folder)
    url = f"http://127.0.0.1:{port}/abc"
    try:
        _wait(process, url)
        yield process, url
    finally:
        process.stop()


def _wait(process: Process, url: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    with httpx.Client(trust_env=False) as client:
        while True:
            try:
                client.get(url)
            except httpx.TransportError:
                if time.monotonic() > deadline or not process.is_running:
                    raise RuntimeError(process.log_tail()) from None
                time.sleep(0.02)
            else:
                return


def _config(port: int) -> dict[str, Any]:
    redirect = {"host_redirect": "example.com", "path_redirect": "/landing", "response_code": "FOUND"}
    hosts = [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "redirect": redirect}]}]
    manager = {
        "@type": _type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": "limit",
        "route_config": {"virtual_hosts": hosts},
        "http_filters": [
            {
                "name": "envoy.filters.http.router",
                "typed_config": {"@type": _type("envoy.extensions.filters.http.router.v3.Router")},
            }
        ],
    }
    filters = [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]
    address = {"socket_address": {"address": "127.0.0.1", "port_value": port}}
    return {"static_resources": {"listeners": [{"address": address, "filter_chains": [{"filters": filters}]}]}}


def _type(name: str) -> str:
    return f"type.googleapis.com/{name}"
