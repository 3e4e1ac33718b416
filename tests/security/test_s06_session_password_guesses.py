"""S6 where pages sign in: guesses are counted as on every other path, and never without Redis."""

from collections.abc import AsyncIterator

import pytest

from linkmeter.links.v1 import account_service_pb2, session_service_pb2
from services.common import errors
from services.links.guess_limits import PER_CLIENT
from tests.support.links_service import Links, running_links
from tests.support.ports import free_port
from tests.support.sessions import by_password

PASSWORD = "correct horse"
FEW = PER_CLIENT[0].amount


@pytest.fixture
async def links(links_database: str, valkey_url: str) -> AsyncIterator[Links]:
    """Run links with an account that has a password."""
    async with running_links(links_database, valkey_url) as running:
        await running.owner("ada", PASSWORD)
        yield running


async def use_up(links: Links) -> None:
    """Guess wrong as often as a client may."""
    for _ in range(FEW):
        with pytest.raises(errors.Unauthenticated):
            await by_password(links, "ada", "wrong")


async def test_signing_in_is_limited(links: Links) -> None:
    """Then even the right password is refused, in whole seconds; another client is not affected."""
    await use_up(links)
    with pytest.raises(errors.ResourceExhausted) as caught:
        await by_password(links, "ada", PASSWORD)
    assert 1 <= caught.value.retry_after_seconds <= 60
    assert await by_password(links, "ada", PASSWORD, client_ip="192.0.2.2")


async def test_paths_share_their_limits(links: Links) -> None:
    """Who has used up the guesses of one path gets none on another, nor by changing the password."""
    signed_in = await by_password(links, "ada", PASSWORD, client_ip="192.0.2.2")
    await use_up(links)
    verify = account_service_pb2.VerifyOwnerPasswordRequest(login="ada", password=PASSWORD, client_ip="198.51.100.77")
    with pytest.raises(errors.ResourceExhausted):
        await links.accounts.VerifyOwnerPassword(verify)
    change = session_service_pb2.ChangePasswordRequest(old_password=PASSWORD, new_password="battery staple")
    with pytest.raises(errors.ResourceExhausted):
        await links.sessions.ChangePassword(change, metadata=signed_in.browser.sends())


async def test_nobody_signs_in_while_guesses_cannot_be_counted(links_database: str) -> None:
    """Failing closed: Redis is down, and the right password is refused like a wrong one."""
    async with running_links(links_database, f"redis://127.0.0.1:{free_port()}/0") as links:
        await links.owner("ada", PASSWORD)
        for text in (PASSWORD, "wrong"):
            with pytest.raises(errors.ResourceExhausted):
                await by_password(links, "ada", text)
