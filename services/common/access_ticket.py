"""Tickets that open password links: issued by links for a right password, checked by redirect without asking anyone."""

import base64
import hmac
from datetime import datetime
from typing import Final

from services.common import keyed_hash

COOKIE_PREFIX: Final = "lm_access_"
_PURPOSE: Final = "access-ticket"


def issue(secret: str, link_id: int, password_version: str, expires_at: datetime) -> str:
    """Make a ticket that opens a link until it expires or the password changes."""
    expiry = int(expires_at.timestamp())
    return f"{expiry}.{_signature(secret, link_id, password_version, expiry)}"


def is_valid(secret: str, ticket: str, link_id: int, password_version: str, now: datetime) -> bool:
    """Return whether a ticket opens a link now."""
    expiry_text, _, signature = ticket.partition(".")
    if not (expiry_text.isascii() and expiry_text.isdigit() and len(expiry_text) <= 12):  # noqa: PLR2004
        return False
    expiry = int(expiry_text)
    expected = _signature(secret, link_id, password_version, expiry)
    return hmac.compare_digest(signature.encode(), expected.encode()) and now.timestamp() < expiry


def _signature(secret: str, link_id: int, password_version: str, expiry: int) -> str:
    key = keyed_hash.derive(secret, _PURPOSE)
    digest = keyed_hash.sign(key, link_id, password_version, expiry)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
