"""S4: no link leads to a domain of the installation, or carries user info."""

from collections.abc import AsyncIterator

import pytest

from linkmeter.links.v1 import links_pb2
from services.common import errors
from tests.support.links_service import Links, running_links

OWN = [
    "http://sho.rt/",
    "https://SHO.rt/abc",
    "http://sho.rt.",
    "http://sho.rt:8443/x",
    "http://sho.rt:",
    "http://sho.rt?x",
    "http://sho.rt#x",
    "http://www.sho.rt/",
    "http://\uff53\uff48\uff4f.\uff52\uff54/",
    "http://sho\u3002rt/",
    "http://s\u00adho.rt/",
    "http://xn--mnchen-3ya.example/",
    "http://XN--MNCHEN-3YA.example./",
    "http://m\u00fcnchen.example/",
    "http://MU\u0308NCHEN.example/",
]
USER_INFO = [
    "http://user:pass@example.com/",
    "http://user@example.com/",
    "http://@example.com/",
    "http://:@example.com/",
    "http://example.com@sho.rt/",
    "http://sho.rt@example.com/",
    "http://example.com\\@sho.rt/",
    "http://example.com:80@sho.rt/",
    "http://example.com%40sho.rt/",
    "http://example.com\\sho.rt",
]
NOT_OWN = [
    "http://notsho.rt/",
    "http://sho.rt.example/",
    "http://sub.sho.rt/",
    "http://sho.rtx/",
    "http://example.com/sho.rt",
    "http://example.com/?u=http://sho.rt/",
    "http://example.com/user@sho.rt",
    "http://sho-rt/",
]


@pytest.fixture
async def links(links_database: str, valkey_url: str) -> AsyncIterator[Links]:
    """Run links with a second domain, whose name has a foreign letter."""
    async with running_links(links_database, valkey_url) as running:
        await running.domain("m\u00fcnchen.example")
        yield running


@pytest.mark.parametrize("url", [*OWN, *USER_INFO])
async def test_own_domains_and_user_info_are_refused(links: Links, url: str) -> None:
    """However it is written: as a destination, at an update, and for the time after."""
    with pytest.raises(errors.InvalidArgument):
        await links.create(url)
    with pytest.raises(errors.InvalidArgument):
        await links.create(expired_destination=url)
    link = await links.create()
    with pytest.raises(errors.InvalidArgument):
        await links.update(links_pb2.Link(link_id=link.link_id, destination=url), "destination")


@pytest.mark.parametrize("url", NOT_OWN)
async def test_names_that_only_look_alike_pass(links: Links, url: str) -> None:
    """A domain that holds our name, or is held by it, is somebody else's."""
    assert (await links.create(url)).destination == url
