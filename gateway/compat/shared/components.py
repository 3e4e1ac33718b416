"""What every dialect is made of, and how a dialect joins the server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import grpc

from gateway.compat.backends import Backends
from gateway.compat.shared.accounts import Accounts
from gateway.compat.shared.error_interceptor import ErrorRenderer
from gateway.compat.shared.limits import ClientLimits, Limits
from services.common.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """What all dialects share."""

    backends: Backends
    accounts: Accounts
    # Calls of keys and addresses, as each dialect's rates say.
    limits: Limits
    # What costs or reveals something, by address, over all dialects.
    client_limits: ClientLimits
    clock: Clock
    # Where visitors reach the installation, for instance https://sho.rt.
    public_url: str
    misses_per_minute: int

    @property
    def default_host(self) -> str:
        """The host of the installation's own domain."""
        return (urlsplit(self.public_url).hostname or "").lower()

    @property
    def is_https(self) -> bool:
        """Whether visitors come over https."""
        return self.public_url.startswith("https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A dialect as the server knows it."""

    # As in the dialect's surface.
    name: str
    # Writes the errors of each of its services, by full name of the service.
    error_renderers: Mapping[str, ErrorRenderer]
    # Adds the dialect's services to the server; the last argument is its rates, None where it has none of its own.
    register: Callable[[grpc.aio.Server, Components, Any], None]
