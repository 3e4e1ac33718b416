"""The cookie that opens a protected link."""

from datetime import UTC, datetime

from gateway.compat.shared import access_cookie


def test_the_cookie_is_for_its_link_alone() -> None:
    """HttpOnly, SameSite, bound to the link's path, Secure over https only."""
    expires_at = datetime(2026, 3, 1, 13, 0, 5, tzinfo=UTC)
    header = access_cookie.header("abc1", "17.sig", expires_at=expires_at, secure=True)
    attributes = "Path=/abc1; Expires=Sun, 01 Mar 2026 13:00:05 GMT; HttpOnly; SameSite=Lax"
    assert header == f"lm_access_abc1=17.sig; {attributes}; Secure"
    plain = access_cookie.header("abc1", "17.sig", expires_at=expires_at, secure=False)
    assert plain == f"lm_access_abc1=17.sig; {attributes}"
