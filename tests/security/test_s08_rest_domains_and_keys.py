"""S8 at the native REST API: absent and not-yours look the same for domains, API keys and tags, too."""

import uuid

from tests.support.domains import add_domain
from tests.support.people import key_of_new_owner
from tests.support.system import System

ABSENT = 987_654_321


async def test_strangers_domain_looks_absent(system: System) -> None:
    """By id and by host: status and body are equal but for the name that was asked for."""
    host = f"h{uuid.uuid4().hex}.example"
    async with system.client() as mine, system.client(api_key=await key_of_new_owner(system)) as theirs:
        domain_id = (await theirs.post("/v1/domains", json={"host": host})).json()["domainId"]
        assert (await theirs.get(f"/v1/domains/{domain_id}")).json()["host"] == host
        foreign, absent = [await mine.get(f"/v1/domains/{name}") for name in (domain_id, ABSENT)]
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert foreign.text.replace(f': {domain_id}"', "") == absent.text.replace(f': {ABSENT}"', "")
        listed = (await mine.get("/v1/domains")).json()["domains"]
        assert domain_id not in [domain["domainId"] for domain in listed]
        # Whoever wants a host learns nothing of others who want it or have it.
        await add_domain(system.stack.postgres_url, host, 0)
        again = [await client.post("/v1/domains", json={"host": f"x{host}"}) for client in (mine, theirs)]
        assert [answer.status_code for answer in again] == [200, 200]
        taken = await mine.post("/v1/domains", json={"host": host})
        assert (taken.status_code, taken.json()["message"]) == (409, f"domain is taken: {host}")


async def test_strangers_key_looks_absent(system: System) -> None:
    """Revoking it answers like revoking none, and leaves it working."""
    async with system.client() as mine, system.client(api_key=await key_of_new_owner(system)) as theirs:
        [key] = (await theirs.get("/v1/apiKeys")).json()["apiKeys"]
        foreign, absent = [await mine.delete(f"/v1/apiKeys/{name}") for name in (key["apiKeyId"], ABSENT)]
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert foreign.text.replace(f': {key["apiKeyId"]}"', "") == absent.text.replace(f': {ABSENT}"', "")
        assert (await theirs.get("/v1/apiKeys")).status_code == 200


async def test_strangers_tag_looks_absent(system: System) -> None:
    """Changing and deleting it answers like changing and deleting none, and leaves it; its name is free for others."""
    async with system.client() as mine, system.client(api_key=await key_of_new_owner(system)) as theirs:
        tag = (await theirs.post("/v1/tags", json={"name": f"t{uuid.uuid4().hex}"})).json()
        for verb, body in (("PATCH", {"color": "red"}), ("DELETE", None)):
            foreign, absent = [
                await mine.request(verb, f"/v1/tags/{name}", json=body) for name in (tag["tagId"], ABSENT)
            ]
            assert (foreign.status_code, absent.status_code) == (404, 404)
            assert foreign.text.replace(f': {tag["tagId"]}"', "") == absent.text.replace(f': {ABSENT}"', "")
        assert [known["color"] for known in (await theirs.get("/v1/tags")).json()["tags"]] == [""]
        assert (await mine.post("/v1/tags", json={"name": tag["name"]})).status_code == 200
