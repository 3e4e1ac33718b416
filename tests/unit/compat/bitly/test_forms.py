"""Calls that arrive as forms."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from google.api.httpbody_pb2 import HttpBody

from gateway.compat.bitly import forms
from gateway.compat.bitly.errors import Failure
from linkmeter.compat.bitly.v3 import bitly_pb2


def context(path: str = "") -> Any:
    return cast("Any", SimpleNamespace(invocation_metadata=lambda: (("x-envoy-original-path", path),)))


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
    with pytest.raises(Failure, match="INVALID_ARG_REQUEST"):
        forms.parameters(HttpBody(data=data), context())


def test_every_call_can_be_posted() -> None:
    """The paths are read from the contract."""
    assert forms.CALLS["link/clicks"] == ("LinkClicks", bitly_pb2.LinkMetricsRequest)
    assert len(forms.CALLS) == len(bitly_pb2.DESCRIPTOR.services_by_name["BitlyService"].methods) - 1
