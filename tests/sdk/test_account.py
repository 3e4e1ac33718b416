"""Keys, domains and tags through the SDK, on the real system: the same for both clients."""

import uuid
from datetime import UTC, datetime

import pytest

import linkmeter
from linkmeter import Client
from tests.sdk.conftest import Connect
from tests.support.system import System


def test_an_api_key_lives_until_it_is_revoked(client: Client, connect: Connect, system: System) -> None:
    """Its secret opens what its scopes say, until it is deleted."""
    expires = datetime(2100, 1, 1, tzinfo=UTC)
    key = client.api_keys.create("reader", scopes=["links:read"], expire_time=expires)
    reader = connect(system.base_url, key.secret)
    who = reader.account.get()
    assert (who.owner.login, list(who.scopes)) == ("owner", ["links:read"])
    assert who.credential == f"key:{key.api_key_id}"
    list(reader.links.list())
    with pytest.raises(linkmeter.PermissionDenied):
        reader.links.create("https://example.com/")
    assert key.api_key_id in [known.api_key_id for known in client.api_keys.list(page_size=1)]
    client.api_keys.delete(key.api_key_id)
    with pytest.raises(linkmeter.Unauthenticated):
        list(reader.links.list())
    assert key.api_key_id not in [known.api_key_id for known in client.api_keys.list()]
    assert key.api_key_id in [known.api_key_id for known in client.api_keys.list(with_revoked=True)]


def test_a_domain_is_claimed_and_given_up(client: Client) -> None:
    """A claim says which record proves it."""
    host = f"d{uuid.uuid4().hex}.example"
    domain = client.domains.create(host)
    assert client.domains.create(host) == domain
    assert host in domain.proof.name
    assert client.domains.get(domain.domain_id) == client.domains.get(host=host) == domain
    assert client.domains.update(domain.domain_id, public_url=f"http://{host}").public_url == f"http://{host}"
    assert domain.domain_id in [known.domain_id for known in client.domains.list(with_unverified=True)]
    assert domain.domain_id not in [known.domain_id for known in client.domains.list()]
    client.domains.delete(domain.domain_id)
    with pytest.raises(linkmeter.NotFound):
        client.domains.verify(domain.domain_id)


def test_a_tag_is_renamed_on_its_links_and_deleted(client: Client) -> None:
    """What a tag is called is changed everywhere at once."""
    name = f"tag-{uuid.uuid4().hex}"
    tag = client.tags.create(name, color="red")
    with pytest.raises(linkmeter.AlreadyExists):
        client.tags.create(name)
    link = client.links.create("https://example.com/", tags=[name])
    renamed = client.tags.update(tag.tag_id, name=f"{name}-2")
    assert (renamed.name, renamed.color) == (f"{name}-2", "red")
    assert list(client.links.get(link.link_id).tags) == [f"{name}-2"]
    counts = {known.tag_id: known.link_count for known in client.tags.list(with_link_counts=True)}
    assert counts[tag.tag_id] == 1
    assert client.tags.merge([f"{name}-2"], name) == 1
    bare = {known.name: known.link_count for known in client.tags.list(with_bare_names=True) if not known.tag_id}
    assert bare[name] == 1
    tag = client.tags.create(name)
    assert client.tags.delete(tag.tag_id) == 1
    assert tag.tag_id not in [known.tag_id for known in client.tags.list()]
