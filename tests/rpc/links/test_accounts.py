"""AccountService: accounts, groups, and signing in."""

import pytest

from linkmeter.links.v1 import (
    access_service_pb2,
    account_service_pb2,
    api_key_service_pb2,
    links_pb2,
    oauth_service_pb2,
)
from services.common import errors
from services.common.caller import KEYS_MANAGE, LINKS_READ, Caller
from services.runtime.caller_metadata import metadata_for
from tests.support.links_service import Links
from tests.support.wait import eventually

PASSWORD = "correct horse"


async def workspace(links: Links, title: str = "Team") -> links_pb2.Workspace:
    """Create a group."""
    request = account_service_pb2.CreateWorkspaceRequest(workspace=links_pb2.Workspace(title=title))
    return await links.accounts.CreateWorkspace(request)


async def verify(links: Links, login: str, password: str, client_ip: str = "192.0.2.1") -> links_pb2.Owner:
    """Try to sign in."""
    request = account_service_pb2.VerifyOwnerPasswordRequest(login=login, password=password, client_ip=client_ip)
    return await links.accounts.VerifyOwnerPassword(request)


async def test_account_comes_back_as_it_was_created(links: Links) -> None:
    """By id and by login, without its password."""
    team = await workspace(links)
    created = await links.owner(
        "ada", PASSWORD, display_name="Ada", email="ada@example.com", workspace_id=team.workspace_id
    )
    assert (created.login, created.display_name, created.email) == ("ada", "Ada", "ada@example.com")
    assert (created.workspace_id, created.has_password) == (team.workspace_id, True)
    for request in (
        account_service_pb2.GetOwnerRequest(owner_id=created.owner_id),
        account_service_pb2.GetOwnerRequest(login="ada"),
    ):
        assert await links.accounts.GetOwner(request) == created


async def test_account_needs_a_login_only(links: Links) -> None:
    """The name is the login's, there is no group, and nobody can sign in with a password."""
    created = await links.owner("bob")
    assert (created.display_name, created.email, created.workspace_id) == ("bob", "", 0)
    assert not created.has_password


async def test_login_is_given_once(links: Links) -> None:
    """Also those of the accounts that were there from the first moment."""
    await links.owner("ada")
    for login in ("ada", "owner", "anonymous"):
        with pytest.raises(errors.AlreadyExists):
            await links.owner(login)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"login": "a"}, "owner.login"),
        ({"login": "Ada"}, "owner.login"),
        ({"login": "a" * 65}, "owner.login"),
        ({"login": "a b"}, "owner.login"),
        ({"login": "ada\n"}, "owner.login"),
        ({"login": "ada", "display_name": "x" * 129}, "owner.display_name"),
        ({"login": "ada", "display_name": "a\0"}, "owner.display_name"),
        ({"login": "ada", "email": "ada"}, "owner.email"),
        ({"login": "ada", "email": f"{'a' * 250}@b.example"}, "owner.email"),
        ({"login": "ada", "email": "a@b.example\r\nbcc: c@d.example"}, "owner.email"),
        ({"login": "ada", "workspace_id": -1}, "owner.workspace_id"),
        ({"login": "ada", "password": "seven c"}, "password"),
        ({"login": "ada", "password": "x" * 257}, "password"),
    ],
)
async def test_bad_accounts_are_refused(links: Links, fields: dict[str, object], field: str) -> None:
    """A field out of bounds is INVALID_ARGUMENT with its name."""
    with pytest.raises(errors.InvalidArgument) as caught:
        await links.owner(**fields)  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize("title", ["", "x" * 129, "a\n"])
async def test_bad_groups_are_refused(links: Links, title: str) -> None:
    """A group has a title."""
    with pytest.raises(errors.InvalidArgument):
        await workspace(links, title)


async def test_what_is_not_there_is_not_found(links: Links) -> None:
    """Accounts and groups."""
    for request in (
        account_service_pb2.GetOwnerRequest(owner_id=999),
        account_service_pb2.GetOwnerRequest(login="nobody"),
        account_service_pb2.GetOwnerRequest(login="No Login"),
    ):
        with pytest.raises(errors.NotFound):
            await links.accounts.GetOwner(request)
    with pytest.raises(errors.NotFound):
        await links.owner("ada", workspace_id=999)
    for both_or_none in (
        account_service_pb2.GetOwnerRequest(),
        account_service_pb2.GetOwnerRequest(owner_id=2, login="owner"),
    ):
        with pytest.raises(errors.InvalidArgument):
            await links.accounts.GetOwner(both_or_none)


async def test_accounts_are_listed_by_group(links: Links) -> None:
    """Oldest first; without a group all of them."""
    team, other = await workspace(links), await workspace(links, "Other")
    for login, group in (("zoe", team), ("ada", team), ("bob", other)):
        await links.owner(login, workspace_id=group.workspace_id)
    await links.owner("eve")

    async def logins(workspace_id: int) -> list[str]:
        request = account_service_pb2.ListOwnersRequest(workspace_id=workspace_id)
        return [owner.login for owner in (await links.accounts.ListOwners(request)).owners]

    assert await logins(team.workspace_id) == ["zoe", "ada"]
    assert await logins(other.workspace_id) == ["bob"]
    assert await logins(0) == ["anonymous", "owner", "zoe", "ada", "bob", "eve"]


async def test_right_password_answers_the_account(links: Links) -> None:
    """As GetOwner does."""
    created = await links.owner("ada", PASSWORD)
    assert await verify(links, "ada", PASSWORD) == created


async def test_all_wrong_guesses_meet_the_same_answer(links: Links) -> None:
    """A wrong password, an account without one, no account, no login at all."""
    await links.owner("ada", PASSWORD)
    await links.owner("bob")
    answers = set()
    for login, guess in (("ada", "wrong"), ("ada", ""), ("bob", ""), ("nobody", PASSWORD), ("", ""), ("a" * 300, "x")):
        with pytest.raises(errors.Unauthenticated) as caught:
            await verify(links, login, guess)
        answers.add((caught.value.description, str(caught.value.metadata)))
    assert len(answers) == 1
    with pytest.raises(errors.InvalidArgument):
        await verify(links, "ada", "x" * 257)


async def test_who_signs_in_is_not_limited(links: Links) -> None:
    """Right guesses do not count."""
    await links.owner("ada", PASSWORD)

    async def signed_in() -> bool:
        try:
            return bool(await verify(links, "ada", PASSWORD))
        except errors.ResourceExhausted:
            # The count of the guess before is just being taken back.
            return False

    for _ in range(12):
        await eventually(signed_in)


async def test_key_belongs_to_the_account_that_it_is_granted_for(links: Links) -> None:
    """Authentication names the account; another service manages its keys by vouching for it."""
    ada = await links.owner("ada")
    granted = await links.oauth.GrantApiKey(
        oauth_service_pb2.GrantApiKeyRequest(owner_id=ada.owner_id, title="an application")
    )
    answer = await links.access.Authenticate(access_service_pb2.AuthenticateRequest(credential=granted.secret))
    assert answer.owner == ada
    vouched = metadata_for(Caller(owner_id=ada.owner_id, scopes=frozenset({KEYS_MANAGE, LINKS_READ})))
    created = await links.api_keys.CreateApiKey(
        api_key_service_pb2.CreateApiKeyRequest(api_key=links_pb2.ApiKey(scopes=[LINKS_READ])), metadata=vouched
    )
    await links.api_keys.DeleteApiKey(
        api_key_service_pb2.DeleteApiKeyRequest(api_key_id=granted.api_key_id), metadata=vouched
    )
    listed = await links.api_keys.ListApiKeys(
        api_key_service_pb2.ListApiKeysRequest(with_revoked=True), metadata=vouched
    )
    assert [(key.api_key_id, key.revoked) for key in listed.api_keys] == [
        (granted.api_key_id, True),
        (created.api_key_id, False),
    ]
    with pytest.raises(errors.Unauthenticated):
        await links.authenticate(granted.secret)
