"""Calls that meet each other."""

import asyncio

import pytest

from linkmeter.links.v1 import link_service_pb2, links_pb2, resolution_service_pb2
from services.common import errors
from services.common.caller import Caller
from services.runtime.caller_metadata import metadata_for
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER, Links, running_links


def keyed(key: str, *, token: bool = True, **fields: object) -> link_service_pb2.CreateLinkRequest:
    """Make a create under an idempotency key."""
    link = links_pb2.Link(destination="https://example.com/", **fields)  # type: ignore[arg-type]
    return link_service_pb2.CreateLinkRequest(link=link, idempotency_key=key, issue_edit_token=token)


async def total(links: Links) -> int:
    """Count the owner's links."""
    request = link_service_pb2.ListLinksRequest(with_total_size=True)
    return (await links.links.ListLinks(request, metadata=OWNER)).total_size


async def test_of_many_creates_of_one_code_one_wins(links: Links) -> None:
    """Twenty parallel creates of a custom code: one link, nineteen refusals."""
    answers = await asyncio.gather(*(links.create(code="wanted") for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(answer, links_pb2.Link) for answer in answers) == 1
    assert sum(isinstance(answer, errors.AlreadyExists) for answer in answers) == 19


async def test_one_idempotency_key_makes_one_link(links: Links) -> None:
    """R10: fifty parallel calls with one key: one link, equal answers, the edit token too."""
    calls = (links.links.CreateLink(keyed("key-1", password="secret"), metadata=OWNER) for _ in range(50))
    answers = await asyncio.gather(*calls)
    assert {answer.SerializeToString(deterministic=True) for answer in answers} == {
        answers[0].SerializeToString(deterministic=True)
    }
    assert answers[0].edit_token.startswith("tok_")
    assert (await links.authenticate(answers[0].edit_token)).link_id == answers[0].link_id
    assert await total(links) == 1


async def test_other_request_under_the_same_key_is_refused(links: Links) -> None:
    """R10: a difference anywhere, in the password too, is FAILED_PRECONDITION, and nothing is written."""
    await links.links.CreateLink(keyed("key-1"), metadata=OWNER)
    for other in (keyed("key-1", title="x"), keyed("key-1", password="x"), keyed("key-1", token=False)):
        with pytest.raises(errors.FailedPrecondition):
            await links.links.CreateLink(other, metadata=OWNER)
    assert await total(links) == 1


async def test_failed_create_frees_its_key(links: Links) -> None:
    """A create that failed has used up neither its key nor anything else."""
    await links.create(code="taken")
    with pytest.raises(errors.AlreadyExists):
        await links.links.CreateLink(keyed("key-1", code="taken"), metadata=OWNER)
    assert (await links.links.CreateLink(keyed("key-1", code="free"), metadata=OWNER)).code == "free"


async def test_key_may_come_as_header(links: Links) -> None:
    """REST clients send Idempotency-Key; header and field must not contradict each other."""
    header = (*OWNER, ("idempotency-key", "key-1"))
    first = await links.links.CreateLink(keyed("", token=False), metadata=header)
    assert (await links.links.CreateLink(keyed("key-1", token=False), metadata=OWNER)) == first
    with pytest.raises(errors.InvalidArgument):
        await links.links.CreateLink(keyed("key-2", token=False), metadata=header)


async def test_key_ends_after_a_day(links: Links, clock: FakeClock) -> None:
    """A repeat a day later is a new create, with a new edit token."""
    first = await links.links.CreateLink(keyed("key-1"), metadata=OWNER)
    clock.advance(seconds=24 * 3600 - 1)
    assert (await links.links.CreateLink(keyed("key-1"), metadata=OWNER)).link_id == first.link_id
    clock.advance(seconds=1)
    second = await links.links.CreateLink(keyed("key-1"), metadata=OWNER)
    assert second.link_id != first.link_id
    assert second.edit_token != first.edit_token


async def test_key_of_a_deleted_link_creates_no_other(links: Links) -> None:
    """Its link is gone, and a repeat cannot bring it back."""
    first = await links.links.CreateLink(keyed("key-1"), metadata=OWNER)
    await links.delete(first.link_id)
    with pytest.raises(errors.FailedPrecondition):
        await links.links.CreateLink(keyed("key-1"), metadata=OWNER)


async def test_anonymous_clients_do_not_share_keys(links: Links) -> None:
    """Who guesses another anonymous client's key does not get that client's edit token."""
    anonymous = metadata_for(Caller(owner_id=1, scopes=frozenset({"links:write"})))
    here, there = ((*anonymous, ("x-linkmeter-client-ip", ip)) for ip in ("192.0.2.1", "192.0.2.2"))
    first = await links.links.CreateLink(keyed("1"), metadata=here)
    assert await links.links.CreateLink(keyed("1"), metadata=here) == first
    assert (await links.links.CreateLink(keyed("1"), metadata=there)).edit_token != first.edit_token


async def consumed(links: Links, link_id: int, times: int) -> int:
    """Ask for follows at once and count the granted ones."""
    request = resolution_service_pb2.ConsumeClickRequest(link_id=link_id)
    answers = await asyncio.gather(*(links.resolution.ConsumeClick(request) for _ in range(times)))
    return sum(answer.granted for answer in answers)


async def test_one_time_link_is_granted_once(links: Links) -> None:
    """R9: of two hundred parallel follows of a one-time link one is granted."""
    link = await links.create(one_time=True)
    assert (link.max_clicks, link.one_time) == (1, True)
    assert await consumed(links, link.link_id, 200) == 1
    assert (await links.get(link.link_id)).state == links_pb2.LINK_STATE_EXHAUSTED


async def test_max_clicks_are_granted_exactly(links: Links) -> None:
    """R9: N follows and not one more; raising N grants the difference."""
    link = await links.create(max_clicks=17)
    assert await consumed(links, link.link_id, 60) == 17
    after = await links.update(links_pb2.Link(link_id=link.link_id, max_clicks=20), "max_clicks")
    assert (after.consumed_clicks, after.state) == (17, links_pb2.LINK_STATE_ACTIVE)
    assert await consumed(links, link.link_id, 20) == 3


async def test_gone_links_grant_nothing(links: Links) -> None:
    """Disabled, deleted, absent: no follow, whatever a cache believed."""
    off, gone = await links.create(max_clicks=5), await links.create(max_clicks=5)
    await links.links.DisableLink(link_service_pb2.DisableLinkRequest(link_id=off.link_id), metadata=OWNER)
    await links.delete(gone.link_id)
    for link_id in (off.link_id, gone.link_id, 999_999):
        assert await consumed(links, link_id, 1) == 0
    unlimited = await links.create()
    assert await consumed(links, unlimited.link_id, 3) == 3
    assert (await links.get(unlimited.link_id)).consumed_clicks == 0


async def test_parallel_updates_all_happen(links: Links) -> None:
    """Changes of different fields do not undo each other, and each has its revision."""
    link = await links.create()
    changes = [
        (links_pb2.Link(link_id=link.link_id, title="t"), "title"),
        (links_pb2.Link(link_id=link.link_id, note="n"), "note"),
        (links_pb2.Link(link_id=link.link_id, tags=["x"]), "tags"),
        (links_pb2.Link(link_id=link.link_id, max_clicks=3), "max_clicks"),
    ]
    await asyncio.gather(*(links.update(*change) for change in changes))
    after = await links.get(link.link_id)
    assert (after.title, after.note, list(after.tags), after.max_clicks) == ("t", "n", ["x"], 3)
    assert (await links.resolve(link.code)).resolution.revision == 5


async def test_of_parallel_updates_with_one_etag_one_wins(links: Links) -> None:
    """Compare and set: ten clients that read the same, one that wrote."""
    link = await links.create()
    calls = (
        links.update(links_pb2.Link(link_id=link.link_id, etag=link.etag, title=f"title {number}"), "title")
        for number in range(10)
    )
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(answer, links_pb2.Link) for answer in answers) == 1
    assert sum(isinstance(answer, errors.Aborted) for answer in answers) == 9


async def test_colliding_random_codes_are_drawn_again_and_grow(links_database: str, valkey_url: str) -> None:
    """Whatever the dice say: every create gets a code of its own, longer ones when short ones are used up."""
    async with running_links(links_database, valkey_url, next_code=lambda length: "c" * length) as links:
        made = [(await links.create()).code for _ in range(3)]
    assert made == ["c" * 7, "c" * 8, "c" * 9]
