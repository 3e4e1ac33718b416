"""Granian, set up to stand at the edge."""

import resource
from typing import Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from services.common.tls import TlsFiles
from services.redirect.rsgi import RsgiApplication

BACKLOG: Final = 2048
# Granian's "backpressure" bounds connections, idle ones too, so it has to be well above the proxies' pools.
CONNECTIONS: Final = 8192
# Room for one header of the size that proxies let pass; a request with more is answered 431.
BUFFER_BYTES: Final = 64 * 1024
# Also ends connections that idle for so long: proxies should let go of theirs earlier.
HEADER_SECONDS: Final = 30


def http_server(
    address: str, application: RsgiApplication, tls: TlsFiles | None = None, *, asks_certificate: bool = False
) -> Server:
    """Make the server; several workers share the port by SO_REUSEPORT.

    The embedded server runs in our own event loop: as fast as Granian's own workers, but with no parent process whose
    death would leave a worker behind that holds the port and an outbox.
    """
    host, _, port = address.rpartition(":")
    return Server(
        application,
        address=host.strip("[]"),
        port=int(port),
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=min(CONNECTIONS, _open_files() // 2),
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=BUFFER_BYTES),
        ssl_cert=tls.certificate if tls else None,
        ssl_key=tls.key if tls else None,
        ssl_ca=tls.authority if tls and asks_certificate else None,
        ssl_client_verify=tls is not None and asks_certificate,
        log_enabled=False,
        log_access=False,
    )


def _open_files() -> int:
    """Raise the number of files that may be open as far as allowed."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 2 * CONNECTIONS
