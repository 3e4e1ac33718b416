"""The body of every answer."""

import json
from xml.etree import ElementTree as ET

import pytest

from gateway.compat.bitly import envelope
from gateway.compat.bitly.envelope import ByName, Format, Result, Style
from gateway.compat.bitly.errors import Failure, failure_of, missing
from linkmeter.compat.bitly.v3 import bitly_pb2
from services.common import errors

RESULT = Result(data={"expand": [{"short_url": "http://bit.ly/a", "long_url": "http://a.io/?b=1&c=<d>"}]}, text="x")


def request(**fields: str) -> bitly_pb2.LinksRequest:
    return bitly_pb2.LinksRequest(**fields)


def body(result: Result, style: Style) -> str:
    return str(envelope.succeeded(result, style).body.data, "utf-8")


def test_json_is_the_envelope() -> None:
    """data, status_code and status_txt, HTTP 200."""
    sent = envelope.succeeded(RESULT, Style())
    assert sent.http_status == 200
    assert sent.body.content_type == "application/json; charset=utf-8"
    assert json.loads(sent.body.data) == {"data": RESULT.data, "status_code": 200, "status_txt": "OK"}


def test_jsonp_wraps_the_envelope_in_a_call() -> None:
    """A script can read the answer."""
    text = body(RESULT, Style(Format.JSON, "jQuery.cb_1"))
    assert text.startswith("jQuery.cb_1({")
    assert json.loads(text.removeprefix("jQuery.cb_1(").removesuffix(")"))["status_code"] == 200


def test_jsonp_holds_no_line_separator() -> None:
    """U+2028 is fine in JSON and ends a line in JavaScript."""
    assert "\\u2028" in body(Result(data={"title": "a\u2028b"}), Style(Format.JSON, "f"))


@pytest.mark.parametrize("callback", ["alert(1)", "a;b", "1a", "a.", "a" * 129, "<script>", "a\n", "a[0]"])
def test_callback_is_a_name_and_nothing_more(callback: str) -> None:
    """What could be code is refused, and not written even in the refusal."""
    with pytest.raises(Failure, match="INVALID_ARG_CALLBACK"):
        envelope.style_of(request(callback=callback), has_text=False)
    assert envelope.style_of_failure(request(callback=callback)).callback == ""


def test_xml_names_items_as_bitly_did() -> None:
    """Items of expand are entries; text is escaped."""
    root = ET.fromstring(body(RESULT, Style(Format.XML)))  # noqa: S314 - Our own.
    assert root.tag == "response"
    assert root.findtext("status_code") == "200"
    assert root.findtext("status_txt") == "OK"
    assert root.findtext("data/entry/long_url") == "http://a.io/?b=1&c=<d>"


def test_xml_repeats_the_name_of_a_list() -> None:
    """Other lists are as many elements of their name."""
    data = {"link_clicks": [{"clicks": 1, "dt": 2}, {"clicks": 3, "dt": 4}], "unit_reference_ts": None, "ok": True}
    root = ET.fromstring(body(Result(data=data), Style(Format.XML)))  # noqa: S314 - Our own.
    assert [node.findtext("clicks") for node in root.findall("data/link_clicks")] == ["1", "3"]
    assert root.findtext("data/unit_reference_ts") == ""
    assert root.findtext("data/ok") == "true"


def test_xml_spells_out_names_that_are_data() -> None:
    """A site's name need not be a name in XML."""
    data = {"referrers": ByName({"yxG0=": [{"clicks": 1, "referrer": "yxG0="}]})}
    root = ET.fromstring(body(Result(data=data), Style(Format.XML)))  # noqa: S314 - Our own.
    assert root.findtext("data/referrers/domain") == "yxG0="
    assert root.findtext("data/referrers/referrer/clicks") == "1"
    assert json.loads(body(Result(data=data), Style()))["data"]["referrers"]["yxG0="][0]["clicks"] == 1


def test_xml_leaves_out_what_it_cannot_hold() -> None:
    """Control characters in a title do not break the document."""
    root = ET.fromstring(body(Result(data={"title": "a\x00\x1bb\ufffe"}), Style(Format.XML)))  # noqa: S314 - Our own.
    assert root.findtext("data/title") == "ab"


def test_text_is_the_value_and_a_line_end() -> None:
    """Clients strip it."""
    sent = envelope.succeeded(RESULT, Style(Format.TXT))
    assert (sent.http_status, sent.body.data) == (200, b"x\n")
    assert sent.body.content_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(("style", "status"), [(Style(), 200), (Style(Format.XML), 200), (Style(Format.TXT), 500)])
def test_failures_show_in_the_status_of_text_alone(style: Style, status: int) -> None:
    """As JSON and XML the HTTP status is always 200."""
    failed = envelope.failed(missing("link"), style)
    assert failed.http_status == status
    assert b"MISSING_ARG_LINK" in failed.body.data


@pytest.mark.parametrize("asked", ["yaml", "txt"])
def test_format_must_be_one_that_the_call_has(asked: str) -> None:
    """Txt is for calls with one value."""
    with pytest.raises(Failure, match="INVALID_FORMAT"):
        envelope.style_of(request(format=asked), has_text=False)


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (errors.Unauthenticated(), 500, "INVALID_ARG_ACCESS_TOKEN"),
        (errors.PermissionDenied("no"), 500, "INVALID_ARG_ACCESS_TOKEN"),
        (errors.NotFound("link", 1), 404, "NOT_FOUND"),
        (errors.ResourceExhausted("slow down", 7), 403, "RATE_LIMIT_EXCEEDED"),
        (errors.Unavailable("down"), 503, "TEMPORARILY_UNAVAILABLE"),
        (errors.DeadlineExceeded("late"), 503, "TEMPORARILY_UNAVAILABLE"),
        (errors.InvalidArgument("link.destination", "is wrong"), 500, "INVALID_URI"),
        (errors.InvalidArgument("link.domain", "is wrong"), 500, "INVALID_ARG_DOMAIN"),
        (errors.InvalidArgument("title", "is long"), 500, "INVALID_ARG_TITLE"),
        (errors.Internal("secret"), 500, "UNKNOWN_ERROR"),
    ],
)
def test_errors_of_ours_in_bitlys_words(error: errors.LinkmeterError, code: int, text: str) -> None:
    """Nothing of our own wording gets out."""
    failure = failure_of(error)
    assert (failure.status_code, failure.status_txt) == (code, text)
    assert failure.retry_after_seconds == getattr(error, "retry_after_seconds", None)
