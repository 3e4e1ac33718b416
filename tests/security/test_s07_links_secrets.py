"""S7, at links: no answer, log line or metric holds a password, its hash or a credential."""

import logging
from collections.abc import AsyncIterator

import asyncpg
import pytest
from google.protobuf.message import Message
from prometheus_client import generate_latest

from linkmeter.links.v1 import api_key_service_pb2, link_service_pb2, links_pb2, resolution_service_pb2
from services.common import errors
from services.runtime.log import _JsonFormatter
from tests.support.links_service import API_KEY, OWNER, SECRET, Links, bearer, running_links

PASSWORD = "correct horse battery staple"
GUESS = "wrong horse battery staple"
CLIENT = "198.51.100.77"


@pytest.fixture
async def links(links_database: str, valkey_url: str) -> AsyncIterator[Links]:
    """Run links."""
    async with running_links(links_database, valkey_url) as running:
        yield running


async def test_nothing_secret_leaves_the_service(links: Links, caplog: pytest.LogCaptureFixture) -> None:
    """A link with a password and an edit token, and a key, are made, used, listed, changed, refused and broken."""
    caplog.set_level(logging.DEBUG)
    answers: list[Message] = []
    request = link_service_pb2.CreateLinkRequest(
        link=links_pb2.Link(destination="https://example.com/", code="locked", password=PASSWORD),
        issue_edit_token=True,
    )
    issued = await links.links.CreateLink(request, metadata=OWNER)
    edit_token, issued.edit_token = issued.edit_token, ""
    key = await links.key("links:read")
    secret, key.secret = key.secret, ""
    answers += [issued, key]

    answers.append(await links.get(issued.link_id, bearer(edit_token)))
    answers.append(await links.get(issued.link_id, bearer(secret)))
    answers.append(await links.links.ListLinks(link_service_pb2.ListLinksRequest(), metadata=OWNER))
    answers.append(await links.api_keys.ListApiKeys(api_key_service_pb2.ListApiKeysRequest(), metadata=OWNER))
    answers.append(await links.update(links_pb2.Link(link_id=issued.link_id, password=PASSWORD), "password"))
    answers.append(await links.resolve("locked"))
    answers.append(await links.authenticate(secret))
    for guess in (PASSWORD, GUESS):
        verify = resolution_service_pb2.VerifyPasswordRequest(code="locked", password=guess, client_ip=CLIENT)
        try:
            answers.append(await links.resolution.VerifyPassword(verify))
        except errors.PermissionDenied as refusal:
            answers.append(resolution_service_pb2.Resolution(title=refusal.description))
    for credential in (secret + "x", edit_token + "x"):
        with pytest.raises(errors.Unauthenticated) as caught:
            await links.get(issued.link_id, bearer(credential))
        answers.append(resolution_service_pb2.Resolution(title=caught.value.description))
    await _break(links)
    with pytest.raises(errors.Internal) as broken:
        await links.create(password=PASSWORD)
    answers.append(resolution_service_pb2.Resolution(title=broken.value.description))

    formatter = _JsonFormatter("links")
    logged = "\n".join(formatter.format(record) for record in caplog.records)
    said = "\n".join(str(answer) for answer in answers) + generate_latest().decode()
    assert "unexpected_error" in logged
    for hidden in (PASSWORD, GUESS, "argon2", edit_token, secret, API_KEY, SECRET, CLIENT):
        assert hidden not in logged
        assert hidden not in said


async def _break(links: Links) -> None:
    """Take a column away, so that the next write fails unexpectedly."""
    connection = await asyncpg.connect(links.postgres_url)
    await connection.execute("ALTER TABLE links.links DROP COLUMN note")
    await connection.close()
