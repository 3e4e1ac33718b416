"""The first API: forms, statistics, rates."""

import pytest
from google.api.httpbody_pb2 import HttpBody

from gateway.compat.shared.refusal import Refusal
from gateway.compat.spoo.legacy import errors as legacy_errors
from gateway.compat.spoo.legacy import forms, parse, render
from gateway.compat.spoo.rates import Rates
from services.common import emoji_codes, errors

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="url"\r\n\r\nhttps://example.com/\xc3\xa4\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\ndata\r\n--x--\r\n'
)


def test_forms_are_urlencoded_or_multipart() -> None:
    """Files are passed over; of several values the first counts."""
    assert forms.read(HttpBody(content_type=URLENCODED, data=b"url=a%2Fb+c&url=d&alias=")) == {"url": "a/b c"}
    body = HttpBody(content_type='multipart/form-data; boundary="x"', data=MULTIPART)
    assert forms.read(body) == {"url": "https://example.com/ä"}


@pytest.mark.parametrize(
    ("content_type", "data", "kind", "text"),
    [
        (URLENCODED, b"url=http%3A%2F%2Fe.com%2Fcaf%E9", "UrlError", "url is no text in UTF-8"),
        (URLENCODED, b"url=x&password=caf\xe9", "PasswordError", "password is no text in UTF-8"),
        (URLENCODED, b"alias=%ff", "AliasError", "alias is no text in UTF-8"),
        (URLENCODED, b"\xff\xfe", "FormError", "The form cannot be read"),
        (URLENCODED, b"a=1&" * 1000, "FormError", "The form cannot be read"),
        ("multipart/form-data", MULTIPART, "FormError", "The form cannot be read"),
        ("multipart/form-data; boundary=y", MULTIPART, "FormError", "The form cannot be read"),
        ("multipart/form-data; boundary=x", b"\0" * 100, "FormError", "The form cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused(content_type: str, data: bytes, kind: str, text: str) -> None:
    """Never another link than was asked for; the kind of error is that of the field."""
    with pytest.raises(Refusal) as caught:
        forms.read(HttpBody(content_type=content_type, data=data))
    response = caught.value.response
    assert (response.http_status, response.body) == (400, {kind: text, "error": kind, "message": text})


def test_no_form_is_an_empty_one() -> None:
    """The answer then says what is missing."""
    assert forms.read(HttpBody()) == {}


def refusal(form: dict[str, str]) -> dict[str, object]:
    with pytest.raises(Refusal) as caught:
        parse.new_link(form)
    response = caught.value.response
    assert response.http_status == 400
    return dict(response.body)


def test_wrong_forms_are_refused_by_kind() -> None:
    """The kind is a name of its own, and the value of error."""
    assert refusal({}) == {"UrlError": "URL is required", "error": "UrlError", "message": "URL is required"}
    assert refusal({"url": "x", "password": "weak"})["error"] == "PasswordError"
    for text in ("0", "-1", "x", "1.5"):
        assert refusal({"url": "x", "max-clicks": text})["error"] == "MaxClicksError"


def test_a_long_alias_is_cut() -> None:
    """As the documentation says."""
    assert parse.alias({"alias": "a" * 20}) == "a" * 16
    with pytest.raises(Refusal):
        parse.alias({"alias": "a b"})


def test_emojis() -> None:
    """They become a code; anything else is refused."""
    assert parse.emojis({"emojies": "🐍🐍"}) == "xn--4n8ha"
    with pytest.raises(Refusal):
        parse.emojis({"emojies": "snake"})


def test_random_emojis_are_codes() -> None:
    """All that can be drawn is an emoji, and no two draws are alike."""
    assert all(emoji_codes.code_of(text) for text in parse.PLAIN_EMOJIS)
    assert len({parse.random_emojis() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0+"), (999, "999+"), (1000, "1K+"), (12345, "12K+"), (3 * 10**9, "3B+"), (10**20, "100000P+")],
)
def test_large_numbers_in_words(number: int, text: str) -> None:
    """Cut, not rounded."""
    assert render.in_words(number) == text


def test_errors_of_ours_in_its_words() -> None:
    """A taken alias is 400 here."""
    taken = legacy_errors.render(errors.AlreadyExists("link", "x"))
    assert (taken.http_status, taken.body["AliasError"]) == (400, "Alias already exists")
    assert legacy_errors.render(errors.NotFound("link", "x")).http_status == 404
    assert legacy_errors.render(errors.ResourceExhausted("x", 7)).retry_after_seconds == 7
    assert legacy_errors.render(errors.Internal("secret")).body["error"] == "ServerError"


def test_figures_can_be_set() -> None:
    """By group, for keys and for addresses; what is not named stays as documented."""
    read = Rates.parse("stats=5/minute;9/day, stats_anonymous=1/second")
    assert [rate.amount for rate in read.known["stats"].rates] == [5, 9]
    assert [rate.amount for rate in read.anonymous["stats"].rates] == [1]
    assert [rate.amount for rate in read.known["export"].rates] == [30, 1000]
    assert [rate.amount for rate in read.anonymous["export"].rates] == [10, 200]
    for text in ("moon=1/minute", "stats=often", "stats"):
        with pytest.raises(ValueError, match=r".+"):
            Rates.parse(text)
