"""Ways into a running system that visitors do not have: past Envoy, to the programs themselves."""

import ssl
from collections.abc import Mapping
from dataclasses import fields

import httpx

from deploy.local.addresses import Addresses
from services.runtime.addresses import unix_path
from tests.support.ports import free_port


def on_loopback(workers: int) -> Addresses:
    """Choose free ports, for tools that know no Unix sockets; each further worker of redirect takes the next one."""
    names = [field.name for field in fields(Addresses)]
    return Addresses(**{name: f"127.0.0.1:{free_port(workers if 'redirect' in name else 1)}" for name in names})


def http_client(
    address: str,
    *,
    base_url: str = "http://localhost",
    headers: Mapping[str, str] | None = None,
    verify: ssl.SSLContext | bool = False,
) -> httpx.AsyncClient:
    """Return a client of one program, whatever kind of address it has."""
    path = unix_path(address)
    return httpx.AsyncClient(
        base_url=base_url if path else base_url.replace("localhost", address),
        headers=headers,
        transport=httpx.AsyncHTTPTransport(uds=path or None, verify=verify),
        timeout=60,
    )
