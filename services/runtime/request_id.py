"""One id for everything that a request causes, across services and logs."""

import re
import secrets
from contextvars import ContextVar
from typing import Final

KEY: Final = "x-request-id"
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Return the id of the request in hand; empty outside of one."""
    return _current.get()


def adopt(given: str) -> str:
    """Make the given id the current one, or a new one when it is not well formed."""
    request_id = given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(12)
    _current.set(request_id)
    return request_id
