"""S7 on shtr's API: passwords, tokens and addresses stay where they belong."""

import pytest

from tests.support.system import System
from tests.support.traffic import BROWSER
from tests.support.wait import eventually

PASSWORD = "correct-horse-battery-staple"
GUESS = "wrong-horse-battery-staple"
VISITOR = "203.0.113.77"


@pytest.mark.settings(LINKMETER_TRUSTED_HOPS="1")
async def test_secrets_are_in_no_other_answer_and_in_no_log(own_system: System) -> None:
    """After everything that can be done with a protected link, its secrets are only where they were handed out."""
    headers = {"x-forwarded-for": VISITOR, "user-agent": BROWSER}
    async with own_system.client(api_key="") as client:
        client.headers.update(headers)
        created = (await client.post("/api/shorten", json={"url": "https://example.com/", "password": PASSWORD})).json()
        code, token = created["code"], created["editToken"]
        verified = await client.post("/api/verify-password", json={"code": code, "password": PASSWORD})
        ticket = verified.headers["set-cookie"].partition("=")[2].partition(";")[0]
        assert (await client.get(f"/{code}")).status_code == 302

        async def counted() -> bool:
            return bool((await client.get(f"/api/links/{code}")).json()["clicks"])

        await eventually(counted)
        answers = [
            await client.post("/api/verify-password", json={"code": code, "password": GUESS}),
            await client.get(f"/api/links/{code}", params={"token": token}),
            await client.get(f"/api/links/{code}/stats", params={"token": token}),
            await client.get(f"/api/links/{code}/clicks", params={"token": token}),
            await client.get("/api/lookup", params={"token": token}),
            await client.get(f"/api/links/{code}/stats", params={"token": token + "x"}),
            await client.delete(f"/api/links/{code}", params={"token": token}),
            await client.get("/api/lookup", params={"token": token}),
        ]
    for answer in answers:
        seen = f"{answer.headers} {answer.text}"
        for secret in (PASSWORD, GUESS, token, ticket, "argon2"):
            assert secret not in seen
    assert answers[2].json()["link"]["password_hash"] is None
    logs = {name: own_system.log(name).read_text(errors="replace") for name in own_system.stack.parts}
    for secret in (PASSWORD, GUESS, token, ticket, VISITOR):
        assert [name for name, text in logs.items() if secret in text] == []
