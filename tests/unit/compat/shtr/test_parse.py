"""What shtr's requests mean, and how wrong ones are refused."""

from datetime import UTC, datetime

import pytest
from google.protobuf import json_format

from gateway.compat.shtr import parse
from linkmeter.compat.shtr.v1 import shtr_pb2
from services.common import errors


def shorten(**body: object) -> shtr_pb2.ShortenRequest:
    """Read a body as the gateway does."""
    return json_format.ParseDict(body, shtr_pb2.ShortenRequest())


def test_a_url_alone_is_enough() -> None:
    """All other fields have defaults."""
    link = parse.new_link(shorten(url="https://example.com/page"))
    assert link.destination == "https://example.com/page"
    assert (link.code, link.password, link.one_time, link.HasField("expire_time")) == ("", "", False, False)


def test_every_field_arrives() -> None:
    """The documented body is understood whole."""
    link = parse.new_link(
        shorten(
            url="https://example.com/very-long-url",
            customCode="my-link",
            password="secret123",
            expiresAt="2034-12-31T23:59:59Z",
            isOneTime=True,
        )
    )
    assert (link.code, link.password, link.one_time) == ("my-link", "secret123", True)
    assert link.expire_time.ToDatetime(UTC) == datetime(2034, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_null_and_empty_say_what_leaving_out_says() -> None:
    """Forms send empty fields for what was not filled in."""
    given = parse.new_link(shorten(url="https://a.example", customCode="", password=None, expiresAt="", isOneTime=None))
    assert given == parse.new_link(shorten(url="https://a.example"))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2034-12-31T23:59:59.250Z", datetime(2034, 12, 31, 23, 59, 59, 250_000, tzinfo=UTC)),
        ("2034-12-31T23:59:59+02:00", datetime(2034, 12, 31, 21, 59, 59, tzinfo=UTC)),
        ("2034-12-31T23:59", datetime(2034, 12, 31, 23, 59, tzinfo=UTC)),
        ("2034-12-31", datetime(2034, 12, 31, tzinfo=UTC)),
    ],
)
def test_expiry_is_any_iso_8601_date(text: str, moment: datetime) -> None:
    """A time without zone is UTC."""
    assert parse.new_link(shorten(url="https://a.example", expiresAt=text)).expire_time.ToDatetime(UTC) == moment


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": ""}, "url"),
        ({"url": None}, "url"),
        ({"url": 5}, "url"),
        ({"url": ["https://a.example"]}, "url"),
        ({"url": {"href": "https://a.example"}}, "url"),
        ({"customCode": "ab"}, "customCode"),
        ({"customCode": "a" * 21}, "customCode"),
        ({"customCode": "a/b/c"}, "customCode"),
        ({"customCode": "abc\n"}, "customCode"),
        ({"customCode": "äöü"}, "customCode"),
        ({"customCode": 1234}, "customCode"),
        ({"password": True}, "password"),
        ({"expiresAt": "tomorrow"}, "expiresAt"),
        ({"expiresAt": 1893456000}, "expiresAt"),
        ({"expiresAt": "0001-01-01T00:00:00+23:00"}, "expiresAt"),
        ({"isOneTime": "yes"}, "isOneTime"),
        ({"isOneTime": 1}, "isOneTime"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(body: dict[str, object], field: str) -> None:
    """A value of the wrong type or out of bounds names the field as the client wrote it."""
    whole = body if field == "url" else {"url": "https://a.example", **body}
    with pytest.raises(errors.InvalidArgument) as caught:
        parse.new_link(shorten(**whole))
    assert caught.value.field == field


def clicks(page: str = "", limit: str = "") -> shtr_pb2.ListClicksRequest:
    return shtr_pb2.ListClicksRequest(page=page, limit=limit)


def test_pages_have_the_documented_defaults() -> None:
    """Page 1 of 20 clicks."""
    assert parse.page(clicks()) == parse.Page(number=1, limit=20)


def test_more_than_a_hundred_clicks_on_a_page_are_a_hundred() -> None:
    """The documented maximum cuts rather than refuses."""
    assert parse.page(clicks(page="3", limit="5000")) == parse.Page(number=3, limit=100)
    assert parse.Page(number=3, limit=100).skip == 200


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", " 1", "1e3", "٣", "99999999999"])
@pytest.mark.parametrize("field", ["page", "limit"])
def test_pages_are_counted_from_one(field: str, text: str) -> None:
    """What is no whole number from 1 is refused."""
    with pytest.raises(errors.InvalidArgument) as caught:
        parse.page(clicks(**{field: text}))
    assert caught.value.field == field


def test_pages_end_where_clicks_can_be_passed_over() -> None:
    """A page so far that analytics would refuse it is refused before it is asked."""
    assert parse.page(clicks(page="1001", limit="100")).skip == parse.LARGEST_SKIP
    with pytest.raises(errors.InvalidArgument):
        parse.page(clicks(page="1002", limit="100"))


def test_without_a_token_the_caller_is_nobody() -> None:
    """A missing token is another matter than a wrong one."""
    with pytest.raises(errors.Unauthenticated):
        parse.token("")
    assert parse.token("tok_a1b2") == "tok_a1b2"


@pytest.mark.parametrize("text", ["", "a/b", "a b", "../v1", "a" * 65, "ä"])
def test_a_code_that_no_link_can_have_is_not_found(text: str) -> None:
    """There is no other answer for what cannot be there."""
    with pytest.raises(errors.NotFound):
        parse.code(text)


def test_the_code_of_a_guess_comes_from_the_path_or_the_body() -> None:
    """The documented form names it in the body, the aliases in the path."""
    body = json_format.ParseDict({"code": "abc1", "password": "secret123"}, shtr_pb2.VerifyPasswordRequest())
    assert parse.password_guess(body) == parse.PasswordGuess(code="abc1", password="secret123")
    body.link_code = "xyz9"
    assert parse.password_guess(body).code == "xyz9"


@pytest.mark.parametrize(
    ("body", "field"),
    [({"password": "x"}, "code"), ({"code": "abc1"}, "password"), ({"code": 5, "password": "x"}, "code")],
)
def test_a_guess_needs_code_and_password(body: dict[str, object], field: str) -> None:
    """A missing part is refused by its name."""
    with pytest.raises(errors.InvalidArgument) as caught:
        parse.password_guess(json_format.ParseDict(body, shtr_pb2.VerifyPasswordRequest()))
    assert caught.value.field == field
