"""Errors in spoo.me's words."""

import pytest

from gateway.compat.spoo import errors as spoo
from services.common import errors


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.InvalidArgument("query", "is too long"), 400, "validation_error"),
        (errors.Unauthenticated(), 401, "authentication_error"),
        (errors.PermissionDenied("the credential lacks the scope links:read"), 403, "forbidden"),
        (errors.NotFound("link", "x"), 404, "not_found"),
        (errors.AlreadyExists("link", "x"), 409, "conflict"),
        (errors.Aborted("x"), 409, "conflict"),
        (errors.ResourceExhausted("x"), 429, "rate_limit_exceeded"),
        (errors.Unavailable("postgres is down"), 503, "service_unavailable"),
        (errors.DeadlineExceeded("x"), 503, "service_unavailable"),
        (errors.Internal("boom"), 500, "internal_error"),
    ],
)
def test_every_error_has_its_status_and_word(error: errors.LinkmeterError, status: int, code: str) -> None:
    """The word stands under both names that clients look for; nothing of ours gets out."""
    answer = spoo.render(error)
    assert (answer.http_status, answer.body["code"], answer.body["error_code"]) == (status, code, code)
    assert isinstance(answer.body["error"], str)
    assert not {"links:read", "postgres", "boom"} & set(answer.body["error"].replace(",", " ").split())


def test_fields_have_their_names() -> None:
    """Ours become theirs; a bad destination has a text of its own."""
    answer = spoo.render(errors.InvalidArgument("link.destination", "must be http or https"))
    assert answer.body["error"] == "URL is not allowed or invalid"
    assert answer.body["field"] == "long_url"
    assert spoo.render(errors.InvalidArgument("link.code", "is reserved")).body["error"] == "alias: is reserved"


def test_what_the_room_says_is_said() -> None:
    """In its own words and with its own code."""
    assert spoo.render(spoo.login_needed("who?")).body["error"] == "who?"
    locked = spoo.render(spoo.login_needed("locked", code="password_required"))
    assert (locked.http_status, locked.body["error_code"]) == (401, "password_required")
    assert spoo.render(spoo.unprocessable("alias", "bad")).http_status == 422
    assert spoo.render(spoo.url_not_found()).body["error"] == "URL not found"
    assert spoo.render(errors.NotFound("API key", "7")).body["error"] == "key not found or access denied"
