"""Finding a link that is just as asked, or creating it; and copying one."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from linkmeter.links.v1 import link_service_pb2, links_pb2, resolution_service_pb2
from services.common import errors
from services.common.caller import Caller
from services.runtime.caller_metadata import metadata_for
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER, Links, bearer

URL = "https://example.com/same"
GUARDS: list[dict[str, Any]] = [{"password": "secret"}, {"max_clicks": 5}, {"one_time": True}]
WORDS: list[dict[str, Any]] = [
    {"title": "T"},
    {"tags": ["a"]},
    {"note": "n"},
    {"redirect_status": 301},
    {"private_stats": False},
    {"block_bots": True},
    {"expired_destination": "https://example.com/gone"},
]


async def ask(
    links: Links, *may_differ: str, find_only: bool = False, **fields: Any
) -> link_service_pb2.FindOrCreateLinkResponse:
    """Ask for a link to the same place as the first owner."""
    request = link_service_pb2.FindOrCreateLinkRequest(
        link=links_pb2.Link(**{"destination": URL, **fields}),
        may_differ=FieldMask(paths=may_differ),
        find_only=find_only,
    )
    return await links.links.FindOrCreateLink(request, metadata=OWNER)


async def total(links: Links) -> int:
    """Count the owner's links."""
    request = link_service_pb2.ListLinksRequest(with_total_size=True)
    return (await links.links.ListLinks(request, metadata=OWNER)).total_size


@pytest.mark.parametrize("fields", [{}, {"title": "T", "tags": ["a"]}, {"code": "spring"}])
async def test_of_equal_calls_at_once_one_creates(links: Links, fields: dict[str, Any]) -> None:
    """Forty parallel calls: one link, which one call says it created."""
    answers = await asyncio.gather(*(ask(links, **fields) for _ in range(40)))
    assert len({answer.link.link_id for answer in answers}) == 1
    assert [answer.created for answer in answers].count(True) == 1
    assert await total(links) == 1


@pytest.mark.parametrize("difference", [*GUARDS, *WORDS, {"forward_query": links_pb2.FORWARD_QUERY_ALL}])
async def test_a_link_with_more_or_less_than_asked_is_not_found(links: Links, difference: dict[str, Any]) -> None:
    """Neither for who asks for more than the older link has, nor for who asks for less."""
    plain = await ask(links)
    more = await ask(links, **difference)
    assert (plain.created, more.created) == (True, True)
    assert (await ask(links)).link.link_id == plain.link.link_id


@pytest.mark.parametrize("guard", GUARDS)
async def test_guarded_links_are_never_shared(links: Links, guard: dict[str, Any]) -> None:
    """Whoever asks for a password or for follows gets a link of their own."""
    assert [(await ask(links, **guard)).created for _ in range(2)] == [True, True]


@pytest.mark.parametrize("words", WORDS)
async def test_words_may_differ_where_the_caller_says_so(links: Links, words: dict[str, Any]) -> None:
    """The oldest link that leads there is found."""
    older = await links.create(URL, **words)
    answer = await ask(links, *words)
    assert (answer.link.link_id, answer.created) == (older.link_id, False)


async def test_an_end_is_the_same_end(links: Links, clock: FakeClock) -> None:
    """A link that ends is found by who asks for that end, until it has ended."""
    end = clock.now() + timedelta(hours=1)
    first = await ask(links, expire_time=end)
    assert (await ask(links, expire_time=end)).link.link_id == first.link.link_id
    assert (await ask(links, expire_time=end + timedelta(seconds=1))).created
    assert (await ask(links)).created
    clock.advance(seconds=3601)
    with pytest.raises(errors.InvalidArgument):
        await ask(links, expire_time=end)


async def test_dead_links_are_not_found(links: Links) -> None:
    """Switched off, deleted, archived."""
    off, gone, away = [(await ask(links, code=code)).link for code in ("off", "gone", "away")]
    await links.links.DisableLink(link_service_pb2.DisableLinkRequest(link_id=off.link_id), metadata=OWNER)
    await links.delete(gone.link_id)
    await links.update(links_pb2.Link(link_id=away.link_id, archived=True), "archived")
    assert (await ask(links)).created
    with pytest.raises(errors.AlreadyExists):
        await ask(links, code="off")


async def test_a_code_is_found_with_what_was_asked_or_is_taken(links: Links) -> None:
    """ALREADY_EXISTS where the link at the code is another one."""
    first = await ask(links, code="spring")
    assert (await ask(links, code="spring")).link.link_id == first.link.link_id
    assert (await ask(links, code="summer")).created
    others: list[dict[str, Any]] = [
        {"destination": "https://example.com/other"},
        {"password": "secret"},
        {"title": "T"},
    ]
    for other in others:
        with pytest.raises(errors.AlreadyExists):
            await ask(links, code="spring", **other)


async def test_links_of_others_and_elsewhere_are_not_found(links: Links) -> None:
    """One owner, one domain, one destination, byte for byte."""
    await ask(links)
    request = link_service_pb2.FindOrCreateLinkRequest(link=links_pb2.Link(destination=URL))
    foreign = bearer(await links.foreign_key("links:read", "links:write"))
    assert (await links.links.FindOrCreateLink(request, metadata=foreign)).created
    assert (await ask(links, destination=f"{URL}/")).created


async def test_finding_creates_nothing(links: Links) -> None:
    """find_only answers without a link when there is none."""
    nothing = await ask(links, find_only=True)
    assert (nothing.HasField("link"), nothing.created) == (False, False)
    made = await ask(links)
    assert (await ask(links, find_only=True)).link.link_id == made.link.link_id
    assert not (await ask(links, find_only=True, password="secret")).HasField("link")
    assert await total(links) == 1


@pytest.mark.parametrize("path", ["password", "expire_time", "max_clicks", "destination", "nonsense"])
async def test_what_guards_a_link_may_not_differ(links: Links, path: str) -> None:
    """INVALID_ARGUMENT."""
    with pytest.raises(errors.InvalidArgument):
        await ask(links, path)


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (Caller(owner_id=1, scopes=frozenset({"links:write", "links:read"})), errors.Unauthenticated),
        (Caller(owner_id=2, scopes=frozenset({"links:write"})), errors.PermissionDenied),
        (Caller(owner_id=2, scopes=frozenset({"links:read"})), errors.PermissionDenied),
    ],
)
async def test_finding_and_copying_need_an_account_and_both_rights(
    links: Links, caller: Caller, refusal: type[errors.LinkmeterError]
) -> None:
    """What is found is read; what is not is written."""
    link = await links.create(URL)
    metadata = metadata_for(caller)
    request = link_service_pb2.FindOrCreateLinkRequest(link=links_pb2.Link(destination=URL))
    with pytest.raises(refusal):
        await links.links.FindOrCreateLink(request, metadata=metadata)
    with pytest.raises(refusal):
        await links.links.CopyLink(link_service_pb2.CopyLinkRequest(link_id=link.link_id), metadata=metadata)


async def copy(links: Links, link_id: int, code: str = "") -> links_pb2.Link:
    """Copy a link as the first owner."""
    return await links.links.CopyLink(link_service_pb2.CopyLinkRequest(link_id=link_id, code=code), metadata=OWNER)


async def test_a_copy_is_guarded_as_its_original(links: Links, clock: FakeClock) -> None:
    """The same password opens it, and nothing that an owner sets is lost; follows begin anew."""
    original = await links.create(
        URL,
        code="original",
        title="T",
        tags=["a"],
        note="n",
        password="secret",
        max_clicks=5,
        redirect_status=301,
        block_bots=True,
        private_stats=True,
        expire_time=clock.now() + timedelta(days=1),
        expired_destination="https://example.com/gone",
    )
    copied = await copy(links, original.link_id, "copied")
    own = {"link_id", "code", "short_url", "etag", "create_time", "update_time"}
    for field in original.DESCRIPTOR.fields:
        if field.name not in own:
            assert getattr(copied, field.name) == getattr(original, field.name), field.name
    await links.resolution.VerifyPassword(
        resolution_service_pb2.VerifyPasswordRequest(code="copied", password="secret")
    )
    with pytest.raises(errors.PermissionDenied):
        await links.resolution.VerifyPassword(
            resolution_service_pb2.VerifyPasswordRequest(code="copied", password="wrong")
        )


async def test_a_copy_of_a_link_that_is_switched_off_is_switched_off(links: Links) -> None:
    """And so it stays until it is switched on."""
    original = await links.create(URL)
    await links.links.DisableLink(link_service_pb2.DisableLinkRequest(link_id=original.link_id), metadata=OWNER)
    copied = await copy(links, original.link_id)
    assert (copied.state, (await links.get(copied.link_id)).disabled) == (links_pb2.LINK_STATE_DISABLED, True)


async def test_what_cannot_be_copied(links: Links, clock: FakeClock) -> None:
    """Absent links, taken codes, links that have ended."""
    original = await links.create(URL, code="taken", expire_time=clock.now() + timedelta(hours=1))
    with pytest.raises(errors.NotFound):
        await copy(links, 999_999)
    with pytest.raises(errors.AlreadyExists):
        await copy(links, original.link_id, "taken")
    clock.advance(seconds=3601)
    with pytest.raises(errors.InvalidArgument):
        await copy(links, original.link_id)
