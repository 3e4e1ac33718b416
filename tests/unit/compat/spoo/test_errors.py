"""Errors of spoo.me's API."""

import pytest

from gateway.compat.shared.refusal import Refusal
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


def test_a_refusal_has_the_text_that_was_said() -> None:
    """With its own status and code, where it has one."""
    assert spoo.login_needed("who?").response.body["error"] == "who?"
    locked = spoo.login_needed("locked", code="password_required").response
    assert (locked.http_status, locked.body["error_code"]) == (401, "password_required")
    assert spoo.forbidden("no").response.http_status == 403
    assert spoo.unprocessable("alias", "bad").response.http_status == 422
    assert spoo.invalid("alias", "bad").response.http_status == 400


def test_what_is_not_there_is_named() -> None:
    """As clients know it."""
    assert spoo.render(errors.NotFound("URL", "7")).body["error"] == "URL not found"
    assert spoo.render(errors.NotFound("API key", "7")).body["error"] == "key not found or access denied"


@pytest.mark.parametrize(
    "refusal",
    [spoo.invalid("a", "b"), spoo.unprocessable("a", "b"), spoo.login_needed("a", code="b"), spoo.forbidden("a")],
)
def test_a_refusal_has_a_cause_of_ours(refusal: Refusal) -> None:
    """Its reason is that of its class: no code of this API travels in it."""
    assert refusal.cause.reason == type(refusal.cause).reason
