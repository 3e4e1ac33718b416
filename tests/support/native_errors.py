"""What the native API says when the gateway itself refuses a request."""

import httpx


def assert_refused(answer: httpx.Response, status: int, code: int, reason: str, message: str) -> None:
    """Check a whole refusal: a google.rpc.Status with an ErrorInfo, as the services' own errors have."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "linkmeter"}
    assert answer.json() == {"code": code, "message": message, "details": [info]}
