"""Links through the SDK, on the real system: the same for both clients."""

from datetime import UTC, datetime, timedelta

import pytest

import linkmeter
from linkmeter import Client
from linkmeter.convert import moment
from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc, links_pb2
from services.common.caller import ANONYMOUS_OWNER_ID, LINKS_WRITE, Caller
from services.runtime.caller_metadata import metadata_for
from tests.sdk.conftest import Connect
from tests.support.system import System

_DESTINATION = "https://example.com/a/page"
_YEAR_2100 = datetime(2100, 1, 1, tzinfo=UTC)


def test_a_link_lives_a_whole_life(client: Client) -> None:
    """It is created, read, changed, switched off and on, and deleted."""
    link = client.links.create(_DESTINATION, title="A page", tags=["a", "b"], expire_time=_YEAR_2100)
    assert link.destination == _DESTINATION
    assert moment(link, "expire_time") == _YEAR_2100
    assert client.links.get(link.link_id) == link
    assert client.links.lookup(link.code) == link
    assert client.links.lookup(link.code, domain=link.domain) == link

    changed = client.links.update(link.link_id, etag=link.etag, title="Ours", tags=None, forward_query="all")
    assert changed.title == "Ours"
    assert list(changed.tags) == []
    assert changed.forward_query == links_pb2.FORWARD_QUERY_ALL
    assert moment(changed, "expire_time") == _YEAR_2100
    assert moment(client.links.update(link.link_id, expire_time=None), "expire_time") is None

    assert client.links.disable(link.link_id).state == links_pb2.LINK_STATE_DISABLED
    assert client.links.enable(link.link_id).state == links_pb2.LINK_STATE_ACTIVE
    copy = client.links.copy(link.link_id)
    assert (copy.title, copy.destination) == ("Ours", _DESTINATION)
    assert copy.code != link.code
    client.links.delete(link.link_id)
    with pytest.raises(linkmeter.NotFound):
        client.links.get(link.link_id)


def test_lists_have_orders(client: Client) -> None:
    """By code, and by clicks, of which these links have none: then the newest comes first."""
    tag = f"order-{datetime.now(UTC).timestamp()}"
    codes = [client.links.create(_DESTINATION, tags=[tag]).code for _ in range(3)]
    assert [link.code for link in client.links.list(tag=tag, order_by="code")] == sorted(codes)
    assert [link.code for link in client.links.list(tag=tag, order_by="clicks", page_size=2)] == codes[::-1]


def test_many_links_are_read_and_changed_at_once(client: Client) -> None:
    """Each result says what became of its link; what is absent is left out of what is read."""
    links = [client.links.create(_DESTINATION, tags=["old"]) for _ in range(2)]
    ids = [link.link_id for link in links]
    assert [*client.links.batch_get([*ids, 10**12])] == links
    results = client.links.batch_update([10**12, *ids], add_tags=["new"], remove_tags=["old"], archived=True)
    assert [result.status.code == 0 for result in results] == [False, True, True]
    assert [(list(link.tags), link.archived) for link in client.links.batch_get(ids)] == [(["new"], True)] * 2
    assert client.links.check_code(links[0].code) == (False, "is or was another link's")
    assert client.links.check_code(f"free-{ids[0]}").available
    client.links.batch_update(ids, delete=True)
    assert client.links.batch_get(ids) == []


def test_a_link_has_a_picture(client: Client) -> None:
    """Its QR code, as a file holds it."""
    link = client.links.create(_DESTINATION)
    assert client.links.qr_code(link.link_id).startswith(b"\x89PNG")
    picture = client.links.qr_code(link.link_id, format="svg", error_correction="high", dark_color="#112233")
    assert b"<svg" in picture
    with pytest.raises(linkmeter.InvalidArgument):
        client.links.qr_code(link.link_id, dark_color="#eeeeee")
    client.links.delete(link.link_id)


def test_a_link_is_found_or_created(client: Client) -> None:
    """Of a link that is as asked there is one."""
    destination = f"{_DESTINATION}?{datetime.now(UTC).timestamp()}"
    assert client.links.find(destination) is None
    link, created = client.links.find_or_create(destination, title="First")
    assert created
    again = client.links.find_or_create(destination, may_differ=["title"])
    assert (again.link.link_id, again.created) == (link.link_id, False)
    found = client.links.find(destination, may_differ=["title"])
    assert found is not None
    assert found.link_id == link.link_id


def test_lists_go_over_all_pages(client: Client) -> None:
    """Who iterates sees all links; who takes pages can go on from one of them."""
    tag = f"t{datetime.now(UTC).timestamp()}"
    ids = [client.links.create(_DESTINATION, tags=[tag]).link_id for _ in range(5)]
    listed = client.links.list(tag=tag, page_size=2, oldest_first=True)
    assert [link.link_id for link in listed] == ids
    assert [link.link_id for link in listed] == ids, "a second time"
    pages = list(listed.pages())
    assert [len(page.items) for page in pages] == [2, 2, 1]
    rest = client.links.list(tag=tag, oldest_first=True, page_token=pages[0].next_page_token)
    assert [link.link_id for link in rest] == ids[2:]
    assert pages[-1].next_page_token == ""
    assert client.links.count(tag=tag) == 5
    assert list(client.links.list(tag=tag, created=(None, datetime.now(UTC) - timedelta(days=1)))) == []


def test_a_key_that_was_used_creates_nothing_more(client: Client) -> None:
    """A caller who chooses the idempotency key may repeat the whole call."""
    key = str(datetime.now(UTC))
    first = client.links.create(_DESTINATION, idempotency_key=key)
    assert client.links.create(_DESTINATION, idempotency_key=key).link_id == first.link_id
    assert client.links.create(_DESTINATION).link_id != first.link_id
    with pytest.raises(linkmeter.FailedPrecondition):
        client.links.create(f"{_DESTINATION}/other", idempotency_key=key)


def test_what_the_server_refuses_is_an_error_of_its_kind(client: Client) -> None:
    """Kinds of failures are classes, and say which field and why."""
    link = client.links.create(_DESTINATION)
    with pytest.raises(linkmeter.AlreadyExists, match=link.code):
        client.links.create(_DESTINATION, code=link.code)
    with pytest.raises(linkmeter.InvalidArgument) as refused:
        client.links.create("ftp://example.com/")
    assert refused.value.field == "link.destination"
    with pytest.raises(linkmeter.Aborted):
        client.links.update(link.link_id, etag="of somebody else", title="x")


def test_an_edit_token_is_a_key_of_one_link(client: Client, connect: Connect, system: System) -> None:
    """Its holder may change that link and list none."""
    link = client.links.create(_DESTINATION, issue_edit_token=True)
    holder = connect(system.base_url, link.edit_token)
    assert holder.links.update(link.link_id, title="Mine").title == "Mine"
    with pytest.raises(linkmeter.PermissionDenied):
        list(holder.links.list())


async def test_a_link_without_account_is_claimed(client: Client, system: System) -> None:
    """The token of its creation makes it the caller's."""
    nobody = Caller(owner_id=ANONYMOUS_OWNER_ID, scopes=frozenset({LINKS_WRITE}))
    request = link_service_pb2.CreateLinkRequest(link=links_pb2.Link(destination=_DESTINATION), issue_claim_token=True)
    async with system.channel("links") as channel:
        stub = link_service_pb2_grpc.LinkServiceStub(channel)
        link = await stub.CreateLink(request, metadata=metadata_for(nobody), timeout=60)
    with pytest.raises(linkmeter.PermissionDenied):
        client.links.claim(link.link_id, "another")
    claimed = client.links.claim(link.link_id, link.claim_token)
    assert (claimed.link.link_id, claimed.already_owned) == (link.link_id, False)
    assert client.links.claim(link.link_id, link.claim_token).already_owned
