"""LinkGraphService: who else leads to the same place."""

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.links.v1 import account_service_pb2, link_graph_service_pb2, link_service_pb2, links_pb2
from services.common import errors
from services.common.caller import ANONYMOUS_OWNER_ID, LINKS_WRITE, Caller
from services.runtime.caller_metadata import metadata_for
from tests.support.clock import FakeClock
from tests.support.links_service import Links

THERE = "https://example.com/there"


async def lead(links: Links, owner: links_pb2.Owner, code: str, destination: str = THERE, **fields: object) -> int:
    """Create a link of an account; answer its id."""
    link = links_pb2.Link(destination=destination, code=code, **({"private_stats": False} | fields))  # type: ignore[arg-type]
    vouched = metadata_for(Caller(owner_id=owner.owner_id, scopes=frozenset({LINKS_WRITE})))
    return (await links.links.CreateLink(link_service_pb2.CreateLinkRequest(link=link), metadata=vouched)).link_id


async def ask(
    links: Links, destination: str = THERE, workspace_id: int = 0, limit: int = 0
) -> link_graph_service_pb2.ListEncodersResponse:
    """Ask who leads to a destination."""
    return await links.graph.ListEncoders(
        link_graph_service_pb2.ListEncodersRequest(destination=destination, workspace_id=workspace_id, limit=limit)
    )


def seen(answer: link_graph_service_pb2.ListEncodersResponse) -> list[tuple[str, str]]:
    """Return the logins with the codes of their links."""
    return [(row.owner.login, row.short_url.rpartition("/")[2]) for row in answer.encoders]


async def test_each_account_is_there_once_with_its_oldest_link(links: Links, clock: FakeClock) -> None:
    """Oldest first, with the owner and the time; other destinations do not count."""
    ada, bob = await links.owner("ada", email="ada@example.com"), await links.owner("bob")
    await lead(links, bob, "bob-first")
    began = clock.now()
    clock.advance(seconds=60)
    await lead(links, ada, "ada-first")
    await lead(links, bob, "bob-second")
    await lead(links, ada, "ada-else", THERE + "/else")
    answer = await ask(links)
    assert seen(answer) == [("bob", "bob-first"), ("ada", "ada-first")]
    assert (answer.total_owners, answer.aggregate_short_url) == (2, "https://sho.rt/bob-first")
    assert answer.encoders[1].owner == ada
    assert answer.encoders[0].create_time.ToDatetime(began.tzinfo) == began


async def test_destination_is_compared_as_it_is_stored(links: Links) -> None:
    """However it is written in the question; what no link can lead to is refused."""
    await lead(links, await links.owner("ada"), "encoded", "https://example.com/a b")
    for spelling in ("https://example.com/a b", "https://example.com/a%20b", " https://example.com/a%20b"):
        assert seen(await ask(links, spelling)) == [("ada", "encoded")]
    for nonsense in ("", "javascript:alert(1)"):
        with pytest.raises(errors.InvalidArgument):
            await ask(links, nonsense)


async def test_group_and_limit_narrow_the_rows(links: Links) -> None:
    """The total counts the group's accounts; the aggregate link is everybody's."""
    request = account_service_pb2.CreateWorkspaceRequest(workspace=links_pb2.Workspace(title="Team"))
    team = (await links.accounts.CreateWorkspace(request)).workspace_id
    await lead(links, await links.owner("stranger"), "strangers")
    for login in ("ada", "bob", "eve"):
        await lead(links, await links.owner(login, workspace_id=team), f"{login}s")
    answer = await ask(links, workspace_id=team, limit=2)
    assert seen(answer) == [("ada", "adas"), ("bob", "bobs")]
    assert (answer.total_owners, answer.aggregate_short_url) == (3, "https://sho.rt/strangers")
    assert (await ask(links)).total_owners == 4
    for limit in (-1, 1001):
        with pytest.raises(errors.InvalidArgument):
            await ask(links, limit=limit)


async def test_what_strangers_may_not_know_of_is_left_out(links: Links, clock: FakeClock) -> None:
    """Deleted, switched off, with private statistics; and what does not simply lead there for everybody."""
    ada = await links.owner("ada")
    vouched = metadata_for(Caller(owner_id=ada.owner_id, scopes=frozenset({LINKS_WRITE})))
    await lead(links, ada, "private", private_stats=True)
    await lead(links, ada, "protected", password="secret")
    await lead(links, ada, "limited", max_clicks=3)
    later = Timestamp(seconds=int(clock.now().timestamp()) + 60)
    await lead(links, ada, "scheduled", valid_from_time=later)
    await lead(links, ada, "ending", expire_time=later)
    await links.delete(await lead(links, ada, "deleted"), vouched)
    off = await lead(links, ada, "switched-off")
    await links.links.DisableLink(link_service_pb2.DisableLinkRequest(link_id=off), metadata=vouched)
    answer = await ask(links)
    assert (seen(answer), answer.total_owners, answer.aggregate_short_url) == ([], 0, "")
    await lead(links, ada, "open")
    assert seen(await ask(links)) == [("ada", "open")]


async def test_links_without_an_account_name_nobody(links: Links) -> None:
    """They can be the oldest link to a place, but nobody's."""
    nobody = links_pb2.Owner(owner_id=ANONYMOUS_OWNER_ID)
    await lead(links, nobody, "nobodys")
    await lead(links, await links.owner("ada"), "adas")
    answer = await ask(links)
    assert (seen(answer), answer.total_owners) == ([("ada", "adas")], 1)
    assert answer.aggregate_short_url == "https://sho.rt/nobodys"
