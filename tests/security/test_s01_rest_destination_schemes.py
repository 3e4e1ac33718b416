"""S1 at the native REST API: a destination that is not http or https is a 400 that names the field."""

import httpx

from tests.support.destinations import TRICKS
from tests.support.system import System


def refused_field(answer: httpx.Response) -> str:
    """Check that an answer is a refusal, and return the field that it names."""
    assert answer.status_code == 400, answer.text
    status = answer.json()
    assert status["code"] == 3
    [violation] = [row for detail in status["details"] for row in detail.get("fieldViolations", [])]
    return str(violation["field"])


async def test_create_and_update_refuse(system: System) -> None:
    """Neither way gets such a destination in, nor one for later; the link stays as it was."""
    async with system.client() as client:
        created = (await client.post("/v1/links", json={"destination": "https://example.com/"})).json()
        path = f"/v1/links/{created['linkId']}"
        for trick in TRICKS:
            assert refused_field(await client.post("/v1/links", json={"destination": trick})) == "link.destination"
            # By mask, because an empty value alone asks for no change.
            changed = await client.patch(path, params={"updateMask": "destination"}, json={"destination": trick})
            assert refused_field(changed) == "link.destination"
            if trick:
                later = await client.patch(path, json={"expiredDestination": trick})
                assert refused_field(later) == "link.expired_destination"
        assert (await client.get(path)).json() == created
