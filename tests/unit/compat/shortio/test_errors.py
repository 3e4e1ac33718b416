"""Errors in Short.io's words."""

import pytest

from gateway.compat.shortio import errors as words
from services.common import errors


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (errors.InvalidArgument("period", "is odd"), 400, "period is odd"),
        (errors.InvalidArgument("link.destination", "is odd"), 400, "originalURL is odd"),
        (errors.InvalidArgument("", "the request is odd"), 400, "The request is odd"),
        (errors.Unauthenticated(), 401, "A valid API key is required"),
        (words.not_included("goals"), 402, "Goals are not part of this installation"),
        (errors.PermissionDenied("no"), 403, "This API key may not do that"),
        (errors.NotFound("link", 7), 404, "Link not found"),
        (errors.NotFound("domain", 7), 404, "Domain not found"),
        (errors.AlreadyExists("code", "a"), 409, "Link already exists"),
        (errors.ResourceExhausted("x", 3), 429, "Too many requests. Please slow down"),
        (errors.Unavailable("x"), 503, "The service is not available just now. Please try again"),
    ],
)
def test_every_failure_has_its_words(error: errors.LinkmeterError, status: int, text: str) -> None:
    """Statistics say {"error"}, the link API some more."""
    statistics, links = words.render_of_statistics(error), words.render_of_links(error)
    assert statistics.http_status == links.http_status == status
    assert statistics.body == {"error": text}
    assert {name: links.body[name] for name in ("error", "message", "success", "statusCode")} == {
        "error": text,
        "message": text,
        "success": False,
        "statusCode": status,
    }


def test_the_wrong_field_is_named() -> None:
    """As Short.io calls it."""
    assert words.render_of_links(errors.InvalidArgument("link.expire_time", "is past")).body["field"] == "expiresAt"


def test_unforeseen_failures_say_nothing_of_us() -> None:
    """But a request id."""
    assert "SELECT" not in str(words.render_of_statistics(errors.Internal("SELECT 1")).body)
    assert words.render_of_statistics(errors.Internal("x")).http_status == 500


def test_waiting_times_go_along() -> None:
    """For Retry-After."""
    assert words.render_of_statistics(errors.ResourceExhausted("x", 3)).retry_after_seconds == 3
