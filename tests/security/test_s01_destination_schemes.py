"""S1: a destination that is not http or https is refused, on create and on update."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkmeter.links.v1 import links_pb2
from services.common import errors
from services.links.domain import destination
from tests.support.destinations import TRICKS
from tests.support.links_service import Links, running_links

SCHEMES = ("javascript", "data", "file", "vbscript", "ftp", "blob", "about", "chrome", "intent", "mailto", "tel", "ws")


@pytest.fixture
async def links(links_database: str, valkey_url: str) -> AsyncIterator[Links]:
    """Run links."""
    async with running_links(links_database, valkey_url) as running:
        yield running


@pytest.mark.parametrize("trick", TRICKS)
async def test_create_and_update_refuse(links: Links, trick: str) -> None:
    """Neither way gets such a destination in, nor one for later."""
    with pytest.raises(errors.InvalidArgument) as caught:
        await links.create(trick)
    assert caught.value.field == "link.destination"
    link = await links.create()
    with pytest.raises(errors.InvalidArgument):
        await links.update(links_pb2.Link(link_id=link.link_id, destination=trick), "destination")
    if trick:
        with pytest.raises(errors.InvalidArgument):
            await links.update(links_pb2.Link(link_id=link.link_id, expired_destination=trick), "expired_destination")
    assert await links.get(link.link_id) == link


@given(st.sampled_from(SCHEMES), st.randoms(use_true_random=False), st.text(alphabet=" \t\r\n\x00\x1f", max_size=3))
def test_no_spelling_of_another_scheme_passes(scheme: str, random: object, white: str) -> None:
    """Letter case and white space anywhere in the scheme change nothing."""
    choose = random.choice  # type: ignore[attr-defined]
    letters = [choose([letter, letter.upper()]) for letter in scheme]
    letters.insert(choose(range(len(letters) + 1)), white)
    with pytest.raises(errors.InvalidArgument):
        destination.parse("".join(letters) + "://example.com/")
