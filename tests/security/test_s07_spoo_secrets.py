"""S7 on spoo.me's API: keys and passwords stay where they belong."""

from uuid import uuid4

from tests.support.system import System

PASSWORD = "correct-horse@battery.1"


async def test_secrets_are_in_no_answer_and_in_no_log(system: System) -> None:
    """After everything that shows a link, its password and the keys are nowhere but where a key is handed out."""
    async with system.client() as owner, system.client(api_key="") as anyone:
        body = {"long_url": f"https://example.com/{uuid4()}", "password": PASSWORD, "private_stats": False}
        created = await owner.post("/api/v1/shorten", json=body)
        link = created.json()
        made = await owner.post("/api/v1/keys", json={"name": "x", "scopes": ["stats:read"]})
        token = made.json()["token"]
        path = f"/api/v1/urls/{link['id']}"
        answers = [
            created,
            await owner.get(path),
            await owner.get("/api/v1/urls"),
            await owner.patch(path, json={"password": f"{PASSWORD}2"}),
            await owner.patch(path, json={"password": PASSWORD}),
            await owner.post("/api/v1/shorten", json={**body, "long_url": "javascript:x"}),
            await owner.get("/api/v1/keys"),
            await owner.get("/api/v1/stats", headers={"authorization": f"Bearer {token}x"}),
            await owner.get("/auth/me"),
            await anyone.post(f"/api/v1/public/stats/{link['alias']}", json={"password": PASSWORD}),
            await anyone.post(f"/stats/{link['alias']}", data={"password": PASSWORD}),
            await anyone.post(f"/export/{link['alias']}/csv", data={"password": PASSWORD}),
            await anyone.post("/", data={"url": "nonsense", "password": PASSWORD}),
            await owner.get(f"/api/v1/export/links/{link['id']}?format=xml"),
            await owner.delete(f"/api/v1/keys/{made.json()['id']}"),
            await owner.delete(path),
        ]
    secrets = (PASSWORD, system.api_key, token, token.removeprefix("spoo_"), "argon2")
    for answer in answers:
        seen = f"{answer.headers} {answer.content!r}"
        assert not [secret for secret in secrets if secret in seen], answer.request.url
    for name in system.stack.parts:
        log = system.log(name).read_text(errors="replace")
        assert not [secret for secret in secrets[:4] if secret in log], name
