"""Errors as Short.io has them."""

import pytest

from gateway.compat.shortio import errors as shortio_errors
from services.common import errors


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (errors.InvalidArgument("period", "is odd"), 400, "period is odd"),
        (errors.InvalidArgument("link.destination", "is odd"), 400, "originalURL is odd"),
        (errors.InvalidArgument("", "the request is odd"), 400, "The request is odd"),
        (errors.Unauthenticated(), 401, "A valid API key is required"),
        (errors.PermissionDenied("no"), 403, "This API key may not do that"),
        (errors.NotFound("link", 7), 404, "Link not found"),
        (errors.NotFound("domain", 7), 404, "Domain not found"),
        (errors.AlreadyExists("code", "a"), 409, "Link already exists"),
        (errors.ResourceExhausted("x", 3), 429, "Too many requests. Please slow down"),
        (errors.Unavailable("x"), 503, "The service is not available just now. Please try again"),
    ],
)
def test_every_error_has_its_text(error: errors.LinkmeterError, status: int, text: str) -> None:
    """Statistics say {"error"}, the link API some more."""
    statistics, links = shortio_errors.render_of_statistics(error), shortio_errors.render_of_links(error)
    assert statistics.http_status == links.http_status == status
    assert statistics.body == {"error": text}
    assert {name: links.body[name] for name in ("error", "message", "success", "statusCode")} == {
        "error": text,
        "message": text,
        "success": False,
        "statusCode": status,
    }


def test_what_is_not_included_is_refused_with_402() -> None:
    """HTTP callers get Short.io's answer, gRPC callers an error of ours that says the same."""
    refusal = shortio_errors.not_included("split tests", field="splitURL")
    text = "Split tests are not part of this installation: splitURL"
    assert refusal.response.http_status == 402
    assert refusal.response.body == {
        "code": "PAYMENT_REQUIRED",
        "error": text,
        "field": "splitURL",
        "message": text,
        "statusCode": 402,
        "success": False,
    }
    assert refusal.cause.reason == errors.FailedPrecondition.reason
    assert refusal.cause.metadata == {"field": "splitURL"}


def test_the_wrong_field_is_named() -> None:
    """As Short.io calls it."""
    rendered = shortio_errors.render_of_links(errors.InvalidArgument("link.expire_time", "is past"))
    assert rendered.body["field"] == "expiresAt"


def test_unforeseen_failures_say_nothing_of_us() -> None:
    """But a request id."""
    assert "SELECT" not in str(shortio_errors.render_of_statistics(errors.Internal("SELECT 1")).body)
    assert shortio_errors.render_of_statistics(errors.Internal("x")).http_status == 500


def test_waiting_times_go_along() -> None:
    """For Retry-After."""
    assert shortio_errors.render_of_statistics(errors.ResourceExhausted("x", 3)).retry_after_seconds == 3
