"""S7 on Bitly's API: tokens travel in addresses here, and must be in no log all the same."""

from urllib.parse import parse_qs, urlsplit

from tests.rest.bitly.conftest import PASSWORD, accounts_on
from tests.security.test_s06_bitly_login_guesses import new_app
from tests.support.system import System


async def test_secrets_are_in_no_other_answer_and_in_no_log(own_system: System) -> None:
    """After signing in and calling in every way, secrets are only where they were handed out."""
    async with accounts_on(own_system) as new_account:
        account = await new_account()
        app, client, login = await new_app(account), account.client, account.owner.login
        page = {"client_id": app.client_id, "login": login, "password": PASSWORD}
        code = parse_qs(urlsplit((await client.post("/oauth/authorize", data=page)).headers["location"]).query)["code"][
            0
        ]
        exchange = {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "code": code,
            "redirect_uri": app.redirect_uris[0],
        }
        token = parse_qs((await client.post("/oauth/access_token", params=exchange)).text)["access_token"][0]
        older = {"login": login, "apiKey": token}
        answers = [
            await client.post("/oauth/authorize", data={**page, "password": PASSWORD + "x"}),
            await client.post("/oauth/access_token", data=exchange),
            await client.post("/oauth/access_token", auth=(login, PASSWORD + "x")),
            await client.get("/v3/user/info", params={"access_token": token}),
            await client.get("/v3/user/info", params={"access_token": token + "x"}),
            await client.get("/v3/shorten", params={**older, "longUrl": "https://example.com/"}),
            await client.post("/v3/shorten", data={**older, "longUrl": "javascript:"}),
            await client.get("/v3/user/link_history", params={"access_token": token}),
            await client.get("/v3/validate", params={**older, "x_login": login, "x_apiKey": token}),
            await client.get("/v3/no/such/call", params={"access_token": token}),
            await client.delete("/v3/shorten", params={"access_token": token}),
        ]
    secrets = (PASSWORD, token, code, app.client_secret, "argon2")
    for answer in answers:
        seen = f"{answer.headers} {answer.text}"
        for secret in secrets:
            assert secret not in seen, answer.request.url.path
    logs = {name: own_system.log(name).read_text(errors="replace") for name in own_system.stack.parts}
    for secret in secrets:
        assert [name for name, text in logs.items() if secret in text] == []
