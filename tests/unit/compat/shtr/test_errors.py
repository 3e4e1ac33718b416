"""How shtr reports errors."""

import pytest

from gateway.compat.shtr import errors as shtr_errors
from services.common import errors


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (errors.InvalidArgument("url", "is required"), 400, "url is required"),
        (errors.InvalidArgument("code", "is required"), 400, "code is required"),
        (errors.InvalidArgument("link.code", "is reserved"), 400, "customCode is reserved"),
        (errors.InvalidArgument("link.destination", "must be http or https"), 400, "url must be http or https"),
        (errors.InvalidArgument("link.expire_time", "must be in the future"), 400, "expiresAt must be in the future"),
        (errors.InvalidArgument("", "the request is odd"), 400, "The request is odd"),
        (errors.Unauthenticated(), 401, "Edit token is required"),
        (errors.PermissionDenied("wrong token"), 403, "Wrong edit token"),
        (errors.NotFound("link", "abc1"), 404, "Link not found"),
        (errors.AlreadyExists("code", "abc1"), 409, "This custom code is already taken"),
    ],
)
def test_errors_are_one_text_with_the_right_status(error: errors.LinkmeterError, status: int, text: str) -> None:
    """Every failure is {"error": "text"}, with fields named as shtr names them."""
    response = shtr_errors.render(error)
    assert (response.http_status, response.body) == (status, {"error": text})


def test_a_wrong_password_is_not_a_wrong_token() -> None:
    """HTTP callers read another text; gRPC callers get the error as it is."""
    cause = errors.PermissionDenied("wrong password")
    refusal = shtr_errors.wrong_password(cause)
    assert refusal.cause is cause
    assert (refusal.response.http_status, refusal.response.body) == (403, {"error": "Wrong password"})


@pytest.mark.parametrize(
    ("error", "status"), [(errors.ResourceExhausted("x", 17), 429), (errors.Unavailable("x", 17), 503)]
)
def test_what_may_work_later_says_when(error: errors.LinkmeterError, status: int) -> None:
    """A limit and an outage carry Retry-After."""
    response = shtr_errors.render(error)
    assert (response.http_status, response.retry_after_seconds) == (status, 17)


def test_faults_of_ours_say_nothing_but_a_request_id() -> None:
    """An internal error's description does not go out (S18)."""
    response = shtr_errors.render(errors.Internal("SELECT secret FROM links"))
    assert response.http_status == 500
    assert "SELECT" not in str(response.body)
