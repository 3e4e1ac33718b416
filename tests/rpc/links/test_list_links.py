"""ListLinks: filters and pages."""

from datetime import timedelta
from itertools import chain

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import interval_pb2

from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import emoji_codes, errors
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER, Links, bearer


def at(clock: FakeClock, **delta: float) -> Timestamp:
    """Make a time relative to the test's clock."""
    result = Timestamp()
    result.FromDatetime(clock.now() + timedelta(**delta))
    return result


async def listed(links: Links, **request: object) -> list[str]:
    """Return the codes of the first page."""
    answer = await links.links.ListLinks(link_service_pb2.ListLinksRequest(**request), metadata=OWNER)  # type: ignore[arg-type]
    return [link.code for link in answer.links]


async def pages(links: Links, **request: object) -> list[list[str]]:
    """Return the codes of all pages."""
    found, token = [], ""
    while True:
        answer = await links.links.ListLinks(
            link_service_pb2.ListLinksRequest(page_token=token, **request),  # type: ignore[arg-type]
            metadata=OWNER,
        )
        found.append([link.code for link in answer.links])
        token = answer.next_page_token
        if not token:
            return found


async def test_filters_are_joined(links: Links) -> None:
    """Each filter keeps what fits it, and all together keep what fits all."""
    await links.domain("go.example")
    await links.create("https://example.com/Alpha", code="aaa", tags=["red", "big"])
    await links.create("https://example.com/beta", code="bbb", tags=["red"], title="100% Title")
    await links.create("https://example.com/beta", code="ccc", domain="go.example")
    await links.create("https://example.com/hidden", code="ddd", archived=True, tags=["red"])
    assert await listed(links) == ["ccc", "bbb", "aaa"]
    assert await listed(links, tag="red") == ["bbb", "aaa"]
    assert await listed(links, tag="red", archived=True) == ["ddd"]
    assert await listed(links, domain="GO.example") == ["ccc"]
    assert await listed(links, domain="no host") == []
    assert await listed(links, destination="https://example.com/beta") == ["ccc", "bbb"]
    assert await listed(links, destination="https://example.com/beta", tag="red") == ["bbb"]
    assert await listed(links, query="ALPHA") == ["aaa"]
    assert await listed(links, query="100% t") == ["bbb"]
    assert await listed(links, query="_") == []
    assert await listed(links, oldest_first=True) == ["aaa", "bbb", "ccc"]


async def test_state_filter_says_the_same_as_the_links_themselves(links: Links, clock: FakeClock) -> None:
    """The filter in SQL and the state that is computed agree on every link."""
    await links.create(code="active")
    await links.create(code="expires", expire_time=at(clock, hours=1))
    await links.create(code="begins", valid_from_time=at(clock, hours=1))
    await links.create(code="used", one_time=True)
    off = await links.create(code="off", expire_time=at(clock, hours=1))
    await links.links.DisableLink(link_service_pb2.DisableLinkRequest(link_id=off.link_id), metadata=OWNER)
    for step in (0, 3600):
        clock.advance(seconds=step)
        everything = await links.links.ListLinks(link_service_pb2.ListLinksRequest(), metadata=OWNER)
        for state in links_pb2.LinkState.values():
            if state:
                expected = [link.code for link in everything.links if link.state == state]
                assert await listed(links, state=state) == expected


async def test_created_interval_includes_its_start_and_not_its_end(links: Links, clock: FakeClock) -> None:
    """[start, end), either end may be open."""
    for code in ("aaa", "bbb", "ccc"):
        await links.create(code=code)
        clock.advance(seconds=60)
    start, end = at(clock, seconds=-120), at(clock, seconds=-60)
    assert await listed(links, created=interval_pb2.Interval(start_time=start, end_time=end)) == ["bbb"]
    assert await listed(links, created=interval_pb2.Interval(start_time=start)) == ["ccc", "bbb"]
    assert await listed(links, created=interval_pb2.Interval(end_time=end)) == ["bbb", "aaa"]


async def test_pages_cover_everything_once(links: Links) -> None:
    """Pages follow each other without gap or repeat, in both orders."""
    codes = [f"code-{number}" for number in range(7)]
    for code in codes:
        await links.create(code=code)
    newest = await pages(links, page_size=3)
    assert [len(page) for page in newest] == [3, 3, 1]
    assert list(chain.from_iterable(newest)) == codes[::-1]
    assert list(chain.from_iterable(await pages(links, page_size=3, oldest_first=True))) == codes
    assert [len(page) for page in await pages(links, page_size=7)] == [7]
    assert list(chain.from_iterable(await pages(links, page_size=3, skip=2))) == codes[::-1][2:]


async def test_pages_stay_stable_while_links_come_and_go(links: Links) -> None:
    """What is created or deleted between two pages makes none of the others appear twice or not at all."""
    made = [await links.create(code=f"code-{number}") for number in range(6)]
    first = await links.links.ListLinks(link_service_pb2.ListLinksRequest(page_size=3), metadata=OWNER)
    await links.create(code="newer")
    await links.delete(made[3].link_id)
    second = await links.links.ListLinks(
        link_service_pb2.ListLinksRequest(page_size=3, page_token=first.next_page_token), metadata=OWNER
    )
    assert [link.code for link in second.links] == ["code-2", "code-1", "code-0"]


async def test_page_token_of_another_list_is_refused(links: Links) -> None:
    """Tokens are ours, whole, and of the very list."""
    for number in range(3):
        await links.create(code=f"code-{number}")
    answer = await links.links.ListLinks(link_service_pb2.ListLinksRequest(page_size=1), metadata=OWNER)
    token = answer.next_page_token
    stranger = bearer(await links.foreign_key("links:read"))
    for request, metadata in (
        (link_service_pb2.ListLinksRequest(page_token="nonsense"), OWNER),
        (link_service_pb2.ListLinksRequest(page_token=token[:-1]), OWNER),
        (link_service_pb2.ListLinksRequest(page_token=token, tag="x"), OWNER),
        (link_service_pb2.ListLinksRequest(page_token=token), stranger),
    ):
        with pytest.raises(errors.InvalidArgument) as caught:
            await links.links.ListLinks(request, metadata=metadata)
        assert caught.value.field == "page_token"


@pytest.mark.parametrize(
    ("request_fields", "field"),
    [
        ({"page_size": -1}, "page_size"),
        ({"skip": -1}, "skip"),
        ({"skip": 10_001}, "skip"),
        ({"query": "x" * 129}, "query"),
        ({"query": "a\0"}, "query"),
        ({"tag": "a\0"}, "tag"),
        ({"destination": "javascript:1"}, "destination"),
        ({"state": 99}, "state"),
    ],
)
async def test_bad_filters_are_named(links: Links, request_fields: dict[str, object], field: str) -> None:
    """A filter out of bounds is INVALID_ARGUMENT with its name."""
    with pytest.raises(errors.InvalidArgument) as caught:
        await listed(links, **request_fields)
    assert caught.value.field == field


async def test_large_page_size_is_cut_and_total_counted_on_request(links: Links) -> None:
    """More than 1000 is cut, not refused; the total costs and comes only when asked for."""
    for number in range(3):
        await links.create(code=f"code-{number}")
    request = link_service_pb2.ListLinksRequest(page_size=1_000_000, with_total_size=True)
    answer = await links.links.ListLinks(request, metadata=OWNER)
    assert (len(answer.links), answer.total_size) == (3, 3)
    request = link_service_pb2.ListLinksRequest(page_size=1, with_total_size=True)
    assert (await links.links.ListLinks(request, metadata=OWNER)).total_size == 3
    assert (await links.links.ListLinks(link_service_pb2.ListLinksRequest(), metadata=OWNER)).total_size == 0


async def test_only_own_links_are_listed(links: Links) -> None:
    """A list shows the caller's links and nobody else's."""
    await links.create(code="mine")
    stranger = bearer(await links.foreign_key("admin"))
    answer = await links.links.ListLinks(link_service_pb2.ListLinksRequest(with_total_size=True), metadata=stranger)
    assert (len(answer.links), answer.total_size) == (0, 0)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("münchen", "host"),
        ("MÜNCHEN.example", "host"),
        ("xn--mnchen-3ya", "host"),
        ("STRASSE", "title"),
        ("straße", "title"),
        ("Grüße", "path"),
        ("gr%C3%BC%C3%9Fe", "path"),
        ("❤", "xn--qei"),
        ("❤\ufe0f", "xn--qei"),
        ("%E2%9D%A4%EF%B8%8F", "xn--qei"),
        ("100%", "percent"),
    ],
)
async def test_query_finds_what_it_names_in_any_spelling(links: Links, query: str, code: str) -> None:
    """Hosts with foreign letters, letters without case, percent-encoded paths, emojis however they are drawn."""
    assert emoji_codes.code_of("❤") == "xn--qei"
    await links.create("https://www.münchen.example/", code="host")
    await links.create(title="Die lange Straße", code="title")
    await links.create("https://example.com/Grüße", code="path")
    await links.create(code="xn--qei")
    await links.create(title="100% of it", code="percent")
    assert await listed(links, query=query) == [code]
