"""What is refused rather than dropped."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf import json_format

from gateway.compat.shared.refusal import Refusal
from gateway.compat.shortio import unsupported
from linkmeter.compat.shortio.v2 import domain_service_pb2, links_pb2
from linkmeter.links.v1 import links_pb2 as native
from services.common import errors


def options(**json: Any) -> links_pb2.LinkOptions:
    return json_format.ParseDict(json, links_pb2.LinkOptions())


@pytest.mark.parametrize("value", [None, False, 0, "", " ", "false", "no", [], {}])
def test_a_value_that_says_nothing_is_no_request(value: Any) -> None:
    """However a client writes nothing."""
    unsupported.refuse_options(options(iphoneURL=value, cloaking=value, splitPercent=value))


@pytest.mark.parametrize("value", [True, 1, 50, "x", ["x"], {"a": 1}, "true"])
def test_a_value_that_says_something_is_refused_by_name(value: Any) -> None:
    """402, and the text says what is missing."""
    with pytest.raises(Refusal) as caught:
        unsupported.refuse_options(options(splitURL=value))
    body = caught.value.response.body
    assert (body["statusCode"], body["field"]) == (402, "splitURL")
    assert body["error"] == "Split tests are not part of this installation: splitURL"


def test_what_a_link_shows_anyway_is_no_change() -> None:
    """Clients send back what they got."""
    current = native.Link(domain="sho.rt")
    current.create_time.FromDatetime(datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC))
    shown = options(createdAt="2024-01-02T03:04:05.678Z", source="api", domain="Sho.rt:8080", skipQS=False)
    unsupported.refuse_options(shown, current)
    with pytest.raises(Refusal):
        unsupported.refuse_options(options(createdAt="2023-01-02T03:04:05.678Z"), current)
    with pytest.raises(errors.InvalidArgument):
        unsupported.refuse_options(options(domain="other.example"), current)


@pytest.mark.parametrize(
    ("json", "is_taken"),
    [
        ({"linkType": "random", "caseSensitive": True, "hideReferer": False, "httpsLinks": None}, True),
        ({"linkType": "secure"}, False),
        ({"caseSensitive": False}, False),
        ({"redirect404": "https://e.com/"}, False),
    ],
)
def test_settings_of_a_domain_are_those_that_it_has(json: dict[str, Any], is_taken: bool) -> None:
    """Others are refused."""
    given = json_format.ParseDict({"hostname": "sho.rt", **json}, domain_service_pb2.DomainOptions())
    if is_taken:
        unsupported.refuse_domain_options(given)
    else:
        with pytest.raises(Refusal):
            unsupported.refuse_domain_options(given)
