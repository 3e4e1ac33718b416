"""Bodies about tags, and what stands between ids and names."""

from typing import Any

import pytest
from google.protobuf import json_format

from gateway.compat.shared.refusal import Refusal
from gateway.compat.spoo import ids
from gateway.compat.spoo.tags import palette, parse
from gateway.compat.spoo.tags.parse import NewTag, TagChanges
from gateway.compat.spoo.tags.reader import Tags
from linkmeter.compat.spoo.v1 import bulk_service_pb2, tag_service_pb2
from linkmeter.links.v1 import links_pb2
from linkmeter.links.v1 import tag_service_pb2 as links_tags

FIRST, SECOND, ABSENT = [ids.text(number) for number in (1, 2, 3)]
TAGS = Tags([links_tags.Tag(tag_id=1, name="first"), links_tags.Tag(tag_id=2, name="second")])


def body(**fields: Any) -> tag_service_pb2.CreateTagRequest:
    return json_format.ParseDict(fields, tag_service_pb2.CreateTagRequest())


def changes(**fields: Any) -> TagChanges:
    return parse.tag_changes(json_format.ParseDict(fields, bulk_service_pb2.BulkRequest()))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Launch   Q3 ", "launch q3"),
        ("launch\tq3", "launch q3"),
        ("la\0unch", "launch"),
        ("STRASSE-ß_1.0", "strasse-ss_1.0"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_names_have_one_spelling(text: str, name: str) -> None:
    """Trimmed, in lower case, in letters of any script."""
    assert parse.new_tag(body(name=text)) == NewTag(name)


def test_what_is_not_given_stays() -> None:
    """A name that is null, too."""
    assert parse.change(body()) == parse.change(body(name=None, color=None)) == NewTag()
    assert parse.change(body(color="teal", icon="star")) == NewTag("", "teal", "star")


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "a" * 33}, {"name": "a,b"}, {"name": "😀"}, {"color": "x"}, {"icon": None}]
)
def test_what_will_not_do_is_refused(fields: dict[str, Any]) -> None:
    """422."""
    with pytest.raises(Refusal) as caught:
        parse.change(body(**fields))
    assert caught.value.response.http_status == 422


def test_bulk_calls_add_or_remove() -> None:
    """Each id once; not both, not neither."""
    assert changes(add=[FIRST, FIRST], remove=[SECOND]) == TagChanges((FIRST,), (SECOND,))
    assert changes(remove=[SECOND]) == TagChanges((), (SECOND,))
    wrong: list[dict[str, Any]] = [
        {},
        {"add": []},
        {"add": [FIRST], "remove": [FIRST]},
        {"add": "x"},
        {"add": ["x"]},
    ]
    for fields in wrong:
        with pytest.raises(Refusal):
            changes(**fields)


def test_the_least_used_colour_is_the_next() -> None:
    """The first of several; gray is for those who choose it."""
    assert palette.least_used([]) == "red"
    assert palette.least_used(["red", "orange", "red", "gray"]) == "amber"
    assert palette.least_used(list(palette.AUTOMATIC_COLORS)) == "red"


def test_links_show_what_has_a_tag() -> None:
    """In the link's order; a replacement leaves names that no tag has."""
    link = links_pb2.Link(tags=["second", "native", "first"])
    assert [tag.name for tag in TAGS.of(link)] == ["second", "first"]
    assert TAGS.replaced(link, ["first"]) == ["first", "native"]
    assert TAGS.replaced(link, []) == ["native"]


def test_unknown_ids_are_named() -> None:
    """400."""
    assert TAGS.names([SECOND, FIRST], "tag_ids") == ["second", "first"]
    with pytest.raises(Refusal) as caught:
        TAGS.names([FIRST, ABSENT], "tag_ids")
    assert caught.value.response.body["error"] == f"unknown tag ids: {ABSENT}"
    assert TAGS.name(ABSENT) is None
