"""The cookie that opens a protected link: the same that redirect sets and reads."""

from datetime import UTC, datetime
from email.utils import format_datetime

from services.common import access_ticket


def header(code: str, ticket: str, *, expires_at: datetime, secure: bool) -> str:
    """Return the Set-Cookie header that brings a ticket for the link of a code to a browser."""
    expires = format_datetime(expires_at.astimezone(UTC), usegmt=True)
    name = access_ticket.COOKIE_PREFIX + code
    return f"{name}={ticket}; Path=/{code}; Expires={expires}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"
