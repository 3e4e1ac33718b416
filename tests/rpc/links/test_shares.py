"""Sharing one link's statistics: making, listing, opening, taking back."""

from datetime import timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from services.common import errors
from services.links.domain.shares import MOST_SHARES
from tests.support import sessions, shares
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER, Links, bearer, running_links
from tests.support.sessions import HOST, Browser
from tests.support.shares import open_share, shown, token_of

PASSWORD = "correct horse"


def at(clock: FakeClock, **span: float) -> Timestamp:
    """Return a moment of the test's clock."""
    moment = Timestamp()
    moment.FromDatetime(clock.now() + timedelta(**span))
    return moment


async def test_share_is_opened_by_its_address(links: Links) -> None:
    """Who has it sees what the link is called and where it is, and not where it leads."""
    link = await links.create("https://secret.example/", title="Spring", code="spring")
    share = await shares.create(links, link.link_id, title="For the client")
    address, _, token = share.url.partition("#")
    assert token.startswith("shr_")
    assert address == f"https://{HOST}/dashboard/share/{token[4:12]}"
    assert (share.title, share.has_password, share.HasField("expire_time")) == ("For the client", False, False)
    opened = await open_share(links, token)
    assert (opened.link.link_id, opened.link.short_url) == (link.link_id, f"https://{HOST}/spring")
    assert (opened.link.title, opened.link.create_time) == ("Spring", link.create_time)
    assert await shown(links, opened.sends()) == opened.link
    caller = await sessions.me(links, opened.sends())
    assert (caller.link_id, list(caller.scopes)) == (link.link_id, ["stats:read"])
    assert caller.credential == f"share:{share.share_id}"
    assert not caller.HasField("owner")


async def test_shares_are_listed_with_their_addresses(
    links: Links, links_database: str, valkey_url: str, clock: FakeClock
) -> None:
    """Oldest first, without those that have expired; with another secret they still open and are shown no more."""
    link = await links.create()
    made = [
        await shares.create(links, link.link_id),
        await shares.create(links, link.link_id, password=PASSWORD),
        await shares.create(links, link.link_id, expire_time=at(clock, hours=1)),
    ]
    assert await shares.listed(links, link.link_id) == made
    assert made[1].has_password
    assert not made[1].password
    clock.advance(timedelta(hours=1))
    assert await shares.listed(links, link.link_id) == made[:2]
    other_secret = "another secret of the same installation, later"
    async with running_links(links_database, valkey_url, clock=clock, secret=other_secret) as later:
        assert [share.url for share in await shares.listed(later, link.link_id)] == ["", ""]
        assert (await open_share(later, token_of(made[0]))).link.link_id == link.link_id


async def test_share_is_taken_back(links: Links) -> None:
    """By who may share the link, and once."""
    link = await links.create_with_token()
    share = await shares.create(links, link.link_id)
    stranger = bearer(await links.foreign_key("admin"))
    with pytest.raises(errors.NotFound):
        await shares.delete(links, share.share_id, stranger)
    await shares.delete(links, share.share_id, bearer(link.edit_token))
    assert await shares.listed(links, link.link_id) == []
    with pytest.raises(errors.NotFound):
        await shares.delete(links, share.share_id)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "x" * 129), ("title", "\x00"), ("password", "x" * 257), ("expire_time", Timestamp(seconds=1))],
)
async def test_wrong_field_is_named(links: Links, field: str, value: Any) -> None:
    """Nothing is made."""
    link = await links.create()
    with pytest.raises(errors.InvalidArgument) as caught:
        await shares.create(links, link.link_id, **{field: value})
    assert caught.value.field == f"share.{field}"
    assert await shares.listed(links, link.link_id) == []


async def test_link_has_so_many_shares_and_no_more(links: Links) -> None:
    """Who makes them without end fills no table."""
    link = await links.create()
    for _ in range(MOST_SHARES):
        await shares.create(links, link.link_id)
    with pytest.raises(errors.ResourceExhausted):
        await shares.create(links, link.link_id)
    await shares.delete(links, (await shares.listed(links, link.link_id))[0].share_id)
    assert await shares.create(links, link.link_id)


async def test_one_browser_keeps_what_it_is_signed_in_to_and_what_it_opened(links: Links) -> None:
    """The page that shows a share says so; all others act as the session."""
    first, second = await links.create(), await links.create()
    signed_in = await sessions.by_key(links)
    one = await open_share(links, token_of(await shares.create(links, first.link_id)), browser=signed_in.browser)
    two = await open_share(links, token_of(await shares.create(links, second.link_id)), browser=one.browser)
    assert (await shown(links, two.browser.sends(x_share=one.tag))).link_id == first.link_id
    assert (await shown(links, two.browser.sends(x_share=two.tag))).link_id == second.link_id
    assert (await sessions.me(links, two.browser.sends())).session.session_id == signed_in.session.session_id


async def test_holder_of_an_edit_token_is_shown_the_link(links: Links) -> None:
    """It is for one link, too; a key is not."""
    link = await links.create_with_token()
    assert (await shown(links, bearer(link.edit_token))).link_id == link.link_id
    with pytest.raises(errors.PermissionDenied):
        await shown(links, OWNER)
    with pytest.raises(errors.Unauthenticated):
        await shown(links, Browser().sends())
