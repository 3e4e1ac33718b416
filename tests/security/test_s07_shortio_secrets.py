"""S7 on Short.io's API: keys and passwords stay where they belong."""

from uuid import uuid4

from tests.support.system import System

PASSWORD = "correct-horse-battery-staple"


async def test_secrets_are_in_no_answer_and_in_no_log(system: System) -> None:
    """After everything that shows a link, its password and the key are nowhere."""
    async with system.client(api_key="") as client:
        client.headers["authorization"] = system.api_key
        domain = (await client.get("/api/domains")).json()[0]
        body = {"domain": domain["hostname"], "originalURL": f"https://example.com/{uuid4()}", "password": PASSWORD}
        created = await client.post("/links", json=body)
        link_id = created.json()["idString"]
        answers = [
            created,
            await client.get(f"/links/{link_id}"),
            await client.post(f"/links/{link_id}", json={"password": f"{PASSWORD}-2"}),
            await client.get("/api/links", params={"domain_id": domain["id"]}),
            await client.post(f"/links/duplicate/{link_id}", json={}),
            await client.post("/links", json={**body, "originalURL": "javascript:x"}),
            await client.get(f"/statistics/link/{link_id}"),
            await client.post(f"/statistics/domain/{domain['id']}/last_clicks"),
            await client.get("/api/domains", headers={"authorization": f"{system.api_key}x"}),
            await client.delete(f"/links/{link_id}"),
        ]
    for answer in answers:
        seen = f"{answer.headers} {answer.text}"
        for secret in (PASSWORD, system.api_key, "argon2"):
            assert secret not in seen
    for name in system.stack.parts:
        log = system.log(name).read_text(errors="replace")
        assert PASSWORD not in log
        assert system.api_key not in log
