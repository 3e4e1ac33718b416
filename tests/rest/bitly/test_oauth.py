"""How applications come by an access token."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from linkmeter.links.v1 import oauth_service_pb2, oauth_service_pb2_grpc
from tests.rest.bitly.conftest import PASSWORD, Account

BACK = "https://app.example/back?x=1"


@pytest.fixture
async def app(account: Account) -> Any:
    """Register an application."""
    stub: Any = oauth_service_pb2_grpc.OAuthServiceStub(account.links)
    app = oauth_service_pb2.OAuthApp(title="App <b>", owner_id=account.owner.owner_id, redirect_uris=[BACK])
    return await stub.CreateOAuthApp(oauth_service_pb2.CreateOAuthAppRequest(app=app))


def filled_in(app: Any, account: Account, **changes: str) -> dict[str, str]:
    return {
        "client_id": app.client_id,
        "redirect_uri": BACK,
        "state": "s t&",
        "login": account.owner.login,
        "password": PASSWORD,
        "decision": "allow",
        **changes,
    }


async def code_for(bitly: httpx.AsyncClient, app: Any, account: Account) -> str:
    answer = await bitly.post("/oauth/authorize", data=filled_in(app, account))
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


async def works(bitly: httpx.AsyncClient, account: Account, token: str) -> bool:
    answer = await bitly.get("/v3/user/info", params={"access_token": token})
    return bool(answer.json()["data"]["login"] == account.owner.login)


async def test_page_asks_for_login_and_password(bitly: httpx.AsyncClient, app: Any) -> None:
    """It names the application, as text, and loads nothing."""
    answer = await bitly.get(
        "/oauth/authorize", params={"client_id": app.client_id, "redirect_uri": BACK, "state": '"><script>'}
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "App &lt;b&gt;" in answer.text
    assert "<script" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r'(?:src|href)="', answer.text)


async def test_the_only_redirect_uri_need_not_be_named(bitly: httpx.AsyncClient, app: Any) -> None:
    """There is but one that it can be."""
    answer = await bitly.get("/oauth/authorize", params={"client_id": app.client_id})
    assert answer.status_code == 200
    assert "https://app.example/back?x=1" in answer.text


@pytest.mark.parametrize(
    "changes", [{"client_id": "unknown"}, {"redirect_uri": "https://evil.example/"}, {"client_id": ""}]
)
async def test_unknown_applications_and_addresses_lead_nowhere(
    bitly: httpx.AsyncClient, app: Any, account: Account, changes: dict[str, str]
) -> None:
    """Neither page nor redirect."""
    fields = filled_in(app, account, **changes)
    shown = await bitly.get("/oauth/authorize", params={name: fields[name] for name in ("client_id", "redirect_uri")})
    assert shown.status_code == 400
    sent = await bitly.post("/oauth/authorize", data=fields)
    assert sent.status_code == 400
    assert "location" not in sent.headers


async def test_code_grant(bitly: httpx.AsyncClient, app: Any, account: Account) -> None:
    """The code is exchanged for a token as a form, once; state comes back as it was."""
    answer = await bitly.post("/oauth/authorize", data=filled_in(app, account))
    target = urlsplit(answer.headers["location"])
    query = parse_qs(target.query)
    assert answer.headers["location"].startswith("https://app.example/back?x=1&code=")
    assert query["state"] == ["s t&"]
    form = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "code": query["code"][0],
        "redirect_uri": BACK,
    }
    exchanged = await bitly.post("/oauth/access_token", data=form)
    assert exchanged.status_code == 200, exchanged.text
    assert exchanged.headers["cache-control"] == "no-store"
    given = parse_qs(exchanged.text, strict_parsing=True)
    assert given["login"] == [account.owner.login]
    assert await works(bitly, account, given["access_token"][0])
    older = {"login": given["login"][0], "apiKey": given["apiKey"][0], "hash": "never-made"}
    assert (await bitly.get("/v3/expand", params=older)).json()["status_code"] == 200
    again = await bitly.post("/oauth/access_token", data=form)
    assert (again.status_code, again.json()["status_txt"]) == (400, "INVALID_ARG_CODE")


@pytest.mark.parametrize(
    "changes", [{"client_secret": "wrong"}, {"code": "wrong"}, {"redirect_uri": "https://evil.example/"}]
)
async def test_code_is_for_one_application_and_address(
    bitly: httpx.AsyncClient, app: Any, account: Account, changes: dict[str, str]
) -> None:
    """Whatever is wrong, the answer is the same."""
    form = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "code": await code_for(bitly, app, account),
        "redirect_uri": BACK,
    }
    answer = await bitly.post("/oauth/access_token", data={**form, **changes})
    assert (answer.status_code, answer.json()["status_txt"]) == (400, "INVALID_ARG_CODE")


async def test_parameters_of_the_exchange_may_be_in_the_query(
    bitly: httpx.AsyncClient, app: Any, account: Account
) -> None:
    """Some clients post nothing."""
    query = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "code": await code_for(bitly, app, account),
        "redirect_uri": BACK,
    }
    answer = await bitly.post("/oauth/access_token", params=query)
    assert answer.text.startswith("access_token=")


async def test_password_grant(bitly: httpx.AsyncClient, app: Any, account: Account) -> None:
    """With the application's credentials as Basic authorization the token comes as JSON."""
    form = {"grant_type": "password", "username": account.owner.login, "password": PASSWORD}
    answer = await bitly.post("/oauth/access_token", data=form, auth=(app.client_id, app.client_secret))
    assert answer.status_code == 200, answer.text
    assert await works(bitly, account, answer.json()["access_token"])
    wrong = await bitly.post("/oauth/access_token", data=form, auth=(app.client_id, "wrong"))
    assert (wrong.status_code, wrong.json()["status_txt"]) == (401, "INVALID_CLIENT")
    guess = await bitly.post(
        "/oauth/access_token", data={**form, "password": "wrong"}, auth=(app.client_id, app.client_secret)
    )
    assert (guess.status_code, guess.json()["status_txt"]) == (401, "INVALID_LOGIN")


async def test_plain_basic(bitly: httpx.AsyncClient, account: Account) -> None:
    """A login and password alone give the token as bare text."""
    answer = await bitly.post("/oauth/access_token", auth=(account.owner.login, PASSWORD))
    assert answer.status_code == 200, answer.text
    assert await works(bitly, account, answer.text)
    wrong = await bitly.post("/oauth/access_token", auth=(account.owner.login, "wrong"))
    assert (wrong.status_code, wrong.json()["status_txt"]) == (401, "INVALID_LOGIN")


async def test_wrong_password_shows_the_page_again(bitly: httpx.AsyncClient, app: Any, account: Account) -> None:
    """Without the password in it."""
    answer = await bitly.post("/oauth/authorize", data=filled_in(app, account, password="wrong-secret"))
    assert answer.status_code == 403
    assert "wrong-secret" not in answer.text
    assert account.owner.login in answer.text


async def test_denying_goes_back_without_a_code(bitly: httpx.AsyncClient, app: Any, account: Account) -> None:
    """The application learns that it was refused, and no password is needed for that."""
    answer = await bitly.post("/oauth/authorize", data=filled_in(app, account, decision="deny", password=""))
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["error"] == ["access_denied"]
    assert "code" not in query


@pytest.mark.parametrize("missing", ["client_id", "client_secret", "code", "redirect_uri"])
async def test_missing_parameters_are_named(bitly: httpx.AsyncClient, missing: str) -> None:
    """In the envelope, as of the other calls."""
    form = {"client_id": "a", "client_secret": "b", "code": "c", "redirect_uri": "d"}
    del form[missing]
    answer = await bitly.post("/oauth/access_token", data=form)
    assert (answer.status_code, answer.json()["status_txt"]) == (400, f"MISSING_ARG_{missing.upper()}")
