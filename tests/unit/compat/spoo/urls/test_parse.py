"""Links: requests, keys' scopes, ids."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from gateway.compat.shared.refusal import Refusal
from gateway.compat.spoo import ids, scopes
from gateway.compat.spoo.tags.reader import Tags
from gateway.compat.spoo.urls import listing, parse
from linkmeter.compat.spoo.v1 import url_service_pb2
from linkmeter.links.v1 import links_pb2, tag_service_pb2
from services.common import caller as callers
from services.common.caller import Caller
from services.common.errors import NotFound

NOW = datetime(2025, 6, 15, tzinfo=UTC)
URL = "https://example.com/page"


def new_link(*, has_account: bool = True, **body: Any) -> links_pb2.Link:
    request = json_format.ParseDict({"long_url": URL, **body}, url_service_pb2.ShortenRequest())
    return parse.new_link(request, NOW, has_account=has_account)


def refusal(**body: Any) -> tuple[int, str]:
    with pytest.raises(Refusal) as caught:
        new_link(**body)
    response = caught.value.response
    return response.http_status, str(response.body.get("field"))


def changes(**body: Any) -> dict[str, Any]:
    request = json_format.ParseDict({"changes": body}, url_service_pb2.UpdateUrlRequest())
    asked = parse.change(request, links_pb2.Link(link_id=7, code="mine"), NOW)
    return {path: getattr(asked.link, path) for path in asked.update_mask.paths}


def test_a_new_link() -> None:
    """Every field has its place; url is the older name of long_url."""
    link = new_link(alias="my-link", password="secret@123", max_clicks=10, expire_after=1798761600, block_bots=True)
    assert (link.destination, link.code, link.password) == (URL, "my-link", "secret@123")
    assert (link.max_clicks, link.block_bots) == (10, True)
    assert link.expire_time.seconds == 1798761600
    assert new_link(long_url=None, url="https://example.org").destination == "https://example.org"


def test_statistics_are_private_by_default_where_there_is_somebody() -> None:
    """Nobody's statistics are everybody's."""
    assert new_link().private_stats
    assert not new_link(private_stats=False).private_stats
    assert not new_link(has_account=False).private_stats
    assert refusal(has_account=False, private_stats=True) == (400, "private_stats")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"long_url": None}, 422, "long_url"),
        ({"long_url": 5}, 422, "long_url"),
        ({"long_url": "https://e.example/" + "a" * 9000}, 422, "long_url"),
        ({"alias": "ab"}, 422, "alias"),
        ({"alias": "a" * 17}, 422, "alias"),
        ({"alias": "a b c"}, 422, "alias"),
        ({"alias": ["x"]}, 422, "alias"),
        ({"password": "short@1"}, 422, "password"),
        ({"password": "no-digits@here"}, 400, "password"),
        ({"password": "nospecial123"}, 400, "password"),
        ({"password": "inarow@@123a"}, 400, "password"),
        ({"max_clicks": 0}, 422, "max_clicks"),
        ({"max_clicks": -1}, 422, "max_clicks"),
        ({"max_clicks": 1.5}, 422, "max_clicks"),
        ({"max_clicks": "many"}, 422, "max_clicks"),
        ({"max_clicks": True}, 422, "max_clicks"),
        ({"expire_after": "soon"}, 422, "expire_after"),
        ({"expire_after": "2020-01-01T00:00:00Z"}, 400, "expire_after"),
        ({"expire_after": 5}, 400, "expire_after"),
        ({"block_bots": "yes"}, 422, "block_bots"),
    ],
)
def test_wrong_fields_are_named(body: dict[str, Any], status: int, field: str) -> None:
    """422 for a body of the wrong form, 400 for a value that will not do."""
    assert refusal(**body) == (status, field)


def test_an_update_changes_what_is_given_and_nothing_else() -> None:
    """Null takes away what can be taken away, and leaves the rest as it is."""
    assert changes() == {}
    assert changes(long_url="https://example.org/", block_bots=None, private_stats=None) == {
        "destination": "https://example.org/"
    }
    assert changes(max_clicks=None) == changes(max_clicks=0) == {"max_clicks": 0}
    assert changes(password=None) == {"password": ""}
    assert changes(private_stats=False) == {"private_stats": False}
    assert list(changes(expire_after=None)) == ["expire_time"]
    assert changes(alias="mine") == {}
    with pytest.raises(Refusal):
        changes(alias="other")


def test_a_list_asks_links_for_what_it_can() -> None:
    """Order and days are theirs; what is left is looked at here."""
    request = url_service_pb2.ListUrlsRequest(
        page="3", page_size="50", sort_order="asc", filter='{"createdAfter": 1735689600, "passwordSet": true}'
    )
    asked = listing.parse(request)
    assert (asked.skip, asked.size, asked.request.oldest_first) == (100, 50, True)
    assert asked.request.created.start_time.seconds == 1735689600
    (test,) = asked.tests
    assert test(links_pb2.Link(has_password=True))
    assert not test(links_pb2.Link())


def test_one_tag_is_asked_of_links_and_several_are_looked_at_here() -> None:
    """Names have one spelling; an id that no tag has is on no link."""
    tags = Tags([tag_service_pb2.Tag(tag_id=1, name="launch")])

    def resolved(**wanted: object) -> listing.Listing:
        request = url_service_pb2.ListUrlsRequest(filter=json.dumps(wanted))
        return listing.parse(request).resolved(tags)

    assert resolved(tagIds=[ids.text(1)]).request.tag == resolved(tagNames=["LAUNCH"]).request.tag == "launch"
    link = links_pb2.Link(tags=["launch", "other"])
    for wanted, passes in (
        ({"tagNames": ["launch", "absent"]}, True),
        ({"tagNames": ["launch", "absent"], "tagsMatch": "all"}, False),
        ({"tagNames": ["other"], "tagIds": [ids.text(1)], "tagsMatch": "all"}, True),
        ({"tagIds": [ids.text(2)]}, False),
    ):
        [test] = resolved(**wanted).tests
        assert test(link) is passes


@pytest.mark.parametrize(
    "parameters",
    [
        {"filter": '{"tagIds": ["x"]}'},
        {"filter": '{"tagIds": "x"}'},
        {"filter": '{"tagNames": [5]}'},
        {"filter": '{"tagsMatch": "some"}'},
        {"page": "0"},
        {"page": "x"},
        {"page_size": "101"},
        {"page_size": "-1"},
        {"sort_by": "moon"},
        {"sort_order": "sideways"},
        {"filter": "{"},
        {"filter": "[]"},
        {"filter": '{"status": "SLEEPING"}'},
        {"filter": '{"passwordSet": 5}'},
        {"filter": '{"createdAfter": "soon"}'},
        {"filter": '{"createdBefore": true}'},
        {"filter": '{"search": 5}'},
        {"filter": "[" * 9000},
    ],
)
def test_wrong_parameters_of_a_list_are_refused(parameters: dict[str, str]) -> None:
    """422, with the field."""
    with pytest.raises(Refusal) as caught:
        listing.parse(url_service_pb2.ListUrlsRequest(**parameters))
    assert caught.value.response.http_status == 422


@pytest.mark.parametrize(
    ("alias", "problem"),
    [("ok-1", ""), ("ab", "length"), ("a" * 17, "length"), ("a b", "format"), ("🐍", ""), ("é", "format")],
)
def test_looks_of_an_alias(alias: str, problem: str) -> None:
    """What cannot be had for its looks is told without asking anybody."""
    assert parse.alias_problem(alias) == problem


@given(st.integers(1, 2**63 - 1))
def test_ids_are_24_hexadecimal_digits(number: int) -> None:
    """And can be read again, in any letter case."""
    text = ids.text(number)
    assert len(text) == 24
    assert ids.link_id(text.upper()) == number


def test_ids_that_nothing_can_have() -> None:
    """Malformed is 400; well-formed is not found."""
    with pytest.raises(Refusal):
        ids.link_id("nope")
    for text in ("0" * 24, "f" * 24):
        with pytest.raises(NotFound):
            ids.link_id(text)


@pytest.mark.parametrize("name", scopes.KNOWN)
def test_scopes_go_to_ours_and_back(name: str) -> None:
    """A key has what it was made with; a shortening key can neither read nor manage."""
    caller = Caller(owner_id=1, scopes=scopes.ours([name]))
    assert name in scopes.theirs(caller.scopes)
    assert scopes.has_any(caller, name)


def test_a_key_that_shortens_does_no_more() -> None:
    """Nor does one that reads."""
    shortener = Caller(owner_id=1, scopes=scopes.ours([scopes.SHORTEN_CREATE]))
    assert scopes.theirs(shortener.scopes) == [scopes.SHORTEN_CREATE]
    assert not scopes.has_any(shortener, scopes.URLS_READ, scopes.URLS_MANAGE, scopes.STATS_READ, scopes.ADMIN_ALL)
    reader = Caller(owner_id=1, scopes=scopes.ours([scopes.URLS_READ]))
    assert not scopes.has_any(reader, scopes.URLS_MANAGE, scopes.SHORTEN_CREATE)
    assert scopes.theirs([callers.ADMIN, callers.LINKS_READ]) == [scopes.ADMIN_ALL]
