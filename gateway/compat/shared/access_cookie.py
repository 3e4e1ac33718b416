"""The cookie that opens a protected link: the same that redirect sets and reads."""

from datetime import datetime

from services.common import access_ticket


def header(code: str, ticket: str, *, expires_at: datetime, now: datetime, secure: bool) -> str:
    """Write the Set-Cookie header for a ticket."""
    seconds = max(0, int((expires_at - now).total_seconds()))
    parts = [
        f"{access_ticket.COOKIE_PREFIX}{code}={ticket}",
        f"Max-Age={seconds}",
        f"Path=/{code}",
        "HttpOnly",
        "SameSite=Lax",
    ]
    if secure:
        parts.append("Secure")
    return "; ".join(parts)
