"""The page on which a person lets an application in, and forms."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from google.api.httpbody_pb2 import HttpBody

from gateway.compat.bitly import forms
from gateway.compat.bitly.errors import Refusal
from gateway.compat.bitly.oauth import pages
from gateway.compat.bitly.oauth.pages import AuthorizationRequest
from linkmeter.compat.bitly.v3 import bitly_pb2

MARKUP = "\"><script>alert('x')</script>"


def context(path: str = "") -> Any:
    return cast("Any", SimpleNamespace(invocation_metadata=lambda: (("x-envoy-original-path", path),)))


def test_page_shows_data_never_markup() -> None:
    """Nothing that a stranger wrote becomes an element or leaves its attribute."""
    authorization = AuthorizationRequest(client_id=MARKUP, redirect_uri=MARKUP, state=MARKUP, title=MARKUP)
    page = pages.authorize_page(authorization, problem=MARKUP, login=MARKUP).data.decode()
    assert "<script" not in page
    assert 'value=""' not in page


def test_page_loads_nothing_and_is_framed_by_nobody() -> None:
    """The policy names the style by its hash, and where the form may lead."""
    policy = pages.page_headers("https://app.example:8443/back?x=;script-src *")["content_security_policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://app.example:8443;" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("https://app.example/back", "https://app.example/back?code=c&state=s+t"),
        ("https://app.example/back?x=1#top", "https://app.example/back?x=1&code=c&state=s+t#top"),
        ("https://app.example/\r\nb\u00e4ck", "https://app.example/%0D%0Ab%C3%A4ck?code=c&state=s+t"),
    ],
)
def test_location_is_one_ascii_line(uri: str, target: str) -> None:
    """Parameters are added to those that the address has."""
    assert pages.location(uri, code="c", state="s t") == target


def test_forms_join_query_and_body() -> None:
    """A call that was posted has its parameters in either place."""
    form = HttpBody(data=b"shortUrl=http%3A%2F%2Fbit.ly%2Fa&shortUrl=http%3A%2F%2Fbit.ly%2Fb&format=xml&unknown=1")
    found = forms.parameters(form, context("/v3/expand?access_token=lm_1&format=json"))
    filled = forms.message(bitly_pb2.LinksRequest, found)
    assert filled == bitly_pb2.LinksRequest(
        short_url=["http://bit.ly/a", "http://bit.ly/b"], format="xml", access_token="lm_1"
    )


@pytest.mark.parametrize("data", [b"\xff", b"&".join(b"a=1" for _ in range(300))])
def test_forms_that_cannot_be_read_are_refused(data: bytes) -> None:
    """A form that is no text, or has hundreds of fields, is not read by half."""
    with pytest.raises(Refusal, match="INVALID_ARG_REQUEST"):
        forms.parameters(HttpBody(data=data), context())


def test_every_call_can_be_posted() -> None:
    """The paths are read from the contract."""
    assert forms.CALLS["link/clicks"] == ("LinkClicks", bitly_pb2.LinkMetricsRequest)
    assert len(forms.CALLS) == len(bitly_pb2.DESCRIPTOR.services_by_name["BitlyService"].methods) - 1
