"""What Bitly's API knows of accounts."""

from tests.rest.bitly.conftest import Account, NewAccount


async def test_user_info(account: Account, new_account: NewAccount, new_workspace: int) -> None:
    """Oneself, and people of the same group; never a key."""
    data = await account.data("user/info")
    assert data["login"] == account.owner.login
    assert account.token not in str(data)
    colleague, friend = await new_account(workspace_id=new_workspace), await new_account(workspace_id=new_workspace)
    other = await colleague.data("user/info", login=friend.owner.login)
    assert other["display_name"] == friend.owner.display_name
    assert "apiKey" not in other
    for login in (account.owner.login, "nobody-at-all", "\u00e4 b"):
        assert await colleague.refused("user/info", login=login) == (404, "NOT_FOUND")


async def test_validate(account: Account, new_account: NewAccount) -> None:
    """Whether a login and a key belong together."""
    other = await new_account()
    right = {"x_login": other.owner.login, "x_apiKey": other.token}
    assert await account.data("validate", **right) == {"valid": 1}
    assert await account.data("validate", **{**right, "x_apiKey": account.token}) == {"valid": 0}
    assert await account.data("validate", **{**right, "x_apiKey": "wrong"}) == {"valid": 0}


async def test_pro_domains_are_own_domains(account: Account) -> None:
    """Not the installation's, nor anybody else's; and not an address."""
    host = await account.new_domain()
    assert (await account.data("bitly_pro_domain", domain=host))["bitly_pro_domain"] is True
    for domain in ("cnn.com", "localhost", "j.mp"):
        assert (await account.data("bitly_pro_domain", domain=domain))["bitly_pro_domain"] is False
    assert await account.refused("bitly_pro_domain", domain="http://pep.si") == (500, "INVALID_BARE_DOMAIN")
    assert await account.refused("bitly_pro_domain") == (500, "MISSING_ARG_DOMAIN")
