"""What a channel to an installation is made of: its address, its security, its repeats."""

import json
import os
import re
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import grpc

from linkmeter.errors import InvalidArgument
from linkmeter.rpc import Method
from linkmeter.version import __version__

# A page of a list has at most 8 MiB, which the contracts promise; this is far beyond.
_LONGEST_MESSAGE_BYTES: Final = 64 * 1024 * 1024
# Waits of 0.2, 0.4, 0.8 and 1.6 seconds, each longer or shorter by a fifth: enough for a server that is restarted.
_RETRY: Final = {
    "maxAttempts": 5,
    "initialBackoff": "0.2s",
    "maxBackoff": "2s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}
_LONGEST_TIMEOUT_SECONDS: Final = 86_400.0
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
# May hold a secret.
_USER_INFO: Final = re.compile(r"//[^/]*@")
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """How an installation is reached."""

    # As gRPC writes it, for instance sho.rt:443.
    target: str
    # None: without TLS.
    credentials: grpc.ChannelCredentials | None
    options: tuple[tuple[str, Any], ...]
    # What every call carries: the key, which no trace of an error shows.
    metadata: tuple[tuple[str, str], ...] = field(repr=False)
    # Seconds that a call may take with all its repeats; streams have no such bound.
    timeout: float


def endpoint(
    url: str, api_key: str, ca: str | os.PathLike[str] | None, timeout: float, methods: Iterable[Method[Any, Any]]
) -> Endpoint:
    """Return how to reach the installation at a URL. InvalidArgument: one of the arguments makes no sense."""
    secure, host, port = _address(url)
    if not (api_key.isascii() and api_key.isprintable()):
        raise InvalidArgument("the API key holds characters that no key has", field="api_key")
    if not 0 < timeout <= _LONGEST_TIMEOUT_SECONDS:
        raise InvalidArgument("the timeout has to be more than 0 seconds, and at most a day", field="timeout")
    if ca is not None and not secure:
        raise InvalidArgument("a CA makes sense with https:// only", field="ca")
    return Endpoint(
        target=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        credentials=grpc.ssl_channel_credentials(_roots(ca)) if secure else None,
        options=_options(service_config(methods), loopback=host in _LOOPBACK),
        metadata=(("authorization", f"Bearer {api_key}"),) if api_key else (),
        timeout=timeout,
    )


def service_config(methods: Iterable[Method[Any, Any]]) -> dict[str, Any]:
    """Return gRPC's service config: repeats where they do no harm.

    Deadlines are not in it: gRPC counts those from a coarse clock of its own, which may be seconds away from the call.
    """
    repeatable = [method for method in methods if method.repeatable and not method.streams]
    return {"methodConfig": [{"name": _names(repeatable), "retryPolicy": _RETRY}] if repeatable else []}


def _names(methods: Iterable[Method[Any, Any]]) -> list[dict[str, str]]:
    return [{"service": method.service, "method": method.name} for method in methods]


def _address(url: str) -> tuple[bool, str, int]:
    shown = _USER_INFO.sub("//", url)
    problem = InvalidArgument(f"not the address of an installation, as https://sho.rt: {shown!r}", field="url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise problem from None
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in _PORTS or not parts.hostname or extra:
        raise problem
    return parts.scheme == "https", parts.hostname, port or _PORTS[parts.scheme]


def _options(config: dict[str, Any], *, loopback: bool) -> tuple[tuple[str, Any], ...]:
    return (
        ("grpc.service_config", json.dumps(config)),
        ("grpc.service_config_disable_resolution", 1),
        ("grpc.primary_user_agent", f"linkmeter-python/{__version__}"),
        ("grpc.max_receive_message_length", _LONGEST_MESSAGE_BYTES),
        ("grpc.max_reconnect_backoff_ms", 2000),
        # Clients of one process would share connections, and with them another one's failures.
        ("grpc.use_local_subchannel_pool", 1),
        # Finds out that the other side is gone while a stream waits.
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 10_000),
        # Settings of the machine for proxies have no say about the machine itself.
        *((("grpc.enable_http_proxy", 0),) if loopback else ()),
    )


def _roots(ca: str | os.PathLike[str] | None) -> bytes | None:
    """Return the certificates to trust, as PEM: those of a file, or the system's; None for those that gRPC brings."""
    if ca is not None:
        try:
            return Path(ca).read_bytes()
        except OSError as error:
            raise InvalidArgument(f"cannot read the CA: {error}", field="ca") from None
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return Path(paths.cafile).read_bytes()
    certificates = ssl.create_default_context().get_ca_certs(binary_form=True)
    if certificates:
        return "".join(map(ssl.DER_cert_to_PEM_cert, certificates)).encode()
    if paths.capath:
        # Debian's, where every certificate is a file under its hash.
        files = sorted(Path(paths.capath).glob("*.[0-9]"))
        return b"\n".join(file.read_bytes() for file in files) or None
    return None
