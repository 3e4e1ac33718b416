"""S6 on Bitly's API: guesses of an account's password are limited wherever one is taken."""

from typing import Any

from linkmeter.links.v1 import oauth_service_pb2, oauth_service_pb2_grpc
from tests.rest.bitly.conftest import PASSWORD, Account, accounts_on
from tests.support.system import System

# More than the strictest limits let through, also when a minute ends in between.
GUESSES = 30


async def new_app(account: Account) -> Any:
    stub: Any = oauth_service_pb2_grpc.OAuthServiceStub(account.links)
    app = oauth_service_pb2.OAuthApp(
        title="App", owner_id=account.owner.owner_id, redirect_uris=["https://app.example/back"]
    )
    return await stub.CreateOAuthApp(oauth_service_pb2.CreateOAuthAppRequest(app=app))


async def test_guesses_are_counted_over_all_ways_to_sign_in(own_system: System) -> None:
    """Past the limit even the right password is not tried: on the page, as Basic, or in the password grant."""
    async with accounts_on(own_system) as new_account:
        account = await new_account()
        app, client, login = await new_app(account), account.client, account.owner.login
        for number in range(GUESSES):
            answer = await client.post("/oauth/access_token", auth=(login, f"wrong{number}"))
        assert answer.json()["status_txt"] == "RATE_LIMIT_EXCEEDED"
        grant = {"grant_type": "password", "username": login, "password": PASSWORD}
        page = {"client_id": app.client_id, "login": login, "password": PASSWORD}
        answers = [
            await client.post("/oauth/access_token", auth=(login, PASSWORD)),
            await client.post("/oauth/access_token", data=grant, auth=(app.client_id, app.client_secret)),
            await client.post("/oauth/authorize", data=page),
        ]
    assert [answer.status_code for answer in answers] == [403, 403, 429]
    for answer in answers:
        assert int(answer.headers["retry-after"]) >= 1
        assert "location" not in answer.headers
