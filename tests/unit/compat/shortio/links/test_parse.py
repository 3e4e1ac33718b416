"""Requests of the link API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf import json_format

from gateway.compat.shortio.intervals import Interval
from gateway.compat.shortio.links import parse
from linkmeter.compat.shortio.v2 import link_service_pb2, links_pb2
from linkmeter.links.v1 import links_pb2 as native
from services.common import errors
from services.common.qr_code import Look


def options(**json: Any) -> links_pb2.LinkOptions:
    return json_format.ParseDict(json, links_pb2.LinkOptions())


def new_link(**json: Any) -> native.Link:
    return parse.new_link(options(domain="sho.rt", originalURL="https://e.com/", **json)).link


def test_everything_of_a_link_is_read() -> None:
    """Each field of ours that Short.io has."""
    link = new_link(
        path="/spring",
        title="Spring",
        tags=["a", "b", "a"],
        password="secret",
        expiresAt=1893456000000,
        expiredURL="https://e.com/gone",
        clicksLimit=5,
        redirectType="307",
        archived=True,
        utmSource="mail",
    )
    expected = native.Link(
        code="spring",
        destination="https://e.com/?utm_source=mail",
        title="Spring",
        tags=["a", "b"],
        password="secret",
        expired_destination="https://e.com/gone",
        max_clicks=5,
        redirect_status=307,
        archived=True,
    )
    expected.expire_time.FromDatetime(datetime(2030, 1, 1, tzinfo=UTC))
    assert link == expected


def test_null_is_nothing() -> None:
    """Clients send whole objects with nulls in them."""
    nothing = dict.fromkeys(
        ("path", "title", "tags", "password", "expiresAt", "expiredURL", "clicksLimit", "utmSource")
    )
    assert new_link(**nothing) == native.Link(destination="https://e.com/")


def test_ttl_stands_in_for_an_expiry() -> None:
    """Unless there is one."""
    assert new_link(ttl="2030-01-01T00:00:00Z").expire_time.ToDatetime(UTC) == datetime(2030, 1, 1, tzinfo=UTC)
    assert new_link(ttl="2030-01-01", expiresAt="2031-01-01").expire_time.ToDatetime(UTC).year == 2031


@pytest.mark.parametrize(
    ("json", "name"),
    [
        ({}, "originalURL"),
        ({"originalURL": "https://e.com/"}, "domain"),
        ({"originalURL": ["https://e.com/"], "domain": "sho.rt"}, "originalURL"),
        ({"originalURL": "https://e.com/", "domain": "sho.rt", "clicksLimit": 0}, "clicksLimit"),
        ({"originalURL": "https://e.com/", "domain": "sho.rt", "expiresAt": "soon"}, "expiresAt"),
        ({"originalURL": "https://e.com/", "domain": "sho.rt", "redirectType": "permanent"}, "redirectType"),
        ({"originalURL": "https://e.com/", "domain": "sho.rt", "tags": [{}]}, "tags"),
        ({"originalURL": "https://e.com/", "domain": "sho.rt", "title": True}, "title"),
    ],
)
def test_what_is_wrong_is_refused_by_name(json: dict[str, Any], name: str) -> None:
    """The answer says which field."""
    with pytest.raises(errors.InvalidArgument) as refusal:
        parse.new_link(options(**json))
    assert refusal.value.field == name


def test_an_update_names_what_it_changes() -> None:
    """Null takes a value away; what is not given stays."""
    current = native.Link(link_id=7, code="abc", destination="https://e.com/?a=1", title="Old")
    link, mask = parse.changes(options(title=None, tags=["x"], expiresAt=None, utmTerm="t", path="abc"), current)
    assert sorted(mask) == ["destination", "expire_time", "tags", "title"]
    assert link == native.Link(link_id=7, destination="https://e.com/?a=1&utm_term=t", tags=["x"])


def test_an_update_cannot_change_the_path() -> None:
    """A code is a link's for ever."""
    with pytest.raises(errors.InvalidArgument, match="path"):
        parse.changes(options(path="new"), native.Link(link_id=7, code="abc"))


def test_a_listing_is_bounded_by_exclusive_moments() -> None:
    """As Airbyte writes them."""
    asked = parse.listing(
        link_service_pb2.ListLinksRequest(
            after_date="2024-01-01T00:00:00.000000+0000",
            before_date="2024-02-01T00:00:00.000000 0000",
            date_sort_order="asc",
        )
    )
    start, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)
    assert asked.created == Interval(start + timedelta(milliseconds=1), end)
    assert asked.oldest_first
    assert asked.limit == 150


@pytest.mark.parametrize(
    "field", [{"limit": "0"}, {"limit": "151"}, {"limit": "x"}, {"date_sort_order": "up"}, {"offset": "-1"}]
)
def test_wrong_listings_are_refused(field: dict[str, str]) -> None:
    """Limits are 1 to 150."""
    with pytest.raises(errors.InvalidArgument):
        parse.listing(link_service_pb2.ListLinksRequest(**field))


def test_links_are_named_by_text_or_number() -> None:
    """Older clients keep numbers; unknown ids are links that are not there."""
    body = json_format.ParseDict({"link_id": 7, "link_ids": [7, "lnk_lm_8"]}, link_service_pb2.LinkIds())
    assert parse.link_text(body) == "7"
    assert parse.link_texts(body) == ("7", "lnk_lm_8")
    joined = json_format.ParseDict({"link_ids": "7, lnk_lm_8"}, link_service_pb2.LinkIds())
    assert parse.link_texts(joined) == ("7", "lnk_lm_8")
    with pytest.raises(errors.NotFound):
        parse.link_texts(json_format.ParseDict({"link_ids": ["x"]}, link_service_pb2.LinkIds()))
    with pytest.raises(errors.InvalidArgument):
        parse.link_texts(link_service_pb2.LinkIds())


def test_the_look_of_a_qr_code() -> None:
    """Colours with or without the hash."""
    given = json_format.ParseDict({"type": "SVG", "size": 200, "color": "#FF0000"}, link_service_pb2.QrOptions())
    assert parse.qr_look(given) == Look(kind="svg", scale=99, dark="#ff0000", light="#ffffff")
    one_color = {"color": "ffffff"}, {"color": "#0a0B0c", "backgroundColor": "0a0b0cFF"}, {"backgroundColor": "#000"}
    invisible = {"color": "#12345600", "backgroundColor": "#65432100"}
    for wrong in ({"type": "gif"}, {"color": "red"}, *one_color, invisible):
        with pytest.raises(errors.InvalidArgument):
            parse.qr_look(json_format.ParseDict(wrong, link_service_pb2.QrOptions()))
