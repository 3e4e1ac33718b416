"""S7 at links' inner services: no answer, log line or metric holds an account's password or an application's secret."""

import logging
from collections.abc import AsyncIterator

import asyncpg
import pytest
from google.protobuf.message import Message
from prometheus_client import generate_latest

from linkmeter.links.v1 import account_service_pb2, oauth_service_pb2
from services.common import errors
from services.runtime.log import _JsonFormatter
from tests.support.links_service import OWNER_ID, Links, running_links

PASSWORD = "correct horse battery staple"
GUESS = "wrong horse battery staple"
CLIENT = "198.51.100.77"
CALLBACK = "https://app.example/"


@pytest.fixture
async def links(links_database: str, valkey_url: str) -> AsyncIterator[Links]:
    """Run links."""
    async with running_links(links_database, valkey_url) as running:
        yield running


async def test_nothing_secret_leaves_the_service(links: Links, caplog: pytest.LogCaptureFixture) -> None:
    """An account and an application are made, listed, used, refused and broken."""
    caplog.set_level(logging.DEBUG)
    answers: list[Message] = [await links.owner("ada", PASSWORD)]
    answers.append(await links.accounts.GetOwner(account_service_pb2.GetOwnerRequest(login="ada")))
    answers.append(await links.accounts.ListOwners(account_service_pb2.ListOwnersRequest()))
    for guess in (PASSWORD, GUESS):
        verify = account_service_pb2.VerifyOwnerPasswordRequest(login="ada", password=guess, client_ip=CLIENT)
        try:
            answers.append(await links.accounts.VerifyOwnerPassword(verify))
        except errors.Unauthenticated as refusal:
            answers.append(_said(refusal))
    app = await links.oauth.CreateOAuthApp(
        oauth_service_pb2.CreateOAuthAppRequest(
            app=oauth_service_pb2.OAuthApp(title="App", owner_id=OWNER_ID, redirect_uris=[CALLBACK])
        )
    )
    secret, app.client_secret = app.client_secret, ""
    answers += [app, await links.oauth.GetOAuthApp(oauth_service_pb2.GetOAuthAppRequest(client_id=app.client_id))]
    issued = await links.oauth.IssueAuthorizationCode(
        oauth_service_pb2.IssueAuthorizationCodeRequest(
            client_id=app.client_id, redirect_uri=CALLBACK, owner_id=OWNER_ID
        )
    )
    request = oauth_service_pb2.ExchangeAuthorizationCodeRequest(
        client_id=app.client_id, client_secret=secret, code=issued.code, redirect_uri=CALLBACK
    )
    exchanged = await links.oauth.ExchangeAuthorizationCode(request)
    key = exchanged.api_key.secret
    exchanged.api_key.ClearField("secret")
    answers.append(exchanged)
    with pytest.raises(errors.Unauthenticated) as caught:
        await links.oauth.ExchangeAuthorizationCode(request)
    answers.append(_said(caught.value))
    await _break(links)
    with pytest.raises(errors.Internal) as broken:
        await links.owner("bob", PASSWORD)
    answers.append(_said(broken.value))

    formatter = _JsonFormatter("links")
    logged = "\n".join(formatter.format(record) for record in caplog.records)
    said = "\n".join(str(answer) for answer in answers) + generate_latest().decode()
    assert "unexpected_error" in logged
    for hidden in (PASSWORD, GUESS, "argon2", secret, issued.code, key, CLIENT):
        assert hidden not in logged
        assert hidden not in said


def _said(problem: errors.LinkmeterError) -> Message:
    return oauth_service_pb2.OAuthApp(title=problem.description)


async def _break(links: Links) -> None:
    """Take a column away, so that the next write fails unexpectedly."""
    connection = await asyncpg.connect(links.postgres_url)
    await connection.execute("ALTER TABLE links.owners DROP COLUMN email")
    await connection.close()
