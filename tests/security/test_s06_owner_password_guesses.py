"""S6 on accounts: guesses are counted for account and client, for account and for client, and never without Redis."""

import pytest

from linkmeter.links.v1 import account_service_pb2, links_pb2
from services.common import errors
from services.links.guess_limits import PER_CLIENT, PER_CLIENT_AT_OWNERS, PER_OWNER
from tests.support.links_service import Links, running_links
from tests.support.ports import free_port
from tests.support.wait import eventually

PASSWORD = "correct horse"
A_CLIENT = "192.0.2.1"
FEW = PER_CLIENT[0].amount


async def guess(links: Links, login: str = "ada", text: str = "wrong", client_ip: str = A_CLIENT) -> links_pb2.Owner:
    """Try to sign in."""
    request = account_service_pb2.VerifyOwnerPasswordRequest(login=login, password=text, client_ip=client_ip)
    return await links.accounts.VerifyOwnerPassword(request)


async def use_up(links: Links, login: str = "ada", client_ip: str = A_CLIENT) -> None:
    """Guess wrong as often as a client may."""
    for _ in range(FEW):
        with pytest.raises(errors.Unauthenticated):
            await guess(links, login, client_ip=client_ip)


async def test_client_is_limited_at_an_account(links_database: str, valkey_url: str) -> None:
    """Then even the right password is refused, in whole seconds; other clients and accounts are not affected."""
    async with running_links(links_database, valkey_url) as links:
        await links.owner("ada", PASSWORD)
        await links.owner("bob", PASSWORD)
        await use_up(links)
        with pytest.raises(errors.ResourceExhausted) as caught:
            await guess(links, text=PASSWORD)
        assert 1 <= caught.value.retry_after_seconds <= 60
        assert await guess(links, text=PASSWORD, client_ip="192.0.2.2")
        assert await guess(links, "bob", PASSWORD)


async def test_account_that_does_not_exist_is_limited_like_one_that_does(links_database: str, valkey_url: str) -> None:
    """Nobody learns from the limit which accounts there are."""
    async with running_links(links_database, valkey_url) as links:
        await use_up(links, "nobody")
        with pytest.raises(errors.ResourceExhausted):
            await guess(links, "nobody")


async def test_many_clients_are_limited_at_one_account(links_database: str, valkey_url: str) -> None:
    """Whoever rents a thousand addresses gets no more guesses."""
    async with running_links(links_database, valkey_url) as links:
        for number in range(PER_OWNER.amount // FEW):
            await use_up(links, client_ip=f"198.51.100.{number}")
        with pytest.raises(errors.ResourceExhausted):
            await guess(links, client_ip="203.0.113.1")


async def test_one_client_is_limited_over_all_accounts(links_database: str, valkey_url: str) -> None:
    """Trying one password with everybody gets no further; an IPv6 network is one client."""
    async with running_links(links_database, valkey_url) as links:
        for number in range(PER_CLIENT_AT_OWNERS.amount):
            with pytest.raises(errors.Unauthenticated):
                await guess(links, f"user{number}", client_ip=f"2001:db8::{number:x}")
        with pytest.raises(errors.ResourceExhausted):
            await guess(links, "somebody-else", client_ip="2001:db8::ffff")


async def test_right_password_takes_its_guess_back(links_database: str, valkey_url: str) -> None:
    """Wrong guesses count alone: after some right ones a client has all its wrong ones left."""
    async with running_links(links_database, valkey_url) as links:
        await links.owner("ada", PASSWORD)

        async def signs_in() -> bool:
            try:
                return bool(await guess(links, text=PASSWORD))
            except errors.ResourceExhausted:
                # The one before is just being taken back.
                return False

        for _ in range(2 * FEW):
            await eventually(signs_in)


async def test_nobody_signs_in_while_guesses_cannot_be_counted(links_database: str) -> None:
    """Failing closed: Redis is down, and the right password is refused like a wrong one."""
    async with running_links(links_database, f"redis://127.0.0.1:{free_port()}/0") as links:
        await links.owner("ada", PASSWORD)
        for text in (PASSWORD, "wrong"):
            with pytest.raises(errors.ResourceExhausted) as caught:
                await guess(links, text=text)
            assert caught.value.retry_after_seconds > 0
